"""The kinds that Cloud Asset Inventory carries whole; every other kind is listed directly.

A kind is here if https://cloud.google.com/asset-inventory/docs/asset-types names its type, without a longer delay or an
incomplete history, and if its own listing shows the same fields. So Cloud Functions (up to twelve hours late), BigQuery
(listed in short), zones of Cloud DNS (carried without their records) and Cloud Run (carried in another version) are
not. A kind that is missing here is only slower.
"""

_COMPUTE = """
    address autoscaler backend_bucket backend_service disk external_vpn_gateway firewall forwarding_rule global_address
    global_forwarding_rule health_check http_health_check https_health_check image instance instance_group
    instance_group_manager instance_template interconnect_attachment machine_image network network_endpoint_group
    node_group node_template packet_mirroring region_backend_service region_disk reservation resource_policy route
    router security_policy service_attachment snapshot ssl_certificate ssl_policy subnetwork target_http_proxy
    target_https_proxy target_instance target_pool target_ssl_proxy target_tcp_proxy target_vpn_gateway url_map
    vpn_gateway vpn_tunnel
"""
_OTHERS = """
    aiplatform_dataset aiplatform_endpoint aiplatform_model alloydb_backup alloydb_cluster alloydb_instance
    apigateway_api apigateway_gateway artifactregistry_repository bigtableadmin_instance cloudkms_crypto_key
    cloudkms_key_ring container_cluster container_node_pool datafusion_instance dataproc_cluster
    dns_policy eventarc_trigger file_backup file_instance gkebackup_backup_plan iam_service_account logging_bucket
    memcache_instance metastore_service monitoring_alert_policy privateca_ca_pool pubsub_snapshot
    pubsub_subscription pubsub_topic redis_instance secretmanager_secret spanner_instance sqladmin_instance
    storage_bucket tpu_node vpcaccess_connector
"""

CARRIED = frozenset(
    (*(f"gcp_compute_{name}" for name in _COMPUTE.split()), *(f"gcp_{name}" for name in _OTHERS.split()))
)
"""By kind."""
