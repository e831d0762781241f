"""Whether a policy is the one to judge a resource, and whether it leaves it alone."""

from datetime import datetime

from tagwarden.judging.check_input import UNDISPUTED, Governance, KindContext
from tagwarden.judging.expressions import Failed
from tagwarden.model.resource import Resource


def governance_of(resource: Resource, around: KindContext, created: datetime | None) -> Governance | None:
    """Tell who governs a resource of the scope; None where it is another policy, or none.

    An expression that fails counts as one that covers, so that nobody else takes over (S16). Another policy that
    nobody can read does not take the resource away unseen: it holds the resource, and is named (S22).
    """
    policy, now = around.policy, around.now
    failure = ""
    if policy.scope.where is not None:
        answer = policy.scope.where.holds(resource, created, now)
        if answer is False:
            return None
        failure = _why(answer)
    tied_policies, unread = [], []
    for other in around.other_policies:
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
    for exclusion in around.exclusions:
        answer = exclusion.holds(resource, created, now)
        if answer is True:
            excluded_by = exclusion.label
            break
        failure = failure or _why(answer)
    if tied_policies or failure or excluded_by or unread:
        return Governance(tuple(tied_policies), failure, excluded_by, tuple(unread))
    return UNDISPUTED


def _why(answer: bool | Failed) -> str:
    return answer.message if isinstance(answer, Failed) else ""
