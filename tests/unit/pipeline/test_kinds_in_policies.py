"""A kind that its vendor lacks is a typing error, wherever a policy names it."""

from typing import Any

import pytest

from tagwarden.errors import InvalidField
from tagwarden.pipeline.validation import check_kinds, names_unknown_kinds
from tests.support.builders import ACCOUNT, a_policy

SCOPE = {"accounts": {"names": [ACCOUNT]}}
WRONG, STRANGE = "aws_ec2_instnace", "aws_nothing_of_the_kind"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"scope": {**SCOPE, "kinds": ["aws_ec2_volume", WRONG]}}, "spec.scope.kinds[1]"),
        ({"scope": {**SCOPE, "exclude": [{"kinds": [WRONG]}]}}, "spec.scope.exclude[0].kinds[0]"),
        ({"rules": {"irreplaceable": {"kinds": [WRONG]}}}, "spec.rules.irreplaceable.kinds[0]"),
    ],
)
def test_a_misspelt_kind_is_named_with_its_place(spec: dict[str, Any], field: str) -> None:
    """And with the kind that is meant."""
    with pytest.raises(InvalidField) as caught:
        check_kinds(a_policy(**spec))

    assert field == caught.value.field
    assert f"unknown kind {WRONG!r}; did you mean aws_ec2_instance?" in str(caught.value)


@pytest.mark.parametrize(("wrong", "is_close"), [("aws_sqs_kewe", True), ("aws_sqs_kewez", False)])
def test_a_quarter_of_a_name_may_be_wrong(wrong: str, is_close: bool) -> None:
    """A suggestion that is further away is nothing that anybody meant."""
    with pytest.raises(InvalidField) as caught:
        check_kinds(a_policy(scope={**SCOPE, "kinds": [wrong]}))

    assert is_close == ("did you mean aws_sqs_queue?" in str(caught.value))


def test_a_kind_that_is_like_no_other_leads_to_the_list() -> None:
    """Rather than to something that nobody meant."""
    with pytest.raises(InvalidField, match=f"unknown kind '{STRANGE}'; list all kinds with: tagwarden kinds"):
        check_kinds(a_policy(scope={**SCOPE, "kinds": [STRANGE]}))


@pytest.mark.parametrize("kind", ["aws_ec2_instance", "aws_ec2_instnace*", "aws_?", "[a]ws", "k8s_widget", "widget.io"])
def test_what_exists_or_may_exist_is_no_mistake(kind: str) -> None:
    """A glob may be meant for tomorrow's kinds, and a cluster may serve any."""
    policy = a_policy(scope={**SCOPE, "kinds": [kind]})

    check_kinds(policy)
    assert not names_unknown_kinds(policy)


def test_only_the_scope_says_what_a_policy_means() -> None:
    """A mistake elsewhere makes its scope no wider."""
    assert names_unknown_kinds(a_policy(scope={**SCOPE, "kinds": ["aws_ec2_volume", WRONG]}))
    assert not names_unknown_kinds(a_policy(rules={"irreplaceable": {"kinds": [WRONG]}}))
