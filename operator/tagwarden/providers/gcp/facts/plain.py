"""Kinds whose category and loss say everything about them.

A kind stands here after three questions, which no document answers: does a service of Google create it for itself, or
create it again (S13, S20)? Would its deletion take along a resource that its item does not name? Is it used by anything
that does not name it (S18)? For each of these kinds the answers are no: people or their tools create it, the marks of
services on their parts (see `managers`) hold for every kind, and users name it in full, which counts as a use.
"""

from collections.abc import Iterator, Mapping

from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.gcp.facts.vocabulary import Facts

_NOTHING: Mapping[str, str] = {
    "alarm": "monitoring_uptime_check_config",
    "api": "apigeeregistry_deployment",
    "application": "firebaseapphosting_backend firebasedataconnect_service",
    "attachment": """
        connectors_endpoint_attachment managedidentities_peering networkconnectivity_destination
        networkconnectivity_service_connection_map networkconnectivity_service_connection_policy
        networkconnectivity_spoke networksecurity_firewall_endpoint_association
        networksecurity_intercept_endpoint_group_association networksecurity_mirroring_endpoint_group_association
        networkservices_multicast_consumer_association networkservices_multicast_group_consumer_activation
        oracledatabase_goldengate_connection_assignment
        """,
    "catalog": """
        dataplex_aspect_type dataplex_category dataplex_change_request dataplex_data_asset dataplex_data_domain
        dataplex_data_product dataplex_entry_type dataplex_metadata_feed
        """,
    "cluster": "aiplatform_persistent_resource datastream_private_connection",
    "connection": """
        connectors_connection connectors_custom_connector connectors_managed_zone datamigration_connection_profile
        datastream_connection_profile developerconnect_account_connector developerconnect_connection
        netapp_active_directory netapp_host_group netapp_kms_config oracledatabase_database_connection
        oracledatabase_goldengate_connection
        """,
    "endpoint": """
        aiplatform_feature_online_store aiplatform_index_endpoint dns_outbound_endpoint ids_endpoint
        networksecurity_firewall_endpoint networksecurity_intercept_endpoint_group
        networksecurity_mirroring_endpoint_group networkservices_agent_gateway servicedirectory_namespace
        """,
    "event_bus": "eventarc_message_bus",
    "firewall": "networksecurity_dns_threat_detector",
    "flow_log": "networkmanagement_vpc_flow_logs_config",
    "gateway": "networkconnectivity_hub networkconnectivity_transport networkservices_gateway networkservices_mesh",
    "health_check": "networkmanagement_connectivity_test",
    "instance": "run_instance tpu_queued_resource",
    "job": """
        aiplatform_model_deployment_monitoring_job dataplex_data_scan dataplex_task
        migrationcenter_import_job networkconnectivity_multicloud_data_transfer_config
        rapidmigrationassessment_collector vmmigration_migrating_vm vmmigration_source
        """,
    "launch_template": """
        aiplatform_notebook_runtime_template backupdr_restore_template
        certificatemanager_certificate_issuance_config dataproc_region_workflow_template dataproc_session_template
        dataproc_workflow_template networkservices_agent_connectivity_template parametermanager_template
        privateca_certificate_template
        """,
    "load_balancer_rule": """
        certificatemanager_certificate_map firebaseapphosting_domain networkservices_authz_extension
        networkservices_extension_binding networkservices_grpc_route networkservices_http_route
        networkservices_lb_edge_extension networkservices_lb_route_extension networkservices_lb_traffic_extension
        networkservices_tcp_route networkservices_tls_route networkservices_wasm_plugin
        """,
    "network": "oracledatabase_odb_network",
    "pipeline": "clouddeploy_delivery_pipeline eventarc_enrollment eventarc_google_api_source eventarc_pipeline",
    "policy": """
        backupdr_backup_plan certificatemanager_trust_config clouddeploy_automation clouddeploy_custom_target_type
        clouddeploy_deploy_policy dataproc_autoscaling_policy dataproc_region_autoscaling_policy
        developerconnect_insights_config gkebackup_backup_channel gkebackup_restore_channel gkebackup_restore_plan
        gkehub_binding gkehub_membership_feature gkehub_membership_rbacrolebinding gkehub_namespace
        gkehub_rollout_sequence gkehub_scope gkehub_scope_rbacrolebinding logging_exclusion logging_metric
        migrationcenter_discovery_client migrationcenter_group netapp_backup_policy netapp_quota_rule
        networkconnectivity_gateway_advertised_route networkconnectivity_internal_range
        networkconnectivity_service_class networksecurity_address_group networksecurity_authorization_policy
        networksecurity_authz_policy networksecurity_backend_authentication_config networksecurity_client_tls_policy
        networksecurity_security_profile networksecurity_security_profile_group networksecurity_server_tls_policy
        networkservices_endpoint_policy networkservices_service_binding networkservices_service_lb_policy
        osconfig_os_policy_assignment osconfig_patch_deployment osconfig_policy_orchestrator saasservicemgmt_release
        saasservicemgmt_rollout saasservicemgmt_rollout_kind saasservicemgmt_saa saasservicemgmt_unit_kind
        spanner_backup_schedule workloadmanager_evaluation
        """,
    "reservation": "bigqueryreservation_reservation",
    "schema": "documentai_schema documentai_schema_version firebasedataconnect_connector firebasedataconnect_schema",
    "subnet": "oracledatabase_odb_subnet",
    "target_group": """
        clouddeploy_target networksecurity_intercept_deployment networksecurity_intercept_deployment_group
        networksecurity_mirroring_deployment networksecurity_mirroring_deployment_group
        """,
    "topic": "eventarc_channel",
    "workload": "aiplatform_feature_view",
}
_DATA: Mapping[str, str] = {
    # With the specifications of its versions, which are no resources of their own.
    "api": "apigeeregistry_api",
    "broker": "managedkafka_cluster managedkafka_connect_cluster",
    "catalog": """
        aiplatform_experiment aiplatform_feature_group aiplatform_feature_group_feature
        aiplatform_featurestore_entity_type_feature dataplex_glossary dataplex_lake dataplex_term
        metastore_federation migrationcenter_asset
        """,
    "cluster": "oracledatabase_cloud_vm_cluster oracledatabase_exadb_vm_cluster oracledatabase_goldengate_deployment",
    "database": """
        aiplatform_featurestore aiplatform_index blockchainnodeengine_blockchain_node
        oracledatabase_autonomous_database oracledatabase_db_system
        """,
    "directory": "managedidentities_domain",
    "file_system": "ftp_server parallelstore_instance",
    "model": "bigquery_model",
    "parameter": "parametermanager_parameter",
    "registry": "dataform_repository",
    "snapshot": "file_snapshot gkebackup_backup gkebackup_restore managedidentities_backup netapp_snapshot",
    "table": "aiplatform_entity_type aiplatform_tensorboard",
    "volume": "oracledatabase_exascale_db_storage_vault",
    # With its sessions and memories, which are no resources of their own.
    "workload": "aiplatform_reasoning_engine",
}
_KEYS: Mapping[str, str] = {
    "certificate": "certificatemanager_dns_authorization",
    "identity": "agentidentity_auth_provider",
    # Both are in pages and programs anywhere, and cannot be had again.
    "key": "apikeys_key recaptchaenterprise_key",
}
_BEFORE_PARENT = """
    dataplex_category dataplex_data_asset dataplex_term gkehub_namespace gkehub_scope_rbacrolebinding
    networkconnectivity_destination oracledatabase_odb_subnet
    """
"""Google refuses to delete their parents before them, and has no parameter for it."""


def _kinds(words: Mapping[str, str], holds: Holding) -> Iterator[tuple[str, Facts]]:
    before = _BEFORE_PARENT.split()
    for category, kinds in words.items():
        for kind in kinds.split():
            yield f"gcp_{kind}", Facts(category=category, holds=holds, before_parent=kind in before)


PLAIN_FACTS: Mapping[str, Facts] = {
    **dict(_kinds(_NOTHING, Holding.NOTHING)),
    **dict(_kinds(_DATA, Holding.DATA)),
    **dict(_kinds(_KEYS, Holding.KEYS)),
}
"""By kind."""
