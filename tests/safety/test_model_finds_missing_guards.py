"""The model of tests/support/safety_story.py is a proof only as far as it sees: without any guard it finds the harm.

Each guard is taken out in turn, and some story must then break the rule that it stands for. Where two guards answer
one question, both are out: that they stand for each other is by design.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tagwarden.enforcing import executor, worker
from tagwarden.enforcing.accounts import Accounts
from tagwarden.judging import deletions
from tagwarden.judging.binding import Bindings
from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.irreplaceable import Irreplaceable
from tagwarden.model.evidence import Evidence, FreshEvidence
from tagwarden.model.plan import PlannedResource
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.verdict import Withheld
from tagwarden.pipeline import compiling, passes
from tagwarden.pipeline.deciding import Decision
from tagwarden.planning import planner
from tagwarden.planning.completeness import Completeness
from tagwarden.tagging.protection import ProtectionTags
from tests.support import safety_moves as moves
from tests.support import safety_story as story
from tests.support.safety_manners import AMAZON, GOOGLE, Manners

Patch = pytest.MonkeyPatch
STORIES = 120
"""So many stories a guard may take to be missed; most are missed within ten."""
QUIET = range(1_000, 1_025)


def nothing(*_: object, **__: object) -> None:
    """Find nothing to object to."""


def silence(*_: object, **__: object) -> str:
    """Find nothing to say."""
    return ""


def no_review(patch: Patch) -> None:
    """Nothing is decided again on fresh evidence."""
    patch.setattr(passes, "review", nothing)


def parents_unread(patch: Patch) -> None:
    """What a resource belongs to is not read again."""
    patch.setattr(Evidence, "parents", ())


def users_unsought(patch: Patch) -> None:
    """Users are not looked for again."""
    look = passes.review

    def blind(decision: Decision, planned: PlannedResource, fresh: FreshEvidence, now: datetime) -> Withheld | None:
        return look(decision, planned, replace(fresh, looks=()), now)

    patch.setattr(passes, "review", blind)


def verdicts_stand(patch: Patch) -> None:
    """A resource that was read again is not judged again, nor after it waited for its turn."""
    patch.setattr(worker.AccountWorker, "_is_outdated", lambda *_: False)
    patch.setattr(worker, "verdict_difference", silence)


def environments_stand(patch: Patch) -> None:
    """An environment is asked once and then remembered."""
    known: dict[str, Environment] = {}
    ask = CompiledAccount.environment_of

    def remember(account: CompiledAccount, resource: Resource, now: datetime) -> Environment:
        return known.setdefault(resource.uid, ask(account, resource, now))

    patch.setattr(CompiledAccount, "environment_of", remember)


def lease_unasked(patch: Patch) -> None:
    """Nobody asks whether the lease is still ours."""
    run = passes.execute
    patch.setattr(passes, "execute", lambda plan, **more: run(plan, **{**more, "may_act": lambda: True}))


def identity_unasked(patch: Patch) -> None:
    """Nobody asks whose credentials these are."""
    patch.setattr(Accounts, "_identified", silence)


def parents_do_not_bind(patch: Patch) -> None:
    """Protection and environment hold for nothing but what has them."""
    patch.setattr(Bindings, "of", silence)


def data_is_replaceable(patch: Patch) -> None:
    """What holds data goes like anything else."""
    patch.setattr(Irreplaceable, "finding_for", nothing)


def gaps_do_not_count(patch: Patch) -> None:
    """What could not be listed counts as not there."""
    patch.setattr(Completeness, "gap_for", nothing)


def words_unread(patch: Patch) -> None:
    """No tag protects."""
    patch.setattr(ProtectionTags, "protecting_tag", silence)


def companions_unseen(patch: Patch) -> None:
    """What goes along is not looked at: neither by itself, nor by the review, nor after it waited for its turn."""
    patch.setattr(worker.AccountWorker, "_is_outdated", lambda *_: False)
    patch.setattr(worker.AccountWorker, "companion_obstacle", nothing)
    patch.setattr(executor, "_taken_by", lambda _: {})
    no_review(patch)


def twins_pass(patch: Patch) -> None:
    """An account may be declared twice."""
    patch.setattr(compiling, "identified", lambda accounts, *_: accounts)


def clock_believed(patch: Patch) -> None:
    """Nobody compares our clock with another."""
    patch.setattr(planner, "clock_moved", silence)


def first_sight_is_enough(patch: Patch) -> None:
    """One look is enough to delete."""
    patch.setattr(deletions, "_unconfirmed", nothing)


def no_grace(patch: Patch) -> None:
    """Nobody is given time to tag something."""
    patch.setattr(deletions, "_in_grace", nothing)


@dataclass(frozen=True)
class Missing:
    """Guards that are out, how each violation begins that shows it, and what goes on around them meanwhile."""

    take_out: Callable[[Patch], None]
    harm: tuple[str, ...]
    meanwhile: tuple[moves.Move, ...] = moves.MOVES
    troubles: tuple[story.Trouble, ...] = (story.no_trouble,)


GUARDS = (
    Missing(no_review, ("S18", "S21", "S3"), (moves.a_user_appears, moves.a_user_is_kept)),
    Missing(parents_unread, ("S21", "S1"), (moves.a_parent_speaks,)),
    Missing(users_unsought, ("S18",), (moves.a_user_appears,)),
    Missing(verdicts_stand, ("S2", "S16"), (moves.somebody_renames_it,)),
    Missing(environments_stand, ("S2", "S21"), (moves.somebody_renames_it, moves.a_parent_speaks)),
    Missing(lease_unasked, ("S11",), (moves.the_lease_is_lost,)),
    Missing(identity_unasked, ("S10",), troubles=(story.wrong_credentials,)),
    Missing(parents_do_not_bind, ("S21",)),
    Missing(data_is_replaceable, ("S19",)),
    Missing(gaps_do_not_count, ("S3", "S18"), troubles=(story.a_kind_denied, story.a_region_left_out)),
    Missing(words_unread, ("S7",)),
    Missing(companions_unseen, ("S2", "S7", "S8"), (moves.a_companion_speaks,)),
    Missing(twins_pass, ("S22",), troubles=(story.a_second_declaration,)),
    Missing(clock_believed, ("S8",), troubles=(story.a_wrong_clock,)),
    Missing(first_sight_is_enough, ("S4",)),
    Missing(no_grace, ("S4",)),
)
_BY_LABELS = {no_review, verdicts_stand, gaps_do_not_count, words_unread, companions_unseen}
GUARDS_OF_LABELS = tuple(missing for missing in GUARDS if missing.take_out in _BY_LABELS)
"""Guards that depend on tags, kinds and listings, which each vendor has in its own form."""


@pytest.mark.parametrize("missing", GUARDS, ids=lambda missing: missing.take_out.__name__)
def test_without_a_guard_some_story_ends_badly(missing: Missing, monkeypatch: Patch) -> None:
    """The model finds the harm that a guard prevents."""
    missing.take_out(monkeypatch)

    stories = (story.violations_of(seed, missing.meanwhile, missing.troubles) for seed in range(STORIES))

    assert any(found.startswith(missing.harm) for violations in stories for found in violations)


@pytest.mark.parametrize("missing", GUARDS_OF_LABELS, ids=lambda missing: missing.take_out.__name__)
def test_the_model_sees_in_googles_manners_too(missing: Missing, monkeypatch: Patch) -> None:
    """In a world of labels that lists each kind in every place, harm is found as well."""
    missing.take_out(monkeypatch)

    stories = (
        story.violations_of(seed, missing.meanwhile, missing.troubles, manners=GOOGLE) for seed in range(STORIES)
    )

    assert any(found.startswith(missing.harm) for violations in stories for found in violations)


@pytest.mark.parametrize("manners", [AMAZON, GOOGLE], ids=lambda manners: manners.provider)
@pytest.mark.parametrize("seed", QUIET)
def test_with_every_guard_no_story_ends_badly(seed: int, manners: Manners) -> None:
    """With all guards in their places no rule is ever broken."""
    assert [] == story.violations_of(seed, manners=manners)
