"""From the tree of a filter to SQL.

Whatever fails in CEL for one resource (a tag that is missing or cannot be read, an unknown creation time) is null in
SQL. Null is neither true nor false in both, so such a resource is not found, nor by the negation.
"""

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tagwarden.inventory.search.syntax import Filter, Node, wrong
from tagwarden.model.duration import parse_duration
from tagwarden.model.messages import search_messages as messages
from tagwarden.model.tags import TagState

TEXT, NUMBER, BOOL, TIME, SPAN, MAP, FACTS, FACT, NULL, LIST = (
    "a text", "a number", "true or false", "a time", "a duration", "tags", "attributes", "an attribute", "null",
    "a list",
)  # fmt: skip


class Sql(NamedTuple):
    """A part of a query, and the type of its value."""

    sql: str
    type: str


_IS_READABLE = f"tag_state <> '{TagState.UNREADABLE.value}'"
FIELDS: dict[str, Sql] = {
    **{
        name: Sql(name, TEXT)
        for name in (
            "kind", "category", "provider", "account", "account_id", "region", "namespace", "uid", "id", "name",
            "state", "protection", "owner", "verdict", "policy", "withheld", "environment",
        )
    },
    "created": Sql("created", TIME),
    "expires": Sql("expires", TIME),
    "last_seen": Sql("last_seen", TIME),
    "age": Sql("(epoch($now) - epoch(created))", SPAN),
    "cost": Sql("cost_per_month", NUMBER),
    "tags": Sql("tags", MAP),
    "attributes": Sql("attributes", FACTS),
}  # fmt: skip
"""What a filter may name. `cost` is US dollars a month, null where unknown."""

POLICY_FIELDS = frozenset(
    {
        "kind", "category", "provider", "account", "region", "namespace", "id", "name", "state", "created", "age",
        "tags", "attributes",
    }
)  # fmt: skip
"""The fields that policies know, as `resource.NAME`."""

_ORDER = frozenset({"<", "<=", ">", ">="})
_JSON_TYPES = {
    TEXT: ("('VARCHAR')", "({value}->>'$')"),
    NUMBER: ("('BIGINT', 'UBIGINT', 'DOUBLE')", "try_cast({value}->>'$' as double)"),
    BOOL: ("('BOOLEAN')", "try_cast({value}->>'$' as boolean)"),
}


@dataclass
class Printer:
    """Prints filters to SQL; `given` collects the values that the query binds."""

    given: dict[str, Any] = field(default_factory=dict)
    reads_tags: bool = False
    """Whether the filter that was printed last names tags."""

    def condition(self, found: Filter) -> str:
        """Give the condition of a filter; raise BadInput for mistakes."""
        self.reads_tags = False
        if found.expression is not None:
            printed = self._print(found.expression)
            printed = self._as(printed, BOOL) if printed.type == FACT else printed
            if printed.type != BOOL:
                raise wrong(found.expression.column or 1, messages.NOT_TRUE(found=printed.type))
            # As in a policy: an expression that names tags fails where they cannot be read.
            return f"({printed.sql} and {_IS_READABLE})" if self.reads_tags else printed.sql
        return " and ".join(self._has_text(word) for word in found.words) or "true"

    def bind(self, value: Any) -> str:
        """Bind a value, and give its place."""
        name = f"p{len(self.given)}"
        self.given[name] = value
        return f"${name}"

    def column(self, name: str, column: int) -> Sql:
        """Give a field such as `owner`, `tags.team` or `attributes.vpc`."""
        head, _, key = name.partition(".")
        known = self._field(head, column)
        if not key:
            return known
        return self._member(known, key, column)

    def _has_text(self, word: str) -> str:
        return f"contains(text, {self.bind(word.lower())})"

    def _field(self, name: str, column: int) -> Sql:
        if name == "now":
            return Sql("$now", TIME)
        if name in FIELDS:
            self.reads_tags = self.reads_tags or name == "tags"
            return FIELDS[name]
        near = difflib.get_close_matches(name, FIELDS, 1)
        hint = messages.DID_YOU_MEAN(name=near[0]) if near else ""
        raise wrong(column, messages.UNKNOWN_NAME(name=name, hint=hint, fields=", ".join(FIELDS)))

    def _print(self, node: Node) -> Sql:
        printers: dict[str, Callable[[Node], Sql]] = {
            "literal": self._literal,
            "name": lambda one: self._field(one.value, one.column),
            "member": self._of_member,
            "index": self._of_index,
            "call": self._call,
            "unary": self._unary,
            "binary": self._binary,
            "choice": self._choice,
            "list": lambda one: Sql(f"[{', '.join(self._print(part).sql for part in one.parts)}]", LIST),
        }
        return printers[node.kind](node)

    def _literal(self, node: Node) -> Sql:
        match node.value:
            case None:
                return Sql("null", NULL)
            case bool():
                return Sql(str(node.value).lower(), BOOL)
            case int() | float():
                return Sql(self.bind(float(node.value)), NUMBER)
        return Sql(self.bind(node.value), TEXT)

    def _of_member(self, node: Node) -> Sql:
        (of,) = node.parts
        if of.kind == "name" and of.value == "resource":
            return self._field(node.value, node.column)
        return self._member(self._print(of), node.value, node.column)

    def _of_index(self, node: Node) -> Sql:
        of, key = node.parts
        if key.kind != "literal" or not isinstance(key.value, str):
            raise wrong(node.column, messages.WRONG_ARGUMENT(function="[ ]", wanted="a text in quotes"))
        if of.kind == "name" and of.value == "resource":
            return self._field(key.value, node.column)
        return self._member(self._print(of), key.value, node.column)

    def _member(self, of: Sql, key: str, column: int) -> Sql:
        if of.type == MAP:
            return Sql(f"{of.sql}[{self.bind(key)}]", TEXT)
        if of.type == FACTS:
            path = "$." + json.dumps(key, ensure_ascii=False)
            return Sql(f"json_extract({of.sql}, {self.bind(path)})", FACT)
        raise wrong(column, messages.NO_MEMBER(found=key))

    def _as(self, value: Sql, type_: str) -> Sql:
        """Give an attribute as a value of this type; null where it has another."""
        if value.type != FACT or type_ not in _JSON_TYPES:
            return value
        types, form = _JSON_TYPES[type_]
        return Sql(f"(case when json_type({value.sql}) in {types} then {form.format(value=value.sql)} end)", type_)

    def _unary(self, node: Node) -> Sql:
        wanted = BOOL if node.value == "!" else NUMBER
        value = self._as(self._print(node.parts[0]), wanted)
        if value.type != wanted and not (node.value == "-" and value.type == SPAN):
            raise wrong(node.column, messages.WRONG_ARGUMENT(function=node.value, wanted=wanted))
        return Sql(f"(not {value.sql})" if node.value == "!" else f"(- {value.sql})", value.type)

    def _choice(self, node: Node) -> Sql:
        asked, yes, no = map(self._print, node.parts)
        test = self._as(asked, BOOL)
        type_ = yes.type if yes.type != FACT else no.type
        yes, no = self._as(yes, type_), self._as(no, type_)
        if test.type != BOOL or yes.type != no.type:
            raise wrong(node.column, messages.WRONG_TYPES(left=yes.type, right=no.type, sign="? :"))
        # An unknown condition is a failure in CEL, and not the second value.
        return Sql(f"(case when {test.sql} then {yes.sql} when not {test.sql} then {no.sql} end)", yes.type)

    def _binary(self, node: Node) -> Sql:
        sign = node.value
        left, right = map(self._print, node.parts)
        if sign in {"&&", "||"}:
            left, right = self._as(left, BOOL), self._as(right, BOOL)
            if (left.type, right.type) != (BOOL, BOOL):
                raise wrong(node.column, messages.WRONG_TYPES(left=left.type, right=right.type, sign=sign))
            return Sql(f"({left.sql} {'and' if sign == '&&' else 'or'} {right.sql})", BOOL)
        if sign == "in":
            return self._in(node, left, right)
        if NULL in {left.type, right.type} and sign in {"==", "!="}:
            other = left if right.type == NULL else right
            return Sql(f"({other.sql} is {'' if sign == '==' else 'not '}null)", BOOL)
        left, right = self._as(left, right.type), self._as(right, left.type)
        if FACT in {left.type, right.type}:
            left, right = self._as(left, TEXT), self._as(right, TEXT)
        if sign in _ORDER or sign in {"==", "!="}:
            if left.type != right.type or (sign in _ORDER and left.type in {BOOL, MAP, LIST}):
                raise wrong(node.column, messages.WRONG_TYPES(left=left.type, right=right.type, sign=sign))
            return Sql(f"({left.sql} {'=' if sign == '==' else '<>' if sign == '!=' else sign} {right.sql})", BOOL)
        return self._arithmetic(node, left, right)

    def _arithmetic(self, node: Node, left: Sql, right: Sql) -> Sql:
        sign = node.value
        match left.type, sign, right.type:
            case ("a number", _, "a number"):
                return Sql(f"({left.sql} {sign} {right.sql})", NUMBER)
            case ("a text", "+", "a text"):
                return Sql(f"({left.sql} || {right.sql})", TEXT)
            case ("a duration", "+" | "-", "a duration"):
                return Sql(f"({left.sql} {sign} {right.sql})", SPAN)
            case ("a time", "-", "a time"):
                return Sql(f"(epoch({left.sql}) - epoch({right.sql}))", SPAN)
            case ("a time", "+" | "-", "a duration"):
                return Sql(f"to_timestamp(epoch({left.sql}) {sign} {right.sql})", TIME)
        raise wrong(node.column, messages.WRONG_TYPES(left=left.type, right=right.type, sign=sign))

    def _in(self, node: Node, left: Sql, right: Sql) -> Sql:
        if right.type == MAP and left.type == TEXT:
            return Sql(f"map_contains({right.sql}, {left.sql})", BOOL)
        if right.type == FACTS and left.type == TEXT:
            return Sql(f"list_contains(json_keys({right.sql}), {left.sql})", BOOL)
        if right.type == LIST:
            parts = [self._print(part) for part in node.parts[1].parts]
            types = {part.type for part in parts}
            value = self._as(left, next(iter(types), TEXT))
            if types <= {value.type}:
                return Sql(f"({value.sql} in ({', '.join(part.sql for part in parts)}))" if parts else "false", BOOL)
        raise wrong(node.column, messages.WRONG_TYPES(left=left.type, right=right.type, sign="in"))

    def _call(self, node: Node) -> Sql:
        on, *arguments = node.parts
        name = node.value
        if name == "has" and len(arguments) == 1 and arguments[0].kind == "member":
            return self._has(arguments[0])
        if on.kind != "none":
            value = self._as(self._print(on), TEXT)
            if name == "size" and not arguments:
                return self._size(node, value)
            if name not in _ON_TEXT:
                raise wrong(node.column, messages.UNKNOWN_FUNCTION(name=name, functions=_FUNCTIONS))
            given = [self._as(self._print(argument), TEXT) for argument in arguments]
            if value.type != TEXT or [one.type for one in given] != [TEXT]:
                raise wrong(node.column, messages.WRONG_ARGUMENT(function=f"{name}()", wanted=TEXT))
            return Sql(_ON_TEXT[name].format(value=value.sql, given=given[0].sql), BOOL)
        if name == "size" and len(arguments) == 1:
            return self._size(node, self._as(self._print(arguments[0]), TEXT))
        if name in {"duration", "timestamp", "text"}:
            if len(arguments) != 1 or arguments[0].kind != "literal" or not isinstance(arguments[0].value, str):
                raise wrong(node.column, messages.WRONG_ARGUMENT(function=f"{name}()", wanted="one text in quotes"))
            return self._constant(name, arguments[0].value, arguments[0].column)
        raise wrong(node.column, messages.UNKNOWN_FUNCTION(name=name, functions=_FUNCTIONS))

    def _constant(self, name: str, text: str, column: int) -> Sql:
        if name == "text":
            return Sql(self._has_text(text), BOOL)
        if name == "duration":
            return Sql(self.bind(seconds_of(text, column)), SPAN)
        return Sql(self.bind(instant_of(text, column)), TIME)

    def _has(self, node: Node) -> Sql:
        (of,) = node.parts
        if of.kind == "name" and of.value == "resource":
            return Sql(f"({self._field(node.value, node.column).sql} is not null)", BOOL)
        held = self._print(of)
        if held.type == MAP:
            return Sql(f"map_contains({held.sql}, {self.bind(node.value)})", BOOL)
        return Sql(f"({self._member(held, node.value, node.column).sql} is not null)", BOOL)

    def _size(self, node: Node, value: Sql) -> Sql:
        if value.type == TEXT:
            return Sql(f"length({value.sql})::double", NUMBER)
        if value.type == MAP:
            return Sql(f"cardinality({value.sql})::double", NUMBER)
        raise wrong(node.column, messages.WRONG_ARGUMENT(function="size()", wanted="a text or tags"))


_ON_TEXT = {
    "startsWith": "starts_with({value}, {given})",
    "endsWith": "ends_with({value}, {given})",
    "contains": "contains({value}, {given})",
    "matches": "regexp_matches({value}, {given})",
}
_FUNCTIONS = ", ".join([*_ON_TEXT, "size", "has", "duration", "timestamp", "text"])


def seconds_of(text: str, column: int) -> float:
    """Parse a duration to seconds; raise BadInput with the column."""
    try:
        return parse_duration(text).total_seconds()
    except ValueError:
        raise wrong(column, messages.NOT_A_SPAN(text=text)) from None


def instant_of(text: str, column: int) -> datetime:
    """Parse a time, or a day as its begin in UTC; raise BadInput with the column."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(column, messages.NOT_AN_INSTANT(text=text)) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
