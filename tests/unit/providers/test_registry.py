"""The one door to the vendors: what each must answer, and that nobody goes around it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagwarden.errors import Unsupported
from tagwarden.model.resource import ProviderName
from tagwarden.providers.base import Catalogue, Cost
from tagwarden.providers.registry import catalogue_of, catalogues

ROOT = Path(__file__).parents[3]
ENGINE = ROOT / "operator" / "tagwarden"
VENDORS = {f"tagwarden.providers.{path.parent.name}" for path in (ENGINE / "providers").glob("*/registration.py")}
QUESTIONS = {name for name, member in vars(Catalogue).items() if callable(member) and not name.startswith("_")}

each_provider = pytest.mark.parametrize("provider", ProviderName)


def contract(name: str) -> dict[str, list[str]]:
    """Return the contract of import-linter whose name begins so."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    found: dict[str, list[str]] = next(each for each in contracts if each["name"].startswith(name))
    return found


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ENGINE.parent).with_suffix("").parts).removesuffix(".__init__")


def imported_by(file: Path) -> Iterator[str]:
    """Give the full names of all that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def leads_to_a_vendor(name: str) -> bool:
    return any(name == vendor or name.startswith(f"{vendor}.") for vendor in VENDORS)


@each_provider
def test_a_provider_answers_every_question_itself(provider: ProviderName) -> None:
    """No answer is inherited: a vendor states each fact, since a wrong guess deletes."""
    assert set() == QUESTIONS - vars(type(catalogue_of(provider))).keys()


@each_provider
def test_kinds_are_sorted_and_of_their_provider(provider: ProviderName) -> None:
    """Names say whose kind it is, in the order in which people read them."""
    rows = catalogue_of(provider).kinds()

    assert rows
    assert sorted(row.kind for row in rows) == [row.kind for row in rows]
    assert {provider} == {row.provider for row in rows}


def test_no_two_providers_share_a_kind() -> None:
    """A policy that names a kind means the kind of one provider."""
    names = [row.kind for catalogue in catalogues() for row in catalogue.kinds()]

    assert len(set(names)) == len(names)


def test_every_provider_of_the_api_has_a_catalogue() -> None:
    """An account that the API server accepts can be opened."""
    assert [{provider} for provider in ProviderName] == [
        {row.provider for row in catalogue.kinds()} for catalogue in catalogues()
    ]


@each_provider
def test_a_provider_is_loaded_once(provider: ProviderName) -> None:
    """Its rows are a second of reading."""
    assert catalogue_of(provider) is catalogue_of(provider)


def test_only_a_vendor_that_knows_all_its_kinds_calls_a_name_wrong() -> None:
    """A cluster may serve any custom resource tomorrow."""
    aws, cluster = catalogue_of(ProviderName.AWS), catalogue_of(ProviderName.KUBERNETES)

    assert aws.lacks_kind("aws_ec2_instence")
    assert not aws.lacks_kind("aws_ec2_instance")
    assert not aws.lacks_kind("k8s_pod")
    assert not cluster.lacks_kind("k8s_widget.example.com")
    assert catalogue_of(ProviderName.GCP).lacks_kind("gcp_compute_instence")


def test_a_vendor_without_a_price_list_says_so() -> None:
    """A cluster is billed by the vendor of its nodes, so that none of its kinds has a list price."""
    cluster = catalogue_of(ProviderName.KUBERNETES)

    assert Cost.LIST_PRICE not in {row.cost for row in cluster.kinds()}
    with pytest.raises(Unsupported, match="Kubernetes has no price list"):
        cluster.prices(["eu-central-1"], ["k8s_pod"], {}, None)


def test_only_the_registry_names_a_vendor() -> None:
    """Whoever adds a vendor adds its package and a row; no other module has to hear of it."""
    files = [file for file in ENGINE.rglob("*.py") if not leads_to_a_vendor(module_of(file))]

    importers = {module_of(file) for file in files if any(map(leads_to_a_vendor, imported_by(file)))}

    assert {"tagwarden.providers.registry"} == importers


def test_what_vendors_share_is_in_the_contract_of_imports() -> None:
    """Each module beside the vendors, but the registry, which leads to them."""
    shared = {
        module_of(path)
        for path in (ENGINE / "providers").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    } - {*VENDORS, "tagwarden.providers", "tagwarden.providers.registry"}

    assert shared == set(contract("The modules that vendors share")["source_modules"])
    assert {*VENDORS, "tagwarden.providers.registry"} == set(
        contract("The modules that vendors share")["forbidden_modules"]
    )


def test_the_vocabulary_of_rows_names_no_vendor() -> None:
    """Neither in code nor in words: it is written for all of them."""
    words = re.compile(r"\b(aws|amazon|arns?|botocore|boto3|ec2|gcp|google\w*|kubernetes|k8s)\b", re.IGNORECASE)
    files = (ENGINE / "providers" / "catalogue").glob("*.py")

    assert {} == {file.name: found for file in files if (found := words.findall(file.read_text(encoding="utf-8")))}


def test_the_contract_of_imports_knows_every_room_and_every_vendor() -> None:
    """A new room or a new vendor cannot be forgotten in the contract that `make lint` checks."""
    rooms = {
        module_of(path) for path in ENGINE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    } - {"tagwarden", "tagwarden.__main__", "tagwarden.providers"}

    assert rooms == set(contract("One door")["source_modules"])
    assert VENDORS == set(contract("One door")["forbidden_modules"])
