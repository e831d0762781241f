"""Undoes the steps of deletions that failed (S23)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.enforcing.client import ProviderClient
from tagwarden.errors import MayNotAct, ProviderError
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.providers.base import Note, Taken
from tagwarden.state.step_log import KeptStep, StepLog

logger = logging.getLogger(__name__)

_WAITS = frozenset({Reason.DependencyViolation, Reason.InvalidState})


@dataclass(frozen=True, slots=True)
class Undoing:
    """Undoes steps in one account. `patience` is the maximum wait for a step that takes effect slowly."""

    log: StepLog
    calls: ProviderClient
    clock: Callable[[], datetime]
    patience: timedelta

    def note_for(self, entry: str, may_act: Callable[[], bool]) -> Note:
        """Give the callback that the provider calls before each request of a step of this deletion.

        It raises MayNotAct once the permission to act has ended.
        """
        noted: set[Taken] = set()

        def note(taken: Taken) -> None:
            if not may_act():
                raise MayNotAct(messages.MAY_NOT_ACT(), operation=taken.step)
            if taken not in noted:
                self.log.keep(entry, self.clock(), taken)
                noted.add(taken)

        return note

    def undo(self, resource: Resource, kept: Sequence[KeptStep], reason: Reason) -> str:
        """Undo these steps, and describe the undone and remaining steps with reasons; empty without steps.

        `reason` is why the deletion ended. If the deletion only waits for a slow step, the step stays for the next pass
        to continue, up to the maximum wait.
        """
        undone, left = [], []
        for one in kept:
            if not one.taken.undo:
                left.append(messages.IRREVERSIBLE_STEP(step=one.taken.step))
                self.log.forget(one)
            elif self.may_continue(one, reason):
                left.append(messages.STEP_IN_PROGRESS(step=one.taken.step))
            elif problem := self._problem_undoing(resource, one):
                left.append(messages.STEP_NOT_UNDONE(step=one.taken.step, error=problem))
            else:
                undone.append(one.taken.step)
        parts = [messages.STEPS_UNDONE(steps=", ".join(undone))] if undone else []
        parts += [messages.STEPS_LEFT(steps="; ".join(left))] if left else []
        return "; ".join(parts)

    def may_continue(self, kept: KeptStep, reason: Reason) -> bool:
        """Whether a deletion that ended for this reason may be waiting for this step, within the maximum wait."""
        return kept.taken.lasts and reason in _WAITS and self.clock() - kept.at < self.patience

    def _problem_undoing(self, resource: Resource, kept: KeptStep) -> str:
        try:
            self.calls.undo(resource, kept.taken)
        except ProviderError as error:
            logger.warning("%s: %s cannot be undone: %s", resource, kept.taken.step, error)
            return str(error)
        self.log.forget(kept)
        return ""
