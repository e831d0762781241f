"""Which policy governs a resource, and whether that policy excludes it."""

from datetime import datetime
from typing import NamedTuple

from tagwarden.judging.expressions import Failed
from tagwarden.judging.kind_context import KindContext
from tagwarden.model.resource import Resource


class Governance(NamedTuple):
    """The policy governs the resource, unless one of these fields says otherwise.

    `tied_policies` also govern the resource, with the same priority. `failure` describes an expression that failed, so
    that the governing policy is unknown. `excluded_by` names the exclusion that matches. `unread` are unreadable
    policies that may govern the resource, each with its mistake.
    """

    tied_policies: tuple[str, ...] = ()
    failure: str = ""
    excluded_by: str = ""
    unread: tuple[str, ...] = ()


UNDISPUTED = Governance()


def governance_of(resource: Resource, context: KindContext, created: datetime | None) -> Governance | None:
    """Find out which policies govern a resource; None if this policy does not.

    `created` is the creation time as far as known, aware UTC. An expression that fails counts as true, so that no other
    policy takes over (S16). An unreadable policy of higher priority does not take over the resource either: all actions
    on the resource are blocked, and the unreadable policy is named (S22).
    """
    return UNDISPUTED if context.is_undisputed else _disputed(resource, context, created)


def _disputed(resource: Resource, context: KindContext, created: datetime | None) -> Governance | None:
    policy, now = context.policy, context.now
    failure = ""
    if policy.scope.where is not None:
        answer = policy.scope.where.holds(resource, created, now)
        if answer is False:
            return None
        failure = _failure_in(answer)
    tied_policies, unread = [], []
    for other in context.other_policies:
        where = other.scope.where
        if where is not None and where.holds(resource, created, now) is False:
            continue
        if other.unread:
            unread.append(f"{other.name}: {other.unread}")
            continue
        if other.spec.priority > policy.spec.priority:
            return None
        tied_policies.append(other.name)
    excluded_by = ""
    for exclusion in context.exclusions:
        answer = exclusion.holds(resource, created, now)
        if answer is True:
            excluded_by = exclusion.label
            break
        failure = failure or _failure_in(answer)
    if tied_policies or failure or excluded_by or unread:
        return Governance(tuple(tied_policies), failure, excluded_by, tuple(unread))
    return UNDISPUTED


def _failure_in(answer: bool | Failed) -> str:
    return answer.message if isinstance(answer, Failed) else ""
