"""Snapshots are values: what is saved loads again to equal objects."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.errors import BadInput, StateError
from tagwarden.inventory import SnapshotStore, load_snapshot
from tagwarden.model.billing import Charge, Unit
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Identity, Snapshot, snapshot_id
from tagwarden.model.tags import Tags, TagState

TAKEN = datetime(2026, 9, 1, 19, 0, tzinfo=UTC)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
tags = st.builds(
    Tags, st.sampled_from(TagState), st.dictionaries(text, text, max_size=3), st.frozensets(text, max_size=2), text
)
resources = st.builds(
    Resource,
    uid=text,
    provider=st.just(ProviderName.AWS),
    account=st.just("aws-dev"),
    region=text,
    kind=text,
    category=text,
    id=text,
    name=text,
    created=st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    tags=tags,
    namespace=text,
    state=text,
    manager=st.none() | st.builds(Manager, text, text, text, st.sampled_from(Presence)),
    protection=text,
    version=text,
    attributes=st.dictionaries(text, text | st.booleans() | st.integers(-(2**53), 2**53), max_size=3),
    billing=st.none()
    | st.lists(st.builds(Charge, text, st.sampled_from(Unit), st.floats(0, 1e9)), max_size=2).map(tuple),
)
edges = st.builds(Edge, text, st.sampled_from(EdgeMeaning), text)


def a_snapshot(taken: datetime = TAKEN, **changes: object) -> Snapshot:
    """Give a snapshot of an empty account."""
    values: dict[str, object] = {
        "id": snapshot_id("aws-dev", taken),
        "account": "aws-dev",
        "provider": ProviderName.AWS,
        "identity": Identity("123456789012", "arn:aws:iam::123456789012:role/tagwarden"),
        "taken": taken,
        "duration_seconds": 1.5,
        "kinds": ("aws_ec2_instance", "aws_s3_bucket"),
        "resources": (),
        "edges": (),
        **changes,
    }
    return Snapshot(**values)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(resources, max_size=8, unique_by=lambda resource: resource.uid),
    st.lists(edges, max_size=8),
    st.lists(st.builds(CollectFailure, text, text, text, text), max_size=3),
)
def test_any_snapshot_loads_to_an_equal_one(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[Resource],
    links: list[Edge],
    failures: list[CollectFailure],
) -> None:
    """Whatever was seen is what is loaded again, failures and loose edges too."""
    snapshot = a_snapshot(resources=tuple(found), edges=tuple(links), failures=tuple(failures), api_calls=7)

    path = SnapshotStore(tmp_path_factory.mktemp("inventory")).save(snapshot)

    assert snapshot == load_snapshot(path)


def test_how_a_cluster_is_known_is_loaded_again(tmp_path: Path) -> None:
    """Its issuer and its server are no part of its identity, and tell other accounts which cluster it is (S18, S22)."""
    identity = Identity("uid", "admin", TAKEN, "https://oidc.example.com/id/1", "https://api.example.com", "42")

    loaded = load_snapshot(SnapshotStore(tmp_path).save(a_snapshot(identity=identity))).identity

    assert (identity.issuer, identity.server, identity.at) == (loaded.issuer, loaded.server, loaded.at)
    assert "42" == loaded.number


def test_the_latest_snapshot_of_an_account_is_the_newest(tmp_path: Path) -> None:
    """Files sort by the time of the snapshot, whatever the order of writing."""
    store = SnapshotStore(tmp_path)
    newest = a_snapshot(TAKEN + timedelta(days=1))
    for snapshot in (newest, a_snapshot(), a_snapshot(TAKEN + timedelta(minutes=1))):
        store.save(snapshot)

    assert newest == store.latest("aws-dev")
    assert store.latest("other") is None


def test_the_kinds_that_the_newest_snapshot_has_or_lacks_are_read_without_its_resources(tmp_path: Path) -> None:
    """A kind that could not be listed counts as seen: it may have resources."""
    store = SnapshotStore(tmp_path)
    assert frozenset() == store.kinds_seen("aws-dev")
    failure = CollectFailure("aws_sqs_queue", "", "AccessDenied", "no")
    snapshot = a_snapshot(failures=(failure,), disabled_kinds=("aws_sns_topic",))

    store.save(snapshot)

    assert {"aws_sqs_queue"} | {each.kind for each in snapshot.resources} == store.kinds_seen(snapshot.account)
    assert snapshot == store.latest(snapshot.account)


def test_pruning_keeps_the_newest_snapshot_however_old(tmp_path: Path) -> None:
    """An account that has not been reached for months keeps its last snapshot."""
    store = SnapshotStore(tmp_path)
    for days in range(4):
        store.save(a_snapshot(TAKEN + timedelta(days=days)))

    removed = store.prune("aws-dev", TAKEN + timedelta(days=300))

    assert removed == 3
    assert a_snapshot(TAKEN + timedelta(days=3)) == store.latest("aws-dev")


@pytest.mark.parametrize(("content", "message"), [(None, "no such file"), (b"not parquet", "not a Parquet file")])
def test_a_file_that_holds_no_snapshot_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    """Bad input gets one line that names the file."""
    path = tmp_path / "snapshot.parquet"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadInput, match=message) as caught:
        load_snapshot(path)

    assert str(path) in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The message says which file and why."""
    (tmp_path / "resources").write_text("in the way")

    with pytest.raises(StateError, match="cannot write the snapshot"):
        SnapshotStore(tmp_path).save(a_snapshot())


def test_the_time_of_each_look_is_read_from_the_heads(tmp_path: Path) -> None:
    """By account; of what is not stored any more nothing is told."""
    store, snapshot = SnapshotStore(tmp_path), a_snapshot()
    store.save(snapshot)

    assert {"aws-dev": snapshot.taken} == store.taken([snapshot.id, "aws-old.20200101T000000.000000Z"])
