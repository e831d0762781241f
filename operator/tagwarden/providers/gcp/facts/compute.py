"""Facts about the kinds of Compute Engine.

https://cloud.google.com/compute/docs/reference/rest/v1 and, for the order in which a load balancer and a network can be
deleted, https://cloud.google.com/load-balancing/docs/https and https://cloud.google.com/vpc/docs/create-modify-vpc-networks.
"""

from collections.abc import Mapping

from tagwarden.model.graph import DNS_NAME
from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.catalogue.links import needed_by, needs, owns, used_by, uses
from tagwarden.providers.gcp.facts.vocabulary import (
    BUCKET,
    COMPUTE,
    KMS,
    SERVICE_ACCOUNT,
    Facts,
    facts,
    for_it_alone,
    within,
)
from tagwarden.providers.gcp.steps import Step

_OF_NETWORK = within(COMPUTE, "network")
_IN_SUBNET = (needs(COMPUTE, "network"), needs(COMPUTE, "subnetwork"))
_INTERFACES = (
    needs(COMPUTE, "networkInterfaces[].network"),
    needs(COMPUTE, "networkInterfaces[].subnetwork"),
)
_ADDRESS = {"address": "IPAddress", DNS_NAME: "IPAddress"}
"""Kubernetes knows a load balancer by its address (see `model.graph.names_of`)."""
_MANAGERS = "replaced(backends[].group, '/instanceGroups/', '/instanceGroupManagers/')"
"""Google deletes no manager while a backend service names its group, which has the name of the manager."""
_IP = {"address": "address", "status": "status"}


def _firewall_policy(collection: str) -> Facts:
    """The associations of a policy with networks are taken away, and put back."""
    step = Step(
        f"compute.{collection}.removeAssociation",
        "POST",
        "{id}/removeAssociation",
        "associations",
        query={"name": "{item.name}"},
        undo="{id}/addAssociation",
        undo_body="{item}",
        permissions=("compute.firewallPolicies.update", "compute.networks.setFirewallPolicy"),
    )
    return facts("firewall", uses(COMPUTE, "associations[].attachmentTarget"), steps=(step,))


_KINDS: dict[str, Facts] = {
    # Machines and what they are made of.
    "instance": facts(
        "instance",
        uses(COMPUTE, "disks[].source"),
        owns(COMPUTE, "disks[?autoDelete].source"),
        *_INTERFACES,
        uses(SERVICE_ACCOUNT, "serviceAccounts[].email"),
        uses(COMPUTE, "resourcePolicies"),
        attributes={"machine_type": "machineType", "spot": "scheduling.preemptible"},
        protected=(("deletionProtection", "deletion protection is on"),),
    ),
    "disk": facts(
        "volume",
        needed_by(COMPUTE, "users"),
        uses(COMPUTE, "sourceSnapshot"),
        uses(COMPUTE, "sourceImage"),
        uses(COMPUTE, "resourcePolicies"),
        needs(COMPUTE, "storagePool"),
        uses(KMS, "diskEncryptionKey.kmsKeyName"),
        holds=Holding.DATA,
        attributes={"size_gb": "sizeGb", "type": "type"},
    ),
    "image": facts("image", uses(COMPUTE, "sourceDisk"), uses(COMPUTE, "sourceSnapshot"),
                   uses(KMS, "imageEncryptionKey.kmsKeyName"), holds=Holding.IMAGES),
    "snapshot": facts("snapshot", uses(COMPUTE, "sourceDisk"), uses(KMS, "snapshotEncryptionKey.kmsKeyName"),
                      holds=Holding.DATA),
    "instant_snapshot": facts("snapshot", *within(COMPUTE, "sourceDisk"), holds=Holding.DATA),
    "machine_image": facts("image", uses(COMPUTE, "sourceInstance"), holds=Holding.IMAGES),
    "storage_pool": facts("volume", holds=Holding.DATA),
    "reservation": facts("reservation"),
    "resource_policy": facts("policy"),
    "node_group": facts("instance_group", needs(COMPUTE, "nodeTemplate")),
    "node_template": facts("launch_template"),
    # Groups.
    "instance_template": facts("launch_template", uses(COMPUTE, "properties.disks[].source"),
                               uses(COMPUTE, "properties.disks[].initializeParams.sourceImage"),
                               needs(COMPUTE, "properties.networkInterfaces[].network"),
                               needs(COMPUTE, "properties.networkInterfaces[].subnetwork"),
                               labels="properties.labels"),
    "instance_group": facts("instance_group", *_IN_SUBNET),
    "instance_group_manager": facts("instance_group", needs(COMPUTE, "instanceTemplate"),
                                    needs(COMPUTE, "versions[].instanceTemplate"), owns(COMPUTE, "instanceGroup"),
                                    needs(COMPUTE, "autoHealingPolicies[].healthCheck"),
                                    needs(COMPUTE, "targetPools")),
    "autoscaler": facts("autoscaling", *within(COMPUTE, "target")),
    # Load balancers, in the order in which they can be deleted.
    "forwarding_rule": facts("load_balancer", *for_it_alone(COMPUTE, "target"),
                             *for_it_alone(COMPUTE, "backendService"), *_IN_SUBNET, attributes=_ADDRESS),
    "global_forwarding_rule": facts("load_balancer", *for_it_alone(COMPUTE, "target"), *_IN_SUBNET,
                                    attributes=_ADDRESS),
    "target_http_proxy": facts("proxy", *for_it_alone(COMPUTE, "urlMap")),
    "target_https_proxy": facts("proxy", *for_it_alone(COMPUTE, "urlMap"), needs(COMPUTE, "sslCertificates"),
                                needs(COMPUTE, "sslPolicy"),
                                needs("certificatemanager.googleapis.com", "certificateMap")),
    "target_grpc_proxy": facts("proxy", *for_it_alone(COMPUTE, "urlMap")),
    "target_ssl_proxy": facts("proxy", *for_it_alone(COMPUTE, "service"), needs(COMPUTE, "sslCertificates"),
                              needs(COMPUTE, "sslPolicy")),
    "target_tcp_proxy": facts("proxy", *for_it_alone(COMPUTE, "service")),
    "target_pool": facts("target_group", uses(COMPUTE, "instances"), needs(COMPUTE, "healthChecks"),
                         needs(COMPUTE, "backupPool")),
    "target_instance": facts("target_group", needs(COMPUTE, "instance"), needs(COMPUTE, "network")),
    "url_map": facts("load_balancer_rule", *for_it_alone(COMPUTE, "defaultService"),
                     *for_it_alone(COMPUTE, "pathMatchers[].defaultService"),
                     *for_it_alone(COMPUTE, "pathMatchers[].pathRules[].service"),
                     needs(COMPUTE, "pathMatchers[].routeRules[].service"), needs(COMPUTE, "tests[].service")),
    "backend_service": facts("target_group", needs(COMPUTE, "backends[].group"), needs(COMPUTE, _MANAGERS),
                             needs(COMPUTE, "healthChecks"),
                             needs(COMPUTE, "securityPolicy"), needs(COMPUTE, "edgeSecurityPolicy"),
                             needs(COMPUTE, "network")),
    "backend_bucket": facts("target_group", uses(BUCKET, "bucketName"), needs(COMPUTE, "edgeSecurityPolicy")),
    "health_check": facts("health_check"),
    "http_health_check": facts("health_check"),
    "https_health_check": facts("health_check"),
    "network_endpoint_group": facts("target_group", *_IN_SUBNET),
    "global_network_endpoint_group": facts("target_group"),
    "ssl_certificate": facts("certificate", holds=Holding.KEYS),
    "ssl_policy": facts("policy"),
    "security_policy": facts("firewall"),
    "service_attachment": facts("endpoint", needs(COMPUTE, "targetService"), needs(COMPUTE, "natSubnets")),
    "address": facts("address", needed_by(COMPUTE, "users"), *_IN_SUBNET, holds=Holding.NAMES, attributes=_IP),
    # The services of Google that a network is peered with take their addresses from such a range, and no user is told:
    # https://cloud.google.com/vpc/docs/configure-private-services-access
    "global_address": facts("address", needed_by(COMPUTE, "users"), needs(COMPUTE, "network"),
                            used_by(COMPUTE, "purpose == 'VPC_PEERING' && network"), holds=Holding.NAMES,
                            attributes=_IP),
    # Networks.
    "network": facts(
        "network",
        uses(COMPUTE, "peerings[].network"),
        protected=(("name == 'default'", "default network of the project"),),
        steps=(
            Step("compute.networks.removePeering", "POST", "{id}/removePeering", "peerings",
                 body={"name": "{item.name}"}, undo="{id}/addPeering", undo_body={"networkPeering": "{item}"}),
        ),
    ),
    "subnetwork": facts("subnet", *_OF_NETWORK),
    "firewall": facts("security_group", *_OF_NETWORK),
    "network_firewall_policy": _firewall_policy("networkFirewallPolicies"),
    "region_network_firewall_policy": _firewall_policy("regionNetworkFirewallPolicies"),
    "router": facts("gateway", *_OF_NETWORK, needs(COMPUTE, "nats[].natIps"),
                    needs(COMPUTE, "nats[].subnetworks[].name")),
    # Routes of subnets, peerings and the first gateway come and go with their network.
    "route": facts("route_table", *_OF_NETWORK, needs(COMPUTE, "nextHopVpnTunnel"), needs(COMPUTE, "nextHopInstance"),
                   needs(COMPUTE, "nextHopIlb"),
                   part_when="nextHopPeering || nextHopNetwork || starts_with(name, 'default-route-')"),
    "vpn_tunnel": facts("vpn", needs(COMPUTE, "vpnGateway"), needs(COMPUTE, "targetVpnGateway"),
                        needs(COMPUTE, "router"), needs(COMPUTE, "peerExternalGateway"),
                        needs(COMPUTE, "peerGcpGateway")),
    "vpn_gateway": facts("vpn", needs(COMPUTE, "network")),
    "target_vpn_gateway": facts("vpn", needs(COMPUTE, "network")),
    "external_vpn_gateway": facts("vpn"),
    "interconnect_attachment": facts("attachment", needs(COMPUTE, "router"), uses(COMPUTE, "interconnect"),
                                     holds=Holding.NAMES),
    "network_attachment": facts("attachment", needs(COMPUTE, "subnetworks")),
    "packet_mirroring": facts("flow_log", needs(COMPUTE, "network.url"), needs(COMPUTE, "collectorIlb.url"),
                              uses(COMPUTE, "mirroredResources.instances[].url"),
                              uses(COMPUTE, "mirroredResources.subnetworks[].url")),
}  # fmt: skip
_ALSO_REGIONAL = (
    "autoscaler", "backend_bucket", "backend_service", "disk", "health_check", "instance_group_manager",
    "instance_template", "instant_snapshot", "network_endpoint_group", "security_policy", "snapshot",
    "ssl_certificate", "ssl_policy", "target_http_proxy", "target_https_proxy", "target_tcp_proxy",
    "url_map",
)  # fmt: skip
"""Kinds with a sibling in regions, about which the same holds."""

COMPUTE_FACTS: Mapping[str, Facts] = {
    **{f"gcp_compute_{kind}": found for kind, found in _KINDS.items()},
    **{f"gcp_compute_region_{kind}": _KINDS[kind] for kind in _ALSO_REGIONAL},
}
"""By kind."""
