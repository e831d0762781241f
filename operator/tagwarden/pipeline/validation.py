"""Checks the names in a policy that its schema cannot check: a typing error would govern or exclude no resource."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from tagwarden.errors import InvalidField
from tagwarden.model.policy import CleanupPolicy
from tagwarden.providers.base import Catalogue
from tagwarden.providers.registry import catalogues

_GLOB = frozenset("*?[")


def check_kinds(policy: CleanupPolicy) -> None:
    """Raise InvalidField where the scope, an exclusion or a rule names in full a kind that its vendor lacks.

    Every kind of a cloud is known. A cluster may serve further kinds tomorrow, and a glob may be meant for these.
    """
    for field, kinds in _fields(policy):
        for place, name in enumerate(kinds):
            catalogue = _lacking(name)
            if catalogue is not None:
                raise InvalidField(f"{field}[{place}]", f"unknown kind {name!r}{_instead_of(name, catalogue)}")


def check_backup(policy: CleanupPolicy) -> None:
    """Raise InvalidField when `spec.backup.kinds` names a kind without backups, for example by a typing error."""
    if policy.spec.backup is None:
        return
    category_of = {row.kind: row.category for each in catalogues() for row in each.kinds() if row.can_back_up}
    names = {*category_of, *category_of.values()}
    for place, glob in enumerate(policy.spec.backup.kinds):
        if not any(fnmatchcase(name, glob) for name in names):
            kinds, categories = ", ".join(sorted(category_of)), ", ".join(sorted({*category_of.values()}))
            raise InvalidField(
                f"spec.backup.kinds[{place}]",
                f"{glob!r} matches no kind with backups; write {categories}, or one of the kinds {kinds}",
            )


def names_unknown_kinds(policy: CleanupPolicy) -> bool:
    """Whether the scope names a kind that its vendor lacks, so that its meaning is unknown."""
    return any(_lacking(name) is not None for name in policy.spec.scope.kinds)


def _fields(policy: CleanupPolicy) -> Iterator[tuple[str, Iterable[str]]]:
    scope, rules = policy.spec.scope, policy.spec.rules
    yield "spec.rules.irreplaceable.kinds", rules.irreplaceable.kinds
    yield "spec.scope.kinds", scope.kinds
    for place, exclusion in enumerate(scope.exclude):
        yield f"spec.scope.exclude[{place}].kinds", exclusion.kinds


def _lacking(name: str) -> Catalogue | None:
    """Give the catalogue whose vendor has no kind of this name; None for a kind that exists, or may, and for globs."""
    if not _GLOB.isdisjoint(name):
        return None
    return next((catalogue for catalogue in catalogues() if catalogue.lacks_kind(name)), None)


def _instead_of(name: str, catalogue: Catalogue) -> str:
    known = [row.kind for row in catalogue.kinds()]
    close = process.extractOne(
        name.lower(), known, scorer=DamerauLevenshtein.distance, score_cutoff=max(1, len(name) // 4)
    )
    return f"; did you mean {close[0]}?" if close else "; list all kinds with: tagwarden kinds"
