"""Resource Manager tags are read right before something is done to a resource (S7, S24)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tagwarden.errors import AccessDenied, TagsUnreadable
from tagwarden.model.resource import Resource
from tagwarden.providers.base import Provider
from tagwarden.providers.gcp.connection import Connection
from tests.integration.test_gcp_provider import NUMBER, PROJECT, an_instance, collected, provider_of, the
from tests.support.fake_gcp import FakeGCP, Refusal

PROTECT = "123456789012/protect"
RUN = f"projects/{PROJECT}/locations/europe-west1/services/front"


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with one project that has an instance, a network, a bucket and a topic of people's own."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER)
        an_instance(cloud)
        place = f"projects/{PROJECT}"
        cloud.add("compute.networks.insert", f"{place}/global", {"name": "mine", "autoCreateSubnetworks": False})
        cloud.add("storage.buckets.insert", "", {"name": "my-bucket"}, project=PROJECT)
        cloud.add("pubsub.projects.topics.create", f"{place}/topics/orders", {})
        cloud.settle()
        yield cloud


def bound_name(gcp: FakeGCP, resource: Resource) -> str:
    """Give the name to which a person binds a tag."""
    match resource.kind:
        case "gcp_compute_instance" | "gcp_compute_network":
            place = resource.id.rpartition("/")[0].replace(PROJECT, NUMBER)
            return f"//compute.googleapis.com/{place}/{gcp.body('compute', resource.id)['id']}"
        case "gcp_storage_bucket":
            return f"//storage.googleapis.com/projects/_/buckets/{resource.name}"
        case _:
            return resource.uid


def found(provider: Provider, kind: str, name: str) -> Resource:
    (one,) = (each for each in collected(provider, kind).resources if each.name == name)
    return one


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("gcp_compute_instance", "web"),
        ("gcp_compute_network", "mine"),
        ("gcp_storage_bucket", "my-bucket"),
        ("gcp_pubsub_topic", "orders"),
    ],
)
def test_s7_a_bound_tag_protects(gcp: FakeGCP, kind: str, name: str) -> None:
    """Also a network, which takes no labels; the tag is seen by the read right before the deletion (S5)."""
    provider = provider_of(gcp)
    resource = found(provider, kind, name)
    gcp.bind_tag(bound_name(gcp, resource), PROTECT, "yes")

    fresh = provider.read(resource)

    assert fresh is not None
    assert f"bound tag {PROTECT}=yes" == fresh.protection


@pytest.mark.parametrize(
    ("key", "value", "protects"),
    [
        ("123456789012/do-not-delete", "true", True),
        ("my-dev-123/tagwarden-protect", "until-q3", True),
        ("123456789012/keep", "forever", True),
        (PROTECT, "false", False),
        ("123456789012/environment", "production", False),
    ],
)
def test_s24_keys_and_values_are_read_as_those_of_labels(gcp: FakeGCP, key: str, value: str, protects: bool) -> None:
    """Words of protection are read generously."""
    provider = provider_of(gcp)
    web = the(collected(provider, "gcp_compute_instance"), "web")
    gcp.bind_tag(bound_name(gcp, web), key, value)

    fresh = provider.read(web)

    assert fresh is not None
    assert protects == bool(fresh.protection)


def test_s7_a_tag_of_the_project_protects_all_that_is_in_it(gcp: FakeGCP) -> None:
    """Tags are inherited."""
    gcp.bind_tag(f"//cloudresourcemanager.googleapis.com/projects/{NUMBER}", PROTECT, "yes")
    provider = provider_of(gcp)

    fresh = provider.read(the(collected(provider, "gcp_compute_instance"), "web"))

    assert fresh is not None
    assert fresh.protection


def test_s1_tags_that_cannot_be_read_are_not_missing(gcp: FakeGCP) -> None:
    """Without the permission nothing is done to the resource."""
    provider = provider_of(gcp)
    web = the(collected(provider, "gcp_compute_instance"), "web")
    gcp.deny("compute.instances.listEffectiveTags")

    with pytest.raises(AccessDenied, match="listEffectiveTags"):
        provider.read(web)


@pytest.mark.parametrize("status", ["NOT_FOUND", "INVALID_ARGUMENT"])
def test_s1_tags_of_a_resource_that_google_does_not_find_are_unread(gcp: FakeGCP, status: str) -> None:
    """Neither counts as untagged, and a deletion that has to look again does not count as done."""
    gcp.add("storage.objects.insert", "b/my-bucket", {"name": "a.txt", "generation": "7"})
    provider = provider_of(gcp)
    bucket = found(provider, "gcp_storage_bucket", "my-bucket")
    gcp.fail("cloudresourcemanager.effectiveTags.list", Refusal(status, "Resource not found or tags unsupported."))

    with pytest.raises(TagsUnreadable, match="buckets/my-bucket"):
        provider.read(bucket)
    with pytest.raises(TagsUnreadable):
        provider.delete(bucket)
    assert gcp.exists("storage", "b/my-bucket/o/a.txt")


def test_a_resource_that_vanishes_before_its_tags_are_read_is_gone(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google no longer finds the resource either."""
    provider = provider_of(gcp)
    topic = found(provider, "gcp_pubsub_topic", "orders")
    gcp.fail("cloudresourcemanager.effectiveTags.list", Refusal("NOT_FOUND", "Resource not found."))
    pages = Connection.pages

    def vanishing(self: Connection, *asked: Any) -> Iterator[dict[str, Any]]:
        gcp.vanish("pubsub", topic.id)
        return pages(self, *asked)

    monkeypatch.setattr(Connection, "pages", vanishing)

    assert provider.read(topic) is None


def test_tags_are_asked_for_only_before_an_action(gcp: FakeGCP) -> None:
    """No API lists the tags of many resources: a collection asks for none, a read for those of one resource."""
    provider = provider_of(gcp)
    snapshot = collected(provider)
    assert [] == gcp.calls("cloudresourcemanager.effectiveTags.list")

    provider.read(the(snapshot, "web"))

    (call,) = gcp.calls("cloudresourcemanager.effectiveTags.list")
    assert (bound_name(gcp, the(snapshot, "web")),) == call.query["parent"]
