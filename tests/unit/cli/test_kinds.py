import json
from pathlib import Path

import pytest

from tagwarden.cli.kinds import kind_rows
from tagwarden.model.resource import ProviderName
from tests.unit.cli.conftest import Tagwarden
from tools.kinds_page import kinds_page

REFERENCE = Path(__file__).parents[3] / "docs" / "kinds.md"


def test_every_kind_is_shown_with_what_can_be_done_to_it(tagwarden: Tagwarden) -> None:
    """Each kind of each provider has a category, and says whether it is tagged and deleted."""
    answered = tagwarden("kinds", "--output", "json")
    instance = next(row for row in answered.json if row["kind"] == "aws_ec2_instance")

    assert 0 == answered.status
    assert len(kind_rows()) == len(answered.json)
    assert ("AWS", "instance", True, True) == (
        instance["provider"],
        instance["category"],
        instance["canTag"],
        instance["canDelete"],
    )
    assert "ec2:TerminateInstances" in instance["permissions"]


def test_what_can_be_kept_is_said(tagwarden: Tagwarden) -> None:
    """A volume can be kept before it is deleted, an instance and whatever is in a cluster cannot."""
    kept = {row["kind"]: row["canBackUp"] for row in tagwarden("kinds", "--output", "json").json}

    assert kept["aws_ec2_volume"]
    assert not kept["aws_ec2_instance"]
    assert not any(can for kind, can in kept.items() if kind.startswith("k8s_"))


def test_what_is_a_part_of_the_cluster_is_never_deleted(tagwarden: Tagwarden) -> None:
    """Nodes are infrastructure, whatever their tags say (S7)."""
    rows = tagwarden("kinds", "--provider", "Kubernetes", "--output", "json").json

    assert not next(row for row in rows if row["kind"] == "k8s_node")["canDelete"]
    assert next(row for row in rows if row["kind"] == "k8s_namespace")["canDelete"]


def test_one_category_speaks_of_all_providers(tagwarden: Tagwarden) -> None:
    """Volumes are volumes, in clouds and in a cluster."""
    rows = tagwarden("kinds", "--category", "volume", "--output", "yaml").yaml

    assert {"volume"} == {row["category"] for row in rows}
    assert set(ProviderName) == {row["provider"] for row in rows}


def test_categories_may_be_globs(tagwarden: Tagwarden) -> None:
    """As in spec.scope.kinds."""
    rows = tagwarden("kinds", "--category", "load_*", "--output", "json").json

    assert {"load_balancer", "load_balancer_rule"} == {row["category"] for row in rows}


def test_a_table_names_every_kind_in_full(tagwarden: Tagwarden) -> None:
    """A long name is not cut where the output is no terminal: it is what people copy."""
    out = tagwarden("kinds").out

    assert all(row.kind in out for row in kind_rows())


def test_a_category_that_does_not_exist_names_those_that_do(tagwarden: Tagwarden) -> None:
    """A typing error gets an answer and exit status 2."""
    answered = tagwarden("kinds", "--category", "volumes")

    assert 2 == answered.status
    assert "--category: no category volumes; there are access, access_point, address," in answered.err


@pytest.mark.parametrize("provider", ProviderName)
def test_the_kinds_of_one_provider_are_shown(tagwarden: Tagwarden, provider: ProviderName) -> None:
    """Of each provider of the API."""
    shown = json.loads(tagwarden("kinds", "--provider", provider, "-o", "json").out)

    assert shown
    assert {provider} == {row["provider"] for row in shown}


def test_the_reference_page_has_every_kind() -> None:
    """The committed page is what the catalogues say."""
    assert kinds_page() == REFERENCE.read_text(encoding="utf-8")
