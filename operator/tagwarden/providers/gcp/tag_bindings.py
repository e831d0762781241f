"""Resource Manager tags, which are bound to resources from outside: one that means protection protects (S7, S24).

Tags are inherited from project, folder and organisation. No API lists the tags of many resources, so they are read for
one resource at a time, right before something is done to it:
https://cloud.google.com/resource-manager/docs/tags/tags-creating-and-managing#listing_tags
"""

from collections.abc import Mapping

from tagwarden.errors import InvalidRequest, NotFound, TagsUnreadable, Unsupported
from tagwarden.model.messages import provider_messages as messages
from tagwarden.providers.gcp.connection import Connection, Json
from tagwarden.providers.gcp.faults import DISABLED
from tagwarden.providers.gcp.names import Project, location_of
from tagwarden.providers.gcp.row import Row
from tagwarden.tagging.protection import protects

OPERATION = "cloudresourcemanager.effectiveTags.list"

TAGGED = frozenset(
    {
        "gcp_alloydb_backup", "gcp_alloydb_cluster", "gcp_artifactregistry_repository", "gcp_bigquery_dataset",
        "gcp_bigquery_table", "gcp_bigtableadmin_instance", "gcp_certificatemanager_certificate",
        "gcp_cloudkms_key_ring", "gcp_compute_address", "gcp_compute_backend_bucket", "gcp_compute_backend_service",
        "gcp_compute_disk", "gcp_compute_external_vpn_gateway", "gcp_compute_firewall", "gcp_compute_forwarding_rule",
        "gcp_compute_global_address", "gcp_compute_global_forwarding_rule", "gcp_compute_health_check",
        "gcp_compute_image", "gcp_compute_instance", "gcp_compute_instance_group",
        "gcp_compute_instance_group_manager", "gcp_compute_instant_snapshot", "gcp_compute_interconnect_attachment",
        "gcp_compute_machine_image", "gcp_compute_network", "gcp_compute_network_endpoint_group",
        "gcp_compute_network_firewall_policy", "gcp_compute_region_backend_service", "gcp_compute_region_disk",
        "gcp_compute_reservation", "gcp_compute_route", "gcp_compute_router", "gcp_compute_snapshot",
        "gcp_compute_ssl_certificate", "gcp_compute_ssl_policy", "gcp_compute_storage_pool",
        "gcp_compute_subnetwork", "gcp_compute_target_grpc_proxy", "gcp_compute_target_http_proxy",
        "gcp_compute_target_https_proxy", "gcp_compute_target_instance", "gcp_compute_target_pool",
        "gcp_compute_target_ssl_proxy", "gcp_compute_target_tcp_proxy", "gcp_compute_target_vpn_gateway",
        "gcp_compute_url_map", "gcp_compute_vpn_gateway", "gcp_compute_vpn_tunnel", "gcp_container_cluster",
        "gcp_datafusion_instance", "gcp_file_backup", "gcp_file_instance", "gcp_firestore_database",
        "gcp_pubsub_subscription", "gcp_pubsub_topic", "gcp_redis_instance", "gcp_run_job", "gcp_run_service",
        "gcp_secretmanager_secret", "gcp_spanner_instance", "gcp_sqladmin_instance", "gcp_storage_bucket",
        "gcp_workflows_workflow", "gcp_workstations_workstation_cluster",
    }
)  # fmt: skip
"""Kinds to which tags can be bound: https://cloud.google.com/resource-manager/docs/tags/tags-supported-services"""


def protecting_binding(connection: Connection, row: Row, item: Json, name: str, project: Project) -> str:
    """Name the tag that protects a resource, also an inherited one; empty where none does.

    Raises the `ProviderError` of tags that could not be read: unread tags are not missing tags (S1).
    """
    if row.kind not in TAGGED:
        return ""
    for key, value in effective_tags(connection, row, item, name, project).items():
        if protects(key.rpartition("/")[2], value):
            return messages.PROTECTED_BY_BINDING(tag=key, value=value)
    return ""


def effective_tags(connection: Connection, row: Row, item: Json, name: str, project: Project) -> Mapping[str, str]:
    """Give the tags of a resource by their namespaced keys, such as `123456789012/protect`.

    Raises TagsUnreadable where Google knows no such resource or takes no tags of it: tags can be bound to every kind of
    `TAGGED`, so that the answer says nothing about the tags of the resource.
    """
    host = f"{_place_of(item, name)}cloudresourcemanager.googleapis.com"
    params = {"parent": full_name(row, item, name, project), "pageSize": "300"}
    found: dict[str, str] = {}
    try:
        for page in connection.pages(host, "v3/effectiveTags", params, OPERATION):
            for tag in page.get("effectiveTags", ()):
                key = str(tag["namespacedTagKey"])
                found[key] = str(tag.get("namespacedTagValue", "")).removeprefix(f"{key}/")
    except (InvalidRequest, NotFound, Unsupported) as error:
        if error.code in DISABLED:
            raise
        message = messages.TAGS_UNREADABLE(resource=params["parent"], error=error.message)
        raise TagsUnreadable(message, code=error.code, operation=OPERATION) from error
    return found


def _place_of(item: Json, name: str) -> str:
    """Give the beginning of the host that knows the tags: they are kept in the zone or region of the resource."""
    told = (str(item.get(field) or "") for field in ("location", "locationId", "region"))
    location = location_of(name) or next((place for place in told if place and "/" not in place), "")
    return "" if location in {"", "global"} else f"{location.lower()}-"


def full_name(row: Row, item: Json, name: str, project: Project) -> str:
    """Give the name to which tags are bound; compute and storage have one of their own for it."""
    if row.host == "compute.googleapis.com":
        numbered = name.replace(f"projects/{project.id}/", f"projects/{project.number}/", 1)
        return f"//{row.host}/{numbered.rpartition('/')[0]}/{item.get('id') or numbered.rpartition('/')[2]}"
    if row.host == "storage.googleapis.com":
        return f"//{row.host}/projects/_/buckets/{name.rpartition('/')[2]}"
    return row.uid_of(name)
