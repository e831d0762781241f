"""The text of a search as a tree: a filter, walks along edges, and steps after `|`.

A filter is words, or the CEL of policies. This reads the part of CEL that a filter needs; `printing.py` says what each
part means.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tagwarden.errors import BadInput
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.messages import search_messages as messages

MOST_HOPS = 12
"""The longest walk; `*` means so many hops."""

_MEANING = "|".join(meaning.value for meaning in EdgeMeaning)
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<walk>-(?:{_MEANING})->|<-(?:{_MEANING})-|>>|<<)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<number>\d+(?:\.\d+(?!\.))?(?![\w]))
    | (?P<name>[A-Za-z_]\w*)
    | (?P<sign>==|!=|<=|>=|&&|\|\||\.\.|[-+*/%<>!?:.,()\[\]|=&])
    | (?P<other>\S)
    )""",
    re.VERBOSE,
)
_CEL_SIGNS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "(", "[", "?", "+", "*", "%", "="})
_MEMBERED = frozenset({"resource", "tags", "attributes"})
_CEL_NAMES = frozenset({"in", "true", "false"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_CONSTANTS = {"true": True, "false": False, "null": None}
_BINDING = {
    "?": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "in": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its kind and its column, counted from 1."""

    kind: str
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a filter: `kind` is literal, name, member, index, call, unary, binary, choice or list."""

    kind: str
    value: Any
    parts: tuple["Node", ...] = ()
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """Words that all occur, or an expression; neither matches every resource. `source` is the text."""

    words: tuple[str, ...] = ()
    expression: Node | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """Hops along edges: `>>` to dependents, `<<` to dependencies, or along one meaning; then a filter of the ends."""

    way: str
    least: int
    most: int
    filter: Filter


@dataclass(frozen=True, slots=True)
class Step:
    """A step after `|`: its word and what follows, with the column."""

    word: str
    rest: str
    column: int


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A whole search."""

    filter: Filter
    walks: tuple[Walk, ...] = ()
    steps: tuple[Step, ...] = ()


def wrong(column: int, problem: str) -> BadInput:
    """Give the error that names the column."""
    return BadInput(messages.WRONG(column=column, problem=problem))


def parse(text: str) -> SearchQuery:
    """Read a search; raise BadInput with the column of a mistake and what to write instead."""
    tokens = tokens_of(text)
    bars = [place for place, token in enumerate(tokens) if token.text == "|" and token.kind == "sign"]
    first = bars[0] if bars else len(tokens)
    ends = [*bars[1:], len(tokens)] if bars else []
    steps = tuple(_step(text, tokens, begin, end) for begin, end in zip(bars, ends, strict=True))
    walks = [place for place, token in enumerate(tokens[:first]) if token.kind == "walk"]
    start = _filter(text, tokens[: walks[0] if walks else first])
    found = (
        tuple(_walk(text, tokens[begin:end]) for begin, end in zip(walks, [*walks[1:], first], strict=True))
        if walks
        else ()
    )
    return SearchQuery(start, found, steps)


def tokens_of(text: str) -> list[Token]:
    """Split a search into tokens; what is no token of the language is one of its own."""
    found = []
    place = 0
    while match := _TOKEN.match(text, place):
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    return found


def _step(text: str, tokens: Sequence[Token], bar: int, end: int) -> Step:
    words = tokens[bar + 1 : end]
    if not words:
        raise wrong(tokens[bar].column, messages.EMPTY_STEP())
    begin = words[0].column - 1 + len(words[0].text)
    until = tokens[end].column - 1 if end < len(tokens) else len(text)
    return Step(words[0].text, text[begin:until].strip(), words[0].column)


def _walk(text: str, tokens: Sequence[Token]) -> Walk:
    way, rest = tokens[0], list(tokens[1:])

    def bound() -> int:
        token = rest.pop(0)
        if token.text == "*":
            return MOST_HOPS
        if not token.text.isdecimal() or int(token.text) > MOST_HOPS:
            raise wrong(token.column, messages.TOO_FAR(most=MOST_HOPS))
        return int(token.text)

    least = most = 1
    if rest and (rest[0].kind == "number" or rest[0].text == "*"):
        is_any = rest[0].text == "*"
        most = bound()
        least = 1 if is_any else most
        if rest and rest[0].text == "..":
            dots = rest.pop(0)
            if not rest:
                raise wrong(dots.column, messages.NO_END())
            least, most = most, bound()
    return Walk(way.text, least, most, _filter(text, rest))


def _filter(text: str, tokens: Sequence[Token]) -> Filter:
    if not tokens:
        return Filter()
    source = text[tokens[0].column - 1 : tokens[-1].column - 1 + len(tokens[-1].text)]
    if not _is_cel(tokens):
        return Filter(words=_words(source), source=source)
    return Filter(expression=_Parser(tokens).whole(), source=source)


def _is_cel(tokens: Sequence[Token]) -> bool:
    """Whether a filter is an expression: it has an operator of CEL, or begins with a member of a resource."""
    if tokens[0].text in _MEMBERED and len(tokens) > 1 and tokens[1].text == ".":
        return True
    for place, token in enumerate(tokens):
        if token.kind == "text" or token.text not in _CEL_SIGNS | _CEL_NAMES:
            continue
        if token.text == "=" and 0 < place < len(tokens) - 1:
            before, after = tokens[place - 1], tokens[place + 1]
            is_joined = before.column + len(before.text) == token.column == after.column - 1
            if is_joined and after.kind != "text":
                continue  # a tag as text: team=data
        return True
    return False


def _words(source: str) -> tuple[str, ...]:
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|(\S+)', source)
    return tuple(bare or _unescaped(double or single) for double, single, bare in parts)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


class _Parser:
    """Precedence climbing over the tokens of one expression."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def whole(self) -> Node:
        found = self._expression(0)
        if (token := self._peek()) is not None:
            if token.text == "=":
                raise wrong(token.column, messages.ONE_EQUALS())
            if token.text == "&":
                raise wrong(token.column, messages.ONE_AMPERSAND())
            if token.text in {"and", "or"}:
                raise wrong(
                    token.column, messages.WORD_OPERATOR(word=token.text, sign="&&" if token.text == "and" else "||")
                )
            raise wrong(token.column, messages.UNEXPECTED(found=token.text))
        return found

    def _peek(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next(self, wanted: str = "") -> Token:
        token = self._peek()
        if token is None:
            last = self._tokens[-1]
            problem = messages.ENDS_EARLY(wanted=wanted) if wanted else messages.UNFINISHED(last=last.text)
            raise wrong(last.column + len(last.text), problem)
        if wanted and token.text != wanted:
            raise wrong(token.column, messages.EXPECTED(wanted=wanted, found=token.text))
        self._place += 1
        return token

    def _expression(self, least: int) -> Node:
        left = self._unary()
        while (token := self._peek()) is not None and token.kind in {"sign", "name"}:
            binding = _BINDING.get(token.text, 0)
            if not binding or binding <= least:
                break
            self._place += 1
            if token.text == "?":
                middle = self._expression(0)
                self._next(":")
                left = Node("choice", None, (left, middle, self._expression(0)), token.column)
            else:
                left = Node("binary", token.text, (left, self._expression(binding)), token.column)
        return left

    def _unary(self) -> Node:
        token = self._peek()
        if token is not None and token.kind == "sign" and token.text in {"!", "-"}:
            self._place += 1
            return Node("unary", token.text, (self._unary(),), token.column)
        return self._postfix(self._primary())

    def _postfix(self, left: Node) -> Node:
        while (token := self._peek()) is not None and token.text in {".", "["} and token.kind == "sign":
            self._place += 1
            if token.text == "[":
                left = Node("index", None, (left, self._expression(0)), token.column)
                self._next("]")
                continue
            name = self._next()
            if name.kind != "name":
                raise wrong(name.column, messages.NO_MEMBER(found=name.text))
            if (after := self._peek()) is not None and after.text == "(":
                left = Node("call", name.text, (left, *self._arguments()), name.column)
            else:
                left = Node("member", name.text, (left,), name.column)
        return left

    def _primary(self) -> Node:
        token = self._next()
        match token.kind:
            case "text":
                return Node("literal", _unescaped(token.text[1:-1]), (), token.column)
            case "number":
                return Node("literal", float(token.text) if "." in token.text else int(token.text), (), token.column)
            case "name":
                return self._named(token)
        if token.text == "(":
            found = self._expression(0)
            self._next(")")
            return found
        if token.text == "[":
            return Node("list", None, self._items("]"), token.column)
        if token.text in {"=", "&"}:
            raise wrong(token.column, messages.ONE_EQUALS() if token.text == "=" else messages.ONE_AMPERSAND())
        raise wrong(token.column, messages.UNEXPECTED(found=token.text))

    def _named(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            return Node("literal", _CONSTANTS[token.text], (), token.column)
        if (after := self._peek()) is not None and after.text == "(":
            return Node("call", token.text, (Node("none", None), *self._arguments()), token.column)
        return Node("name", token.text, (), token.column)

    def _arguments(self) -> tuple[Node, ...]:
        self._next("(")
        return self._items(")")

    def _items(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        if (token := self._peek()) is not None and token.text == end:
            self._place += 1
            return ()
        while True:
            found.append(self._expression(0))
            if (token := self._peek()) is not None and token.text == ",":
                self._place += 1
                continue
            self._next(end)
            return tuple(found)
