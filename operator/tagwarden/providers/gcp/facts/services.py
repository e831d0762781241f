"""Facts about the kinds of services other than Compute Engine, from the documentation of each product."""

from collections.abc import Mapping

from tagwarden.model.clusters import ISSUER
from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.catalogue.links import needs, owned_by, owns, uses
from tagwarden.providers.gcp.details import Detail
from tagwarden.providers.gcp.facts.vocabulary import (
    BUCKET,
    COMPUTE,
    KMS,
    PUBSUB,
    SERVICE_ACCOUNT,
    Facts,
    facts,
    within,
)
from tagwarden.providers.gcp.steps import Step

_REGISTRY = "artifactregistry.googleapis.com"
_CONTAINER = "container.googleapis.com"
_RUN = "run.googleapis.com"
_NETWORK = "//compute.googleapis.com/projects/{project}/global/networks/{name}"
_FIRST_STATE = "(statusHistory[0] || status).stateStartTime"
_SOURCES = "[view.query, materializedView.query, externalDataConfiguration.sourceUris][]"
# A bucket that serves a domain has the name of the domain: https://cloud.google.com/storage/docs/request-endpoints#cname
_RECORDS = "[rrsets, rrsets[?rrdatas && contains(rrdatas, 'c.storage.googleapis.com.')].{bucket: name}][]"
_IMAGES = uses(_REGISTRY, "template.containers[].image")

SERVICE_FACTS: Mapping[str, Facts] = {
    # Clusters.
    "gcp_container_cluster": facts(
        "cluster", needs(COMPUTE, "networkConfig.network"), needs(COMPUTE, "networkConfig.subnetwork"),
        needs(_NETWORK, "!networkConfig.network && network"),
        uses(SERVICE_ACCOUNT, "nodeConfig.serviceAccount"), uses(KMS, "databaseEncryption.keyName"),
        holds=Holding.DATA, labels="resourceLabels",
        attributes={"endpoint": "endpoint", "version": "currentMasterVersion"},
        # The API server names it too: https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
        told={ISSUER: "https://container.googleapis.com/v1/{id}"},
    ),
    "gcp_container_node_pool": facts("node_group", owns(COMPUTE, "instanceGroupUrls")),
    "gcp_gkebackup_backup_plan": facts("policy", uses(_CONTAINER, "cluster")),
    "gcp_dataproc_cluster": facts(
        "cluster", needs(COMPUTE, "config.gceClusterConfig.networkUri"),
        needs(COMPUTE, "config.gceClusterConfig.subnetworkUri"), uses(BUCKET, "config.configBucket"),
        uses(BUCKET, "config.tempBucket"),
        created=_FIRST_STATE,
    ),
    "gcp_dataproc_job": facts("job", created=_FIRST_STATE),
    "gcp_dataproc_batch": facts("job", has_labels=True),
    "gcp_dataflow_job": facts(
        "job", has_labels=True, name="id", holds=Holding.MESSAGES,
        gone=("JOB_STATE_STOPPED", "JOB_STATE_DONE", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_UPDATED",
              "JOB_STATE_DRAINED"),
    ),
    "gcp_batch_job": facts("job", has_labels=True),
    "gcp_composer_environment": facts("workflow", owns(_CONTAINER, "config.gkeCluster"),
                                      needs(COMPUTE, "config.nodeConfig.network"),
                                      needs(COMPUTE, "config.nodeConfig.subnetwork"),
                                      uses(BUCKET, "storageConfig.bucket"), holds=Holding.DATA),
    "gcp_datafusion_instance": facts("workflow", needs(COMPUTE, "networkConfig.network"),
                                     uses(BUCKET, "gcsBucket"), holds=Holding.DATA),
    # Databases.
    "gcp_sqladmin_instance": facts(
        "database", needs(COMPUTE, "settings.ipConfiguration.privateNetwork"),
        uses(KMS, "diskEncryptionConfiguration.kmsKeyName"),
        *within("//sqladmin.googleapis.com/projects/{project}/instances/{name}", "masterInstanceName"),
        holds=Holding.DATA, labels="settings.userLabels", has_labels=True, permission="cloudsql.instances",
        attributes={"tier": "settings.tier", "version": "databaseVersion", "type": "instanceType"},
        protected=(("settings.deletionProtectionEnabled", "deletion protection is on"),),
    ),
    # Automatic backups come and go with their instance.
    "gcp_sqladmin_backup_run": facts("snapshot", holds=Holding.DATA, part_when="type == 'AUTOMATED'",
                                     permission="cloudsql.backupRuns"),
    "gcp_spanner_instance": facts("database", holds=Holding.DATA),
    "gcp_spanner_database": facts("database", uses(KMS, "encryptionConfig.kmsKeyName"), holds=Holding.DATA),
    "gcp_spanner_backup": facts("snapshot", uses("spanner.googleapis.com", "database"), holds=Holding.DATA,
                                before_parent=True),
    "gcp_spanner_instance_config": facts("policy", part_when="configType == 'GOOGLE_MANAGED'"),
    "gcp_bigtableadmin_instance": facts("database", holds=Holding.DATA, permission="bigtable.instances"),
    "gcp_bigtableadmin_cluster": facts("node_group", uses(KMS, "encryptionConfig.kmsKeyName"), holds=Holding.DATA,
                                       permission="bigtable.clusters"),
    "gcp_bigtableadmin_table": facts("table", holds=Holding.DATA, permission="bigtable.tables"),
    "gcp_bigtableadmin_backup": facts("snapshot", uses("bigtableadmin.googleapis.com", "sourceTable"),
                                      holds=Holding.DATA, permission="bigtable.backups", before_parent=True),
    "gcp_firestore_database": facts("database", holds=Holding.DATA, permission="datastore.databases"),
    "gcp_firestore_backup": facts("snapshot", uses("firestore.googleapis.com", "database"), holds=Holding.DATA,
                                  permission="datastore.backups"),
    "gcp_redis_instance": facts("cache", needs(COMPUTE, "authorizedNetwork"), uses(KMS, "customerManagedKey"),
                                holds=Holding.DATA),
    "gcp_redis_cluster": facts("cache", needs(COMPUTE, "pscConfigs[].network"), holds=Holding.DATA),
    "gcp_memcache_instance": facts("cache", needs(COMPUTE, "authorizedNetwork")),
    "gcp_alloydb_cluster": facts("database", needs(COMPUTE, "networkConfig.network"),
                                 uses(KMS, "encryptionConfig.kmsKeyName"), holds=Holding.DATA),
    "gcp_alloydb_instance": facts("database"),
    "gcp_alloydb_backup": facts("snapshot", uses("alloydb.googleapis.com", "clusterName"), holds=Holding.DATA),
    "gcp_metastore_service": facts("catalog", needs(COMPUTE, "network"), holds=Holding.DATA),
    "gcp_bigquery_dataset": facts("database", uses(KMS, "defaultEncryptionConfiguration.kmsKeyName"),
                                  holds=Holding.DATA),
    # A listing leaves out the query of a view and the files of an external table.
    "gcp_bigquery_table": facts(
        "table", uses(KMS, "encryptionConfiguration.kmsKeyName"), holds=Holding.DATA,
        details=(Detail("bigquery.tables.get", "{id}", _SOURCES, "sources", when="type != 'TABLE'"),),
    ),
    # Files and objects.
    "gcp_storage_bucket": facts(
        "bucket", uses(KMS, "encryption.defaultKmsKeyName"), uses(BUCKET, "logging.logBucket"), holds=Holding.DATA,
        protected=(("retentionPolicy.isLocked", "retention policy is locked"),
                   ("defaultEventBasedHold", "default event-based hold is on")),
        steps=(
            Step("storage.objects.delete", "DELETE", "{id}/o/{item.name}", "items",
                 query={"generation": "{item.generation}", "ifMetagenerationMatch": "{item.metageneration}"},
                 each="{id}/o", each_query={"versions": "true"},
                 stops_at="temporaryHold || eventBasedHold || is_ahead(retentionExpirationTime)"
                          " || is_ahead(retention.retainUntilTime)",
                 why="an object in the bucket is on hold or must be retained"),
        ),
    ),
    "gcp_file_instance": facts("file_system", needs(_NETWORK, "networks[].network"), uses(KMS, "kmsKeyName"),
                               holds=Holding.DATA),
    "gcp_file_backup": facts("snapshot", uses("file.googleapis.com", "sourceInstance"), holds=Holding.DATA),
    "gcp_netapp_volume": facts("file_system", holds=Holding.DATA),
    "gcp_netapp_storage_pool": facts("volume", needs(COMPUTE, "network"), holds=Holding.DATA),
    "gcp_netapp_replication": facts("snapshot", holds=Holding.DATA, before_parent=True),
    "gcp_netapp_backup_vault": facts("vault", holds=Holding.DATA),
    "gcp_netapp_backup": facts("snapshot", holds=Holding.DATA, before_parent=True),
    "gcp_backupdr_backup_vault": facts("vault", holds=Holding.DATA, keeps_contents=True),
    # Messages.
    "gcp_pubsub_topic": facts("topic", uses(KMS, "kmsKeyName"), uses(PUBSUB, "schemaSettings.schema")),
    "gcp_pubsub_subscription": facts("subscription", uses(PUBSUB, "topic"),
                                     uses(PUBSUB, "deadLetterPolicy.deadLetterTopic"),
                                     uses(SERVICE_ACCOUNT, "pushConfig.oidcToken.serviceAccountEmail"),
                                     holds=Holding.MESSAGES),
    "gcp_pubsub_snapshot": facts("snapshot", uses(PUBSUB, "topic"), holds=Holding.MESSAGES),
    "gcp_pubsub_schema": facts("schema"),
    "gcp_cloudtasks_queue": facts("queue", holds=Holding.MESSAGES),
    "gcp_cloudscheduler_job": facts("schedule", uses(PUBSUB, "pubsubTarget.topicName")),
    "gcp_eventarc_trigger": facts("trigger", uses(PUBSUB, "transport.pubsub.topic"),
                                  uses(_RUN, "destination.cloudRun.service"),
                                  uses("cloudfunctions.googleapis.com", "destination.cloudFunction")),
    # Code.
    "gcp_cloudfunctions_function": facts(
        "function", uses(PUBSUB, "eventTrigger.pubsubTopic"), owns(_RUN, "serviceConfig.service"),
        owns("eventarc.googleapis.com", "eventTrigger.trigger"), uses(_REGISTRY, "buildConfig.dockerRepository"),
        uses(BUCKET, "buildConfig.source.storageSource.bucket"),
        uses("vpcaccess.googleapis.com", "serviceConfig.vpcConnector"), uses(KMS, "kmsKeyName"),
    ),
    "gcp_run_service": facts("workload", _IMAGES, uses("vpcaccess.googleapis.com", "template.vpcAccess.connector"),
                             uses(KMS, "template.encryptionKey")),
    "gcp_run_job": facts("job", uses(_REGISTRY, "template.template.containers[].image")),
    "gcp_run_worker_pool": facts("workload", _IMAGES),
    "gcp_artifactregistry_repository": facts("registry", uses(KMS, "kmsKeyName"), holds=Holding.IMAGES),
    "gcp_cloudbuild_connection": facts("connection"),
    # Triggers of all regions are listed by place, those without a region under the project.
    "gcp_cloudbuild_trigger": facts("build", uses(SERVICE_ACCOUNT, "serviceAccount"), name="id",
                                    permission="cloudbuild.builds"),
    "gcp_cloudbuild_location_trigger": facts("build", uses(SERVICE_ACCOUNT, "serviceAccount"), name="id",
                                             permission="cloudbuild.builds"),
    "gcp_cloudbuild_worker_pool": facts("cluster", needs(COMPUTE, "privatePoolV1Config.networkConfig.peeredNetwork"),
                                        permission="cloudbuild.workerpools"),
    "gcp_workflows_workflow": facts("workflow", uses(KMS, "cryptoKeyName")),
    "gcp_datastream_stream": facts("pipeline"),
    # Google always deletes the profile of its destination with a job:
    # https://cloud.google.com/database-migration/docs/reference/rest/v1/projects.locations.migrationJobs/delete
    "gcp_datamigration_migration_job": facts("job", owns("datamigration.googleapis.com", "destination")),
    "gcp_apigateway_gateway": facts("gateway", needs("apigateway.googleapis.com", "apiConfig")),
    "gcp_apigateway_api": facts("api"),
    "gcp_apigateway_config": facts("api", before_parent=True, permission="apigateway.apiconfigs"),
    # Machine learning.
    "gcp_aiplatform_endpoint": facts("endpoint", needs("aiplatform.googleapis.com", "deployedModels[].model")),
    "gcp_aiplatform_model": facts("model", holds=Holding.DATA),
    "gcp_aiplatform_dataset": facts("database", holds=Holding.DATA),
    "gcp_notebooks_instance": facts("instance", needs(COMPUTE, "gceSetup.networkInterfaces[].network"),
                                    needs(COMPUTE, "gceSetup.networkInterfaces[].subnet"), holds=Holding.DATA),
    "gcp_notebooks_runtime": facts("instance", holds=Holding.DATA),
    "gcp_tpu_node": facts("instance", needs(COMPUTE, "networkConfig.network"),
                          needs(COMPUTE, "networkConfig.subnetwork")),
    "gcp_workstations_workstation_cluster": facts("cluster", needs(COMPUTE, "network"), needs(COMPUTE, "subnetwork")),
    "gcp_workstations_workstation_config": facts("launch_template"),
    "gcp_workstations_workstation": facts("instance", holds=Holding.DATA),
    # Names, keys and identities.
    "gcp_dns_managed_zone": facts(
        "zone", uses(COMPUTE, "privateVisibilityConfig.networks[].networkUrl"), holds=Holding.NAMES,
        details=(Detail("dns.resourceRecordSets.list", "{id}/rrsets", _RECORDS, "records"),),
        steps=(
            Step("dns.resourceRecordSets.delete", "DELETE", "{id}/rrsets/{item.name}/{item.type}", "rrsets",
                 each="{id}/rrsets", unless="item.type == 'SOA' || item.type == 'NS' && item.name == of.dnsName",
                 undo="{id}/rrsets", undo_body="{item}",
                 permissions=("dns.changes.create", "dns.resourceRecordSets.create", "dns.resourceRecordSets.delete")),
        ),
    ),
    "gcp_dns_policy": facts("policy", needs(COMPUTE, "networks[].networkUrl")),
    "gcp_dns_response_policy": facts("firewall", uses(COMPUTE, "networks[].networkUrl")),
    "gcp_secretmanager_secret": facts("secret", uses(PUBSUB, "topics[].name"), holds=Holding.KEYS),
    "gcp_certificatemanager_certificate": facts("certificate", holds=Holding.KEYS),
    "gcp_certificatemanager_certificate_map_entry": facts("load_balancer_rule", before_parent=True),
    "gcp_privateca_ca_pool": facts("certificate", holds=Holding.KEYS),
    "gcp_privateca_certificate_authority": facts("certificate", holds=Holding.KEYS, before_parent=True),
    "gcp_vpcaccess_connector": facts("attachment", needs(_NETWORK, "network"), needs(COMPUTE, "subnet.name")),
    "gcp_iam_service_account": facts("identity", holds=Holding.NAMES),
    "gcp_iam_role": facts("role", part_when="deleted"),
    "gcp_gkehub_membership": facts("connection", owned_by(_CONTAINER, "endpoint.gkeCluster.resourceLink")),
    "gcp_dataplex_entry_group": facts("catalog", holds=Holding.DATA, part_when="contains(name, '/entryGroups/@')"),
    # Observing.
    "gcp_logging_bucket": facts(
        "log_group", uses(KMS, "cmekSettings.kmsKeyName"), holds=Holding.DATA,
        protected=(("locked", "bucket is locked"), ("contains(name, '/buckets/_')", "log bucket of every project")),
    ),
    "gcp_logging_sink": facts("pipeline", uses(SERVICE_ACCOUNT, "writerIdentity"),
                              protected=(("starts_with(name, '_')", "log sink of every project"),)),
    "gcp_monitoring_dashboard": facts("dashboard", has_labels=True),
    "gcp_monitoring_alert_policy": facts("alarm", uses("monitoring.googleapis.com", "notificationChannels"),
                                         created="creationRecord.mutateTime"),
    "gcp_monitoring_notification_channel": facts("alarm", created="creationRecord.mutateTime"),
}  # fmt: skip
"""By kind."""
