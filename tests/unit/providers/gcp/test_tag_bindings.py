"""Where the tags of a resource are read: https://cloud.google.com/resource-manager/docs/tags/tags-creating-and-managing."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from tagwarden.errors import AccessDenied, InvalidRequest, NotFound, ProviderError, TagsUnreadable, Unsupported
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.names import Project
from tagwarden.providers.gcp.row import rows
from tagwarden.providers.gcp.tag_bindings import TAGGED, effective_tags

MINE = Project("my-dev-123", "123456789012")
GLOBAL = "cloudresourcemanager.googleapis.com"


class Answers:
    """Answers one page, or fails; notes what was asked."""

    def __init__(self, error: ProviderError | None = None) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self._error = error

    def pages(self, host: str, path: str, params: Mapping[str, str], operation: str) -> Iterator[dict[str, Any]]:
        """Give the page."""
        del operation
        self.asked.append((host, path, params["parent"]))
        if self._error is not None:
            raise self._error
        yield {"effectiveTags": [{"namespacedTagKey": "1/env", "namespacedTagValue": "1/env/test"}]}


def tags_of(answers: Answers, kind: str, name: str, item: dict[str, Any]) -> Mapping[str, str]:
    return effective_tags(cast("Connection", answers), rows()[kind], item, name, MINE)


@pytest.mark.parametrize(
    ("kind", "name", "item", "place", "parent"),
    [
        ("gcp_compute_instance", "projects/my-dev-123/zones/europe-west1-b/instances/web", {"id": "42"},
         "europe-west1-b-", "//compute.googleapis.com/projects/123456789012/zones/europe-west1-b/instances/42"),
        ("gcp_compute_network", "projects/my-dev-123/global/networks/mine", {"id": "43"}, "",
         "//compute.googleapis.com/projects/123456789012/global/networks/43"),
        ("gcp_storage_bucket", "b/my-bucket", {"location": "EUROPE-WEST1"}, "europe-west1-",
         "//storage.googleapis.com/projects/_/buckets/my-bucket"),
        ("gcp_run_service", "projects/my-dev-123/locations/europe-west1/services/front", {}, "europe-west1-",
         "//run.googleapis.com/projects/my-dev-123/locations/europe-west1/services/front"),
        ("gcp_sqladmin_instance", "projects/my-dev-123/instances/db", {"region": "europe-west1"}, "europe-west1-",
         "//sqladmin.googleapis.com/projects/my-dev-123/instances/db"),
        ("gcp_firestore_database", "projects/my-dev-123/databases/d", {"locationId": "eur3"}, "eur3-",
         "//firestore.googleapis.com/projects/my-dev-123/databases/d"),
        ("gcp_pubsub_topic", "projects/my-dev-123/topics/orders", {}, "",
         "//pubsub.googleapis.com/projects/my-dev-123/topics/orders"),
    ],
)  # fmt: skip
def test_tags_are_read_where_the_resource_is(
    kind: str, name: str, item: dict[str, Any], place: str, parent: str
) -> None:
    """Compute names resources by their numbers; the host is that of the zone or region."""
    answers = Answers()

    found = tags_of(answers, kind, name, item)

    assert {"1/env": "test"} == found
    assert [(f"{place}{GLOBAL}", "v3/effectiveTags", parent)] == answers.asked


@pytest.mark.parametrize("error", [NotFound("no"), InvalidRequest("no tags here"), Unsupported("no")])
def test_s1_an_answer_that_knows_no_such_resource_says_nothing_about_its_tags(error: ProviderError) -> None:
    """Only kinds to which tags can be bound are asked about, so that the resource has tags or none."""
    with pytest.raises(TagsUnreadable, match="topics/orders"):
        tags_of(Answers(error), "gcp_pubsub_topic", "projects/my-dev-123/topics/orders", {})


@pytest.mark.parametrize("error", [AccessDenied("no"), Unsupported("off", code="SERVICE_DISABLED")])
def test_s1_unread_tags_are_not_missing(error: ProviderError) -> None:
    """A missing permission says nothing about them, nor does an API that somebody switched off."""
    with pytest.raises(type(error)):
        tags_of(Answers(error), "gcp_pubsub_topic", "projects/my-dev-123/topics/orders", {})


def test_every_kind_with_tags_is_a_kind() -> None:
    """A misspelt kind would never be asked about."""
    assert set() == TAGGED - rows().keys()
