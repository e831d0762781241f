"""An account keeps the identity under which it was first seen until a person accepts another (S22)."""

from datetime import timedelta

from tagwarden.state import Database, Identities
from tests.support.builders import NOW

LATER = NOW + timedelta(days=1)


def test_s22_the_first_identity_stays(database: Database) -> None:
    """S22: credentials that lead to another account now are not taken for the account that was seen first."""
    identities = Identities(database)

    assert "" == identities.pinned("dev")
    assert "111111111111" == identities.pin("dev", "111111111111", NOW)
    assert "111111111111" == identities.pin("dev", "222222222222", LATER)
    assert "111111111111" == identities.pinned("dev")


def test_s22_each_account_has_its_own_identity(database: Database) -> None:
    """S22: what one account was pinned to says nothing about another."""
    identities = Identities(database)
    identities.pin("dev", "111111111111", NOW)

    assert "" == identities.pinned("prod")
    assert "333333333333" == identities.pin("prod", "333333333333", NOW)
    assert "111111111111" == identities.pinned("dev")


def test_a_person_accepts_another_identity(database: Database) -> None:
    """From then on the account is the accepted one, whether or not it was seen before."""
    identities = Identities(database)
    identities.pin("dev", "111111111111", NOW)

    identities.replace("dev", "222222222222", LATER)
    identities.replace("new", "444444444444", LATER)

    assert ("222222222222", "444444444444") == (identities.pinned("dev"), identities.pinned("new"))
