"""The filters of a plan's resources for display; the plan itself stays whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated

import typer

from tagwarden.errors import BadInput
from tagwarden.model.plan import PlannedResource

NONE = "-"
"""Matches a resource without such a value, as tables show it."""

_TOLD = 12

Region = Annotated[list[str] | None, typer.Option("--region", help="Show only this region (glob). Repeatable.")]
Kind = Annotated[list[str] | None, typer.Option("--kind", help="Show only this kind (glob). Repeatable.")]
Owner = Annotated[
    list[str] | None, typer.Option("--owner", help="Show only this owner (glob); - for none. Repeatable.")
]
OfVerdict = Annotated[list[str] | None, typer.Option("--verdict", help="Show only this verdict (glob). Repeatable.")]
OfReason = Annotated[
    list[str] | None, typer.Option("--reason", help="Show only findings of this reason (glob). Repeatable.")
]


def _refuse(given: list[str] | None) -> None:
    if given:
        raise BadInput(
            "apply takes no filters: it carries out whole plans, so that nothing else happens than was shown and"
            " approved; filter with tagwarden plan, or narrow spec.scope of the policy"
        )


NoFilters = Annotated[
    list[str] | None,
    typer.Option("--region", "--kind", "--owner", "--verdict", "--reason", hidden=True, callback=_refuse),
]
"""Refuses the filters of `plan` with a reason."""


def _reasons(planned: PlannedResource) -> Iterable[str]:
    yield from (finding.reason for finding in planned.judgement.findings)
    yield from (action.reason for action in planned.actions)
    if planned.withheld is not None:
        yield planned.withheld.reason


_VALUES: dict[str, Callable[[PlannedResource], Iterable[str]]] = {
    "kind": lambda planned: (planned.resource.kind,),
    "region": lambda planned: (planned.resource.region or NONE,),
    "owner": lambda planned: (planned.judgement.owner or NONE,),
    "verdict": lambda planned: (planned.judgement.verdict,),
    "reason": _reasons,
}
"""The filters by option, each with the values of a resource."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Globs by option. Values of one option are alternatives; a resource must match every option."""

    globs: dict[str, Sequence[str]]

    @classmethod
    def of(cls, **given: Sequence[str] | None) -> "Filters":
        """Give the filters of the options that were given."""
        return cls({option: globs for option, globs in given.items() if globs})

    def __bool__(self) -> bool:
        return bool(self.globs)

    def __str__(self) -> str:
        return " ".join(f"--{option} {glob}" for option, globs in self.globs.items() for glob in globs)

    def shows(self, planned: PlannedResource) -> bool:
        """Whether a resource matches."""
        return all(
            any(_matches(value, glob) for value in _VALUES[option](planned) for glob in globs)
            for option, globs in self.globs.items()
        )

    def complaints(self, resources: Sequence[PlannedResource]) -> Iterable[str]:
        """Name each glob that matches nothing, with the existing values; else say that no resource matches all."""
        is_complete = True
        for option, globs in self.globs.items():
            found = {str(value) for planned in resources for value in _VALUES[option](planned)}
            for glob in globs:
                if not any(_matches(value, glob) for value in found):
                    is_complete = False
                    yield f"no resource of {option} {glob}; {option}s in the plan: {_listed(found)}"
        if is_complete and not any(map(self.shows, resources)):
            yield f"no resource matches all of {self}"


NO_FILTERS = Filters({})


def _matches(value: str, glob: str) -> bool:
    return fnmatchcase(value.casefold(), glob.casefold())


def _listed(values: Iterable[str]) -> str:
    names = sorted(values)
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return (", ".join(names[:_TOLD]) or "none") + more
