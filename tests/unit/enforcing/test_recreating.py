"""A deleted resource comes back from what the journal stored of it, by a person's word and journalled (S14)."""

from dataclasses import replace

import pytest

from tagwarden.enforcing import Remade, recreate, remakable
from tagwarden.errors import AccessDenied, PreconditionFailed, WrongAccount
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Resource
from tagwarden.state import Entry, Selection
from tests.support.builders import ACCOUNT
from tests.support.enforcement import Bench, a_plan, expired, planned_deletion
from tests.support.fake_provider import FakeProvider


class Keeper(FakeProvider):
    """A vendor whose resources can be made again from a text: their id. A name that is taken is refused."""

    def backup(self, resource: Resource) -> str:
        """Keep all but secrets."""
        return "" if resource.kind == "secret" else resource.id

    def recreate(self, backup: str) -> Resource:
        """Make it again with a new uid."""
        self.world.before("recreate", None)
        if backup in {living.resource.id for living in self.world.state.living.values()}:
            raise PreconditionFailed("already exists", code="409", operation="create", request_id="req-taken")
        again = replace(expired(), uid=f"{backup}-again", id=backup, name=backup)
        self.world.add(again)
        return again


@pytest.fixture
def deleted(bench: Bench) -> Bench:
    """A bench of a vendor that keeps manifests, on which run-1 deleted an instance and what goes with it."""
    bench.provider = Keeper(bench.world, ACCOUNT)
    bench.providers = {ACCOUNT: bench.provider}
    web = expired(id="web", name="web", uid="web")
    part = expired(id="part", name="part", uid="part", manager=Manager("x", "web", "web"))
    secret = expired(id="secret", name="secret", uid="secret", kind="secret")
    bench.add(web, part, secret)
    taken = replace(planned_deletion(part), actions=(), taken_by="web")
    bench.run(a_plan(planned_deletion(web), taken, planned_deletion(secret)))
    bench.world.state.living.clear()
    return bench


def of(bench: Bench, uid: str) -> Entry:
    (entry,) = bench.journal.entries(Selection(resource=uid))
    return entry


def again(bench: Bench, *, dry_run: bool = False) -> list[Remade]:
    found, _ = remakable([of(bench, "web")], bench.providers, bench.journal)
    return recreate(found, bench.providers, bench.journal, clock=bench.clock, run="run-2", dry_run=dry_run)


def told(remade: list[Remade]) -> list[tuple[str, str, str]]:
    return [(each.backup.name, str(each.state), str(each.reason)) for each in remade]


def test_only_what_was_stored_can_come_back(deleted: Bench) -> None:
    """Each other entry is named with the reason: no stored state, another end, an account that is not declared."""
    web, secret = of(deleted, "web"), of(deleted, "secret")
    failed = replace(web, state=ActionState.FAILED)

    found, left = remakable([web, secret, failed], deleted.providers, deleted.journal)
    _, undeclared = remakable([web], {}, deleted.journal)

    assert [(web, ["web", "part"])] == [(entry, [each.uid for each in backups]) for entry, backups in found]
    assert [
        (Reason.Unsupported, "no backup exists"),
        (Reason.Unsupported, "nothing to recreate, the action ended as Failed"),
        (Reason.ProviderUnavailable, f"account {ACCOUNT} is not declared"),
    ] == [(why.reason, why.message) for _, why in (*left, *undeclared)]


def test_it_comes_back_before_its_parts_and_is_journalled(deleted: Bench) -> None:
    """S14: who asked the vendor for what, because of which deletion, and what came of it."""
    remade = again(deleted)

    assert [("web", "Verified", "Restored"), ("part", "Verified", "Restored")] == told(remade)
    assert ["web-again", "part-again"] == [each.uid for each in remade]
    assert {"web-again", "part-again"} == deleted.world.uids
    created = {each.uid: each for each in deleted.journal.entries(Selection(action=ActionType.CREATE))}
    assert {"web", "part"} == set(created)
    web = created["web"]
    assert ("run-2", of_deletion(deleted), "", 1) == (web.run, web.because, web.approved_by, web.attempts)
    assert (ActionState.VERIFIED, Reason.Restored, "recreated as web-again") == (web.state, web.reason, web.message)
    assert deleted.provider.identify().caller == web.actor
    assert (None, deleted.clock()) == (web.tags_before, web.finished)


def of_deletion(bench: Bench) -> str:
    (entry,) = bench.journal.entries(Selection(resource="web", action=ActionType.DELETE))
    return entry.id


def test_what_is_there_again_stays(deleted: Bench) -> None:
    """The vendor refuses a name that is taken; the refusal is reported and stops nothing else (S12)."""
    deleted.world.add(expired(id="web", uid="anothers"))

    remade = again(deleted)

    assert [("web", "Failed", "Changed"), ("part", "Verified", "Restored")] == told(remade)
    assert {"anothers", "part-again"} == deleted.world.uids
    refused = deleted.journal.entries(Selection(action=ActionType.CREATE, states=frozenset({ActionState.FAILED})))
    assert [("web", "req-taken")] == [(each.uid, each.request_id) for each in refused]


def test_s10_nothing_is_made_in_a_wrong_account(deleted: Bench) -> None:
    """S10: who we are is asked before the first of them."""
    deleted.provider.identify_error = WrongAccount("999999999999")

    assert [("web", "Withheld", "WrongAccount"), ("part", "Withheld", "WrongAccount")] == told(again(deleted))
    assert set() == deleted.world.uids


def test_s15_a_dry_run_makes_nothing_again(deleted: Bench) -> None:
    """S15: it says what would be done, and leaves no trace."""
    before = deleted.journal.entries()

    assert [("web", "Skipped", "AuditMode"), ("part", "Skipped", "AuditMode")] == told(again(deleted, dry_run=True))
    assert (set(), before) == (deleted.world.uids, deleted.journal.entries())


def test_each_account_is_asked_once_who_we_are(deleted: Bench) -> None:
    """However many are made again."""
    asked: list[str] = []
    deleted.world.before = lambda operation, _: asked.append(operation)

    again(deleted)

    assert ["identify", "recreate", "recreate"] == asked


def test_a_provider_that_makes_nothing_again_is_left_out(bench: Bench, deleted: Bench) -> None:
    """The stored state of another version's provider is no reason to fail."""
    found, _ = remakable([of(deleted, "web")], deleted.providers, deleted.journal)

    assert [] == recreate(
        found, {ACCOUNT: FakeProvider(bench.world, ACCOUNT)}, bench.journal, clock=bench.clock, run="run-2"
    )


def test_a_manifest_that_cannot_be_read_keeps_the_resource(bench: Bench) -> None:
    """Nothing goes whose state was to be stored and was not (S12)."""

    class Locked(Keeper):
        def backup(self, resource: Resource) -> str:
            raise AccessDenied("no", operation=resource.id)

    bench.providers = {ACCOUNT: Locked(bench.world, ACCOUNT)}
    bench.add(expired())

    (outcome,) = bench.run(a_plan(planned_deletion(expired())))

    assert ("Failed", "AccessDenied") == (str(outcome.state), str(outcome.reason))
    assert {expired().uid} == bench.world.uids
