"""What was read again replaces what a snapshot showed, and nothing else does (S17)."""

from dataclasses import replace
from typing import Any

import pytest

from tagwarden.model.evidence import FreshEvidence, Look, Search
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Extent
from tagwarden.model.tags import Tags
from tagwarden.model.world import World
from tagwarden.pipeline.refreshing import covers, refreshed
from tagwarden.providers.linking import world_of
from tests.support.builders import ACCOUNT, a_resource, a_snapshot, an_account

KIND = "aws_ec2_instance"
GROUP = Manager("aws_autoscaling_group", "group", "arn:aws:group")
OTHER = Manager("aws_autoscaling_group", "other", "arn:aws:other")
INGRESS = Manager("k8s_ingress", "web", "cluster/web")


def thing(name: str, **fields: Any) -> Resource:
    return a_resource(**{"uid": name, "id": name, "name": name, "kind": KIND, **fields})


def world(*resources: Resource, edges: tuple[Edge, ...] = (), failures: tuple[CollectFailure, ...] = ()) -> World:
    return world_of([a_snapshot(*resources, edges=edges, failures=failures)], [an_account()])


def look(*resources: Resource, edges: tuple[Edge, ...] = (), **extent: Any) -> Look:
    kinds = frozenset({KIND, *(each.kind for each in resources)})
    snapshot = a_snapshot(*resources, edges=edges, kinds=kinds, failures=extent.pop("failures", ()))
    return Look(Search(ACCOUNT, Extent(kinds, **extent)), snapshot)


def shown(before: World, *looks: Look, going: tuple[str, ...] = (), **read: Resource | None) -> dict[str, Resource]:
    return dict(refreshed(before, FreshEvidence(read, looks), ("web",), going).graph.resources)


@pytest.mark.parametrize(
    ("fields", "extent", "expected"),
    [
        ({}, {}, True),
        ({"account": "another"}, {}, False),
        ({"kind": "aws_sqs_queue"}, {}, False),
        ({"region": "eu-central-1"}, {"regions": frozenset({"eu-central-1"})}, True),
        ({"region": "eu-central-1"}, {"regions": frozenset({"us-east-1"})}, False),
        ({"region": ""}, {"regions": frozenset({"us-east-1"})}, True),
        ({"provider": ProviderName.KUBERNETES, "namespace": "shop"}, {}, True),
        ({"provider": ProviderName.KUBERNETES, "namespace": "shop"}, {"namespaces": frozenset({"shop"})}, True),
        ({"provider": ProviderName.KUBERNETES, "namespace": "shop"}, {"namespaces": frozenset({"data"})}, False),
        ({"provider": ProviderName.KUBERNETES, "namespace": ""}, {"namespaces": frozenset({"data"})}, True),
    ],
)
def test_s3_a_search_finds_what_is_in_its_extent(
    fields: dict[str, Any], extent: dict[str, Any], expected: bool
) -> None:
    """S3: only what it must have found is gone when it did not; what is global is found everywhere."""
    assert expected is covers(look(**extent), thing("web", **fields))


def test_what_was_read_again_is_newer_than_what_was_listed() -> None:
    """Each resource read alone, then the listings, then the snapshot."""
    old, listed, read = (thing("web", tags=Tags.known({"is": word})) for word in ("old", "listed", "read"))
    part = thing("part", kind="aws_ec2_volume")
    before = world(old, part, edges=(Edge("web", EdgeMeaning.OWNS, "part"),))

    assert "old" == shown(before)["web"].tags.values["is"]
    assert "listed" == shown(before, look(listed))["web"].tags.values["is"]
    assert "read" == shown(before, look(listed), web=read)["web"].tags.values["is"]
    assert {"web", "part"} == set(shown(before, look(listed)))


def test_what_a_search_did_not_find_is_gone_unless_the_plan_deletes_it() -> None:
    """Its parts were judged by its tags, and nobody else can have made it again under this uid."""
    before = world(thing("web"), thing("user"), edges=(Edge("user", EdgeMeaning.USES, "web"),))

    assert {"web", "user"} == set(shown(before, look(thing("web"), thing("user"))))
    assert {"web"} == set(shown(before, look(thing("web"))))
    assert {"web", "user"} == set(shown(before, look(thing("web")), going=("user",)))
    assert set() == set(shown(before, look(thing("web")), web=None))


def test_a_new_user_is_seen_with_its_edge() -> None:
    """S17: whether a listing tells the edge, or only that it names the resource."""
    before, user = world(thing("web")), thing("new")
    edge = Edge("new", EdgeMeaning.NEEDS, "web")

    found = refreshed(before, FreshEvidence({}, (look(thing("web"), user, edges=(edge,)),)), ("web",), ())

    assert {"web", "new"} == set(found.graph.resources)
    assert ["new"] == list(found.graph.sources("web", EdgeMeaning.NEEDS))


def test_a_new_part_is_seen_with_its_parts() -> None:
    """S6: to any depth, since the vendor takes all of it along."""
    edges = (Edge("web", EdgeMeaning.OWNS, "disk"), Edge("disk", EdgeMeaning.OWNS, "deep"))
    fresh = look(thing("web"), thing("disk"), thing("deep"), thing("far"), edges=edges)

    assert {"web", "disk", "deep"} == set(shown(world(thing("web")), fresh))


@pytest.mark.parametrize(
    ("known", "found", "listed", "tags", "expected"),
    [
        (None, GROUP, False, "same", GROUP),
        (GROUP, None, False, "same", None),
        (GROUP, None, True, "same", GROUP),
        (INGRESS, None, False, "same", INGRESS),
        (INGRESS, INGRESS, False, "same", INGRESS),
        (INGRESS, GROUP, False, "same", GROUP),
        (GROUP, OTHER, True, "same", GROUP),
        (GROUP, OTHER, True, "other", OTHER),
    ],
)
def test_s13_a_manager_that_a_read_cannot_show_is_kept(
    known: Manager | None, found: Manager | None, listed: bool, tags: str, expected: Manager | None
) -> None:
    """S13: read alone, a resource of a cloud shows no object of a cluster; a listing shows those of its kinds."""
    before = world(thing("web", manager=known, tags={"is": "same"}))
    now = thing("web", manager=found, tags={"is": tags})

    after = shown(before, look(now)) if listed else shown(before, web=now)

    assert expected == after["web"].manager


@pytest.mark.parametrize(
    ("extent", "left"),
    [({}, []), ({"regions": frozenset({"eu-central-1"})}, ["old"]), ({"namespaces": frozenset({"shop"})}, ["old"])],
)
def test_s3_only_a_listing_of_everywhere_makes_up_for_a_failure(extent: dict[str, Any], left: list[str]) -> None:
    """S3: a failure of another kind stays, and failures of the listing itself come on top."""
    failures = tuple(CollectFailure(kind, "", "AccessDenied", "old") for kind in (KIND, "aws_sqs_queue"))
    new = CollectFailure(KIND, "", "AccessDenied", "new")

    found = refreshed(
        world(thing("web"), failures=failures),
        FreshEvidence({}, (look(thing("web"), failures=(new,), **extent),)),
        ("web",),
        (),
    )
    (snapshot,) = found.snapshots.values()

    assert sorted([*left, "old", "new"]) == sorted(failure.message for failure in snapshot.failures)
    assert snapshot.id == "snapshot-2"


@pytest.mark.parametrize(("user", "incomplete"), [("aws_lambda_function", True), (None, False)])
def test_s17_a_kind_whose_api_is_disabled_right_before_the_deletion_is_incomplete(
    user: str | None, incomplete: bool
) -> None:
    """S17: where it had resources. The empty listing does not make up for an older failure either."""
    users = (thing("user", kind=user),) if user else ()
    empty = look(thing("web"))
    disabled = replace(empty, snapshot=replace(empty.snapshot, disabled_kinds=("aws_lambda_function",)))

    (snapshot,) = refreshed(
        world(thing("web"), *users), FreshEvidence({}, (disabled,)), ("web",), ()
    ).snapshots.values()

    assert incomplete == ("aws_lambda_function" in snapshot.incomplete_kinds)
