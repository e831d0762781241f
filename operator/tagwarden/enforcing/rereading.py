"""Reads all evidence of a deletion again right before it, and checks whether it would still be planned (S17)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.preconditions import resource_difference
from tagwarden.enforcing.searching import Searches
from tagwarden.errors import ProviderError
from tagwarden.model.evidence import Evidence, FreshEvidence, Look, Role, Search
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.plan import ActionType, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.tags import TagState
from tagwarden.model.terminating import is_being_deleted
from tagwarden.model.verdict import Withheld

Review = Callable[[PlannedResource, FreshEvidence], Withheld | None]
"""Explains why fresh evidence no longer supports a planned action; None if it does."""


def no_review(planned: PlannedResource, fresh: FreshEvidence) -> Withheld | None:
    """Give no objection: for plans without deletions."""
    del planned, fresh
    return None


class Reads(Protocol):
    """The accounts of an execution, as the rereader needs them."""

    def read(self, resource: Resource) -> Resource | None:
        """Read a resource again; None if deleted; raises `ProviderError`."""
        ...

    def look(self, search: Search, now: datetime) -> Snapshot:
        """List the extent of a search; raises `ProviderError`."""
        ...


class Rereader:
    """Reads the evidence of the deletions of a plan."""

    def __init__(
        self,
        planned: Mapping[str, PlannedResource],
        reads: Reads,
        review: Review,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        settings: EnforceSettings,
    ) -> None:
        self._planned = planned
        self._reads = reads
        self._review = review
        self._searches = Searches(reads.look, clock, sleep, settings)

    def expect(self, deletions: Iterable[PlannedResource]) -> None:
        """Announce the deletions to come, whose evidence is read next."""
        evidence = (planned.evidence for planned in deletions)
        self._searches.expect(search for each in evidence if each is not None for search in each.searches)

    def changed_evidence(
        self, planned: PlannedResource, fresh: Resource, companions: Mapping[str, Resource | None]
    ) -> Withheld | None:
        """Describe changed or unreadable evidence of an action; None if all evidence holds.

        `fresh` is the resource as just read, `companions` the resources deleted together with it, by uid.
        """
        evidence = planned.evidence
        if evidence is None:
            return None
        read: dict[str, Resource | None] = {**companions, fresh.uid: fresh}
        for parent in evidence.parents:
            if parent.uid in read:
                continue
            try:
                found = self._reads.read(parent)
            except ProviderError as error:
                return Withheld(error.reason, messages.PARENT_UNREADABLE(parent=parent, error=error))
            read[parent.uid] = found
            if found is not None and (difference := self._difference(parent, found)):
                return Withheld(Reason.Changed, messages.PARENT_CHANGED(parent=parent, difference=difference))
        try:
            looks = tuple(Look(search, self._searches.answer(search)) for search in evidence.searches)
        except ProviderError as error:
            return Withheld(error.reason, messages.USERS_UNLISTED(error=error))
        return self._changed_user(evidence, looks) or self._review(planned, FreshEvidence(read, looks))

    def _changed_user(self, evidence: Evidence, looks: Iterable[Look]) -> Withheld | None:
        found = {resource.uid: resource for look in looks for resource in look.snapshot.resources}
        for witness in evidence.witnesses:
            user = found.get(witness.resource.uid) if witness.role is Role.USER else None
            if user is None or is_being_deleted(user):
                continue
            if difference := self._difference(witness.resource, replace(user, manager=witness.resource.manager)):
                return Withheld(Reason.Changed, messages.USER_CHANGED(user=user, difference=difference))
        return None

    def _difference(self, before: Resource, now: Resource) -> str:
        """Describe changes of a witness, except for tags that this plan writes there."""
        differences = (resource_difference(expected, now) for expected in self._expected(before))
        return min(differences, key=len)

    def _expected(self, before: Resource) -> Iterator[Resource]:
        yield before
        planned = self._planned.get(before.uid)
        if planned is None or before.tags.state is not TagState.KNOWN:
            return
        for action in planned.actions:
            if action.type is ActionType.SET_TAGS:
                values = action.changes.applied_to(before.tags.values)
                yield replace(before, tags=replace(before.tags, values=values))
