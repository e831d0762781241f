"""Which resources use which others, from Google's documentation: what is in use cannot be deleted.

https://cloud.google.com/compute/docs/reference/rest/v1 (`resourceInUseByAnotherResource`) and each API's `delete`.
"""

from collections.abc import Iterator
from typing import Any

from tests.support.fake_gcp.errors import Refusal, in_use
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import Record, compute_key

# Type → the fields with URLs of Compute Engine resources that cannot go before it.
LINKS: dict[str, tuple[str, ...]] = {
    "compute.addresses": ("network", "subnetwork"),
    "compute.autoscalers": ("target",),
    "compute.backendServices": (
        "backends[].group",
        "edgeSecurityPolicy",
        "healthChecks[]",
        "network",
        "securityPolicy",
    ),
    "compute.backendBuckets": ("edgeSecurityPolicy",),
    "compute.disks": ("resourcePolicies[]",),
    "compute.firewalls": ("network",),
    "compute.forwardingRules": ("backendService", "network", "subnetwork", "target"),
    "compute.instanceGroupManagers": (
        "autoHealingPolicies[].healthCheck",
        "instanceTemplate",
        "targetPools[]",
        "versions[].instanceTemplate",
    ),
    "compute.instanceGroups": ("network", "subnetwork"),
    "compute.instances": (
        "disks[].source",
        "networkInterfaces[].network",
        "networkInterfaces[].subnetwork",
        "resourcePolicies[]",
    ),
    "compute.interconnectAttachments": ("router",),
    "compute.networkEndpointGroups": ("network", "subnetwork"),
    "compute.packetMirrorings": ("collectorIlb.url", "network.url"),
    "compute.routers": ("network",),
    "compute.routes": ("network",),
    "compute.serviceAttachments": ("natSubnets[]", "targetService"),
    "compute.subnetworks": ("network",),
    "compute.targetGrpcProxies": ("urlMap",),
    "compute.targetHttpProxies": ("urlMap",),
    "compute.targetHttpsProxies": ("sslCertificates[]", "sslPolicy", "urlMap"),
    "compute.targetInstances": ("instance", "network"),
    "compute.targetPools": ("backupPool", "healthChecks[]"),
    "compute.targetSslProxies": ("service", "sslCertificates[]", "sslPolicy"),
    "compute.targetTcpProxies": ("service",),
    "compute.targetVpnGateways": ("network",),
    "compute.urlMaps": (
        "defaultService",
        "pathMatchers[].defaultService",
        "pathMatchers[].pathRules[].service",
        "tests[].service",
    ),
    "compute.vpnGateways": ("network",),
    "compute.vpnTunnels": ("peerExternalGateway", "router", "targetVpnGateway", "vpnGateway"),
}
# Type, field and the type that the field's last word names, of the other APIs.
NAMES: tuple[tuple[str, str, str], ...] = (
    ("apigateway.gateways", "apiConfig", "apigateway.configs"),
    ("certificatemanager.certificateMapEntries", "certificates[]", "certificatemanager.certificates"),
    ("compute.targetHttpsProxies", "certificateMap", "certificatemanager.certificateMaps"),
    ("sqladmin.instances", "masterInstanceName", "sqladmin.instances"),
    ("vpcaccess.connectors", "network", "compute.networks"),
)
# Their deletion is accepted and fails inside the operation.
REFUSED_INSIDE = frozenset({"compute.networks", "compute.subnetworks"})


def values_at(body: Any, path: str) -> Iterator[str]:
    """Yield the texts at a path such as "disks[].source"."""
    name, _, rest = path.partition(".")
    below = body.get(name.removesuffix("[]")) if isinstance(body, dict) else None
    for each in (below or []) if name.endswith("[]") else [below]:
        if rest:
            yield from values_at(each, rest)
        elif isinstance(each, str):
            yield each


def check_unused(state: State, record: Record) -> None:
    """Raise the Refusal that names the first user of a resource, if there is one."""
    if record.type == "compute.networks" and (peerings := record.body.get("peerings")):
        raise in_use(record.key, compute_key(record.project, peerings[0]["network"]))
    user = next(users_of(state, record), None)
    if user is None:
        return
    if record.api == "compute":
        raise in_use(record.key, user.key)
    raise Refusal("FAILED_PRECONDITION", f"{record.key} is in use by {user.key}")


def users_of(state: State, record: Record) -> Iterator[Record]:
    """Yield the resources that hold a resource fast."""
    keys = {record.key}
    if record.type == "compute.instanceGroupManagers":
        keys.add(record.key.replace("/instanceGroupManagers/", "/instanceGroups/"))
    if record.api == "compute":
        for user in state.store.of_types(frozenset(LINKS), record.project):
            if links_of(user) & keys and user.key not in keys and not _goes_along(user, record):
                yield user
    for source, path, target in NAMES:
        if target == record.type:
            for user in state.store.of_types(frozenset({source}), record.project):
                if any(value.rpartition("/")[2] == record.name for value in values_at(user.body, path)):
                    yield user
    if record.type == "compute.addresses":
        yield from _address_users(state, record)


def missing_link(state: State, record: Record) -> str:
    """Return the URL of a resource that a new one refers to and that does not exist, or ""."""
    for path in LINKS.get(record.type, ()):
        for value in values_at(record.body, path):
            key = compute_key(record.project, value)
            if key and state.store.find("compute", key) is None and state.store.project_of(key) is not None:
                return value
    return ""


def links_of(record: Record) -> set[str]:
    """Return the keys of the resources that a resource holds by its links."""
    return {compute_key(record.project, value) for path in LINKS[record.type] for value in values_at(record.body, path)}


def _goes_along(user: Record, record: Record) -> bool:
    """Tell whether Google deletes the user with the resource: the routes that a network or a subnetwork came with."""
    return (
        user.type == "compute.routes" and user.name.startswith("default-route-") and record.type == "compute.networks"
    )


def _address_users(state: State, record: Record) -> Iterator[Record]:
    address = record.body.get("address")
    for user in state.store.of_types(frozenset({"compute.forwardingRules", "compute.instances"}), record.project):
        if {address, record.key} & addresses_of(user):
            yield user


def addresses_of(user: Record) -> set[str]:
    """Return the IP addresses of a resource, and the keys of those that it names by URL."""
    paths = ("IPAddress", "networkInterfaces[].networkIP", "networkInterfaces[].accessConfigs[].natIP")
    found = {value for path in paths for value in values_at(user.body, path)}
    return {compute_key(user.project, value) or value for value in found}
