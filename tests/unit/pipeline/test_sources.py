"""Accounts are collected side by side, each by its own credentials, and one that fails stops no other (S12)."""

from pathlib import Path

import pytest

from tagwarden.errors import AccessDenied, BadInput, EndpointNotAllowed, WrongAccount
from tagwarden.model.account import CloudAccount
from tagwarden.pipeline import Declarations, keeper_of
from tagwarden.pipeline.sources import check_account, collect_accounts, open_provider
from tagwarden.providers.base import Access, Provider
from tests.support.builders import a_resource, an_account
from tests.unit.pipeline.stage import Stage


def test_s12_accounts_that_fail_are_named_beside_the_others(tmp_path: Path) -> None:
    """S12: a snapshot of each account that could be read is stored, and an error kept for each other."""
    stage = Stage(tmp_path, "good", "denied", "wrong")
    stage.world.add(a_resource(account="good"))
    stage.providers["denied"].identify_error = AccessDenied("no")
    stage.providers["wrong"].identify_error = WrongAccount("999999999999")

    def opened(account: CloudAccount) -> Provider:
        if account.name == "unread":
            raise BadInput("Secret login was not found")
        return stage.providers[account.name]

    accounts = map(an_account, ("denied", "good", "unread", "wrong"))
    found = collect_accounts(accounts, opened, keeper_of(stage.tools), stage.clock)

    assert ["good"] == [each.account for each in found.snapshots]
    assert stage.tools.snapshots.latest("good") == found.snapshots[0]
    assert {"denied": AccessDenied, "unread": BadInput, "wrong": WrongAccount} == {
        name: type(error) for name, error in found.failures.items()
    }
    assert [None, None] == [stage.tools.snapshots.latest(name) for name in ("denied", "wrong")]


def test_s10_nothing_is_listed_before_we_know_where_we_are(tmp_path: Path) -> None:
    """S10: another account's resources never come into a snapshot."""
    stage = Stage(tmp_path, "dev")
    asked: list[str] = []
    stage.world.before = lambda operation, _: asked.append(operation)

    collect_accounts([an_account("dev")], lambda _: stage.providers["dev"], keeper_of(stage.tools), stage.clock)

    assert ["identify", "collect"] == asked


def test_an_account_that_cannot_be_used_is_named_with_its_field() -> None:
    """Before anybody is asked."""
    account = an_account(aws={"accountID": "123456789012", "regions": ["eu-centrl-1"]})

    with pytest.raises(BadInput, match=rf"CloudAccount {account.name}: spec\.aws\.regions"):
        open_provider(account, Declarations(), Access())
    check_account(an_account())


def test_an_endpoint_that_nobody_allowed_is_not_asked() -> None:
    """Credentials are not sent to a host that only the declaration names."""
    account = an_account(aws={"accountID": "123456789012", "endpointURL": "http://127.0.0.1:1"})

    with pytest.raises(EndpointNotAllowed):
        open_provider(account, Declarations(), Access())
