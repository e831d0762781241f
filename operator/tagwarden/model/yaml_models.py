"""The boundary where YAML becomes values: the base of all models of YAML, and constraints stated once.

A `Constraint` is written in CEL beside the field or model. The generated CRD carries the constraint to the API server;
files that are read without a cluster are checked here with the same expression. Both therefore refuse the same values
with the same messages.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Self

import cel
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tagwarden.model.duration import DURATION_HELP, DURATION_PATTERN, format_duration, parse_duration

VALIDATIONS = "x-kubernetes-validations"
CONSTRAINT = "constraint"
"""The type of the pydantic error of a constraint; the context holds `sentence` and `field`, which may be empty."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A CEL condition on a value (`self`), and the message with advice.

    `field` names the field of a model to change. Besides standard CEL, an expression may use the functions `find` and
    `replace`, which the API server has too. Absent and empty lists, mappings and optional fields are equivalent: test
    with `has()`.
    """

    cel: str
    message: str
    field: str = ""

    def check(self, value: Any) -> Any:
        """Give the value back, or raise the pydantic error with the constraint's message."""
        if not _holds(self.cel, _as_written(value)):
            raise PydanticCustomError(CONSTRAINT, "{sentence}", {"sentence": self.message, "field": self.field})
        return value

    def as_validation(self) -> dict[str, str]:
        """Give the entry of `x-kubernetes-validations`."""
        path = {"fieldPath": f".{self.field}"} if self.field else {}
        return {"rule": self.cel, "message": self.message, **path}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the value after pydantic itself has accepted it."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the constraint to the schema of the value."""
        found = handler(schema)
        return {**found, VALIDATIONS: [*found.get(VALIDATIONS, []), self.as_validation()]}


class Boundary(BaseModel):
    """Base of external models: refuses unknown fields, names fields in camelCase, describes fields by docstrings."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )

    constraints: ClassVar[tuple[Constraint, ...]] = ()
    """Constraints between the fields."""

    @model_validator(mode="after")
    def _meets_constraints(self) -> Self:
        for constraint in self.constraints:
            constraint.check(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the constraints between the fields to the schema of the model."""
        found = handler(schema)
        if cls.constraints:
            validations = [constraint.as_validation() for constraint in cls.constraints]
            handler.resolve_ref_schema(found)[VALIDATIONS] = validations
        return found


def between(least: int, most: int) -> Constraint:
    """Constrain a whole number to a range, both ends included."""
    return Constraint(f"self >= {least} && self <= {most}", f"write a whole number from {least} to {most}")


def seconds_of(text: str) -> str:
    """Give the CEL expression for the seconds of the duration that the expression `text` yields."""
    units = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
    parts = (f"int('0' + {text}.find('[0-9]{{1,6}}{unit}').replace('{unit}', '')) * {n}" for unit, n in units.items())
    return f"({' + '.join(parts)})"


def _read_duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_duration(value)
    except ValueError:
        raise PydanticCustomError(CONSTRAINT, "{sentence}", {"sentence": DURATION_HELP, "field": ""}) from None


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": 40,
            VALIDATIONS: [Constraint(f"self.matches('{DURATION_PATTERN}')", DURATION_HELP).as_validation()],
        }
    ),
]
"""A duration such as `48h`, `2d` or `1d12h`."""


def _as_written(value: Any) -> Any:
    """Give a validated value as in YAML, without absent or empty fields."""
    match value:
        case timedelta():
            return format_duration(value)
        case BaseModel():
            return _without_empty(value.model_dump(mode="json", by_alias=True, exclude_none=True))
        case tuple():
            return [_as_written(item) for item in value]
        case _:
            return value


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in kept.items() if value != []}


def _holds(expression: str, value: Any) -> bool:
    context = cel.Context(variables={"self": value}, functions=_FUNCTIONS)
    return _program(expression).execute(context) is True


@functools.cache
def _program(expression: str) -> cel.Program:
    return cel.compile(expression)


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found.group() if found else ""


def _replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


_FUNCTIONS: dict[str, Callable[..., Any]] = {"find": _find, "replace": _replace}
