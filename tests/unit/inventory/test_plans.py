"""Plans on disk are what was shown: equal when loaded, one table for every query engine, whole or not there."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagwarden.errors import BadInput, StateError
from tagwarden.inventory import PlanStore, load_plan, mentions, policy_of
from tagwarden.inventory.plan_table import SCHEMA, table_of
from tagwarden.model.billing import Charge, Unit
from tagwarden.model.plan import Action, ActionType, Baseline, Keeping, Plan, PlannedResource
from tagwarden.model.prices import PriceKey
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Presence, ProviderName, Resource
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.model.verdict import Confidence, Finding, Judgement, Repair, Verdict, Withheld
from tagwarden.planning import Prices, SeenApproval, plan_json
from tagwarden.planning.hashing import plan_hash
from tests.support.builders import NOW
from tests.unit.planning.scenes import doomed, plan_of, unclaimed

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
reasons = st.sampled_from(Reason)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
costs = st.none() | st.floats(0, 1e9)
pairs = st.dictionaries(text, text, max_size=2)
texts = st.lists(text, max_size=2).map(tuple)
changes = st.builds(TagChanges, pairs, texts)
withheld = st.none() | st.builds(Withheld, reasons, text)
resources = st.builds(
    Resource,
    uid=text,
    provider=st.sampled_from(ProviderName),
    account=text,
    region=text,
    kind=text,
    category=text,
    id=text,
    name=text,
    created=st.none() | instants,
    tags=st.builds(Tags, st.sampled_from(TagState), pairs, st.frozensets(text, max_size=2), text),
    namespace=text,
    state=text,
    manager=st.none() | st.builds(Manager, text, text, text, st.sampled_from(Presence)),
    protection=text,
    version=text,
    attributes=st.dictionaries(text, text | st.booleans() | st.integers(-(2**53), 2**53), max_size=2),
    billing=st.none()
    | st.lists(st.builds(Charge, text, st.sampled_from(Unit), st.floats(0, 1e9)), max_size=2).map(tuple),
)
repairs = st.builds(
    Repair,
    before=st.none() | st.tuples(text, text),
    after=st.tuples(text, text),
    rule=reasons,
    confidence=st.sampled_from(Confidence),
    message=text,
)


@st.composite
def planned(draw: st.DrawFn) -> PlannedResource:
    """Give a resource with anything said of it, whether that makes sense or not."""
    resource = draw(resources)
    uid = st.just(resource.uid)
    keeping = st.none() | st.builds(Keeping, text, st.integers(1, 90).map(lambda days: timedelta(days=days)))
    action = st.builds(
        Action,
        uid,
        st.sampled_from([ActionType.SET_TAGS, ActionType.DELETE, ActionType.BACKUP]),
        st.integers(0, 1000),
        reasons,
        because=text,
        changes=changes,
        after=texts,
        keeping=keeping,
    )
    judgement = st.builds(
        Judgement,
        uid,
        st.sampled_from(Verdict),
        findings=st.lists(st.builds(Finding, reasons, text), max_size=2).map(tuple),
        owner=st.none() | text,
        expires=st.none() | instants,
        repairs=st.lists(repairs, max_size=2).map(tuple),
        changes=st.none() | changes,
        deletion=st.none() | reasons,
        withheld=withheld,
        environment=st.sampled_from(Environment),
    )
    return PlannedResource(
        resource,
        draw(judgement),
        tuple(draw(st.lists(action, max_size=2))),
        draw(withheld),
        taken_by=draw(text),
        breaks=draw(texts),
        cost=draw(costs),
    )


def a_plan_of(resources: Sequence[PlannedResource], generated_at: datetime = NOW, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "policy": "test-accounts",
        "policy_generation": 3,
        "generated_at": generated_at,
        "snapshots": ("aws-dev-1",),
        "resources": tuple(resources),
        "hash": plan_hash("test-accounts", resources),
        "baseline": Baseline(generated_at, governed=len(resources)),
        **changes,
    }
    return Plan(**values)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(planned(), max_size=3), instants, withheld, st.booleans())
def test_any_plan_loads_to_an_equal_one(
    tmp_path_factory: pytest.TempPathFactory,
    resources: list[PlannedResource],
    at: datetime,
    stopped: Withheld | None,
    has_prices: bool,
) -> None:
    """With the hash that a person may have approved: what runs is what was shown (S6)."""
    plan = a_plan_of(resources, at, stopped=stopped, has_prices=has_prices)

    loaded = load_plan(PlanStore(tmp_path_factory.mktemp("plans")).save(plan))

    assert plan == loaded


def test_every_member_of_the_json_is_a_column() -> None:
    """Nothing that a plan says is lost on the way to the disk."""
    entry = plan_json(plan_of([doomed("a")]))["resources"][0]

    camel = {
        "".join(word.capitalize() if place else word for place, word in enumerate(name.split("_")))
        for name in SCHEMA.names
    }
    assert {"hash", "generatedAt", "goes"} == camel - entry.keys()
    assert set() == entry.keys() - camel


def test_plans_are_partitioned_as_query_engines_expect(tmp_path: Path) -> None:
    """By policy and day; nothing else in the folder is taken for a plan."""
    store = PlanStore(tmp_path)
    plan = plan_of([doomed("a")])

    path = store.save(plan)
    store.approval_of(plan.policy, plan.hash, NOW)

    assert f"plans/policy={plan.policy}/date=2026-09-01" == path.parent.relative_to(tmp_path).as_posix()
    assert plan.policy == policy_of(path)
    others = [each.name for each in (tmp_path / "plans").rglob("*") if each.is_file() and each != path]
    assert all(name.startswith("_") for name in others)
    assert not {"policy", "date"} & set(pq.ParquetFile(path).schema_arrow.names)


def test_all_plans_are_one_table_in_sql(tmp_path: Path) -> None:
    """What docs/costs.md tells an analyst to ask works as it stands."""
    store = PlanStore(tmp_path)
    prices = Prices({PriceKey(ProviderName.AWS, "eu-central-1", "aws_ec2_instance", "m5.large", Unit.HOUR): 0.1})
    billing = (Charge("m5.large", Unit.HOUR, 1),)
    things = [doomed("a", billing=billing), unclaimed("b", billing=billing), doomed("c")]
    for day in range(2):
        store.save(plan_of(things, now=NOW + timedelta(days=day), prices=prices))
    pages = (Path(__file__).parents[3] / "docs" / "costs.md").read_text(encoding="utf-8").split("```sql\n")[1:]
    queries = [page.partition("```")[0].replace("inventory/plans", f"{tmp_path}/plans") for page in pages]

    answers = [duckdb.sql(query).fetchall() for query in queries]

    policy = plan_of(things).policy
    assert [
        [(policy, 2, 73.0, 1)],
        [("alice", 2, 73.0)],
    ] == answers


def test_the_newest_of_a_hash_is_found(tmp_path: Path) -> None:
    """The same plan is made in each pass until somebody approves it."""
    store = PlanStore(tmp_path)
    first, second = (plan_of([doomed("a")], now=NOW + timedelta(minutes=minute)) for minute in (0, 1))
    store.save(second)
    store.save(first)

    assert first.hash == second.hash
    assert second == store.find(first.policy, first.hash)
    assert second == store.latest(first.policy)
    assert store.find(first.policy, "0" * 64) is None


def test_what_was_killed_while_it_wrote_is_not_a_plan(tmp_path: Path) -> None:
    """A half written file is passed over, and goes with the plans of its day."""
    store = PlanStore(tmp_path)
    old, new = plan_of([doomed("a")]), plan_of([doomed("a")], now=NOW + timedelta(days=9))
    path = store.save(old)
    (path.parent / f"_half.7.{path.name}").write_bytes(path.read_bytes()[:100])
    store.save(new)

    assert 2 == len(store.files(old.policy))
    assert 1 == store.prune(old.policy, NOW + timedelta(days=5))
    assert not path.parent.exists()
    assert new == store.latest(old.policy)


ENDLESSLY = """
import sys
from datetime import timedelta
from pathlib import Path
from tagwarden.inventory import PlanStore
from tests.support.builders import NOW
from tests.unit.planning.scenes import doomed, plan_of

store, minute = PlanStore(Path(sys.argv[1])), 0
things = [doomed(f"i-{number}") for number in range(200)]
while True:
    minute += 1
    print(store.save(plan_of(things, now=NOW + timedelta(minutes=minute))), flush=True)
"""


def test_no_plan_is_lost_or_torn_by_a_kill(tmp_path: Path) -> None:
    """Whatever was said to be stored is there, and whatever is there is whole (S6, S14)."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", ENDLESSLY, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        told = {Path(process.stdout.readline().strip()) for _ in range(5)}
        process.kill()
        told |= {Path(line.strip()) for line in process.stdout if line.endswith("parquet\n")}

    stored = PlanStore(tmp_path).files()

    assert told <= set(stored)
    assert {plan_of([doomed(f"i-{number}") for number in range(200)]).hash} == {load_plan(path).hash for path in stored}


def test_a_plan_that_was_changed_is_refused(tmp_path: Path) -> None:
    """By a row less, a column less or a byte less: nobody approved that (S6)."""
    path = PlanStore(tmp_path).save(plan_of([doomed("a"), doomed("b")]))
    table = pq.ParquetFile(path).read()
    changed, cut, torn, foreign = (tmp_path / f"{name}.parquet" for name in ("changed", "cut", "torn", "foreign"))
    pq.write_table(table.slice(1), changed)
    pq.write_table(table.drop_columns(["actions"]), cut)
    torn.write_bytes(path.read_bytes()[:-20])
    pq.write_table(table.replace_schema_metadata({}), foreign)

    for file, said in (
        (changed, "the plan was edited"),
        (cut, "not a plan that this version can read"),
        (torn, "not a plan"),
        (foreign, "not a plan; write one with"),
        (tmp_path / "none.parquet", "no such file"),
    ):
        with pytest.raises(BadInput, match=said):
            load_plan(file)


def test_a_plan_says_whom_it_mentions_without_being_read(tmp_path: Path) -> None:
    """By uid, id and name, and by KIND/ID; a file that is gone mentions nobody."""
    path = PlanStore(tmp_path).save(plan_of([doomed("a", id="i-1", name="web")]))

    assert [True, True, True, True, False] == [
        mentions(path, name) for name in ("a", "i-1", "web", "aws_ec2_instance/i-1", "i-2")
    ]
    assert not mentions(tmp_path / "gone.parquet", "a")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The operator says so instead of acting on a plan that nobody can look up."""
    (tmp_path / "plans").write_text("in the way")

    with pytest.raises(StateError, match="cannot write the plan"):
        PlanStore(tmp_path).save(plan_of([doomed("a")]))


def test_a_table_of_no_resources_is_a_plan(tmp_path: Path) -> None:
    """A policy that governs nothing has a plan too."""
    plan = plan_of([])

    assert plan == load_plan(PlanStore(tmp_path).save(plan))
    assert 0 == table_of(plan_json(plan)).num_rows


def test_an_approval_is_remembered_with_its_use(tmp_path: Path) -> None:
    """Since when it holds, and when it was acted upon; another hash begins anew, and so does what cannot be read."""
    store, later = PlanStore(tmp_path), NOW + timedelta(hours=1)

    assert SeenApproval(NOW) == store.approval_of("tidy", "a", NOW) == store.approval_of("tidy", "a", later)
    store.use_approval("tidy", "a", later)
    assert SeenApproval(NOW, later) == store.approval_of("tidy", "a", later)
    assert SeenApproval(later) == store.approval_of("tidy", "b", later)
    for broken in ("", "a", "a yesterday", f"a {NOW.isoformat()} {NOW.isoformat()} {NOW.isoformat()}"):
        (tmp_path / "plans" / "policy=tidy" / "_approval").write_text(broken)
        assert SeenApproval(later) == store.approval_of("tidy", "a", later)
