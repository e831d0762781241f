"""`tagwarden search`: every row of docs/search.md, mistakes with their place, and the same answers as CEL."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.cli.main import main
from tagwarden.errors import BadInput
from tagwarden.inventory.lake import Lake
from tagwarden.inventory.search import policy_expression, search
from tagwarden.judging.expressions import Expression
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags
from tests.support.builders import NOW, a_resource, a_snapshot

PAGE = (Path(__file__).parents[3] / "docs" / "search.md").read_text(encoding="utf-8")
COSTS = {"i-1": 70.0, "i-2": 20.0, "vol-1": 8.0, "vol-2": 40.0}


def planted(id_: str, kind: str, days: int | None, tags: Any, **changes: Any) -> Resource:
    created = NOW - timedelta(days=days) if days is not None else None
    changes = {"name": "", "state": "available", **changes}
    return a_resource(id=id_, kind=f"aws_{kind}", category="thing", created=created, tags=tags, **changes)


VPC = planted("vpc-1", "ec2_vpc", 40, {"owner": "alice"}, name="main")
SUBNET = planted("subnet-1", "ec2_subnet", 40, {})
WEB = planted(
    "i-1",
    "ec2_instance",
    1,
    {"owner": "alice", "team": "data"},
    name="checkout-web",
    state="running",
    attributes={"cores": 8, "instance_type": "m5.large", "spot": True},
)
DB = planted(
    "i-2",
    "ec2_instance",
    20,
    {"owner": "bob", "cost center": "17"},
    name="Search DB",
    state="stopped",
    attributes={"cores": 2, "instance_type": "t3.small"},
)
DATA = planted("vol-1", "ec2_volume", 1, {"team": "data"}, name="data", state="in-use", attributes={"size": 100})
OLD = planted("vol-2", "ec2_volume", 90, {}, name="old", attributes={"size": 500})
SECRET = planted("secret-1", "secretsmanager_secret", None, Tags.unreadable("denied"), name="key", state="")
ALL = (VPC, SUBNET, WEB, DB, DATA, OLD, SECRET)
EDGES = (
    Edge(SUBNET.uid, EdgeMeaning.NEEDS, VPC.uid),
    Edge(WEB.uid, EdgeMeaning.NEEDS, SUBNET.uid),
    Edge(DB.uid, EdgeMeaning.NEEDS, SUBNET.uid),
    Edge(WEB.uid, EdgeMeaning.OWNS, DATA.uid),
    Edge(WEB.uid, EdgeMeaning.USES, SECRET.uid),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plant the world of the page: before yesterday without what is a day old, and a machine that stopped just now."""
    folder = tmp_path_factory.mktemp("inventory")
    lake = Lake(folder / "lake")
    kinds = {each.kind for each in ALL}

    def cost_of(resource: Resource) -> float | None:
        return COSTS.get(resource.id)

    before = replace(DB, state="running")
    lake.record(a_snapshot(VPC, SUBNET, before, OLD, kinds=kinds, taken=NOW - timedelta(days=3), id="first"), cost_of)
    looks = [a_snapshot(*(before if each is DB else each for each in ALL), kinds=kinds, edges=EDGES, id="second")]
    looks.append(a_snapshot(*ALL, kinds=kinds, edges=EDGES, id="third"))
    for look, hours in zip(looks, (2, 0), strict=True):
        lake.record(replace(look, taken=NOW - timedelta(hours=hours)), cost_of)
    return folder


def ids(root: Path, text: str) -> list[str]:
    found = search(Lake(root / "lake"), text, NOW)
    return [uid.rpartition("/")[2] for uid in found.uids]


def rows() -> Iterator[tuple[str, str]]:
    for query, expected in re.findall(r"^\| `(.+)` \| ?((?:[a-z]+-\d ?)*)\|$", PAGE, re.MULTILINE):
        yield query.replace("\\|", "|"), expected


@pytest.mark.parametrize(("query", "expected"), list(rows()))
def test_every_row_of_the_page(root: Path, query: str, expected: str) -> None:
    found = ids(root, query)
    assert (found if "sort" in query else sorted(found)) == expected.split()


def test_the_page_has_many_rows() -> None:
    assert len(list(rows())) > 45


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ('ownr == "ann"', "column 1: no field is called ownr; did you mean owner?"),
        ('kind = "x"', "column 6: write == to compare"),
        ('kind == "x" & id == "y"', "column 13: write && for both"),
        ('kind == "x" and id == "y"', "column 13: write && instead of and"),
        ('kind == "x" or id == "y"', "column 13: write || instead of or"),
        ('kind == "x" checkout', "column 13: 'checkout' is not expected here"),
        ("kind ==", "column 8: nothing follows '=='"),
        ('(kind == "x"', "column 13: ')' is missing at the end"),
        ("age > 30", "column 5: a duration and a number cannot be compared by >"),
        ('age > duration("soon")', "column 16: 'soon' is not a duration"),
        ('created > timestamp("May")', "column 21: 'May' is not a time"),
        ("cost + 1", "column 6: the filter is a number and not true or false"),
        ('name.lower() == "x"', "column 6: no function is called lower"),
        ("name.startsWith(5)", "column 6: startsWith() takes a text"),
        ('kind == "x" >> 99', "column 16: a walk has 0 to 12 hops"),
        ('kind == "x" >> 1..', "column 17: the end of the range is missing"),
        ("web |", "column 5: nothing follows |"),
        ("web | group by owner", "column 7: no step is called group; the steps are sort, limit, count"),
        ("web | limit many", "column 7: write | limit 20"),
        ("web | sum name", "column 7: name is no number"),
        ("web | count owner", "column 7: write | count by owner, kind"),
        ("web | changed 24h", "column 7: write | changed since 24h"),
        ("web | at May", "column 7: 'May' is not a time"),
        ("web | columns nme", "column 7: no field is called nme; did you mean name?"),
        ("web | sort cost downwards", "column 7: write | sort cost desc, name"),
        ("name.matches('(')", "query: "),
    ],
)
def test_a_mistake_is_one_line_with_its_place(root: Path, query: str, told: str) -> None:
    with pytest.raises(BadInput) as wrong:
        ids(root, query)
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_counts_and_sums(root: Path) -> None:
    lake = Lake(root / "lake")

    def answer(text: str) -> list[tuple[Any, ...]]:
        return list(search(lake, text, NOW).answer.rows)

    assert answer("| count") == [(7,)]
    assert answer("| count by kind | limit 2") == [("aws_ec2_instance", 2), ("aws_ec2_volume", 2)]
    assert answer("| sum cost by owner") == [("alice", 70.0), (None, 48.0), ("bob", 20.0)]
    assert answer("volume | median age") == [(45.5,)]
    assert answer("volume | max cost by tags.team | sort tags.team") == [("data", 8.0), (None, 40.0)]
    assert answer("main >> * | count by state | sort state") == [
        ("available", 1),
        ("in-use", 1),
        ("running", 1),
        ("stopped", 1),
    ]


def test_columns(root: Path) -> None:
    found = search(Lake(root / "lake"), 'id == "i-1" | columns name, tags.team, attributes.cores, age', NOW).answer
    assert found.columns == ("name", "tags.team", "attributes.cores", "age")
    assert found.rows == [("checkout-web", "data", "8", 1.0)]


def test_hostile_texts_are_only_texts(root: Path) -> None:
    for text in ("'; drop table x; --", '"a" == "a', "\\", "$p0", "%", 'tags["\\"] or 1=1 --"] == "x"', "tags['a'']"):
        try:
            assert ids(root, text) == []
        except BadInput as error:
            assert "\n" not in str(error)  # noqa: PT017


def test_s1_unreadable_tags_are_counted_and_never_found(root: Path) -> None:
    found = search(Lake(root / "lake"), "!has(tags.owner)", NOW)
    assert found.unreadable == 1
    assert not any("secret" in uid for uid in found.uids)


# The same answers as the CEL of policies

NAMES = st.sampled_from(["web", "db", "Web 2", ""])
THINGS = st.builds(
    lambda number, name, state, tags, facts, days: a_resource(
        id=f"i-{number}",
        name=name,
        state=state,
        tags=tags,
        attributes=facts,
        created=None if days is None else NOW - timedelta(days=days),
    ),
    st.integers(0, 10**6),
    NAMES,
    st.sampled_from(["running", "stopped", ""]),
    st.one_of(
        st.just(Tags.unreadable("denied")),
        st.dictionaries(st.sampled_from(["owner", "team", "a b"]), st.sampled_from(["x", "y", ""])),
    ),
    st.dictionaries(st.sampled_from(["cores"]), st.integers(0, 9)),
    st.one_of(st.none(), st.integers(0, 60)),
)
ATOMS = st.sampled_from(
    [
        'resource.name == "web"',
        'resource.name.startsWith("W")',
        'resource.name.contains("b")',
        'resource.state in ["running", ""]',
        'resource.tags.team == "x"',
        'resource.tags["a b"] != "y"',
        '"owner" in resource.tags',
        "has(resource.tags.team)",
        "size(resource.tags) > 1",
        "resource.attributes.cores > 4",
        "has(resource.attributes.cores)",
        'resource.age > duration("720h")',
        'resource.created < timestamp("2026-08-20T00:00:00Z")',
        "resource.created == null",
        'now - resource.created <= duration("480h")',
        'resource.id.matches("[02468]$")',
        "true",
    ]
)
FILTERS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("(({}) ? ({}) : ({}))".format, inner, inner, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(THINGS, min_size=1, max_size=12, unique_by=lambda thing: thing.uid), FILTERS)
def test_a_search_finds_what_a_policy_would_govern(
    tmp_path_factory: pytest.TempPathFactory, things: list[Resource], text: str
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    lake.record(a_snapshot(*things), lambda _: None)
    expression = Expression(policy_expression(text), "spec.scope.where")
    expected = {thing.uid for thing in things if expression.holds(thing, thing.created, NOW) is True}
    assert set(search(lake, text, NOW).uids) == expected


# The command


def run(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["search", *arguments, "--inventory", str(root)])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


def test_the_command_writes_each_form(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(root, capsys, "checkout", "running")
    assert (status, err) == (0, "")
    assert out.split()[:2] == ["kind", "name"]
    assert "checkout-web" in out
    assert orjson.loads(run(root, capsys, "checkout", "-o", "json")[1])[0]["owner"] == "alice"
    assert run(root, capsys, "search db", "running", "-o", "name")[1] == ""
    assert run(root, capsys, "volume", "-o", "name")[1].split() == [DATA.uid, OLD.uid]


def test_a_graph_has_the_found_and_the_edges_between(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(root, capsys, 'id == "vpc-1" >> 0..2', "-o", "mermaid")
    assert out.splitlines() == [
        "graph TD",
        '  n0["aws_ec2_instance Search DB"]',
        '  n1["aws_ec2_instance checkout-web"]',
        '  n2["aws_ec2_subnet subnet-1"]',
        '  n3["aws_ec2_vpc main"]',
        "  n1 -->|needs| n2",
        "  n0 -->|needs| n2",
        "  n2 -->|needs| n3",
    ]
    assert '  n2 -> n3 [label="needs"];' in run(root, capsys, 'id == "vpc-1" >> 0..2', "-o", "dot")[1]


def test_what_cannot_be_read_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = run(root, capsys, "!has(tags.owner)")
    assert err == "tagwarden: 1 resources were left out: their tags cannot be read\n"


def test_a_search_as_a_policy(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(root, capsys, 'category == "volume" && tags.team == "id"', "--as-policy")
    assert out == 'scope:\n  where: resource.category == "volume" && resource.tags.team == "id"\n'


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("checkout", "a search for words"),
        ('owner == "x"', "owner (column 1)"),
        ('text("x") && name == "y"', "text (column 1)"),
        ('name == "x" >> *', "the walk >>"),
        ('name == "x" | count', "the step | count"),
    ],
)
def test_what_no_policy_can_say_is_refused(query: str, what: str) -> None:
    with pytest.raises(BadInput, match=re.escape(f"{what} cannot be part of a policy")):
        policy_expression(query)


def test_an_empty_inventory_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, capsys, "checkout", "-o", "json")[:2] == (0, "[]\n")


def test_a_day_is_its_begin_in_utc(root: Path) -> None:
    lake = Lake(root / "lake")
    assert search(lake, "| at 2026-08-29T12:00:00Z | count", datetime.now(UTC)).answer.rows == [(4,)]
    assert search(lake, "| at 2026-08-29 | count", datetime.now(UTC)).answer.rows == [(0,)]
