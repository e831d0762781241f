"""Describes the evidence of a deletion in one line."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tagwarden.model.evidence import Role
from tagwarden.model.messages import evidence_messages as messages
from tagwarden.model.messages.message import Message
from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource

_NAMED = 3
"""Maximum number of named users or parents; the others are counted."""


class Grounds:
    """The evidence of each deletion of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._planned = {planned.resource.uid: planned for planned in plan.resources}

    def goes(self, uid: str) -> bool:
        """Whether that resource no longer exists at the end of the plan."""
        planned = self._planned.get(uid)
        return planned is not None and planned.goes

    def describe(self, planned: PlannedResource) -> str:
        """Describe reason, users and parents of a deletion in one line; empty if no action deletes the resource."""
        deletion = next((action for action in planned.actions if action.type is ActionType.DELETE), None)
        if deletion is None:
            return ""
        return "; ".join((self._cause(planned, deletion), *self._witnesses(planned)))

    def _cause(self, planned: PlannedResource, deletion: Action) -> str:
        if deletion.because:
            root = self._planned.get(deletion.because)
            return messages.DELETED_WITH(root=_named(root.resource) if root else deletion.because)
        judgement = planned.judgement
        if deletion.reason is Reason.Expired and judgement.expires is not None:
            return messages.EXPIRED(at=_instant(judgement.expires))
        created = planned.resource.created
        age = messages.CREATED(at=_instant(created)) if created else messages.CREATED_AT_UNKNOWN_TIME()
        if deletion.reason is Reason.Untagged:
            return messages.UNTAGGED(age=age)
        texts = (finding.message for finding in judgement.findings if finding.reason is deletion.reason)
        return messages.BY_RULE(rule=next(texts, "") or deletion.reason, age=age)

    def _witnesses(self, planned: PlannedResource) -> Iterable[str]:
        evidence = planned.evidence
        if evidence is None:
            return
        found = {
            role: [witness.resource for witness in evidence.witnesses if witness.role is role]
            for role in (Role.USER, Role.PARENT)
        }
        if not found[Role.USER]:
            kinds = len({kind for search in evidence.searches for kind in search.extent.kinds})
            yield messages.NO_USER_IN_KIND() if kinds == 1 else messages.NO_USER_IN_KINDS(kinds=kinds)
        for role, resources in found.items():
            going = [each for each in resources if self.goes(each.uid)]
            staying = [each for each in resources if not self.goes(each.uid)]
            if going:
                yield _listed(going, messages.DELETED_TOO, messages.SEVERAL_DELETED_TOO, role)
            if staying:
                yield _listed(staying, messages.STAYS, messages.SEVERAL_STAY, role)


def _listed(resources: Sequence[Resource], one: Message, several: Message, role: Role) -> str:
    if len(resources) == 1:
        return one(role=role, resource=_named(resources[0]))
    names, more = ", ".join(map(_named, resources[:_NAMED])), len(resources) - _NAMED
    names = messages.AND_MORE(names=names, more=more) if more > 0 else names
    return several(role=role, count=len(resources), names=names)


def _named(resource: Resource) -> str:
    """Give kind, name and id; the id alone if both are equal."""
    own = f" ({resource.id})" if resource.name and resource.name != resource.id else ""
    return f"{resource.kind} {resource.name or resource.id}{own}"


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
