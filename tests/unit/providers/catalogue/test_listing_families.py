"""Kinds are listed in their regions, children after their parents; a failure is named and stops nothing else (S12)."""

from collections.abc import Mapping, Sequence

from tagwarden.errors import AccessDenied, ProviderError, ServerFault, Unsupported
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.providers.base import ListingProgress
from tagwarden.providers.catalogue.listing_families import (
    Gap,
    Gathered,
    ListedKind,
    by_region,
    list_families,
    with_parents,
)
from tagwarden.providers.listing_counter import ListingCounter
from tests.support.builders import a_resource

CHILDREN = {"cluster": ["pool"], "pool": ["node"]}


class Lister:
    """Lists one resource of each kind and region, or raises the error of it."""

    vendor = "Cloud"

    def __init__(self, errors: Mapping[tuple[str, str], Exception] | None = None) -> None:
        self._errors = errors or {}
        self.parents: dict[tuple[str, str], list[str]] = {}

    def list_kind(self, kind: str, region: str, parents: Sequence[Resource]) -> Gathered:
        self.parents[kind, region] = [parent.name for parent in parents]
        if error := self._errors.get((kind, region)):
            raise error
        return Gathered([a_resource(uid=f"{region}/{kind}", name=f"{kind} of {region}")])

    def is_not_offered(self, kind: str, region: str, error: ProviderError) -> bool:
        return isinstance(error, Unsupported)


def failures(listed: Sequence[ListedKind]) -> list[tuple[str, str, Reason, str]]:
    """Return each failure as kind, region, reason and message."""
    found = [failure for one in listed for failure in one.failures]
    return [(failure.kind, failure.region, failure.reason, failure.message) for failure in found]


def counted(
    errors: Mapping[tuple[str, str], Exception] | None = None,
) -> tuple[Lister, ListingCounter, list[tuple[int, int, int]]]:
    """Give a lister, a counter, and the list of the counted kinds, all kinds and resources."""
    told: list[tuple[int, int, int]] = []

    def note(step: str | ListingProgress) -> None:
        assert isinstance(step, ListingProgress)
        told.append((step.kinds, step.all_kinds, step.resources))

    return Lister(errors), ListingCounter("cloud", note, lambda: 0), told


def test_every_kind_is_counted_though_its_parent_is_unlisted() -> None:
    """The count reaches the end whatever fails."""
    lister, counter, told = counted({("cluster", "eu"): AccessDenied("no")})

    list_families([("cluster", "eu"), ("cluster", "us")], CHILDREN, lister, counter)

    assert (3, 3, 3) == told[-1]


def test_children_are_listed_for_the_resources_of_their_parent() -> None:
    """In the same region, generation after generation, each counted as progress."""
    lister, counter, told = counted()

    listed = list_families([("cluster", "eu"), ("bucket", "")], CHILDREN, lister, counter)

    assert [(one.kind, one.region) for one in listed] == [
        ("cluster", "eu"), ("pool", "eu"), ("node", "eu"), ("bucket", ""),
    ]  # fmt: skip
    assert lister.parents["pool", "eu"] == ["cluster of eu"]
    assert lister.parents["node", "eu"] == ["pool of eu"]
    assert [(1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 4, 4)] == told


def test_the_children_of_an_unlisted_parent_are_incomplete_too() -> None:
    """Nobody has looked for them (S3)."""
    listed = list_families(
        [("cluster", "eu"), ("cluster", "us")], CHILDREN, Lister({("cluster", "eu"): AccessDenied("no")}), None
    )

    assert [("eu", kind) for kind in ("cluster", "pool", "node")] == [
        (region, kind) for kind, region, _, _ in failures(listed)
    ]
    assert {found.region: found.complete for found in by_region(listed)} == {
        "eu": frozenset(), "us": frozenset({"cluster", "pool", "node"}),
    }  # fmt: skip


def test_a_service_that_a_region_lacks_has_no_resources_there() -> None:
    """The kind is complete and empty."""
    (one,) = list_families([("disk", "eu")], {}, Lister({("disk", "eu"): Unsupported("no such service")}), None)

    assert (one.gathered.resources, one.failures) == ([], ())


def test_a_response_that_no_row_foresaw_fails_one_kind() -> None:
    """The message names the vendor and the fault."""
    listed = list_families([("disk", "eu"), ("disk", "us")], {}, Lister({("disk", "eu"): KeyError("id")}), None)

    message = "cannot parse a response from Cloud: KeyError: 'id'"
    assert [("disk", "eu", Reason.UnknownError, message)] == failures(listed)
    assert [len(one.gathered.resources) for one in listed] == [0, 1]


def test_unread_details_make_a_kind_incomplete_and_keep_its_resources() -> None:
    """One of them is named, the others are counted."""

    class Troubled(Lister):
        def list_kind(self, kind: str, region: str, parents: Sequence[Resource]) -> Gathered:
            gathered = super().list_kind(kind, region, parents)
            gathered.troubles.update({"d-1": ServerFault("busy"), "d-2": ServerFault("busy")})
            return gathered

    (one,) = list_families([("disk", "eu")], {}, Troubled(), None)

    assert one.failures[0].message == "cannot read details of d-1: busy and 1 more"
    assert len(one.gathered.resources) == 1


def test_gaps_make_a_kind_and_its_children_incomplete_and_keep_what_was_listed() -> None:
    """Each place that did not answer is named; children are listed within the parents that were found (S3)."""

    class Partial(Lister):
        def list_kind(self, kind: str, region: str, parents: Sequence[Resource]) -> Gathered:
            gathered = super().list_kind(kind, region, parents)
            if kind == "cluster":
                gathered.gaps = [Gap(place, Reason.Unreachable, "gone") for place in ("eu-a", "eu-b")]
            return gathered

    lister = Partial()

    listed = list_families([("cluster", "eu")], {"cluster": ["pool"]}, lister, None)

    places = [(kind, place) for kind, place, _, _ in failures(listed)]
    assert [("cluster", "eu-a"), ("cluster", "eu-b"), ("pool", "eu-a"), ("pool", "eu-b")] == places
    assert ["cluster of eu"] == lister.parents["pool", "eu"]
    assert [1, 1] == [len(one.gathered.resources) for one in listed]
    assert frozenset() == by_region(listed)[0].complete


def test_a_kind_is_asked_for_with_all_its_parents() -> None:
    """Unknown kinds belong to another vendor."""
    parents = {"cluster": "", "pool": "cluster", "node": "pool", "disk": ""}

    assert {"cluster", "pool", "node"} == with_parents(["node", "pool", "k8s_pod"], parents)
