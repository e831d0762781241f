"""Which environment a resource belongs to (S2)."""

import pytest

from tagwarden.errors import InvalidField
from tagwarden.judging import compile_account
from tagwarden.model.account import CloudAccount
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.tags import Tags
from tests.support.builders import NOW, a_resource, an_account

PREVIEWS = {"where": 'resource.name.startsWith("pr-")', "environment": "test"}


def environment(resource: Resource, account: CloudAccount) -> Environment:
    return compile_account(account).environment_of(resource, NOW)


def test_an_account_that_says_nothing_is_production() -> None:
    """S2: unknown is production."""
    account = CloudAccount.model_validate(
        {"name": "aws-dev", "spec": {"provider": "AWS", "aws": {"accountID": "123456789012"}}}
    )

    assert Environment.PRODUCTION is environment(a_resource(), account)


def test_the_first_rule_that_holds_decides() -> None:
    """A resource may belong to another environment than its account."""
    account = an_account(
        environment=Environment.PRODUCTION, environments=[PREVIEWS, {"where": "true", "environment": "staging"}]
    )

    assert Environment.TEST is environment(a_resource(name="pr-17"), account)
    assert Environment.STAGING is environment(a_resource(name="shop"), account)


@pytest.mark.parametrize("tags", [Tags.known({}), Tags.unreadable("AccessDenied"), Tags.untaggable()])
def test_a_rule_that_fails_makes_production(tags: Tags) -> None:
    """S2: neither the rules after it nor the account's own environment are taken instead."""
    account = an_account(
        environments=[
            {"where": 'resource.tags.env == "test"', "environment": "test"},
            {"where": "true", "environment": "test"},
        ]
    )

    assert Environment.PRODUCTION is environment(a_resource(tags=tags), account)


def test_a_rule_that_cannot_work_names_its_field() -> None:
    """The second rule is wrong, and the error says so."""
    account = an_account(environments=[PREVIEWS, {"where": "resource.zone == 'a'", "environment": "test"}])

    with pytest.raises(InvalidField, match=r"^spec\.environments\[1\]\.where: "):
        compile_account(account)
