"""Files of policies and accounts are read as kubectl reads them, and every mistake says where it is."""

import base64
import io
import sys
from pathlib import Path

import pytest

from tagwarden.errors import BadInput
from tagwarden.judging.account_identities import Pin
from tagwarden.judging.unreadable import MISTAKE
from tagwarden.model.policy import ACCEPTED_IDENTITY, APPROVED_PLAN
from tagwarden.pipeline import Declarations
from tagwarden.pipeline.declarations import load_declarations

ACCOUNT = """\
apiVersion: tagwarden.io/v1alpha1
kind: CloudAccount
metadata: {name: dev, labels: {team: data}}
spec: {provider: AWS, environment: test, aws: {accountID: "123456789012"}}
"""
POLICY = """\
apiVersion: tagwarden.io/v1alpha1
kind: CleanupPolicy
metadata: {name: cleanup}
spec:
  scope: {accounts: {names: [dev]}}
"""


def loaded(folder: Path, *texts: str) -> Declarations:
    (folder / "all.yaml").write_text("---\n".join(texts), encoding="utf-8")
    return load_declarations([folder / "all.yaml"])


def mistakes(folder: Path, *texts: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        loaded(folder, *texts)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_a_folder_gives_the_objects_of_its_own_files(tmp_path: Path) -> None:
    """Neither those of folders below it, nor files of another kind."""
    for name, text in {"a.yaml": ACCOUNT, "b.yml": POLICY, "c.txt": "nothing", "d/e.yaml": "nothing"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    found = load_declarations([tmp_path])

    assert ({"dev"}, {"cleanup"}) == (set(found.accounts), set(found.policies))
    assert {"team": "data"} == found.accounts["dev"].labels
    assert f"{tmp_path / 'b.yml'}:5" == found.origins["CleanupPolicy", "cleanup"].at(("spec", "scope"))


def test_standard_input_is_read_by_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that another program may write the declarations."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(ACCOUNT))

    found = load_declarations(["-"])

    assert ["dev"] == list(found.accounts)
    assert "standard input:1" == found.origins["CloudAccount", "dev"].at()


def test_objects_of_others_are_none_of_our_business(tmp_path: Path) -> None:
    """A folder may hold the other manifests of a deployment; empty documents are none."""
    other = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\n"

    assert Declarations() == loaded(tmp_path, other, "", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")


def test_the_members_of_a_list_are_objects(tmp_path: Path) -> None:
    """As `kubectl get -o yaml` writes them; a member that is no object is left out."""
    text = """\
apiVersion: v1
kind: List
items:
- 7
- apiVersion: tagwarden.io/v1alpha1
  kind: CloudAccount
  metadata: {name: dev}
  spec: {provider: AWS, environment: test, aws: {accountID: "123456789012"}}
"""
    found = loaded(tmp_path, text)

    assert ["dev"] == list(found.accounts)
    assert f"{tmp_path / 'all.yaml'}:8" == found.origins["CloudAccount", "dev"].at(("spec", "provider"))
    assert Declarations() == loaded(tmp_path, "apiVersion: v1\nkind: List\nmetadata: {}\n")


def test_requests_and_identities_come_with_the_objects(tmp_path: Path) -> None:
    """S22: annotations of policies, and of accounts the identity that was seen and the one that a person accepts."""
    policy = POLICY.replace("{name: cleanup}", f"{{name: cleanup, annotations: {{{APPROVED_PLAN}: abc}}}}")
    seen = ACCOUNT + "status: {identity: {account: one}}\n"
    accepting = seen.replace("name: dev", f"name: other, annotations: {{{ACCEPTED_IDENTITY}: two}}")

    found = loaded(tmp_path, policy, seen, accepting)

    assert {"cleanup": {APPROVED_PLAN: "abc"}} == found.annotations
    assert {"dev": Pin("one", ""), "other": Pin("one", "two")} == found.pins


def test_secrets_and_config_maps_are_text(tmp_path: Path) -> None:
    """What is encoded is decoded, and plain text comes first, as the API server has it."""
    encoded = {name: base64.b64encode(name.encode()).decode() for name in ("hidden", "both")}
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\n"
        f"stringData: {{both: plain, number: 7}}\ndata: {{hidden: {encoded['hidden']}, both: {encoded['both']}}}\n"
    )
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owners}\ndata: {list: 7}\n"

    found = loaded(tmp_path, secret, config_map, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: empty}\n")

    assert {"login": {"hidden": "hidden", "both": "plain", "number": "7"}} == found.secrets
    assert {"owners": {"list": "7"}, "empty": {}} == found.config_maps


def test_s22_what_the_operator_could_not_read_is_declared_all_the_same(tmp_path: Path) -> None:
    """S22: it holds whatever it might govern, and nothing is asked of it beyond its name."""
    unreadable = f"{MISTAKE}: 'spec.scope: unknown field'\n"

    found = loaded(tmp_path, unreadable + POLICY.replace("scope:", "scpe:"), unreadable + ACCOUNT.replace("AWS", "AWZ"))

    assert ["cleanup"] == [each.name for each in found.unreadable_policies]
    assert [("dev", None, "123456789012")] == [
        (each.name, each.provider, each.identity) for each in found.unreadable_accounts
    ]
    assert ({}, {}) == (found.policies, found.accounts)


def test_s22_an_unreadable_account_of_a_known_provider_is_that_providers(tmp_path: Path) -> None:
    """S22: it gives doubt to accounts of its own provider only."""
    (account,) = loaded(tmp_path, f"{MISTAKE}: bad\n" + ACCOUNT).unreadable_accounts

    assert "AWS" == account.provider


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1, 2]", "all.yaml:1: expected a Kubernetes object, got list"),
        ("a: [", "all.yaml:1: not YAML: "),
        ("a: 1\na: 2", "all.yaml:2: not YAML: duplicate key 'a'"),
        ("? [a]\n: 1", "all.yaml:1: not YAML: a key must be text"),
        ("apiVersion: tagwarden.io/v2\nkind: CleanupPolicy\nmetadata: {name: x}", "all.yaml:1: CleanupPolicy x: "),
        ("apiVersion: tagwarden.io/v1alpha1\nkind: Policy\nmetadata: {name: x}", "all.yaml:1: Policy x: "),
        ("apiVersion: tagwarden.io/v1alpha1\nmetadata: {name: x}", "all.yaml:1: an object x: "),
        ("apiVersion: v1\nkind: Secret\nmetadata: {}", "all.yaml:3: Secret : metadata.name is missing; write one"),
        ("apiVersion: v1\nkind: Secret\nmetadata: 7", "all.yaml:3: Secret : metadata.name is missing; write one"),
        ("apiVersion: v1\nkind: Secret\nmetadata:\n  name: A", "all.yaml:4: Secret A: metadata.name: invalid name"),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata:\n  k: '?'",
            "all.yaml:5: Secret x: data.k: not base64",
        ),
    ],
)
def test_a_mistake_says_where_it_is(tmp_path: Path, text: str, told: str) -> None:
    """By file and line, and what to write instead."""
    (mistake,) = mistakes(tmp_path, text)

    assert mistake.startswith(told)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Also those of several objects."""
    found = mistakes(tmp_path, ACCOUNT.replace("test", "tset"), POLICY.replace("scope", "scpe"), ACCOUNT, ACCOUNT)

    assert ["all.yaml:4", "all.yaml:9", "all.yaml:10", "all.yaml:17"] == sorted(
        {":".join(each.split(":")[:2]) for each in found}, key=lambda told: int(told.partition(":")[2])
    )
    assert found[-1].endswith(f"CloudAccount dev: declared in {tmp_path}/all.yaml:12 too; remove one of the two")


@pytest.mark.parametrize("length", [253, 254])
def test_a_name_is_as_long_as_the_api_server_allows(tmp_path: Path, length: int) -> None:
    """And no longer."""
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {'a' * length}}}\n"

    if length == 253:
        assert ["a" * length] == list(loaded(tmp_path, text).config_maps)
    else:
        assert 1 == len(mistakes(tmp_path, text))


def test_numbers_and_times_are_read_as_kubectl_reads_them(tmp_path: Path) -> None:
    """`19:00` is text and no number to the base of sixty, and so is a date."""
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: 19:00, b: 2026-09-01, c: 0x10, d: 010}\n"

    assert {"a": "19:00", "b": "2026-09-01", "c": "16", "d": "010"} == loaded(tmp_path, text).config_maps["x"]


def test_paths_that_give_nothing_are_named(tmp_path: Path) -> None:
    """A typing error in a path is no empty success."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")

    for paths, told in (
        ([], "no files given"),
        ([tmp_path / "absent"], "absent: no such file or folder"),
        ([tmp_path / "empty"], "empty: no .yaml, .yml or .json file in this folder"),
        ([tmp_path / "binary.yaml"], "binary.yaml: cannot read: "),
    ):
        with pytest.raises(BadInput, match=told):
            load_declarations(paths)


def test_what_is_nested_without_end_is_a_mistake(tmp_path: Path) -> None:
    """And no crash."""
    (mistake,) = mistakes(tmp_path, "[" * 5000)

    assert "all.yaml: nested too deeply for a policy or account" == mistake
