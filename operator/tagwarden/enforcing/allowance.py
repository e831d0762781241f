"""The permission of a run to delete: reserved before the first deletion, renewed during the run, then released (S9)."""

import logging
from collections.abc import Mapping

from tagwarden.enforcing.recording import ExecutionContext
from tagwarden.errors import StateError
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Withheld
from tagwarden.state.reservations import LimitReachedError

logger = logging.getLogger(__name__)


class Allowance:
    """Reserves deletions in the journal; used from the thread that leads the run."""

    def __init__(self, around: ExecutionContext) -> None:
        self._around = around
        self._has_reserved = False
        self.refused: Withheld | None = None
        """Why no deletion is allowed in this run, once a reservation was refused."""

    def ask(self, wanted: Mapping[str, int]) -> None:
        """Reserve deletions by account: first all or none, later release unused reservations.

        A dry run checks the limits too, but reserves no deletions.
        """
        if self.refused is not None or not (wanted or self._has_reserved):
            return
        journal, reservation = self._around.journal, self._around.reservation
        try:
            if self._has_reserved:
                journal.lower(reservation, wanted)
            else:
                journal.reserve(reservation, wanted, keep=not self._around.dry_run)
                self._has_reserved = not self._around.dry_run
        except LimitReachedError as error:
            self.refused = error.why
        except StateError as error:
            self.refused = Withheld(Reason.JournalUnavailable, str(error))

    def renew(self) -> None:
        """Extend the reservations of later waves while the current wave is awaited."""
        if self._has_reserved:
            try:
                self._around.journal.renew(self._around.reservation)
            except StateError as error:
                # After the reservation has lapsed, each deletion asks again.
                logger.warning("%s", error)

    def give_back(self) -> None:
        """Release the remaining reservations."""
        if self._has_reserved:
            try:
                self._around.journal.release(self._around.reservation)
            except StateError as error:
                # The reservation lapses soon without a release.
                logger.warning("%s", error)
