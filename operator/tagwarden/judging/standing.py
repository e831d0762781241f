"""Whether a policy is the one to judge a resource, and whether it leaves it alone."""

from datetime import datetime

from tagwarden.judging.case import UNDISPUTED, Circumstances, Standing
from tagwarden.judging.expressions import Failed
from tagwarden.model.resource import Resource


def standing_of(resource: Resource, around: Circumstances, created: datetime | None) -> Standing | None:
    """Tell who governs a resource of the scope; None where it is another policy, or none.

    An expression that fails counts as one that covers, so that nobody else takes over (S16). A rival that nobody can
    read does not take the resource away unseen: it holds the resource, and is named (S22).
    """
    policy, now = around.policy, around.now
    failure = ""
    if policy.scope.where is not None:
        answer = policy.scope.where.holds(resource, created, now)
        if answer is False:
            return None
        failure = _why(answer)
    contenders, unread = [], []
    for rival in around.rivals:
        where = rival.scope.where
        if where is not None and where.holds(resource, created, now) is False:
            continue
        if rival.unread:
            unread.append(f"{rival.name}: {rival.unread}")
            continue
        if rival.spec.priority > policy.spec.priority:
            return None
        contenders.append(rival.name)
    excluded_by = ""
    for exclusion in around.exclusions:
        answer = exclusion.holds(resource, created, now)
        if answer is True:
            excluded_by = exclusion.label
            break
        failure = failure or _why(answer)
    if contenders or failure or excluded_by or unread:
        return Standing(tuple(contenders), failure, excluded_by, tuple(unread))
    return UNDISPUTED


def _why(answer: bool | Failed) -> str:
    return answer.message if isinstance(answer, Failed) else ""
