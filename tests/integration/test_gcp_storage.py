"""Buckets on fake-gcs-server, which other people wrote: somebody else's idea of Cloud Storage."""

from collections.abc import Iterator

import pytest

from tagwarden.model.tags import TagChanges
from tests.integration.test_gcp_provider import NUMBER, PROJECT, collected, provider_of, the
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcs import FakeGCS, fake_gcs
from tests.support.go_toolchain import ToolchainError

BUCKET = "gcp_storage_bucket"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeGCS]:
    try:
        with fake_gcs() as running:
            yield running
    except ToolchainError as error:
        pytest.skip(f"fake-gcs-server cannot be built: {error}")


@pytest.fixture
def gcp(server: FakeGCS) -> Iterator[FakeGCP]:
    """A project whose buckets are on that server."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER)
        cloud.hand_over("storage", server.answer)
        yield cloud


def test_buckets_are_listed_with_their_creation_times(gcp: FakeGCP, server: FakeGCS) -> None:
    """Their names are those that Google gives them, whatever host the self link names."""
    server.make_bucket("photos", PROJECT)

    snapshot = collected(provider_of(gcp), BUCKET)

    photos = the(snapshot, "photos")
    assert () == snapshot.failures
    assert ("b/photos", "//storage.googleapis.com/b/photos") == (photos.id, photos.uid)
    assert photos.created is not None
    assert photos == provider_of(gcp).read(photos)


def test_the_request_for_labels_is_accepted(gcp: FakeGCP, server: FakeGCS) -> None:
    """The server keeps no labels, so the bucket is read as unlabelled after it, too: nothing is taken for granted."""
    server.make_bucket("untagged", PROJECT)
    provider = provider_of(gcp)

    provider.set_tags(the(collected(provider, BUCKET), "untagged"), TagChanges(set={"owner": "alice"}))

    assert {} == the(collected(provider, BUCKET), "untagged").tags.values


def test_an_empty_bucket_is_deleted(gcp: FakeGCP, server: FakeGCS) -> None:
    server.make_bucket("empty", PROJECT)
    provider = provider_of(gcp)
    empty = the(collected(provider, BUCKET), "empty")

    assert not provider.is_gone(empty)
    provider.delete(empty)

    assert provider.is_gone(empty)
    assert not server.has_bucket("empty")


@pytest.mark.parametrize("versioned", [False, True])
def test_s23_a_bucket_is_emptied_after_the_refusal(gcp: FakeGCP, server: FakeGCS, versioned: bool) -> None:
    """All versions of all objects, also of those whose names have slashes and other signs."""
    name = f"full-{versioned}".lower()
    server.make_bucket(name, PROJECT, versioned=versioned)
    for key in ("a", "folder/b c", "folder/ü?&#1.txt", "a"):
        server.upload(name, key)
    provider = provider_of(gcp)
    steps: list[str] = []

    provider.delete(the(collected(provider, BUCKET), name), lambda taken: steps.append(taken.step))

    assert {f"storage.objects.delete of all in {name}"} == set(steps)  # asked again before each request (S11)
    assert not server.has_bucket(name)
