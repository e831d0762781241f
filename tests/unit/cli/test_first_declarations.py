import re
from pathlib import Path

import pytest

from tagwarden.cli.first_declarations import account_text, object_name, policy_text
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import CleanupPolicy, Mode, OnDeletable
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.pipeline import Declarations, load_declarations
from tagwarden.providers.base import AmbientAccount

FOUND = AmbientAccount("dev", "account 123456789012", 'aws:\n  accountID: "123456789012"\n')
POLICY = policy_text(["dev"], None, "48h")


def read(folder: Path, *texts: str) -> Declarations:
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    return load_declarations([folder])


def the_account(folder: Path, **changes: object) -> CloudAccount:
    given = {"name": "dev", "provider": ProviderName.AWS, "found": FOUND, "environment": Environment.PRODUCTION}
    return next(iter(read(folder, account_text(**(given | changes))).accounts.values()))


def the_policy(folder: Path, text: str = POLICY) -> CleanupPolicy:
    return next(iter(read(folder, text).policies.values()))


def commented_options() -> list[str]:
    """Give every line of the policy that only has to be uncommented."""
    return [line for line in POLICY.splitlines() if re.match(r" +# [A-Za-z]+: ", line)]


def test_the_policy_changes_nothing(tmp_path: Path) -> None:
    """Audit, and even in Enforce nothing is deleted before a person has changed a rule."""
    spec = the_policy(tmp_path).spec

    assert Mode.AUDIT is spec.mode
    assert {OnDeletable.REPORT} == {spec.rules.untagged, spec.rules.expired, spec.rules.missing_owner}


def test_the_policy_can_enforce_at_once(tmp_path: Path) -> None:
    """Enforce needs limits, which are there already."""
    assert Mode.ENFORCE is the_policy(tmp_path, POLICY.replace("mode: Audit", "mode: Enforce")).spec.mode


@pytest.mark.parametrize("line", commented_options())
def test_every_commented_option_is_valid_as_it_stands(tmp_path: Path, line: str) -> None:
    """Whoever removes the comment sign has a valid policy, which differs from the first one or states its default."""
    the_policy(tmp_path, POLICY.replace(line, line.replace("# ", "", 1)))


def test_options_are_offered() -> None:
    assert len(commented_options()) > 5


@pytest.mark.parametrize("environment", Environment)
def test_the_environment_is_written(tmp_path: Path, environment: Environment) -> None:
    """Production too, so that a reader sees it (S2)."""
    assert environment is the_account(tmp_path, environment=environment).spec.environment


@pytest.mark.parametrize("name", ["123", "on", "null", "1e3", "dev"])
def test_a_name_is_text_whatever_yaml_makes_of_it(tmp_path: Path, name: str) -> None:
    """The alias of an account may be a word or a number of YAML."""
    declared = read(
        tmp_path, account_text(name, ProviderName.AWS, FOUND, Environment.TEST), policy_text([name], None, "48h")
    )

    assert [name] == list(declared.accounts)
    assert (name,) == next(iter(declared.policies.values())).spec.scope.accounts.names


def test_a_description_stays_a_comment(tmp_path: Path) -> None:
    """The context of a kubeconfig may hold a line break."""
    found = AmbientAccount("dev", "cluster a\nkind: Secret", FOUND.block)

    assert "dev" == the_account(tmp_path, found=found).name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Acme_Dev", "acme-dev"),
        ("gke_project_europe-west1_dev", "gke-project-europe-west1-dev"),
        ("kubernetes-admin@kind.local", "kubernetes-admin-kind-local"),
        ("a" * 62 + "--b", "a" * 62),
        ("…", ""),
    ],
)
def test_the_nearest_name_of_an_object(text: str, name: str) -> None:
    assert name == object_name(text)


def test_owners_of_a_domain(tmp_path: Path) -> None:
    """A dot in the domain is a dot, not any character."""
    pattern = the_policy(tmp_path, policy_text(["dev"], "example.com", "48h")).spec.owner.pattern or ""

    assert re.fullmatch(pattern, "alice@example.com")
    assert not re.fullmatch(pattern, "alice@exampleXcom")
