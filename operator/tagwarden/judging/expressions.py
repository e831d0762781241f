"""CEL expressions over a resource: compiled once, given only the named fields, never trusted to succeed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cel

from tagwarden.errors import InvalidField
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import Tags, TagState

_EXAMPLE = 'resource.region != "us-east-1" && resource.age > duration("1h")'
_REMEMBERED = 4_096
_LONGEST_MESSAGE = 200
_LONGEST_SOURCE = 120


@dataclass(frozen=True, slots=True)
class Failed:
    """The failure of an expression for a resource: neither true nor false, so the resource is left alone."""

    message: str


Field = Callable[[Resource, datetime | None, datetime], Any]
"""Gives the value of one field for an expression, from the resource, its creation time and now."""


def _tags(resource: Resource, created: datetime | None, now: datetime) -> dict[str, str]:
    del created, now
    if resource.tags.state is TagState.UNREADABLE:
        # An empty map would make unknown tags look missing (S1).
        raise LookupError(messages.UNREADABLE_TAGS(why=resource.tags.why))
    return dict(resource.tags.values)


def _age(resource: Resource, created: datetime | None, now: datetime) -> timedelta | None:
    del resource
    return now - created if created is not None else None


FIELDS: Mapping[str, Field] = {
    "name": lambda resource, _created, _now: resource.name,
    "id": lambda resource, _created, _now: resource.id,
    "region": lambda resource, _created, _now: resource.region,
    "namespace": lambda resource, _created, _now: resource.namespace,
    "kind": lambda resource, _created, _now: resource.kind,
    "category": lambda resource, _created, _now: resource.category,
    "provider": lambda resource, _created, _now: str(resource.provider),
    "account": lambda resource, _created, _now: resource.account,
    "state": lambda resource, _created, _now: resource.state,
    "tags": _tags,
    "attributes": lambda resource, _created, _now: dict(resource.attributes),
    "created": lambda _resource, created, _now: created,
    "age": _age,
}
"""Fields of `resource`. `created` (timestamp) and `age` (duration) are null if the creation time is unknown."""

_FEW_VALUES = {"region", "namespace", "kind", "category", "provider", "account", "state"}
"""Fields with few values: answers that depend on these alone are cached."""

_NAMED = re.compile(r"\bresource\.([A-Za-z_][A-Za-z0-9_]*)")
_ANY = re.compile(r"\bresource\b")

_SAMPLE = Resource(
    uid="sample",
    provider=ProviderName.AWS,
    account="sample",
    region="eu-central-1",
    kind="aws_ec2_instance",
    category="instance",
    id="sample",
    name="sample",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    tags=Tags.known({}),
)
_SAMPLE_NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Expression:
    """One compiled expression; the result is true, false or a failure."""

    __slots__ = ("_answers", "_few", "_fields", "_program", "source")

    def __init__(self, source: str, where: str) -> None:
        """Compile; raise InvalidField with the path `where` for an expression that fails on every resource."""
        self.source = source
        try:
            self._program = cel.compile(source)
        except ValueError as error:
            raise _invalid(where, source, _first_line(error)) from None
        named = _NAMED.findall(source)
        unknown = sorted(set(named) - FIELDS.keys())
        if unknown and not _is_quoted(source):
            raise _invalid(where, source, f"unknown field resource.{unknown[0]}; known fields: {', '.join(FIELDS)}")
        # Only named fields are passed, since passing them costs more than the evaluation. An expression such as
        # `resource["region"]` gets all fields.
        told = len(named) == len(_ANY.findall(source)) and not unknown
        self._fields = tuple((name, FIELDS[name]) for name in (sorted(set(named)) if told else FIELDS))
        self._few = told and set(named) <= _FEW_VALUES and "now" not in self._program.variables()
        self._answers: dict[tuple[Any, ...], bool | Failed] = {}
        self._try_out(where)

    def holds(self, resource: Resource, created: datetime | None, now: datetime) -> bool | Failed:
        """Evaluate for one resource. `created` is the creation time, None if unknown."""
        if not self._few:
            return self._evaluate(resource, created, now)
        key = tuple([field(resource, created, now) for _, field in self._fields])
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = self._answers[key] = self._evaluate(resource, created, now)
        return answer

    def _evaluate(self, resource: Resource, created: datetime | None, now: datetime) -> bool | Failed:
        try:
            answer = self._run(resource, created, now)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - the library raises failures that are no Exception, and S12 holds
            return Failed(messages.EXPRESSION_FAILED(source=_shown(self.source), error=_first_line(error)))
        if isinstance(answer, bool):
            return answer
        found = repr(answer)[:_LONGEST_MESSAGE]
        return Failed(messages.EXPRESSION_RETURNED(source=_shown(self.source), answer=found))

    def _run(self, resource: Resource, created: datetime | None, now: datetime) -> Any:
        seen = {name: field(resource, created, now) for name, field in self._fields}
        return self._program.execute({"resource": seen, "now": now})

    def _try_out(self, where: str) -> None:
        """Find errors that affect every resource: unknown names, wrong types, results other than true or false."""
        try:
            answer = self._run(_SAMPLE, _SAMPLE.created, _SAMPLE_NOW)
        except (RuntimeError, TypeError) as error:
            raise _invalid(where, self.source, _first_line(error)) from None
        except Exception:  # noqa: BLE001 - the sample lacks a tag or an attribute, which others may have
            return
        if not isinstance(answer, bool):
            raise _invalid(where, self.source, "the result must be true or false")


def compile_expression(source: str | None, where: str) -> Expression | None:
    """Compile an optional expression; raise InvalidField that names the field `where`."""
    return Expression(source, where) if source is not None else None


def _invalid(where: str, source: str, problem: str) -> InvalidField:
    return InvalidField(
        where,
        f"{_shown(source)} is not a valid CEL expression: {problem}; write CEL such as {_EXAMPLE}",
        Reason.InvalidExpression,
    )


def _shown(source: str) -> str:
    return repr(source if len(source) <= _LONGEST_SOURCE else f"{source[:_LONGEST_SOURCE]}…")


def _is_quoted(source: str) -> bool:
    """Whether an apparent unknown field may be part of a string literal."""
    return any(re.search(r"\bresource\.", text) for text in re.findall(r"\"[^\"]*\"|'[^']*'", source))


def _first_line(error: BaseException) -> str:
    if isinstance(error, KeyError) and error.args:
        return messages.NO_SUCH_KEY(key=error.args[0])
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    parsing = next((line.partition("Syntax error: ")[2] for line in lines if "Syntax error: " in line), "")
    return (parsing or (lines[0] if lines else type(error).__name__))[:_LONGEST_MESSAGE]
