"""A policy or an account that cannot be read holds whatever it might govern (S22)."""

from typing import Any

import pytest

from tagwarden.judging import compile_account
from tagwarden.judging.unreadable import compile_unreadable, pinned_identity, read_account, read_policy
from tagwarden.model.policy import HIGHEST_PRIORITY
from tagwarden.model.resource import Environment, ProviderName
from tests.support.builders import an_account

SCOPE = {"accounts": {"names": ["dev"]}, "kinds": ["aws_sqs_queue"]}


def covered(spec: Any, *names: str, environment: Environment = Environment.TEST) -> list[str]:
    policy = compile_unreadable(read_policy("p", {"spec": spec}, "why"), names)
    return [name for name in names if policy.covers(compile_account(an_account(name, environment=environment)))]


def test_s22_of_a_readable_scope_only_the_accounts_count() -> None:
    """S22: a newer version may mean more by a kind than we do."""
    policy = compile_unreadable(read_policy("p", {"spec": {"scope": SCOPE}}, "why"), ("dev", "prod"))

    assert ["dev"] == covered({"scope": SCOPE}, "dev", "prod")
    assert policy.scope.kinds is None
    assert ("p", "why") == (policy.name, policy.unread)


@pytest.mark.parametrize("spec", [{"scope": {"accounts": 7}}, {}, 7, None])
@pytest.mark.parametrize("environment", list(Environment))
def test_s22_an_unreadable_scope_covers_every_account(spec: Any, environment: Environment) -> None:
    """S22: of whatever environment."""
    assert ["dev", "prod"] == covered(spec, "dev", "prod", environment=environment)


@pytest.mark.parametrize(
    ("written", "priority"),
    [
        (7, 7),
        (HIGHEST_PRIORITY, HIGHEST_PRIORITY),
        (HIGHEST_PRIORITY + 1, HIGHEST_PRIORITY),
        ("7", HIGHEST_PRIORITY),
        (True, HIGHEST_PRIORITY),
        (None, HIGHEST_PRIORITY),
    ],
)
def test_s16_a_priority_that_cannot_be_read_is_the_highest(written: Any, priority: int) -> None:
    """S16: so that no other policy takes its resources."""
    assert priority == read_policy("p", {"spec": {"priority": written}}, "why").priority
    assert 0 == read_policy("p", {"spec": {}}, "why").priority


@pytest.mark.parametrize(
    ("document", "provider", "identity"),
    [
        ({"spec": {"provider": "AWS", "aws": {"accountID": "111111111111"}}}, ProviderName.AWS, "111111111111"),
        ({"spec": {"provider": "GCP", "gcp": {"projectID": "dev-1"}}}, ProviderName.GCP, "dev-1"),
        (
            {"spec": {"provider": "Kubernetes"}, "status": {"identity": {"account": "one"}}},
            ProviderName.KUBERNETES,
            "one",
        ),
        ({"spec": {"provider": "AWZ", "aws": 7}, "status": 7}, None, ""),
        ({"spec": {}}, None, ""),
        ({}, None, ""),
    ],
)
def test_s22_an_unreadable_account_is_told_by_what_can_be_read(
    document: dict[str, Any], provider: ProviderName | None, identity: str
) -> None:
    """S22: it gives doubt to accounts of its provider, or of every provider, that may be the same one."""
    found = read_account("dev", document, "why")

    assert ("dev", provider, identity, "why") == (found.name, found.provider, found.identity, found.mistake)
    assert (identity if "status" in document else "") == pinned_identity(document)
