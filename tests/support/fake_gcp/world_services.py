"""The messy project's databases, buckets, queues, functions, keys and pipelines, in the order of their creation."""

from typing import Any

from tests.support.fake_gcp.seeds import EXPIRED, KEPT, NO_LABELS, Seed

_PLACE = "locations/$region"


def _bucket(name: str, labels: Any, **fields: Any) -> Seed:
    return Seed(
        "storage.buckets.insert",
        "",
        {"name": f"$project-{name}", "location": "EUROPE-WEST1", "storageClass": "STANDARD", "labels": labels} | fields,
        query={"project": "$project"},
    )


def _sql(name: str, labels: Any, *, protected: bool = False, **fields: Any) -> Seed:
    settings = {"tier": "db-f1-micro", "userLabels": labels, "deletionProtectionEnabled": protected}
    body = {"name": name, "region": "$region", "databaseVersion": "POSTGRES_16", "settings": settings} | fields
    return Seed("sql.instances.insert", "", body)


def _function(name: str, labels: Any) -> Seed:
    build = {"runtime": "python312", "entryPoint": "main", "source": {"storageSource": {"bucket": "$project-kept"}}}
    body = {"buildConfig": build, "environment": "GEN_2", "labels": labels}
    return Seed("cloudfunctions.projects.locations.functions.create", _PLACE, body, query={"functionId": name})


def _service(name: str, labels: Any) -> Seed:
    image = "$region-docker.pkg.dev/$project/images/app"
    body = {"labels": labels, "template": {"containers": [{"image": image}]}}
    return Seed("run.projects.locations.services.create", _PLACE, body, query={"serviceId": name})


STORAGE = (
    _bucket("kept", KEPT),
    _bucket("expired", EXPIRED),
    _bucket("unlabelled", NO_LABELS),
    _bucket("full", EXPIRED),
    Seed("storage.objects.insert", "b/$project-full", {"name": "reports/2025.csv"}),
    Seed(
        "bigquery.datasets.insert",
        "",
        {"datasetReference": {"projectId": "$project", "datasetId": "sales"}, "location": "EU", "labels": EXPIRED},
    ),
    Seed(
        "bigquery.tables.insert",
        "datasets/sales",
        {"tableReference": {"projectId": "$project", "datasetId": "sales", "tableId": "orders"}},
    ),
)
DATABASES = (
    _sql("db-kept", KEPT),
    _sql("db-expired", EXPIRED),
    _sql("db-protected", NO_LABELS, protected=True),
    _sql("db-replica", NO_LABELS, masterInstanceName="db-kept"),
    Seed(
        "redis.projects.locations.instances.create",
        _PLACE,
        {"tier": "BASIC", "memorySizeGb": 1, "labels": EXPIRED},
        query={"instanceId": "cache"},
    ),
    Seed(
        "spanner.projects.instances.create",
        "",
        {"instanceId": "ledger", "instance": {"displayName": "Ledger", "nodeCount": 1, "labels": NO_LABELS}},
    ),
    Seed(
        "spanner.projects.instances.databases.create",
        "instances/ledger",
        {"createStatement": "CREATE DATABASE `books`"},
    ),
    Seed(
        "file.projects.locations.instances.create",
        "locations/$zone",
        {"tier": "BASIC_HDD", "labels": NO_LABELS},
        query={"instanceId": "share"},
    ),
)
MESSAGES = (
    Seed("pubsub.projects.topics.create", "topics/orders", {"labels": KEPT}),
    Seed("pubsub.projects.topics.create", "topics/forgotten", {}),
    Seed(
        "pubsub.projects.subscriptions.create",
        "subscriptions/orders-worker",
        {"topic": "projects/$project/topics/orders", "labels": EXPIRED},
    ),
    Seed(
        "cloudscheduler.projects.locations.jobs.create",
        _PLACE,
        {"name": "projects/$project/locations/$region/jobs/nightly", "schedule": "0 3 * * *"},
    ),
    Seed(
        "cloudtasks.projects.locations.queues.create",
        _PLACE,
        {"name": "projects/$project/locations/$region/queues/mails"},
    ),
)
CODE = (
    _function("resize", EXPIRED),
    _function("notify", NO_LABELS),
    _service("api", KEPT),
    _service("preview", NO_LABELS),
    Seed(
        "run.projects.locations.jobs.create",
        _PLACE,
        {"labels": EXPIRED, "template": {"template": {"containers": [{"image": "app"}]}}},
        query={"jobId": "migrate"},
    ),
    Seed(
        "artifactregistry.projects.locations.repositories.create",
        _PLACE,
        {"format": "DOCKER", "labels": NO_LABELS},
        query={"repositoryId": "images"},
    ),
    Seed(
        "workflows.projects.locations.workflows.create",
        _PLACE,
        {"labels": NO_LABELS, "sourceContents": "main: {steps: []}"},
        query={"workflowId": "onboarding"},
    ),
)
SECURITY = (
    Seed("cloudkms.projects.locations.keyRings.create", _PLACE, {}, query={"keyRingId": "ring"}),
    Seed(
        "cloudkms.projects.locations.keyRings.cryptoKeys.create",
        f"{_PLACE}/keyRings/ring",
        {"purpose": "ENCRYPT_DECRYPT", "labels": EXPIRED},
        query={"cryptoKeyId": "disk-key"},
    ),
    Seed(
        "secretmanager.projects.secrets.create",
        "",
        {"replication": {"automatic": {}}, "labels": KEPT},
        query={"secretId": "api-token"},
    ),
    Seed(
        "secretmanager.projects.secrets.create",
        "",
        {"replication": {"automatic": {}}},
        query={"secretId": "old-password"},
    ),
    Seed(
        "iam.projects.serviceAccounts.create",
        "",
        {"accountId": "deployer", "serviceAccount": {"displayName": "Deployer", "description": "owner=alice"}},
    ),
    Seed("dns.managedZones.create", "", {"name": "internal", "dnsName": "corp.example.", "labels": EXPIRED}),
    Seed(
        "dns.resourceRecordSets.create",
        "managedZones/internal",
        {"name": "www.corp.example.", "type": "A", "ttl": 300, "rrdatas": ["10.9.0.5"]},
    ),
    Seed(
        "monitoring.projects.alertPolicies.create",
        "",
        {"displayName": "CPU", "combiner": "OR", "userLabels": NO_LABELS},
    ),
    Seed("dataproc.projects.regions.clusters.create", "regions/$region", {"clusterName": "spark", "labels": EXPIRED}),
)
SERVICES = (*STORAGE, *DATABASES, *MESSAGES, *CODE, *SECURITY)
