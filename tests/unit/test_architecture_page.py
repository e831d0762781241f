"""The page for whoever carries on is true: its names exist, its tag takes that way, and its recipes work as written."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tagwarden.judging.chain import CHECKS
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers
from tagwarden.reporting import report_of
from tagwarden.reporting.metrics import Metrics
from tagwarden.state import Database
from tests.support.builders import NOW
from tests.support.decided import decided
from tests.support.enforcement import Bench
from tests.unit.reporting.scrapes import scraped, value

ROOT = Path(__file__).parents[2]
CODE = ROOT / "operator" / "tagwarden"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PLACE = Place("aws-dev", "123456789012", "aws", "eu-central-1")
CREATED = datetime(2026, 9, 1, 10, tzinfo=UTC)

_FILES = re.compile(r"`([\w./-]+\.(?:py|md|toml|json))`")
_NAMES = re.compile(r"`([\w./]+\.py)::([\w.]+)`")
_FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_EDIT = re.compile(
    r"In `(?P<file>[\w./]+)`, (?P<where>before|after|instead of) `(?P<anchor>[^\n]+)`:\n\n"
    r"   ```python\n(?P<code>.*?)   ```\n",
    re.DOTALL,
)
_NEW_FILE = re.compile(r"Write `(?P<file>[\w./]+)`[^\n]*:\n\n   ```python file\n(?P<code>.*?)   ```\n", re.DOTALL)


def _own_words() -> str:
    """Give the page without its blocks of code, whose files are not there yet."""
    return _FENCED.sub("", _NEW_FILE.sub("", PAGE))


def test_every_file_that_the_page_names_exists() -> None:
    """Below the package, in the checkout, or in the room that the paragraph is about."""
    named = set(_FILES.findall(_own_words()))
    known = {path.name for path in CODE.rglob("*.py")}
    missing = {name for name in named - known if not (CODE / name).exists() and not (ROOT / name).exists()}

    assert named
    assert set() == missing


@pytest.mark.parametrize(("file", "name"), sorted(set(_NAMES.findall(PAGE))))
def test_every_step_names_what_exists(file: str, name: str) -> None:
    """A function, a class with its method, or a value of the module."""
    module = importlib.import_module("tagwarden." + file.removesuffix(".py").replace("/", "."))

    assert reduce(getattr, name.split("."), module) is not None


def test_links_of_the_page_lead_somewhere() -> None:
    """Decisions and other pages are where it says."""
    links = re.findall(r"\]\(([^)#]+)", _own_words())

    assert [] == [link for link in links if not (ROOT / "docs" / link).exists()]


def test_every_decision_is_in_the_index_under_its_title() -> None:
    """In the order of their numbers."""
    decisions = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    titles = [re.sub(r"^# (\d+\. )?", "", file.read_text(encoding="utf-8").partition("\n")[0]) for file in decisions]
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")

    assert list(zip(titles, [file.name for file in decisions], strict=True)) == re.findall(r"\[(.+)\]\((.+)\)", index)


def test_every_make_target_is_told_to_contributors_or_users() -> None:
    """And no target is told that does not exist; `help` and `clean` explain themselves."""
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "CONTRIBUTING.md"))
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"`make ([a-z]+)", pages)) == targets - {"help", "clean"}


def test_the_glossary_names_what_exists() -> None:
    """Each term is where it says."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Words that are not used")[0]
    places = [cell for row in re.findall(r"\| ([^|]+) \|$", text, re.MULTILINE) for cell in re.findall(r"`(.+?)`", row)]

    assert places
    for place in places:
        file, _, name = place.partition("::")
        module = importlib.import_module("tagwarden." + file.removesuffix(".py").replace("/", "."))

        assert not name or hasattr(module, name), place


def test_the_layers_are_those_that_are_enforced() -> None:
    """The picture is the contract of the linter."""
    contract = re.search(
        r"^layers = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert contract is not None
    enforced = [line.strip(' ",').replace("tagwarden.", "") for line in contract[1].splitlines()]

    assert "\n".join(["```", *enforced, "```"]) in PAGE


def test_the_page_lists_the_chain_in_its_order() -> None:
    """Whoever adds a check adds its line."""
    chain = PAGE.partition("## The chain of checks")[2].partition("\n## ")[0]

    assert [check.__name__ for check in CHECKS] == re.findall(r"^\| `(\w+)` \|", chain, re.MULTILINE)  # type: ignore[attr-defined]


class Answering(Calls):
    """Gives one answer to every listing, and nothing to anything else."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self._answer = answer

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        yield dict(self._answer)

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        return {}


def raw_answer() -> dict[str, Any]:
    """Give the answer of the page as botocore gives it, with instants for texts."""
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    answer: dict[str, Any] = json.loads(found[1])
    for instance in answer["Reservations"][0]["Instances"]:
        instance["LaunchTime"] = datetime.fromisoformat(instance["LaunchTime"])
    return answer


def test_the_tag_takes_the_way_that_the_page_tells(tmp_path: Path) -> None:
    """From the raw answer of EC2 through every room to the metric."""
    workers = Workers()
    kind = KINDS["aws_ec2_instance"]
    gathered = Gatherer(kind, PLACE, Answering(raw_answer()), workers, Shared()).gather([], lambda _: True)
    workers.close()
    (instance,) = gathered.resources

    assert (instance.created, instance.tags) == (CREATED, Tags.known({"owner": "alice", "ttl": "2 dyas"}))

    decision = decided(instance, lifetime={"max": "48h"})
    (judgement,) = decision.judgements
    assert judgement.changes is not None
    assert (judgement.verdict, judgement.expires) == (Verdict.FIX, CREATED + timedelta(hours=48))
    assert [finding.reason for finding in judgement.findings] == [Reason.MalformedExpiry]
    assert judgement.changes.set == {"expiration": "2026-09-03T10:00:00Z", "tagwarden.io/was-ttl": "2 dyas"}
    assert judgement.changes.remove == ("ttl",)

    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        bench = Bench(database)
        bench.add(instance)
        outcomes = bench.run(decision.plan)
    assert [(outcome.action.type, outcome.state) for outcome in outcomes] == [("SetTags", "Verified")]

    def rejudge(resource: Resource, at: datetime) -> Judgement | None:
        return decision.rejudge(resource, at)

    report = report_of(decision.plan, outcomes, rejudge=rejudge)
    assert (report.summary.scanned, report.summary.fixed) == (1, 1)

    metrics = Metrics(clock=NOW.timestamp)
    metrics.pass_finished("test-accounts", report, outcome="Succeeded", seconds=1.0)
    labels = {"account": "aws-dev", "provider": "AWS", "kind": "aws_ec2_instance", "verdict": "Compliant"}
    assert value(scraped(metrics), "resources", **labels) == 1


CHECKED = """
import json
from datetime import datetime, UTC
from zoneinfo import ZoneInfo

from tagwarden.judging.account_identities import declared_identity
from tagwarden.model.account import CloudAccount
from tagwarden.providers.aws.dependents import dependents_of
from tagwarden.providers.catalogue.workers import Workers
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.base import Access, Catalogue, Provider
from tagwarden.providers.catalogue.item_reading import ItemReader
from tagwarden.providers.catalogue.path_compiler import PathFunctions, path_compiler
from tagwarden.providers.azure.rows import KINDS as AZURE_KINDS
from tagwarden.providers.registry import catalogue_of
from tools.metrics_page import metrics_page
from tagwarden.reporting.metrics import Metrics
from tagwarden.tagging import Stated, instant_of, parse_expiry, place_of
from tagwarden.tagging.tag_limits import encode_key
from tests.support.builders import NOW, a_resource
from tests.support.evaluation import judged, reasons
from tests.unit.reporting.reports import a_report
from tests.unit.reporting.scrapes import scraped
from tests.unit.test_architecture_page import Answering, PLACE

group = {"GroupId": "pg-1", "GroupName": "fast", "State": "available", "Tags": [{"Key": "owner", "Value": "alice"}],
         "GroupArn": "arn:aws:ec2:eu-central-1:123456789012:placement-group/fast"}
row, workers = KINDS["aws_ec2_placement_group"], Workers()
listed = Gatherer(row, PLACE, Answering({"PlacementGroups": [group]}), workers, Shared()).gather([], lambda _: True)
workers.close()

said = parse_expiry("Q3 2026", ZoneInfo("UTC"))
named = judged(a_resource(name="build for bob@example.com"))
plain = judged(a_resource(name="build"))

subscription = "11111111-2222-3333-4444-555555555555"
spec = {"provider": "Azure", "environment": "test", "azure": {"subscriptionID": subscription}}
account = CloudAccount.model_validate({"name": "azure-dev", "spec": spec})
catalogue = catalogue_of(account.spec.provider)
provider = catalogue.open(account, {}, Access())
asked = [(provider, Provider), (catalogue, Catalogue)]
missing = [name for one, of in asked for name in vars(of) if not name.startswith("_") and not hasattr(one, name)]
stray = [name for one, of in asked for name in vars(type(one)) if not name.startswith("_") and name not in vars(of)]

item = {"id": f"/subscriptions/{subscription}/disks/data", "name": "data", "managedBy": "vm",
        "properties": {"timeCreated": "2026-09-01T10:00:00.1234567Z", "diskState": "ActiveSAS"}}
reader = ItemReader(AZURE_KINDS[0], path_compiler(PathFunctions()), lambda kind, name: f"{kind}/{name}", Shared())

metrics = Metrics(clock=lambda: 0.0)
metrics.pass_finished("test-accounts", a_report(), outcome="Succeeded", seconds=1.0)

print(json.dumps({
    "kind": [[one.uid, one.name, dict(one.tags.values)] for one in listed.resources],
    "users of the kind": "aws_ec2_instance" in dependents_of("aws_ec2_placement_group"),
    "form": [said.form, f"{instant_of(said, NOW):%Y-%m-%dT%H:%M:%SZ}"] if isinstance(said, Stated) else str(said),
    "check": [named.verdict, reasons(named), "NamedForSomebody" in reasons(plain)],
    "provider": [type(provider).__name__, missing, stray],
    "provider's account": declared_identity(account),
    "provider's tags": encode_key("tagwarden.io/was-ttl", place_of(account.spec.provider)),
    "provider's row": [
        reader.title_of(item),
        f"{reader.created_of(item):%Y-%m-%dT%H:%MZ}",
        reader.protection_of(item),
        [edge.source for edge, _ in reader.edges(item, item["id"])],
    ],
    "metric": any(name == "tagwarden_account_findings" for name, _ in scraped(metrics)),
    "metric's page": "tagwarden_account_findings" in metrics_page(),
}))
"""


def applied(text: str, edit: re.Match[str]) -> str:
    """Apply an edit to the text of its file; one line there is the anchor, or begins with it."""
    lines, code = text.splitlines(keepends=True), _unindented(edit["code"])
    whole = [number for number, line in enumerate(lines) if line.strip() == edit["anchor"]]
    (place,) = whole or [number for number, line in enumerate(lines) if line.strip().startswith(edit["anchor"])]
    begin, end = {"before": (place, place), "after": (place + 1, place + 1), "instead of": (place, place + 1)}[
        edit["where"]
    ]
    return "".join([*lines[:begin], code, *lines[end:]])


def _unindented(code: str) -> str:
    """Take away the three blanks by which a list of the page indents its blocks."""
    return "".join(line.removeprefix("   ") for line in code.splitlines(keepends=True))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a copy of the package in which all recipes were followed."""
    root = tmp_path_factory.mktemp("recipes")
    package = root / "tagwarden"
    shutil.copytree(CODE, package)  # with the bytecode of what stays as it is
    for new in _NEW_FILE.finditer(PAGE):
        file = package / new["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_unindented(new["code"]), encoding="utf-8")
    for edit in _EDIT.finditer(PAGE):
        file = package / edit["file"]
        file.write_text(applied(file.read_text(encoding="utf-8"), edit), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def followed(changed: Path) -> dict[str, Any]:
    """Give what the changed copy says of each recipe, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(changed), str(ROOT)])}
    ran = subprocess.run([sys.executable, "-c", CHECKED], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_the_recipe_for_a_kind_gives_a_kind_that_lists(followed: dict[str, Any]) -> None:
    """With its tags, and with those that use it."""
    arn = "arn:aws:ec2:eu-central-1:123456789012:placement-group/fast"

    assert followed["kind"] == [[arn, "fast", {"owner": "alice"}]]
    assert followed["users of the kind"]


def test_the_recipe_for_an_expiry_form_gives_a_form_that_parses(followed: dict[str, Any]) -> None:
    """To the end of the quarter."""
    assert followed["form"] == ["quarter", "2026-10-01T00:00:00Z"]


def test_the_recipe_for_a_check_gives_a_check_that_is_asked(followed: dict[str, Any]) -> None:
    """It speaks of the name that it is about and of no other."""
    verdict, reasons, speaks_of_all = followed["check"]

    assert (verdict, speaks_of_all) == ("Protected", False)
    assert "NamedForSomebody" in reasons


def test_the_recipe_for_a_provider_gives_one_that_opens(followed: dict[str, Any]) -> None:
    """With every method of both protocols, and with no other."""
    assert followed["provider"] == ["AzureProvider", [], []]


def test_the_recipe_for_a_provider_gives_accounts_an_identity_and_tags_a_place(followed: dict[str, Any]) -> None:
    """In the API, and within the limits of the vendor: a key there has no slash."""
    assert followed["provider's account"] == "11111111-2222-3333-4444-555555555555"
    assert followed["provider's tags"] == "tagwarden.io__2fwas-ttl"


def test_the_recipe_for_a_provider_gives_rows_that_are_read(followed: dict[str, Any]) -> None:
    """By the machinery that vendors share."""
    assert followed["provider's row"] == [
        "data",
        "2026-09-01T10:00Z",
        "disk is being exported",
        ["azure_compute_virtual_machine/vm"],
    ]


def test_the_recipe_for_a_metric_gives_one_that_a_scrape_shows(followed: dict[str, Any]) -> None:
    """And that the reference page lists."""
    assert followed["metric"]
    assert followed["metric's page"]
