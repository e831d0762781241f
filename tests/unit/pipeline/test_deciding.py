"""The pipeline asks the catalogue of a vendor what planning must know of a kind."""

from tests.support.decided import EXPIRED, decided, fates, made


def test_security_groups_that_name_each_other_are_untangled() -> None:
    """AWS refuses each of them while the other has a rule about it; their rules are revoked first."""
    groups = [made("sg-1", EXPIRED), made("sg-2", EXPIRED)]

    found = decided(*groups, edges=["sg-1 needs sg-2", "sg-2 needs sg-1"])

    assert fates(found.plan) == {"sg-1": "goes", "sg-2": "goes"}


def test_instances_that_need_each_other_are_not() -> None:
    """No step removes such a tie."""
    found = decided(made("i-1", EXPIRED), made("i-2", EXPIRED), edges=["i-1 needs i-2", "i-2 needs i-1"])

    assert fates(found.plan) == {"i-1": "DependencyCycle", "i-2": "DependencyCycle"}
