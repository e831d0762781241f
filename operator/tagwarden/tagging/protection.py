"""Tags that protect a resource from deletion, matched tolerantly (S24)."""

from collections.abc import Mapping

from tagwarden.model.own_parts import PART_OF
from tagwarden.model.policy import PROTECT_KEY
from tagwarden.tagging.keys import slip_in, words_of
from tagwarden.tagging.tag_limits import TagPlace, encode_key

_DELETE = ("delete", "destroy", "terminate", "remove", "nuke")
_DELETION = ("deletion", "delete", "termination", "destroy")

STRONG: frozenset[tuple[str, ...]] = frozenset(
    {
        ("protect",), ("protected",), ("tagwarden", "protect"), ("tagwarden", "protected"),
        ("cloud", "nuke", "excluded"), ("do", "not", "touch"), ("dont", "touch"), ("undeletable",),
        ("prevent", "deletion"), ("no", "deletion"),
        *(("do", "not", verb) for verb in _DELETE),
        *((never, verb) for verb in _DELETE for never in ("dont", "never", "no", "prevent")),
        *((noun, word) for noun in _DELETION for word in ("protect", "protected", "protection")),
        *((word, "from", noun) for noun in _DELETION for word in ("protect", "protected")),
    }
)  # fmt: skip
"""Keys that mean only protection: every value except a denial protects."""

MILD: frozenset[tuple[str, ...]] = frozenset(
    {("keep",), ("keep", "forever"), ("permanent",), ("retain",), ("preserve",)}
)
"""Keys that often hold a time or a rule instead: they protect only with an affirming value."""

DENYING = frozenset({"false", "no", "off", "0", "n", "disabled"})
"""Values that deny protection, in any case and between blanks or quotes."""
AFFIRMING = frozenset({"", "true", "yes", "on", "1", "y", "enabled", "always", "forever", "keep"})

_NOT_MEANT = frozenset({"project", "projected", "protest", "protested"})
"""Words in real use that are one typing error away from a word of protection."""
_AROUND_VALUES = " \t\r\n'\""

_REMEMBERED = 10_000
"""Plain keys to remember at most."""


def _run(text: str) -> str:
    return "".join(character for character in text.lower() if character.isascii() and character.isalnum())


_STRONG_RUNS = frozenset(map("".join, STRONG))
_MILD_RUNS = frozenset(map("".join, MILD))
_OWN_RUNS = frozenset(
    _run(written)
    for key in (PROTECT_KEY, f"{PROTECT_KEY}ed")
    for written in (key, *(encode_key(key, p) for p in TagPlace))
)
"""The key `tagwarden.io/protect` in the form of each place, without separators."""


class ProtectionTags:
    """Finds tags that protect, with a cache of plain keys, so that most tags cost one comparison."""

    __slots__ = ("_plain",)

    def __init__(self) -> None:
        self._plain: set[str] = set()

    def protecting_tag(self, values: Mapping[str, str]) -> str:
        """Give the tag `key=value` that protects, or an empty text; of contradicting tags, one is enough (S24)."""
        if self._plain.issuperset(values):
            return ""
        return max(
            [
                f"{key}={values[key]}"
                for key in values
                if not self.is_plain(key) and key not in PART_OF and protects(key, values[key])
            ],
            default="",
        )

    def is_plain(self, key: str) -> bool:
        """Whether the key cannot protect a resource, regardless of the value."""
        if key in self._plain:
            return True
        if key in PART_OF or is_word_of_protection(key):
            return False
        if len(self._plain) >= _REMEMBERED:
            self._plain.clear()
        self._plain.add(key)
        return True


def is_word_of_protection(key: str) -> bool:
    """Whether the key may protect, depending on the value; prefix, case, separators and one slip do not matter."""
    return _is_strong(key) or _is_mild(key)


def protects(key: str, value: str) -> bool:
    """Whether a tag, label or annotation protects the resource."""
    text = value.strip(_AROUND_VALUES).casefold()
    if _is_strong(key):
        return text not in DENYING
    return _is_mild(key) and text in AFFIRMING


def _is_strong(key: str) -> bool:
    if _run(key) in _OWN_RUNS:
        return True
    _, words = words_of(key)
    run = _run("".join(words))
    if run in _STRONG_RUNS:
        return True
    # `DoNotDelet` has no capital after two letters, so the key is compared without separators too.
    return _NOT_MEANT.isdisjoint(words) and any(
        slip_in(words, meant) is not None or slip_in((run,), meant) is not None for meant in STRONG
    )


def _is_mild(key: str) -> bool:
    _, words = words_of(key)
    return _run("".join(words)) in _MILD_RUNS
