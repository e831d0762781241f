"""Describes the evidence of a deletion in one line."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tagwarden.model.evidence import Role
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
            return f"deleted with {_named(root.resource) if root else deletion.because}"
        judgement = planned.judgement
        if deletion.reason is Reason.Expired and judgement.expires is not None:
            return f"expired {_instant(judgement.expires)}"
        created = planned.resource.created
        born = f"created {_instant(created)}" if created else "creation time unknown"
        if deletion.reason is Reason.Untagged:
            return f"untagged, {born}"
        said = (finding.message for finding in judgement.findings if finding.reason is deletion.reason)
        return f"{next(said, '') or deletion.reason}, {born}"

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
            yield f"no user found among {kinds} kind{'' if kinds == 1 else 's'}"
        for role, resources in found.items():
            going = [each for each in resources if self.goes(each.uid)]
            staying = [each for each in resources if not self.goes(each.uid)]
            if going:
                yield f"{_listed(role, going)} go{'es' if len(going) == 1 else ''} too"
            if staying:
                yield f"{_listed(role, staying)} stay{'s' if len(staying) == 1 else ''}"


def _listed(role: Role, resources: Sequence[Resource]) -> str:
    if len(resources) == 1:
        return f"{role} {_named(resources[0])}"
    more = f" and {len(resources) - _NAMED} more" if len(resources) > _NAMED else ""
    return f"{len(resources)} {role}s ({', '.join(map(_named, resources[:_NAMED]))}{more})"


def _named(resource: Resource) -> str:
    """Give kind, name and id; the id alone if both are equal."""
    own = f" ({resource.id})" if resource.name and resource.name != resource.id else ""
    return f"{resource.kind} {resource.name or resource.id}{own}"


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
