"""A deletion that does not come about leaves nothing changed behind (S23)."""

from datetime import timedelta

import pytest

from tagwarden.errors import AccessDenied, DependencyViolation, InvalidState, ProviderError, StateError, Unreachable
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.providers.base import Note, Receipt, Taken, note_nothing
from tagwarden.state.step_log import KeptStep
from tests.support.builders import ACCOUNT, NOW
from tests.support.enforcement import SETTINGS, Bench, a_plan, expired, planned_deletion
from tests.support.fake_provider import FakeProvider

STOPPED = Taken("stopped", "start")
OPENED = Taken("opened", "close")
DETACHED = Taken("detached", "attach", shared=True)
DRAINING = Taken("draining", "fill", lasts=True)
EMPTIED = Taken("emptied")
SECOND = timedelta(seconds=1)


class Stepper(FakeProvider):
    """A vendor that refuses a deletion after some steps were taken for it."""

    def __init__(self, bench: Bench, *steps: Taken, refusal: ProviderError | None) -> None:
        super().__init__(bench.world, ACCOUNT)
        self.steps = steps
        self.refusal = refusal
        self.stuck: ProviderError | None = None
        self.undone: list[tuple[str, str]] = []

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Take the steps, then refuse or accept."""
        for step in self.steps:
            note(step)
        if self.refusal is not None:
            raise self.refusal
        return super().delete(resource)

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Take a step back, unless it is stuck."""
        if self.stuck is not None:
            raise self.stuck
        self.undone.append((resource.id, taken.undo))


DENIED = AccessDenied("no")
BLOCKED = DependencyViolation("in use")


def on(bench: Bench, *steps: Taken, refusal: ProviderError | None = DENIED) -> Stepper:
    provider = Stepper(bench, *steps, refusal=refusal)
    bench.providers = {ACCOUNT: provider}
    bench.add(expired())
    return provider


def deleted(bench: Bench) -> Outcome:
    (outcome,) = bench.run(a_plan(planned_deletion(expired())))
    return outcome


def left(bench: Bench) -> list[str]:
    return [kept.taken.step for kept in bench.journal.steps.of(expired())]


def test_s11_a_long_step_ends_with_the_permission_to_act(bench: Bench) -> None:
    """S11: a bucket takes hours to empty; the provider asks before each request, and the journal has one step."""
    on(bench, EMPTIED, EMPTIED, EMPTIED, refusal=None)
    bench.may_act = lambda: left(bench) == []

    outcome = deleted(bench)

    assert (ActionState.WITHHELD, Reason.LeaseLost) == (outcome.state, outcome.reason)
    assert ["emptied"] == left(bench)
    assert {expired().uid} == bench.world.uids


def test_s23_a_refused_deletion_is_undone_step_by_step(bench: Bench) -> None:
    """S23: in the opposite order, said in the outcome and in the journal."""
    provider = on(bench, STOPPED, OPENED)

    outcome = deleted(bench)

    instance = expired().id
    assert [(instance, "close"), (instance, "start")] == provider.undone
    assert (ActionState.FAILED, "no; undone: opened, stopped") == (outcome.state, outcome.message)
    assert [outcome.message] == [entry.message for entry in bench.entries()]
    assert [] == left(bench)


def test_s23_what_others_may_need_is_undone_after_the_wave(bench: Bench) -> None:
    """S23: a shared step helps other deletions, which have their turn before it is taken back."""
    provider = on(bench, STOPPED, DETACHED)

    outcome = deleted(bench)

    assert ["start", "attach"] == [undo for _, undo in provider.undone]
    assert "no; undone: stopped; undone: detached" == outcome.message
    assert [outcome.message] == [entry.message for entry in bench.entries()]
    assert [] == left(bench)


def test_s23_a_deletion_that_is_done_undoes_nothing(bench: Bench) -> None:
    """S23: there is nothing left to undo it on."""
    provider = on(bench, STOPPED, DETACHED, refusal=None)

    assert ActionState.VERIFIED == deleted(bench).state
    assert ([], []) == (provider.undone, left(bench))


def test_s23_what_cannot_be_undone_is_told_once(bench: Bench) -> None:
    """S23: no later pass tries it again."""
    provider = on(bench, EMPTIED)

    assert "no; still changed by emptied, which cannot be undone" == deleted(bench).message
    assert ([], []) == (provider.undone, left(bench))


def test_s23_a_step_that_could_not_be_undone_is_tried_again(bench: Bench) -> None:
    """S23: the next pass undoes it, and says so in the entry of the deletion."""
    provider = on(bench, STOPPED, OPENED)
    provider.stuck = Unreachable("away")

    told = deleted(bench).message

    assert "no; still changed by opened, which could not be undone: " in told
    assert ["opened", "stopped"] == left(bench)

    provider.stuck = None
    bench.recover()

    assert ["close", "start"] == [undo for _, undo in provider.undone]
    assert f"{told}; undone: opened, stopped" == bench.entries()[0].message
    assert [] == left(bench)


@pytest.mark.parametrize("refusal", [BLOCKED, InvalidState("still draining")])
def test_s23_a_step_that_the_deletion_waits_for_goes_on(bench: Bench, refusal: ProviderError) -> None:
    """S23: what the vendor is slow to do stays for the next pass; after an hour it is undone all the same."""
    provider = on(bench, DRAINING, refusal=refusal)

    assert "draining, still in progress: the next pass continues" in deleted(bench).message
    newest, *_, first = bench.journal.steps.of(expired())
    bench.clock.now = first.at + SETTINGS.abandoned - SECOND
    bench.recover()
    assert ([], ["draining"]) == (provider.undone, sorted(set(left(bench))))

    bench.clock.now = newest.at + SETTINGS.abandoned
    bench.recover()
    assert ({"fill"}, []) == ({undo for _, undo in provider.undone}, left(bench))


def test_s23_a_slow_step_of_a_deletion_that_was_denied_is_undone(bench: Bench) -> None:
    """S23: the deletion does not wait for it."""
    provider = on(bench, DRAINING, refusal=DENIED)

    deleted(bench)

    assert ["fill"] == [undo for _, undo in provider.undone]


def test_s11_nothing_is_undone_without_the_lease(bench: Bench) -> None:
    """S11: another operator may be at it; the next pass of whoever holds the lease undoes it."""
    provider = on(bench, STOPPED)
    answers = [True, True]  # before the call, and before the step
    bench.may_act = lambda: answers.pop() if answers else False

    assert "no" == deleted(bench).message
    assert ([], ["stopped"]) == (provider.undone, left(bench))


def test_s23_steps_that_cannot_be_listed_are_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """S23: the outcome says that something may still be changed."""
    on(bench, STOPPED)

    def broken(_: Resource) -> list[KeptStep]:
        raise StateError("disk full")

    monkeypatch.setattr(bench.journal.steps, "of", broken)

    assert deleted(bench).message.startswith("no; cannot list the changes made for the deletion: disk full")


@pytest.mark.parametrize(("fresh", "expected"), [(None, []), ({"created": NOW}, []), ({}, ["stopped"])])
def test_s23_steps_are_forgotten_with_their_resource(
    bench: Bench, fresh: dict[str, object] | None, expected: list[str]
) -> None:
    """S23: another resource of the name was never changed."""
    provider = on(bench, STOPPED)
    provider.stuck = Unreachable("away")
    deleted(bench)
    bench.world.remove(expired().uid)
    if fresh is not None:
        bench.add(expired(**fresh))

    bench.recover()

    assert (expected, []) == (left(bench), provider.undone)


def test_s23_what_cannot_be_read_keeps_its_steps(bench: Bench) -> None:
    """S23: as long as nobody knows whether the resource is there, its steps are remembered."""
    provider = on(bench, STOPPED)
    provider.stuck = Unreachable("away")
    deleted(bench)
    provider.stuck = None
    bench.world.before = lambda operation, _: (
        (_ for _ in ()).throw(Unreachable("away")) if operation == "read" else None
    )

    bench.recover()

    assert ([], ["stopped"]) == (provider.undone, left(bench))


def test_s11_another_policys_steps_are_left_to_it(bench: Bench) -> None:
    """S11: its own pass undoes them, unless nobody is at it any more."""
    provider = on(bench, STOPPED)
    provider.stuck = Unreachable("away")
    deleted(bench)
    provider.stuck = None

    bench.recover("another")
    assert [] == provider.undone

    bench.clock.now += SETTINGS.abandoned + SECOND
    bench.recover("another")
    assert ["start"] == [undo for _, undo in provider.undone]
