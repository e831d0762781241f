"""A whole network of Google Cloud is torn down in an order in which Google refuses no deletion."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.seeds import EXPIRED, Seed
from tests.support.fake_gcp.world import messy_project, plant

PROJECT = "my-dev-123"
NOW = datetime.now(UTC)
OLD = "bob's test of last year, owner=bob expiration=2026-01-31"
NET, SUBNET = "global/networks/old", "regions/$region/subnetworks/old-apps"
R, Z = "regions/$region", "zones/$zone"


def seed(method: str, place: str, name: str, **body: Any) -> Seed:
    return Seed(f"compute.{method}.insert", place, {"name": name, **body})


NETWORK = (
    seed("networks", "global", "old", autoCreateSubnetworks=False, description=OLD),
    seed("subnetworks", R, "old-apps", network=NET, ipCidrRange="10.7.0.0/20"),
    seed("subnetworks", R, "old-proxies", network=NET, ipCidrRange="10.7.16.0/24", purpose="REGIONAL_MANAGED_PROXY"),
    seed("firewalls", "global", "old-web", network=NET, allowed=[{"IPProtocol": "tcp", "ports": ["80"]}]),
    seed("firewalls", "global", "old-ssh", network=NET, allowed=[{"IPProtocol": "tcp", "ports": ["22"]}]),
    seed("addresses", R, "old-nat", address="34.76.0.7", labels=EXPIRED),
    seed("routers", R, "old-router", network=NET,
         nats=[{"name": "nat", "natIpAllocateOption": "MANUAL_ONLY", "natIps": [f"{R}/addresses/old-nat"]}]),
    seed("routes", "global", "old-route", network=NET, destRange="192.168.0.0/16", nextHopIp="10.7.0.9"),
)  # fmt: skip
VPN = (
    seed("vpnGateways", R, "old-vpn", network=NET, labels=EXPIRED),
    seed("externalVpnGateways", "global", "old-peer", labels=EXPIRED),
    seed("vpnTunnels", R, "old-tunnel", vpnGateway=f"{R}/vpnGateways/old-vpn", router=f"{R}/routers/old-router",
         peerExternalGateway="global/externalVpnGateways/old-peer", labels=EXPIRED),
    seed("targetVpnGateways", R, "old-classic", network=NET, labels=EXPIRED),
    seed("vpnTunnels", R, "old-classic-tunnel", targetVpnGateway=f"{R}/targetVpnGateways/old-classic",
         labels=EXPIRED),
    seed("routes", "global", "old-vpn-route", network=NET, destRange="172.16.0.0/16",
         nextHopVpnTunnel=f"{R}/vpnTunnels/old-classic-tunnel"),
)  # fmt: skip
TEMPLATE = {
    "machineType": "e2-small",
    "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"diskSizeGb": "10"}}],
    "networkInterfaces": [{"network": NET, "subnetwork": SUBNET}],
}
BALANCER = (
    seed("healthChecks", "global", "old-alive", type="HTTP", description=OLD),
    seed("instanceTemplates", "global", "old-web", properties=TEMPLATE, description=OLD),
    seed("instanceGroupManagers", Z, "old-web", baseInstanceName="old-web", targetSize=2, description=OLD,
         instanceTemplate="global/instanceTemplates/old-web",
         autoHealingPolicies=[{"healthCheck": "global/healthChecks/old-alive"}]),
    seed("autoscalers", Z, "old-scaler", target=f"{Z}/instanceGroupManagers/old-web", autoscalingPolicy={}),
    seed("networkEndpointGroups", Z, "old-ends", network=NET, subnetwork=SUBNET, description=OLD),
    seed("backendServices", "global", "old-web", backends=[{"group": f"{Z}/instanceGroups/old-web"}],
         healthChecks=["global/healthChecks/old-alive"]),
    seed("backendServices", "global", "old-api", backends=[{"group": f"{Z}/networkEndpointGroups/old-ends"}],
         healthChecks=["global/healthChecks/old-alive"]),
    seed("urlMaps", "global", "old-map", defaultService="global/backendServices/old-web",
         pathMatchers=[{"name": "api", "defaultService": "global/backendServices/old-api"}]),
    seed("sslCertificates", "global", "old-cert", description=OLD),
    seed("sslPolicies", "global", "old-tls", description=OLD),
    seed("targetHttpsProxies", "global", "old-https", urlMap="global/urlMaps/old-map",
         sslCertificates=["global/sslCertificates/old-cert"], sslPolicy="global/sslPolicies/old-tls"),
    seed("targetHttpProxies", "global", "old-http", urlMap="global/urlMaps/old-map"),
    seed("globalAddresses", "global", "old-front", address="34.120.0.9", labels=EXPIRED),
    seed("globalForwardingRules", "global", "old-https", IPAddress="34.120.0.9", portRange="443", labels=EXPIRED,
         target="global/targetHttpsProxies/old-https"),
    seed("globalForwardingRules", "global", "old-http", IPAddress="34.120.0.9", portRange="80", labels=EXPIRED,
         target="global/targetHttpProxies/old-http"),
)  # fmt: skip
INTERNAL = (
    seed("regionHealthChecks", R, "old-inner", type="TCP", description=OLD),
    seed("regionBackendServices", R, "old-inner", healthChecks=[f"{R}/healthChecks/old-inner"]),
    seed("forwardingRules", R, "old-inner", backendService=f"{R}/backendServices/old-inner", network=NET,
         subnetwork=SUBNET, labels=EXPIRED),
    seed("instances", Z, "old-db", machineType=f"{Z}/machineTypes/e2-small", labels=EXPIRED,
         disks=[{"boot": True, "autoDelete": True, "initializeParams": {"diskSizeGb": "10", "labels": EXPIRED}}],
         networkInterfaces=[{"network": NET, "subnetwork": SUBNET}]),
)  # fmt: skip
WHOLE = (*NETWORK, *VPN, *BALANCER, *INTERNAL)


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A messy project with a network that nobody needs any more."""
    with FakeGCP() as cloud:
        messy_project(cloud, NOW, project=PROJECT)
        plant(cloud, WHOLE, NOW, project=PROJECT)
        cloud.let_operations_take(polls=0)
        cloud.forget_calls()
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    """A policy with the strongest rules on the project."""
    line = on_project(gcp, PROJECT, tmp_path)
    line.declare("declared/all.yaml", a_policy(scope={"accounts": {"names": ["gcp-dev"]}}), a_project(gcp, PROJECT))
    return line


def refused(gcp: FakeGCP) -> list[str]:
    """Name each deletion that Google refused; a bucket and a zone with contents must be tried first (S23)."""
    at_once = [call.path for call in gcp.calls("compute.*.delete") if call.status >= 400]
    inside = [each.target for each in gcp.state.operations.ended() if each.change == "delete" and each.error]
    return sorted({*at_once, *inside})


def left(gcp: FakeGCP, prefix: str = "old") -> list[str]:
    return [key for key in gcp.keys_of("compute.*") if key.rpartition("/")[2].startswith(prefix)]


def expired(gcp: FakeGCP) -> list[str]:
    """Name everything that expired and is there, except keys, which are never deleted."""
    return [
        each.key
        for each in gcp.state.store.all()
        if each.body.get("labels", each.body.get("resourceLabels")) == EXPIRED and each.type != "cloudkms.cryptoKeys"
    ]


def test_a_messy_project_is_cleaned_to_the_end_without_a_refusal(gcp: FakeGCP, shell: CommandLine) -> None:
    """Rules before proxies, maps, services, groups and checks; tunnels before gateways; the network last."""
    assert len(left(gcp)) >= len(WHOLE)

    for _ in range(3):
        done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")
        assert 0 == done.status, (done.err, done.out)
        if done.json["report"]["pending"] is None:
            break

    assert [] == left(gcp)
    assert [] == expired(gcp)
    assert [] == refused(gcp)
    assert gcp.exists("compute", f"projects/{PROJECT}/zones/europe-west1-b/instances/kept")
