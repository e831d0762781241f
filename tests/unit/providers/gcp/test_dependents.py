"""Which kinds are listed again before a deletion: those that can name the kind (S3, S18)."""

import pytest

from tagwarden.providers.gcp.dependents import IN_CLUSTERS, dependents_of
from tagwarden.providers.gcp.row import rows

DELETED = sorted(row.kind for row in rows().values() if row.is_deletable)


@pytest.mark.parametrize(
    ("kind", "users"),
    [
        ("gcp_compute_network", {"gcp_container_cluster", "gcp_dns_managed_zone", "gcp_cloudfunctions_function",
                                 "gcp_sqladmin_instance", "gcp_redis_instance", "gcp_compute_instance"}),
        ("gcp_compute_disk", {"gcp_compute_instance", "gcp_compute_snapshot", "k8s_persistentvolume"}),
        ("gcp_pubsub_topic", {"gcp_pubsub_subscription", "gcp_cloudscheduler_job", "gcp_logging_sink",
                              "gcp_run_service", "gcp_compute_instance"}),
        ("gcp_storage_bucket", {"gcp_compute_backend_bucket", "gcp_logging_sink", "gcp_run_job",
                                "gcp_compute_instance", "gcp_dataproc_cluster", "gcp_cloudfunctions_function"}),
        ("gcp_iam_service_account", {"gcp_run_service", "gcp_compute_instance", "gcp_cloudscheduler_job",
                                     "gcp_container_node_pool", "k8s_serviceaccount"}),
        ("gcp_artifactregistry_repository", {"gcp_run_service", "gcp_cloudfunctions_function", "gcp_run_job"}),
        ("gcp_secretmanager_secret", {"gcp_run_service", "gcp_cloudbuild_connection", "gcp_cloudfunctions_function"}),
        ("gcp_compute_subnetwork", {"gcp_container_cluster", "gcp_vpcaccess_connector", "gcp_run_service"}),
        ("gcp_compute_ssl_certificate", {"gcp_compute_target_https_proxy"}),
        # By the name of a message around the field, or by words in its description.
        ("gcp_networkservices_authz_extension", {"gcp_networksecurity_authz_policy"}),
        ("gcp_networksecurity_backend_authentication_config", {"gcp_compute_backend_service"}),
        ("gcp_compute_resource_policy", {"gcp_container_node_pool"}),
        # By an address in the environment of a program.
        ("gcp_compute_instance", {"gcp_run_service", "gcp_cloudfunctions_function"}),
        ("gcp_apigateway_gateway", {"gcp_run_service", "gcp_cloudscheduler_job"}),
        ("gcp_managedkafka_cluster", {"gcp_run_service"}),
    ],
)  # fmt: skip
def test_s18_the_kinds_that_can_name_a_kind_are_listed(kind: str, users: set[str]) -> None:
    """By a field of their own, by the environment of a program, or in a cluster."""
    assert set() == users - dependents_of(kind)


@pytest.mark.parametrize("kind", DELETED)
def test_s18_every_link_of_the_catalogue_is_among_them(kind: str) -> None:
    """The kinds of the own API, and those that link to it."""
    row = rows()[kind]
    linking = {
        other.kind
        for other in rows().values()
        if other.host == row.host or any(row.host in link.kind for link in other.facts.links)
    }

    assert set() == linking - dependents_of(kind)


@pytest.mark.parametrize("kind", ["gcp_unheard_of", "gcp_cloudkms_key_ring"])
def test_s18_nothing_known_means_every_kind(kind: str) -> None:
    """A kind without an entry may be named by all."""
    assert set() == rows().keys() - dependents_of(kind)


def test_few_kinds_are_asked_about_most() -> None:
    """Listing everything again before each deletion would cost some 600 requests."""
    asked = [len(dependents_of(kind) & rows().keys()) for kind in DELETED]

    assert sum(asked) / len(asked) < len(rows()) / 2


def test_clusters_are_asked_about_kinds_of_the_catalogue() -> None:
    """A misspelt kind would never be looked up."""
    assert set() == IN_CLUSTERS.keys() - rows().keys()
