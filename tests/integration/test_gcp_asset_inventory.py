"""A project read from Cloud Asset Inventory: equal resources, and nothing decided by an inventory that may be wrong."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tagwarden.inventory import SnapshotStore
from tagwarden.model.account import CloudAccount
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Presence
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.providers.base import Access, Provider
from tagwarden.providers.gcp.asset_inventory import NAME, row_and_name
from tagwarden.providers.gcp.carried_kinds import CARRIED
from tagwarden.providers.gcp.row import rows
from tagwarden.providers.registry import catalogue_of
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp import asset_inventory as simulated
from tests.support.fake_gcp.world import messy_project

PROJECT, NUMBER = "messy-dev-1", "481516234200"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EMAIL = f"tester@{PROJECT}.iam.gserviceaccount.com"
TOPICS = "gcp_pubsub_topic"


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with a messy project."""
    with FakeGCP() as cloud:
        messy_project(cloud, NOW, project=PROJECT, number=NUMBER)
        cloud.forget_calls()
        yield cloud


def a_provider(gcp: FakeGCP, source: str = "AssetInventory") -> Provider:
    project = {
        "projectID": PROJECT,
        "credentialsSecret": {"name": "gcp-key"},
        "endpointURL": gcp.endpoint,
        "source": source,
    }
    spec = {"provider": "GCP", "environment": "test", "gcp": project}
    account = CloudAccount.model_validate({"name": "gcp-dev", "spec": spec})
    secrets = {"gcp-key": {"key.json": json.dumps(gcp.key_file(EMAIL, PROJECT))}}
    return catalogue_of(account.spec.provider).open(account, secrets, Access())


def collected(gcp: FakeGCP, source: str = "AssetInventory", extent: Extent | None = None) -> Snapshot:
    return a_provider(gcp, source).collect(NOW, extent=extent)


def tamper(monkeypatch: pytest.MonkeyPatch, part: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the assets with this part in their names on their way out of the simulated inventory."""
    real = simulated._asset

    def changed(*arguments: Any, **more: Any) -> dict[str, Any]:
        asset = real(*arguments, **more)
        if part in asset["name"]:
            change(asset)
        return asset

    monkeypatch.setattr(simulated, "_asset", changed)


def test_the_inventory_gives_equal_resources_and_edges(gcp: FakeGCP) -> None:
    """Both ways of looking at the messy project give the same snapshot, and every kind is complete in both."""
    listed, swept = collected(gcp, "Direct"), collected(gcp)

    assert () == swept.failures
    assert listed.kinds == swept.kinds
    assert {each.uid: each for each in listed.resources} == {each.uid: each for each in swept.resources}
    assert set(listed.edges) == set(swept.edges)


def test_one_sweep_takes_the_place_of_listings(gcp: FakeGCP) -> None:
    """A page for the whole project; only kinds that the inventory does not carry are listed by their own APIs."""
    collected(gcp, "Direct")
    direct = len(gcp.calls())
    gcp.forget_calls()

    collected(gcp)

    assert 1 == len(gcp.calls("cloudasset.assets.list"))
    assert [] == gcp.calls("compute.instances.*")
    assert [] != gcp.calls("bigquery.datasets.list")
    assert len(gcp.calls()) < direct


def test_the_age_of_the_inventory_is_kept(gcp: FakeGCP, tmp_path: Path) -> None:
    """Its own time, and the latest change that it shows, also in the stored snapshot."""
    gcp.freeze_inventory()
    swept = collected(gcp)

    assert swept.inventory is not None
    assert (NAME, True) == (swept.inventory.name, swept.inventory.resources > 50)
    assert swept.inventory.latest_change is not None
    assert swept.inventory.latest_change <= swept.inventory.read_at
    assert collected(gcp, "Direct").inventory is None
    store = SnapshotStore(tmp_path)
    assert swept == store.load(store.save(swept))


def test_s17_evidence_never_comes_from_the_inventory(gcp: FakeGCP) -> None:
    """A listing of some kinds, as right before a deletion, asks their own APIs."""
    gcp.freeze_inventory()
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/new", {})

    looked = collected(gcp, extent=Extent(frozenset({TOPICS})))

    assert [] == gcp.calls("cloudasset.*")
    assert None is looked.inventory
    assert "new" in {each.name for each in looked.resources}


def test_s5_a_stale_resource_is_read_directly(gcp: FakeGCP) -> None:
    """The inventory shows the labels of an hour ago, and a topic that is gone; a reading shows the truth."""
    gcp.freeze_inventory()
    gcp.change("pubsub", f"projects/{PROJECT}/topics/forgotten", labels={"owner": "alice"})
    gcp.vanish("pubsub", f"projects/{PROJECT}/topics/orders")
    provider = a_provider(gcp)
    swept = {each.name: each for each in provider.collect(NOW).resources if each.kind == TOPICS}

    fresh = provider.read(swept["forgotten"])

    assert fresh is not None
    assert ({}, {"owner": "alice"}) == (swept["forgotten"].tags.values, fresh.tags.values)
    assert None is provider.read(swept["orders"])
    assert provider.is_gone(swept["orders"])


def test_s13_a_manager_that_the_inventory_lacks_is_not_gone(gcp: FakeGCP) -> None:
    """It may lose updates: only a direct listing to its end says that a manager is gone."""
    group = f"projects/{PROJECT}/zones/europe-west1-b/instanceGroupManagers/web"
    gcp.freeze_inventory()
    assert gcp.state.inventory is not None
    gcp.state.inventory = [each for each in gcp.state.inventory if each.key != group]

    members = [each for each in collected(gcp).resources if each.manager is not None and each.manager.name == "web"]

    assert [] != members
    assert {Presence.ASSUMED} == {each.manager.presence for each in members if each.manager is not None}


@pytest.mark.parametrize(
    ("trouble", "reason", "told"),
    [
        (lambda gcp: gcp.deny("cloudasset.*"), Reason.AccessDenied, "grant roles/cloudasset.viewer"),
        (lambda gcp: gcp.disable("cloudasset.googleapis.com", PROJECT), Reason.Unsupported, "enable cloudasset.google"),
        (lambda gcp: gcp.throttle("cloudasset.assets.list"), Reason.Throttled, "Quota"),
        (lambda gcp: gcp.throttle("cloudasset.assets.list", http=403), Reason.Throttled, "Quota"),
        (lambda gcp: gcp.repeat_page_tokens("cloudasset.assets.list"), Reason.ServerFault, "same page token twice"),
        (lambda gcp: gcp.break_down("cloudasset.assets.list"), Reason.ServerFault, "unavailable"),
    ],
    ids=["denied", "disabled", "quota", "quota-403", "repeated-token", "broken"],
)
def test_s3_without_the_inventory_its_kinds_are_incomplete(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[FakeGCP], None], reason: Reason, told: str
) -> None:
    """Each says why and what to do; the other kinds are listed all the same (S12)."""
    for place in ("connection.FIRST_PAUSE", "pace.FIRST_PAUSE", "pace.LONGEST_PAUSE"):
        monkeypatch.setattr(f"tagwarden.providers.gcp.{place}", 0.001)
    monkeypatch.setattr("tests.support.fake_gcp.listing.LARGEST", 20)
    trouble(gcp)

    swept = collected(gcp)

    assert CARRIED >= swept.incomplete_kinds >= {"gcp_compute_instance", "gcp_storage_bucket", TOPICS}
    assert {reason} == {Reason(failure.reason) for failure in swept.failures}
    assert told.lower() in swept.failures[0].message.lower()
    assert "api" in {each.name for each in swept.resources if each.kind == "gcp_run_service"}


def test_a_quota_that_passes_only_delays(gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred pages a minute: throttled pages are asked for again."""
    for place in ("connection.FIRST_PAUSE", "pace.FIRST_PAUSE", "pace.LONGEST_PAUSE"):
        monkeypatch.setattr(f"tagwarden.providers.gcp.{place}", 0.001)
    gcp.throttle("cloudasset.assets.list", times=3)

    assert () == collected(gcp).failures


def test_pages_are_followed_to_the_end(gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same resources in pages of seven."""
    whole = collected(gcp)
    monkeypatch.setattr("tests.support.fake_gcp.listing.LARGEST", 7)
    gcp.forget_calls()

    assert whole.resources == collected(gcp).resources
    assert len(gcp.calls("cloudasset.assets.list")) > 5


def _rename(asset: dict[str, Any]) -> None:
    asset["name"] = asset["name"].replace(PROJECT, "other-dev-1")


def _adopt(asset: dict[str, Any]) -> None:
    asset["ancestors"] = ["projects/999", "organizations/1"]


def _swap(asset: dict[str, Any]) -> None:
    asset["resource"]["data"]["name"] = "projects/other-dev-1/topics/orders"


@pytest.mark.parametrize("mistake", [_rename, _adopt, _swap])
def test_s10_a_resource_of_another_project_is_refused(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch, mistake: Callable[[dict[str, Any]], object]
) -> None:
    """Whatever place says so: it is no resource of this account, and its kind is incomplete."""
    tamper(monkeypatch, "/topics/orders", mistake)

    swept = collected(gcp)

    assert {TOPICS} == swept.incomplete_kinds
    assert ["forgotten"] == [each.name for each in swept.resources if each.kind == TOPICS]


@pytest.mark.parametrize("data", [None, {}, "text"])
def test_s12_a_resource_that_cannot_be_read_makes_only_its_kind_incomplete(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch, data: object
) -> None:
    """The rest of the sweep counts."""
    tamper(monkeypatch, "/topics/orders", lambda asset: asset["resource"].update(data=data))

    assert {TOPICS} == collected(gcp).incomplete_kinds


def test_a_kind_in_another_version_of_its_api_is_listed_directly(gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows read one version; the inventory carries some kinds in an older or newer one."""
    direct = collected(gcp, "Direct")
    older = {"version": "v1beta4", "data": {"spelt": "otherwise"}}
    tamper(monkeypatch, "/instances/db-", lambda asset: asset["resource"].update(older))

    swept = collected(gcp)

    assert () == swept.failures
    assert direct.resources == swept.resources


def test_every_carried_kind_is_recognised_by_its_name() -> None:
    """A name that fits no row, or several, would make the kind look empty."""
    strange = [kind for kind in CARRIED if kind not in rows() or recognised(kind) != kind]

    assert [] == strange


def recognised(kind: str) -> str:
    """Give the kind that the name of a resource of this kind leads to."""
    row = rows()[kind]
    host = {"sqladmin.googleapis.com": "cloudsql.googleapis.com"}.get(row.host, row.host)
    words = row.path.removeprefix("b").replace("{project}", PROJECT).split("/")
    name = "/".join("x" if word[:1] == "{" else word for word in words if word)
    found, _ = row_and_name(f"//{host}/{name}/x".replace("com//", "com/"))
    return found.kind if found is not None else ""
