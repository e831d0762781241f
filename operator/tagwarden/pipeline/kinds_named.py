"""Checks that a policy names existing kinds: a typing error would govern or exclude no resource."""

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from tagwarden.errors import InvalidField
from tagwarden.model.policy import CleanupPolicy
from tagwarden.providers import aws

_AWS = "aws_"
_KNOWN = frozenset(row.kind for row in aws.catalogue())
_GLOB = frozenset("*?[")


def check_kinds(policy: CleanupPolicy) -> None:
    """Raise InvalidField when the scope, an exclusion or a rule names an unknown AWS kind in full.

    Only for AWS is every kind known; a cluster may serve new kinds, and a glob may be meant for them.
    """
    for field, kinds in _fields(policy):
        for place, name in enumerate(kinds):
            if _is_unknown(name):
                raise InvalidField(f"{field}[{place}]", f"unknown kind {name!r}{_instead_of(name)}")


def names_unknown_kinds(policy: CleanupPolicy) -> bool:
    """Whether the scope names an unknown AWS kind, so that its meaning is unclear."""
    return any(map(_is_unknown, policy.spec.scope.kinds))


def _fields(policy: CleanupPolicy) -> Iterator[tuple[str, Iterable[str]]]:
    scope, rules = policy.spec.scope, policy.spec.rules
    yield "spec.rules.irreplaceable.kinds", rules.irreplaceable.kinds
    yield "spec.scope.kinds", scope.kinds
    for place, exclusion in enumerate(scope.exclude):
        yield f"spec.scope.exclude[{place}].kinds", exclusion.kinds


def _is_unknown(name: str) -> bool:
    return name.lower().startswith(_AWS) and _GLOB.isdisjoint(name) and name not in _KNOWN


def _instead_of(name: str) -> str:
    close = process.extractOne(
        name.lower(), sorted(_KNOWN), scorer=DamerauLevenshtein.distance, score_cutoff=max(1, len(name) // 4)
    )
    return f"; did you mean {close[0]}?" if close else "; list all kinds with: tagwarden kinds"
