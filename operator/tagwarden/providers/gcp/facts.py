"""Curated facts about Google Cloud's kinds, which no discovery document states.

A kind without a row here is collected when it takes labels; it holds data until somebody knows better (S19), so that an
untagged one is only reported. Sources are Google's documentation pages of each product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.catalogue.links import Link, needed_by, needs, owned_by, owns, uses


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about one kind.

    `holds` is the permanent loss of a deletion (S19). `links` have paths into an item; the kind of a link is the host
    of names without a host, or a form that completes a short name to a uid. `attributes` are paths too. `labels` is the
    path to the labels; `has_labels`: Google shows labels that the row cannot write. `name` is the path to the short
    name of an item without a full name. `part_when` holds for an item that Google creates and deletes along with
    another resource, so that the item is no resource of its own. `protected` are paths with the reason why a resource
    for which the path holds is never deleted; `never` is the reason for the whole kind. `service` is the service that a
    project enables, if that is not the host. `permission` begins the names of the permissions, if these do not begin
    with the collection.
    """

    category: str
    holds: Holding = Holding.NOTHING
    links: tuple[Link, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    labels: str = "labels"
    has_labels: bool = False
    name: str = ""
    part_when: str = ""
    protected: tuple[tuple[str, str], ...] = ()
    never: str = ""
    service: str = ""
    permission: str = ""


OTHER = Facts(category="other", holds=Holding.DATA)

_COMPUTE = "compute.googleapis.com"
_NETWORK = (needs(_COMPUTE, "network"), needs(_COMPUTE, "subnetwork"))


def _facts(category: str, *links: Link, **more: object) -> Facts:
    return Facts(category=category, links=links, **more)  # type: ignore[arg-type]


def _regional(facts: Mapping[str, Facts], *kinds: str) -> dict[str, Facts]:
    """Give the facts of a kind to its regional sibling too."""
    return {f"gcp_compute_region_{kind}": facts[f"gcp_compute_{kind}"] for kind in kinds}


_INSTANCE = _facts(
    "instance",
    uses(_COMPUTE, "disks[].source"),
    owns(_COMPUTE, "disks[?autoDelete].source"),
    needs(_COMPUTE, "networkInterfaces[].network"),
    needs(_COMPUTE, "networkInterfaces[].subnetwork"),
    uses("//iam.googleapis.com/projects/{project}/serviceAccounts/{name}", "serviceAccounts[].email"),
    uses(_COMPUTE, "resourcePolicies"),
    attributes={"machine_type": "machineType", "spot": "scheduling.preemptible"},
    protected=(("deletionProtection", "deletion protection is on"),),
)
_DISK = _facts(
    "volume",
    needed_by(_COMPUTE, "users"),
    uses(_COMPUTE, "sourceSnapshot"),
    uses(_COMPUTE, "sourceImage"),
    holds=Holding.DATA,
    attributes={"size_gb": "sizeGb", "type": "type"},
)

_COMPUTE_FACTS: dict[str, Facts] = {
    "gcp_compute_instance": _INSTANCE,
    "gcp_compute_disk": _DISK,
    "gcp_compute_image": _facts("image", uses(_COMPUTE, "sourceDisk"), uses(_COMPUTE, "sourceSnapshot"),
                                holds=Holding.IMAGES),
    "gcp_compute_snapshot": _facts("snapshot", uses(_COMPUTE, "sourceDisk"), holds=Holding.DATA),
    "gcp_compute_machine_image": _facts("image", uses(_COMPUTE, "sourceInstance"), holds=Holding.IMAGES),
    "gcp_compute_instance_template": _facts("launch_template", uses(_COMPUTE, "properties.disks[].source"),
                                            uses(_COMPUTE, "properties.networkInterfaces[].network"),
                                            labels="properties.labels"),
    "gcp_compute_instance_group": _facts("instance_group", *_NETWORK),
    "gcp_compute_instance_group_manager": _facts("instance_group", needs(_COMPUTE, "instanceTemplate"),
                                                 needs(_COMPUTE, "versions[].instanceTemplate"),
                                                 owns(_COMPUTE, "instanceGroup"),
                                                 needs(_COMPUTE, "autoHealingPolicies[].healthCheck")),
    "gcp_compute_autoscaler": _facts("policy", owned_by(_COMPUTE, "target")),
    "gcp_compute_address": _facts("address", needed_by(_COMPUTE, "users"), needs(_COMPUTE, "subnetwork"),
                                  holds=Holding.NAMES, attributes={"address": "address", "status": "status"}),
    "gcp_compute_global_address": _facts("address", needed_by(_COMPUTE, "users"), holds=Holding.NAMES,
                                         attributes={"address": "address", "status": "status"}),
    "gcp_compute_forwarding_rule": _facts("load_balancer", needs(_COMPUTE, "target"), needs(_COMPUTE, "backendService"),
                                          *_NETWORK, attributes={"address": "IPAddress"}),
    "gcp_compute_global_forwarding_rule": _facts("load_balancer", needs(_COMPUTE, "target"),
                                                 attributes={"address": "IPAddress"}),
    "gcp_compute_target_http_proxy": _facts("proxy", needs(_COMPUTE, "urlMap")),
    "gcp_compute_target_https_proxy": _facts("proxy", needs(_COMPUTE, "urlMap"), needs(_COMPUTE, "sslCertificates"),
                                             needs(_COMPUTE, "sslPolicy")),
    "gcp_compute_target_grpc_proxy": _facts("proxy", needs(_COMPUTE, "urlMap")),
    "gcp_compute_target_ssl_proxy": _facts("proxy", needs(_COMPUTE, "service"), needs(_COMPUTE, "sslCertificates")),
    "gcp_compute_target_tcp_proxy": _facts("proxy", needs(_COMPUTE, "service")),
    "gcp_compute_target_pool": _facts("target_group", uses(_COMPUTE, "instances"), needs(_COMPUTE, "healthChecks")),
    "gcp_compute_target_instance": _facts("target_group", needs(_COMPUTE, "instance")),
    "gcp_compute_target_vpn_gateway": _facts("gateway", *_NETWORK),
    "gcp_compute_url_map": _facts("load_balancer_rule", needs(_COMPUTE, "defaultService"),
                                  needs(_COMPUTE, "pathMatchers[].defaultService"),
                                  needs(_COMPUTE, "pathMatchers[].pathRules[].service")),
    "gcp_compute_backend_service": _facts("target_group", uses(_COMPUTE, "backends[].group"),
                                          needs(_COMPUTE, "healthChecks"), needs(_COMPUTE, "securityPolicy")),
    "gcp_compute_backend_bucket": _facts("target_group", uses("//storage.googleapis.com/b/{name}", "bucketName")),
    "gcp_compute_health_check": _facts("health_check"),
    "gcp_compute_http_health_check": _facts("health_check"),
    "gcp_compute_https_health_check": _facts("health_check"),
    "gcp_compute_network_endpoint_group": _facts("target_group", *_NETWORK),
    "gcp_compute_global_network_endpoint_group": _facts("target_group"),
    "gcp_compute_firewall": _facts("security_group", owned_by(_COMPUTE, "network")),
    "gcp_compute_network_firewall_policy": _facts("firewall", uses(_COMPUTE, "associations[].attachmentTarget")),
    "gcp_compute_network": _facts("network", protected=(("name == 'default'", "default network of the project"),)),
    "gcp_compute_subnetwork": _facts("subnet", needs(_COMPUTE, "network")),
    "gcp_compute_router": _facts("gateway", needs(_COMPUTE, "network")),
    # Routes of subnets, peerings and the first gateway come and go with their network.
    "gcp_compute_route": _facts("route_table", owned_by(_COMPUTE, "network"),
                                part_when="nextHopPeering || nextHopNetwork || starts_with(name, 'default-route-')"),
    "gcp_compute_vpn_tunnel": _facts("gateway", needs(_COMPUTE, "vpnGateway"), needs(_COMPUTE, "targetVpnGateway"),
                                     needs(_COMPUTE, "router"), needs(_COMPUTE, "peerExternalGateway")),
    "gcp_compute_vpn_gateway": _facts("gateway", needs(_COMPUTE, "network")),
    "gcp_compute_external_vpn_gateway": _facts("gateway"),
    "gcp_compute_interconnect_attachment": _facts("attachment", needs(_COMPUTE, "router"),
                                                  uses(_COMPUTE, "interconnect"), holds=Holding.NAMES),
    "gcp_compute_ssl_certificate": _facts("certificate", holds=Holding.KEYS),
    "gcp_compute_ssl_policy": _facts("policy"),
    "gcp_compute_security_policy": _facts("firewall"),
    "gcp_compute_reservation": _facts("reservation"),
    "gcp_compute_resource_policy": _facts("policy"),
    "gcp_compute_packet_mirroring": _facts("flow_log", needs(_COMPUTE, "network.url"),
                                           uses(_COMPUTE, "mirroredResources.instances[].url")),
    "gcp_compute_instant_snapshot": _facts("snapshot", owned_by(_COMPUTE, "sourceDisk"), holds=Holding.DATA),
    "gcp_compute_storage_pool": _facts("volume", holds=Holding.DATA),
    "gcp_compute_service_attachment": _facts("endpoint", needs(_COMPUTE, "targetService"),
                                             needs(_COMPUTE, "natSubnets")),
    "gcp_compute_network_attachment": _facts("attachment", needs(_COMPUTE, "subnetworks")),
    "gcp_compute_node_group": _facts("instance_group", needs(_COMPUTE, "nodeTemplate")),
    "gcp_compute_node_template": _facts("launch_template"),
}  # fmt: skip

_SERVICE_FACTS: dict[str, Facts] = {
    "gcp_container_cluster": _facts(
        "cluster", needs(_COMPUTE, "networkConfig.network"), needs(_COMPUTE, "networkConfig.subnetwork"),
        holds=Holding.DATA, labels="resourceLabels",
        attributes={"endpoint": "endpoint", "version": "currentMasterVersion"},
    ),
    "gcp_container_node_pool": _facts("node_group", owns(_COMPUTE, "instanceGroupUrls")),
    "gcp_sqladmin_instance": _facts(
        "database", needs(_COMPUTE, "settings.ipConfiguration.privateNetwork"),
        uses("cloudkms.googleapis.com", "diskEncryptionConfiguration.kmsKeyName"),
        owned_by("//sqladmin.googleapis.com/projects/{project}/instances/{name}", "masterInstanceName"),
        holds=Holding.DATA, labels="settings.userLabels", has_labels=True, permission="cloudsql.instances",
        protected=(("settings.deletionProtectionEnabled", "deletion protection is on"),),
    ),
    "gcp_storage_bucket": _facts(
        "bucket", uses("cloudkms.googleapis.com", "encryption.defaultKmsKeyName"), holds=Holding.DATA,
        protected=(("retentionPolicy.isLocked", "retention policy is locked"),
                   ("defaultEventBasedHold", "default event-based hold is on")),
    ),
    "gcp_pubsub_topic": _facts("topic", uses("cloudkms.googleapis.com", "kmsKeyName")),
    "gcp_pubsub_subscription": _facts("subscription", uses("pubsub.googleapis.com", "topic"), holds=Holding.MESSAGES),
    "gcp_pubsub_snapshot": _facts("snapshot", uses("pubsub.googleapis.com", "topic"), holds=Holding.MESSAGES),
    "gcp_pubsub_schema": _facts("schema"),
    "gcp_cloudfunctions_function": _facts(
        "function", uses("pubsub.googleapis.com", "eventTrigger.pubsubTopic"),
        owns("run.googleapis.com", "serviceConfig.service"),
        uses("artifactregistry.googleapis.com", "buildConfig.dockerRepository"),
    ),
    "gcp_run_service": _facts("workload"),
    "gcp_run_job": _facts("job"),
    "gcp_run_worker_pool": _facts("workload"),
    "gcp_bigquery_dataset": _facts("database", holds=Holding.DATA, name="datasetReference.datasetId"),
    "gcp_bigquery_table": _facts("table", holds=Holding.DATA, name="tableReference.tableId"),
    "gcp_spanner_instance": _facts("database", holds=Holding.DATA),
    "gcp_bigtableadmin_instance": _facts("database", holds=Holding.DATA, permission="bigtable.instances"),
    "gcp_firestore_database": _facts("database", holds=Holding.DATA, permission="datastore.databases"),
    "gcp_redis_instance": _facts("cache", needs(_COMPUTE, "authorizedNetwork"), holds=Holding.DATA),
    "gcp_redis_cluster": _facts("cache", holds=Holding.DATA),
    "gcp_memcache_instance": _facts("cache", needs(_COMPUTE, "authorizedNetwork")),
    "gcp_file_instance": _facts("file_system", needs(_COMPUTE, "networks[].network"), holds=Holding.DATA),
    "gcp_file_backup": _facts("snapshot", uses("file.googleapis.com", "sourceInstance"), holds=Holding.DATA),
    "gcp_dns_managed_zone": _facts("zone", uses(_COMPUTE, "privateVisibilityConfig.networks[].networkUrl"),
                                   holds=Holding.NAMES),
    "gcp_dns_policy": _facts("policy", needs(_COMPUTE, "networks[].networkUrl")),
    "gcp_cloudkms_key_ring": _facts("key", holds=Holding.KEYS, never="key rings hold keys that encrypt other data"),
    "gcp_cloudkms_crypto_key": _facts("key", holds=Holding.KEYS, never="keys encrypt other data"),
    "gcp_secretmanager_secret": _facts("secret", holds=Holding.KEYS),
    "gcp_artifactregistry_repository": _facts("registry", holds=Holding.IMAGES),
    "gcp_composer_environment": _facts("workflow", uses("container.googleapis.com", "config.gkeCluster"),
                                       holds=Holding.DATA),
    "gcp_dataproc_cluster": _facts("cluster", name="clusterName"),
    "gcp_datafusion_instance": _facts("workflow", holds=Holding.DATA),
    "gcp_alloydb_cluster": _facts("database", needs(_COMPUTE, "networkConfig.network"), holds=Holding.DATA),
    "gcp_alloydb_instance": _facts("database"),
    "gcp_alloydb_backup": _facts("snapshot", holds=Holding.DATA),
    "gcp_aiplatform_endpoint": _facts("endpoint"),
    "gcp_aiplatform_model": _facts("model", holds=Holding.DATA),
    "gcp_aiplatform_dataset": _facts("database", holds=Holding.DATA),
    "gcp_notebooks_instance": _facts("instance", holds=Holding.DATA),
    "gcp_tpu_node": _facts("instance"),
    "gcp_cloudscheduler_job": _facts("schedule", uses("pubsub.googleapis.com", "pubsubTarget.topicName")),
    "gcp_cloudtasks_queue": _facts("queue", holds=Holding.MESSAGES),
    "gcp_workflows_workflow": _facts("workflow"),
    "gcp_eventarc_trigger": _facts("trigger", uses("pubsub.googleapis.com", "transport.pubsub.topic")),
    "gcp_apigateway_gateway": _facts("gateway", needs("apigateway.googleapis.com", "apiConfig")),
    "gcp_apigateway_api": _facts("api"),
    "gcp_apigateway_config": _facts("api"),
    "gcp_certificatemanager_certificate": _facts("certificate", holds=Holding.KEYS),
    "gcp_vpcaccess_connector": _facts("attachment"),
    "gcp_iam_service_account": _facts("identity", holds=Holding.NAMES),
    "gcp_iam_role": _facts("role"),
    "gcp_logging_bucket": _facts(
        "log_group", holds=Holding.DATA,
        protected=(("locked", "bucket is locked"), ("contains(name, '/buckets/_')", "log bucket of every project")),
    ),
    "gcp_logging_sink": _facts("pipeline",
                               protected=(("starts_with(name, '_')", "log sink of every project"),)),
    "gcp_monitoring_dashboard": _facts("dashboard", has_labels=True),
    "gcp_monitoring_alert_policy": _facts("alarm", labels="userLabels", has_labels=True),
    "gcp_workstations_workstation_cluster": _facts("cluster"),
    "gcp_workstations_workstation_config": _facts("launch_template"),
    "gcp_workstations_workstation": _facts("instance", holds=Holding.DATA),
    "gcp_cloudbuild_connection": _facts("connection"),
    "gcp_metastore_service": _facts("catalog", holds=Holding.DATA),
    "gcp_privateca_ca_pool": _facts("certificate", holds=Holding.KEYS),
    "gcp_netapp_volume": _facts("file_system", holds=Holding.DATA),
    "gcp_netapp_storage_pool": _facts("volume", holds=Holding.DATA),
    "gcp_datastream_stream": _facts("pipeline"),
    "gcp_gkebackup_backup_plan": _facts("policy"),
}  # fmt: skip

FACTS: Mapping[str, Facts] = {
    **_COMPUTE_FACTS,
    **_regional(
        _COMPUTE_FACTS, "disk", "instance_group_manager", "autoscaler", "backend_service", "health_check",
        "target_http_proxy", "target_https_proxy", "target_tcp_proxy", "url_map", "ssl_certificate", "ssl_policy",
        "security_policy", "instance_template", "network_endpoint_group", "network_firewall_policy",
        "instant_snapshot",
    ),
    **_SERVICE_FACTS,
}  # fmt: skip
"""By kind."""
