"""The messy project's network, machines, load balancers and clusters, in the order in which they can be created."""

from typing import Any

from tests.support.fake_gcp.seeds import EXPIRED, KEPT, NO_LABELS, Seed

_SUBNETWORK = "regions/$region/subnetworks/legacy-apps"
_NETWORK = "global/networks/legacy"
_DEFAULT = "global/networks/default"


def _machine(name: str, labels: Any, *disks: Any, network: str = _DEFAULT, **fields: Any) -> dict[str, Any]:
    interface = {"network": network} | ({"subnetwork": _SUBNETWORK} if network == _NETWORK else {})
    return {
        "name": name,
        "machineType": "zones/$zone/machineTypes/e2-small",
        "labels": labels,
        "disks": [
            {"boot": True, "autoDelete": True, "initializeParams": {"diskSizeGb": "10", "labels": labels}},
            *disks,
        ],
        "networkInterfaces": [interface],
        "serviceAccounts": [{"email": "$number-compute@developer.gserviceaccount.com"}],
    } | fields


_TEMPLATE = {
    "name": "web-template",
    "properties": {
        "machineType": "e2-small",
        "labels": {"app": "web"},
        "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"diskSizeGb": "10"}}],
        "networkInterfaces": [{"network": _NETWORK, "subnetwork": _SUBNETWORK}],
    },
}

NETWORK = (
    Seed("compute.networks.insert", "global", {"name": "legacy", "autoCreateSubnetworks": False}, 200),
    Seed(
        "compute.subnetworks.insert",
        "regions/$region",
        {"name": "legacy-apps", "network": _NETWORK, "ipCidrRange": "10.9.0.0/20"},
        200,
    ),
    Seed(
        "compute.firewalls.insert",
        "global",
        {"name": "legacy-allow-web", "network": _NETWORK, "allowed": [{"IPProtocol": "tcp", "ports": ["80"]}]},
        200,
    ),
    Seed(
        "compute.routers.insert",
        "regions/$region",
        {"name": "legacy-router", "network": _NETWORK, "nats": [{"name": "nat", "natIpAllocateOption": "AUTO_ONLY"}]},
        200,
    ),
    Seed(
        "compute.routes.insert",
        "global",
        {"name": "legacy-route", "network": _NETWORK, "destRange": "192.168.0.0/16", "nextHopIp": "10.9.0.9"},
        190,
    ),
)
MACHINES = (
    Seed("compute.disks.insert", "zones/$zone", {"name": "data-kept", "sizeGb": "50", "labels": KEPT}),
    Seed("compute.disks.insert", "zones/$zone", {"name": "data-expired", "sizeGb": "50", "labels": EXPIRED}),
    Seed("compute.disks.insert", "zones/$zone", {"name": "data-unlabelled", "sizeGb": "500", "labels": NO_LABELS}),
    Seed(
        "compute.regionDisks.insert",
        "regions/$region",
        {"name": "data-regional", "sizeGb": "200", "replicaZones": ["zones/$zone", "zones/$region-c"]},
    ),
    Seed("compute.disks.insert", "zones/$zone", {"name": "attached", "sizeGb": "20", "labels": KEPT}),
    Seed(
        "compute.instances.insert",
        "zones/$zone",
        _machine("kept", KEPT, {"source": "zones/$zone/disks/attached", "autoDelete": False}),
    ),
    Seed("compute.instances.insert", "zones/$zone", _machine("expired", EXPIRED)),
    Seed("compute.instances.insert", "zones/$zone", _machine("unlabelled", NO_LABELS)),
    Seed("compute.instances.insert", "zones/$zone", _machine("legacy-app", EXPIRED, network=_NETWORK)),
    Seed("compute.instances.insert", "zones/$zone", _machine("precious", NO_LABELS, deletionProtection=True)),
    Seed("compute.instances.insert", "zones/$zone", _machine("young", NO_LABELS), 0),
    Seed("compute.snapshots.insert", "global", {"name": "data-backup", "sourceDisk": "zones/$zone/disks/data-kept"}),
    Seed(
        "compute.images.insert",
        "global",
        {"name": "golden", "family": "golden", "labels": KEPT, "sourceDisk": "zones/$zone/disks/data-kept"},
    ),
    Seed("compute.addresses.insert", "regions/$region", {"name": "idle-address", "address": "34.76.0.9"}),
    Seed("compute.resourcePolicies.insert", "regions/$region", {"name": "nightly", "description": "owner=alice"}),
    Seed(
        "compute.instances.insert", "zones/$region-c", _machine("terraformed", {"goog-terraform-provisioned": "true"})
    ),
)
BALANCING = (
    Seed("compute.healthChecks.insert", "global", {"name": "web-alive", "type": "HTTP"}, 120),
    Seed("compute.instanceTemplates.insert", "global", _TEMPLATE, 120),
    Seed(
        "compute.instanceGroupManagers.insert",
        "zones/$zone",
        {
            "name": "web",
            "baseInstanceName": "web",
            "instanceTemplate": "global/instanceTemplates/web-template",
            "targetSize": 2,
            "autoHealingPolicies": [{"healthCheck": "global/healthChecks/web-alive", "initialDelaySec": 60}],
        },
        120,
    ),
    Seed(
        "compute.autoscalers.insert",
        "zones/$zone",
        {"name": "web-scaler", "target": "zones/$zone/instanceGroupManagers/web", "autoscalingPolicy": {}},
        120,
    ),
    Seed(
        "compute.backendServices.insert",
        "global",
        {
            "name": "web-backend",
            "backends": [{"group": "zones/$zone/instanceGroups/web"}],
            "healthChecks": ["global/healthChecks/web-alive"],
        },
        120,
    ),
    Seed(
        "compute.urlMaps.insert",
        "global",
        {"name": "web-map", "defaultService": "global/backendServices/web-backend"},
        120,
    ),
    Seed("compute.targetHttpProxies.insert", "global", {"name": "web-proxy", "urlMap": "global/urlMaps/web-map"}, 120),
    Seed("compute.globalAddresses.insert", "global", {"name": "web-address", "address": "34.120.0.7"}, 120),
    Seed(
        "compute.globalForwardingRules.insert",
        "global",
        {
            "name": "web-rule",
            "IPAddress": "34.120.0.7",
            "target": "global/targetHttpProxies/web-proxy",
            "portRange": "80",
            "labels": EXPIRED,
        },
        120,
    ),
)
CLUSTERS = (
    Seed(
        "container.projects.locations.clusters.create",
        "locations/$zone",
        {
            "cluster": {
                "name": "playground",
                "resourceLabels": EXPIRED,
                "network": "default",
                "nodePools": [{"name": "small", "initialNodeCount": 1}, {"name": "big", "initialNodeCount": 2}],
            }
        },
        60,
    ),
)
COMPUTE = (*NETWORK, *MACHINES, *BALANCING, *CLUSTERS)
