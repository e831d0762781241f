"""Checks that a policy names existing kinds: a typing error would govern or exclude no resource."""

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from tagwarden.errors import InvalidField
from tagwarden.model.policy import CleanupPolicy
from tagwarden.providers.base import Catalogue
from tagwarden.providers.registry import catalogues

_GLOB = frozenset("*?[")


def check_kinds(policy: CleanupPolicy) -> None:
    """Raise InvalidField where the scope, an exclusion or a rule names in full a kind that its vendor lacks.

    Only of clouds is every kind known; a cluster may serve any kind tomorrow, and a glob may be meant for it.
    """
    for field, kinds in _fields(policy):
        for place, name in enumerate(kinds):
            catalogue = _lacking(name)
            if catalogue is not None:
                raise InvalidField(f"{field}[{place}]", f"unknown kind {name!r}{_instead_of(name, catalogue)}")


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
