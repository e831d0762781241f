"""New projects with what Google puts into each: the default network, service accounts, log buckets and sinks.

https://cloud.google.com/vpc/docs/vpc#default-network and https://cloud.google.com/iam/docs/service-account-types.
"""

import re
from datetime import datetime
from typing import Any

from tests.support.fake_gcp.births import timestamp
from tests.support.fake_gcp.creating import make_at
from tests.support.fake_gcp.side_effects import after_creation
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import Project

# The APIs that are on where a test states none.
ENABLED = tuple(
    f"{name}.googleapis.com"
    for name in re.findall(
        r"\w+",
        """
        aiplatform alloydb apigateway artifactregistry bigquery bigtableadmin certificatemanager cloudasset
        cloudbilling cloudbuild cloudfunctions cloudkms cloudresourcemanager cloudscheduler cloudtasks composer
        compute container dataflow datafusion dataproc dns eventarc file firestore gkehub iam iamcredentials logging
        memcache monitoring networkconnectivity networksecurity networkservices notebooks pubsub redis run
        secretmanager servicedirectory serviceusage spanner sqladmin storage tpu vpcaccess workflows workstations
        """,
    )
)
# The four firewall rules of the default network.
FIREWALLS: tuple[dict[str, Any], ...] = (
    {"name": "default-allow-icmp", "allowed": [{"IPProtocol": "icmp"}], "sourceRanges": ["0.0.0.0/0"]},
    {
        "name": "default-allow-internal",
        "allowed": [{"IPProtocol": "tcp", "ports": ["0-65535"]}, {"IPProtocol": "udp", "ports": ["0-65535"]}],
        "sourceRanges": ["10.128.0.0/9"],
    },
    {"name": "default-allow-rdp", "allowed": [{"IPProtocol": "tcp", "ports": ["3389"]}]},
    {"name": "default-allow-ssh", "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}]},
)


def new_project(
    state: State, project_id: str, number: str, *, at: datetime, enabled: tuple[str, ...] = ENABLED
) -> Project:
    """Create a project as the console does."""
    project = Project(project_id, number, enabled=set(enabled), created=timestamp("", {}, at))
    state.store.projects[project_id] = project
    place = f"projects/{project_id}"
    network = {"name": "default", "autoCreateSubnetworks": True, "description": "Default network for the project"}
    after_creation(state, make_at(state, "compute.networks.insert", f"{place}/global", network, at), at)
    for rule in FIREWALLS:
        body = {"network": f"{place}/global/networks/default", "priority": 65534, "direction": "INGRESS"} | rule
        make_at(state, "compute.firewalls.insert", f"{place}/global", body, at)
    _service_accounts(state, project, at)
    for name in ("_Default", "_Required"):
        make_at(state, "logging.projects.locations.buckets.create", f"{place}/locations/global", {}, at, bucketId=name)
        destination = f"logging.googleapis.com/{place}/locations/global/buckets/{name}"
        make_at(state, "logging.projects.sinks.create", place, {"name": name, "destination": destination}, at)
    return project


def _service_accounts(state: State, project: Project, at: datetime) -> None:
    """Create the two default service accounts and the agents of Compute Engine and GKE.

    The real IAM lists no agents; some organisations see them, so they are here to be left alone.
    """
    place = f"projects/{project.id}"
    accounts = {
        f"{project.number}-compute@developer.gserviceaccount.com": "Compute Engine default service account",
        f"{project.id}@appspot.gserviceaccount.com": "App Engine default service account",
        f"service-{project.number}@compute-system.iam.gserviceaccount.com": "Compute Engine Service Agent",
        f"service-{project.number}@container-engine-robot.iam.gserviceaccount.com": "Kubernetes Engine Service Agent",
    }
    for email, name in accounts.items():
        body = {"accountId": "default", "serviceAccount": {"displayName": name}}
        record = make_at(state, "iam.projects.serviceAccounts.create", place, body, at)
        state.store.remove(record)
        record.key = f"{place}/serviceAccounts/{email}"
        record.body |= {"name": record.key, "email": email}
        state.store.add(record)
