"""AWS's Price List over HTTP, as its API reference describes it: made-up products, real manners."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST = 3
"""Products on a page, so that everything has several."""


def product(
    service: str, family: str, usd: str, unit: str = "Hrs", *, tiers: Sequence[str] = (), **attributes: str
) -> dict[str, Any]:
    """Give a product with one price on demand, or with the further ones of `tiers`, and a reserved one beside it."""
    sku = f"SKU{abs(hash((service, family, usd, unit, tuple(sorted(attributes.items()))))):X}"
    prices = {
        f"{sku}.{number}": {
            "unit": unit,
            "beginRange": str(number * 100),
            "endRange": "Inf",
            "appliesTo": [],
            "pricePerUnit": {"USD": price},
        }
        for number, price in enumerate((usd, *tiers))
    }
    told: dict[str, Any] = {
        "product": {
            "attributes": {
                "regionCode": "eu-central-1",
                "locationType": "AWS Region",
                "servicecode": service,
                **attributes,
            },
            "sku": sku,
        },
        "serviceCode": service,
        "terms": {
            "OnDemand": {f"{sku}.JRTC": {"sku": sku, "priceDimensions": prices, "termAttributes": {}}},
            "Reserved": {f"{sku}.R1": {"sku": sku, "priceDimensions": {f"{sku}.R1.1": {"unit": "Quantity"}}}},
        },
    }
    if family:
        told["product"]["productFamily"] = family
    return told


@dataclass
class PriceList:
    """A running server: its URL, the products it has, and the filters it was asked for."""

    url: str
    products: list[dict[str, Any]]
    asked: list[Mapping[str, str]] = field(default_factory=list)


@contextmanager
def price_list(*products: dict[str, Any]) -> Iterator[PriceList]:
    """Serve these products on the loopback."""
    listed = PriceList("", list(products))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["X-Amz-Target"] == "AWSPriceListService.GetProducts"
            filters = {each["Field"]: each["Value"] for each in request["Filters"]}
            assert {"TERM_MATCH"} == {each["Type"] for each in request["Filters"]}
            listed.asked.append({"ServiceCode": request["ServiceCode"], **filters})
            found = [each for each in listed.products if _fits(each, request["ServiceCode"], filters)]
            start = int(request.get("NextToken", "0"))
            answer: dict[str, Any] = {
                "FormatVersion": "aws_v1",
                "PriceList": [json.dumps(each) for each in found[start : start + MOST]],
            }
            if start + MOST < len(found):
                answer["NextToken"] = str(start + MOST)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listed.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listed
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _fits(each: Mapping[str, Any], service: str, filters: Mapping[str, str]) -> bool:
    told = {**each["product"]["attributes"], "productFamily": each["product"].get("productFamily")}
    return each["serviceCode"] == service and all(told.get(name) == value for name, value in filters.items())


def some_products() -> list[dict[str, Any]]:
    """Give a few products of each kind that has a price, with what must be passed over between them."""
    compute = {"operation": "RunInstances", "tenancy": "Shared", "capacitystatus": "Used"}
    database = {"databaseEngine": "PostgreSQL", "deploymentOption": "Single-AZ"}
    return [
        product("AmazonEC2", "Compute Instance", "0.1000000000", instanceType="m5.large", **compute),
        product("AmazonEC2", "Compute Instance", "0.0100000000", instanceType="t3.micro", **compute),
        product("AmazonEC2", "Compute Instance", "0.0200000000", instanceType="t3.small", **compute),
        product(
            "AmazonEC2",
            "Compute Instance",
            "0.2",
            instanceType="m5.large",
            **{**compute, "operation": "RunInstances:0002"},
        ),
        product("AmazonEC2", "Compute Instance", "0.0", instanceType="m5.large", **{**compute, "tenancy": "Host"}),
        product(
            "AmazonEC2",
            "Compute Instance",
            "0.3",
            instanceType="m5.large",
            **{**compute, "capacitystatus": "UnusedCapacity"},
        ),
        product(
            "AmazonEC2", "Compute Instance", "9", instanceType="m5.large", **{**compute, "regionCode": "us-east-1"}
        ),
        product("AmazonEC2", "Storage", "0.0952", "GB-Mo", volumeApiName="gp3", usagetype="EUC1-EBS:VolumeUsage.gp3"),
        product("AmazonEC2", "Storage", "0.119", "GB-Mo", volumeApiName="gp2", usagetype="EUC1-EBS:VolumeUsage.gp2"),
        product(
            "AmazonEC2",
            "System Operation",
            "0.006",
            "IOPS-Mo",
            volumeApiName="gp3",
            usagetype="EUC1-EBS:VolumeP-IOPS.gp3",
        ),
        product(
            "AmazonEC2",
            "Provisioned Throughput",
            "51.2",
            "GiBps-mo",
            volumeApiName="gp3",
            usagetype="EUC1-EBS:VolumeP-Throughput.gp3",
        ),
        product("AmazonEC2", "NAT Gateway", "0.052", usagetype="EUC1-NatGateway-Hours"),
        product("AmazonEC2", "NAT Gateway", "0.053", "GB", usagetype="EUC1-NatGateway-Bytes"),
        product("AmazonVPC", "", "0.005", usagetype="EUC1-PublicIPv4:IdleAddress"),
        product("AmazonVPC", "", "0.005", usagetype="EUC1-PublicIPv4:InUseAddress"),
        product("AWSELB", "Load Balancer-Application", "0.027", usagetype="EUC1-LoadBalancerUsage"),
        product("AWSELB", "Load Balancer-Application", "0.0055", usagetype="EUC1-TS-LoadBalancerUsage"),
        product("AWSELB", "Load Balancer-Application", "0.008", "LCU-Hrs", usagetype="EUC1-LCUUsage"),
        product("AmazonRDS", "Database Instance", "0.021", instanceType="db.t3.micro", **database),
        product(
            "AmazonRDS", "Database Storage", "0.137", "GB-Mo", databaseEngine="Any", usagetype="EUC1-RDS:GP2-Storage"
        ),
        product("AWSSecretsManager", "Secret", "0.4", "Secrets", usagetype="EUC1-AWSSecretsManager-Secrets"),
        # Two prices of one item, and one that gets cheaper in steps: neither can be told.
        product("AmazonEKS", "Compute", "0.1", usagetype="EUC1-AmazonEKS-Hours:perCluster"),
        product(
            "AmazonEKS", "Compute", "0.6", usagetype="EUC1-AmazonEKS-Hours:perCluster", operation="ExtendedSupport"
        ),
        product("AmazonVPC", "VpcEndpoint", "0.012", tiers=("0.006",), usagetype="EUC1-VpcEndpoint-Hours"),
    ]
