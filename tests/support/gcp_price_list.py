"""Google's Cloud Billing Catalog in the simulated cloud: made-up prices, real manners."""

from collections.abc import Sequence

from tests.support.fake_gcp import FakeGCP

SERVICES = {
    "Compute Engine": "services/6F81-5844-456A",
    "Cloud SQL": "services/9662-B51E-5089",
    "Kubernetes Engine": "services/CCD8-9BF1-090E",
    "Cloud Memorystore for Redis": "services/5AF5-2C11-D467",
    "Cloud Filestore": "services/D97E-AB26-5D95",
}
REGION = "europe-west1"


def publish(
    gcp: FakeGCP,
    service: str,
    description: str,
    usd: str,
    unit: str = "h",
    *,
    usage: str = "OnDemand",
    regions: Sequence[str] = (REGION,),
    tiers: Sequence[tuple[float, str]] = (),
    currency: str = "USD",
) -> None:
    """Add a SKU with one price, or with these further tiers."""
    name = SERVICES[service]
    if not gcp.exists("cloudbilling", name):
        told = {"name": name, "serviceId": name.partition("/")[2], "displayName": service}
        gcp.put("cloudbilling", name, "Service", told)
    number = len(gcp.keys_of("cloudbilling.skus"))
    sku = f"{name}/skus/0000-0000-{number:04X}"
    rates = [{"startUsageAmount": start, "unitPrice": _money(price, currency)} for start, price in ((0, usd), *tiers)]
    body = {
        "name": sku,
        "skuId": sku.rpartition("/")[2],
        "description": description,
        "category": {"serviceDisplayName": service, "resourceFamily": "Compute", "usageType": usage},
        "serviceRegions": list(regions),
        "pricingInfo": [{"pricingExpression": {"usageUnit": unit, "displayQuantity": 1, "tieredRates": rates}}],
        "serviceProviderName": "Google",
    }
    gcp.put("cloudbilling", sku, "Sku", body)


def some_skus(gcp: FakeGCP) -> None:
    """Publish what a small project costs, and beside each price one that must not be taken for it."""
    compute = "Compute Engine"
    publish(gcp, compute, "E2 Instance Core running in Belgium", "0.02")
    publish(gcp, compute, "E2 Instance Ram running in Belgium", "0.003", "GiBy.h")
    publish(gcp, compute, "Spot Preemptible E2 Instance Core running in Belgium", "0.005", usage="Preemptible")
    publish(gcp, compute, "Commitment v1: E2 Cpu in Belgium for 1 Year", "0.01", usage="Commit1Yr")
    publish(gcp, compute, "E2 Instance Core running in Iowa", "0.019", regions=("us-central1",))
    publish(gcp, compute, "Balanced PD Capacity in Belgium", "0.1", "GiBy.mo")
    publish(gcp, compute, "Storage PD Capacity in Belgium", "0.04", "GiBy.mo")
    publish(gcp, compute, "Regional Storage PD Capacity in Belgium", "0.08", "GiBy.mo")
    publish(gcp, compute, "SSD backed PD Capacity in Belgium", "0.17", "GiBy.mo")
    publish(gcp, compute, "SSD backed PD Capacity in Belgium", "0.18", "GiBy.mo")  # two prices for one item
    publish(gcp, compute, "Static Ip Charge in Belgium", "0", tiers=[(1, "0.01")])
    publish(gcp, "Kubernetes Engine", "Zonal Kubernetes Clusters", "0.1", regions=("global",))
    publish(gcp, "Kubernetes Engine", "Regional Kubernetes Clusters", "0.1", regions=("global",), currency="EUR")
    publish(gcp, "Cloud SQL", "Cloud SQL for PostgreSQL: Zonal - Micro instance in Belgium", "0.0105")
    publish(gcp, "Cloud SQL", "Cloud SQL for PostgreSQL: Zonal - Standard storage in Belgium", "0.17", "GiBy.mo")
    publish(gcp, "Cloud Memorystore for Redis", "Redis Capacity Basic M1 Belgium", "0.049", "GiBy.h")


def _money(usd: str, currency: str) -> dict[str, object]:
    units, _, nanos = usd.partition(".")
    return {"currencyCode": currency, "units": units, "nanos": int(nanos.ljust(9, "0")) if nanos else 0}
