"""A manager in Google Cloud is gone only when a listing shows that it is (S13)."""

import pytest

from tagwarden.model.resource import Presence
from tests.integration.test_gcp_provider import NUMBER, PROJECT, ZONE, collected, provider_of, the
from tests.support.fake_gcp import FakeGCP

KINDS = ("gcp_compute_instance", "gcp_dataproc_cluster")


@pytest.mark.parametrize("is_enabled", [True, False])
def test_s13_a_manager_of_a_disabled_service_is_not_gone(*, is_enabled: bool) -> None:
    """Google disables a service without a look at what still runs, unless it is asked to."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER)
        labels = {"goog-dataproc-cluster-name": "sums", "goog-dataproc-location": "europe-west1"}
        cloud.put("compute", f"{ZONE}/instances/sums-m", "Instance", {"name": "sums-m", "labels": labels})
        if not is_enabled:
            cloud.disable("dataproc.googleapis.com", PROJECT)

        manager = the(collected(provider_of(cloud), *KINDS), "sums-m").manager

    assert manager is not None
    assert is_enabled == (manager.presence is Presence.GONE)
