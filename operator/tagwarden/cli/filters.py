"""The filters of plans and of the journal for display; the plan itself stays whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, Generic, TypeVar

import typer

from tagwarden.cli.completion import complete_kind, complete_reason, complete_verdict
from tagwarden.errors import BadInput
from tagwarden.model.plan import PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Verdict
from tagwarden.state import Entry

Row = TypeVar("Row")

NONE = "-"
"""Matches a resource without such a value, as tables show it."""

_TOLD = 12


def _option(name: str, help_: str, complete: Callable[[str], list[str]] | None = None) -> Any:
    return typer.Option(name, metavar="GLOB", help=f"{help_} Repeatable.", autocompletion=complete)


Globs = list[str] | None
Region = Annotated[Globs, _option("--region", "Show only this region; - for none.")]
Kind = Annotated[Globs, _option("--kind", "Show only this kind.", complete_kind)]
Owner = Annotated[Globs, _option("--owner", "Show only resources of this owner; - for none.")]
OfVerdict = Annotated[Globs, _option("--verdict", "Show only this verdict.", complete_verdict)]
OfReason = Annotated[Globs, _option("--reason", "Show only resources with this reason.", complete_reason)]


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


@dataclass(frozen=True, slots=True)
class Filters(Generic[Row]):
    """Globs by option. Values of one option are alternatives; a row must match every option.

    `values` gives the values of a row by option; `rows` and `place` name the rows and the filtered plan or journal in
    messages.
    """

    globs: Mapping[str, Sequence[str]]
    values: Mapping[str, Callable[[Row], Iterable[str]]]
    rows: str
    place: str

    def __bool__(self) -> bool:
        return bool(self.globs)

    def __str__(self) -> str:
        return " ".join(f"--{option} {glob}" for option, globs in self.globs.items() for glob in globs)

    def shows(self, row: Row) -> bool:
        """Whether a row matches."""
        return all(
            any(_matches(value, glob) for value in self.values[option](row) for glob in globs)
            for option, globs in self.globs.items()
        )

    def complaints(self, rows: Sequence[Row]) -> Iterable[str]:
        """Name each glob that matches nothing, with the existing values; else say that nothing matches all globs."""
        is_complete = True
        for option, globs in self.globs.items():
            found = {str(value) for row in rows for value in self.values[option](row)}
            for glob in globs:
                if not any(_matches(value, glob) for value in found):
                    is_complete = False
                    yield f"no {self.rows} of {option} {glob}; {option}s in the {self.place}: {_listed(found)}"
        if is_complete and not any(map(self.shows, rows)):
            yield f"no {self.rows} matches all of {self}"


def _reasons(planned: PlannedResource) -> Iterable[str]:
    yield from (finding.reason for finding in planned.judgement.findings)
    yield from (action.reason for action in planned.actions)
    if planned.withheld is not None:
        yield planned.withheld.reason


_OF_PLANS: Mapping[str, Callable[[PlannedResource], Iterable[str]]] = {
    "kind": lambda planned: (planned.resource.kind,),
    "region": lambda planned: (planned.resource.region or NONE,),
    "owner": lambda planned: (planned.judgement.owner or NONE,),
    "verdict": lambda planned: (planned.judgement.verdict,),
    "reason": _reasons,
}


def of_plans(**given: Sequence[str] | None) -> Filters[PlannedResource]:
    """Give the filters of a plan from the options that were given."""
    return Filters(_given(given), _OF_PLANS, "resource", "plan")


_OF_JOURNALS: Mapping[str, Callable[[Entry], Iterable[str]]] = {
    "account": lambda entry: (entry.account,),
    "kind": lambda entry: (entry.kind,),
    "region": lambda entry: (entry.region or NONE,),
    "reason": lambda entry: (entry.reason,),
}


def of_journals(**given: Sequence[str] | None) -> Filters[Entry]:
    """Give the filters of the journal from the options that were given."""
    return Filters(_given(given), _OF_JOURNALS, "entry", "journal")


def _given(options: Mapping[str, Sequence[str] | None]) -> Mapping[str, Sequence[str]]:
    """Leave out options without globs; raise BadInput for a verdict or a reason that does not exist."""
    given = {option: globs for option, globs in options.items() if globs}
    for option, words in (("verdict", Verdict), ("reason", Reason)):
        for glob in given.get(option, ()):
            if not any(_matches(word.value, glob) for word in words):
                known = _listed(word.value for word in words)
                raise BadInput(f"--{option}: no {option} matches {glob!r}; {option}s: {known}")
    return given


def _matches(value: str, glob: str) -> bool:
    return fnmatchcase(value.casefold(), glob.casefold())


def _listed(values: Iterable[str]) -> str:
    names = sorted(values)
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return (", ".join(names[:_TOLD]) or "none") + more


NO_FILTERS = of_plans()
