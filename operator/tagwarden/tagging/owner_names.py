"""Cleans the name of an owner and detects placeholders."""

import re
import string
import unicodedata
from collections.abc import Sequence

LONGEST_OWNER = 256
INNER = "._@/+-"
"""Characters that separate the words of an owner, besides spaces."""

_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_AROUND = "()[]{}<>*_-. "
_SPELLINGS = ("", " ", "-", "_", ".")
_PLACEHOLDERS = frozenset(
    {
        "n/a",
        "n.a",
        "na",
        "none",
        "null",
        "nil",
        "undefined",
        "unknown",
        "unassigned",
        "tbc",
        "tbd",
        "todo",
        "nobody",
        "xxx",
        "true",
        "false",
        "0",
        *(
            phrase.replace(" ", between)
            for phrase in ("no one", "no owner", "not set", "not assigned", "change me")
            for between in _SPELLINGS
        ),
    }
)
"""Placeholders that people and tools write instead of an owner, in lower case."""

_TEMPLATE = re.compile(r"[$#%]\{|\$\(|\{\{|\A[<{][^@]*[>}]\Z")
"""Unresolved templates: `${var.owner}`, `{{ owner }}`, `<owner>`."""

_CLEAN = re.compile(rf"[A-Za-z0-9][A-Za-z0-9{INNER}]{{0,{LONGEST_OWNER - 1}}}(?<![{INNER}])")

# `_CLEAN` for many owners at once, a line each: single matches take four times as long.
_ENDS = string.ascii_letters + string.digits
_CLASSES = bytes(
    ord("a" if chr(code) in _ENDS else "." if chr(code) in INNER else "\n" if chr(code) == "\n" else "?")
    for code in range(256)
)
_UNCLEAN = (b"?", b"\n.", b".\n", b"\n\n")

_ADDRESS = re.compile(r"<([^<>@]*@[^<>]*)>\Z")
_DOMAIN = re.compile(r"[\w.-]*")
_LETTERS = re.compile(r"[a-z]+")
# "Alice <a@example.com>, Bob <b@example.com>", "Alice & Bob <b@example.com>", "formerly Bob <b@example.com>".
_OTHERS = re.compile(
    r"[@<>;|]|\s[&/+]\s|\b(?:and|ask|cc|ex|for|former|formerly|not|or|then|und|via|was)\b",
    re.IGNORECASE,
)
_MAILTO = "mailto:"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:assumed-role/[^/]+/([^/]+)")


def composed(value: str) -> str:
    """Give a text in the composed form of Unicode (NFKC) and without invisible characters: one name is one text."""
    return unicodedata.normalize("NFKC", value.translate(_INVISIBLE))


def bare(value: str) -> str:
    """Give a composed value without surrounding blanks, quotes, brackets and `mailto:`."""
    text = " ".join(composed(value).split())
    while (inner := _unwrapped(text)) != text:
        text = inner
    return text


def _unwrapped(text: str) -> str:
    text = text.strip(_QUOTES + " ").rstrip(",;")
    if (address := _ADDRESS.fullmatch(text)) is not None:
        text = address[1]
    return text[len(_MAILTO) :] if text[: len(_MAILTO)].lower() == _MAILTO else text


def address_in(text: str) -> str:
    """Give the address in `Alice Example <alice@example.com>` or in the session of an ARN, else the text.

    The text is bare. If the text may name several people, no address is extracted.
    """
    address = _ADDRESS.search(text)
    if address is not None and not names_several(text):
        text = bare(address[1])
    session = session_in(text)
    return session if "@" in session else text


def names_several(text: str) -> bool:
    """Whether the text before an address may name persons other than the holder."""
    address = _ADDRESS.search(text)
    return address is not None and not _is_one_name(text[: address.start()].strip(), address[1])


def _is_one_name(name: str, address: str) -> bool:
    """Whether the text before an address is the name of one person, or the address again."""
    if name.strip(_QUOTES).casefold() == address.casefold():
        return True
    if _OTHERS.search(name) is not None:
        return False
    family, comma, given = name.partition(",")
    # Bare text of a name in quotes has only the closing quote.
    if not comma or (name[-1] in _QUOTES and name.count(name[-1]) == 1):
        return True
    # "Doe, John" is one person, "Alice, Bob" are two: the address decides. Addresses spell accents in other ways.
    letters = max(_LETTERS.findall(family.casefold()), key=len, default="")
    return "," not in given and letters != "" and letters in login_of(address.casefold())


def login_of(address: str) -> str:
    """Give the part before the @ of an address; empty unless the text is exactly one address."""
    login, at, domain = address.partition("@")
    return login if at and _DOMAIN.fullmatch(domain) is not None else ""


def session_in(text: str) -> str:
    """Give the session name of the ARN of an assumed role, else the text."""
    arn = _SESSION.fullmatch(text)
    return text if arn is None else bare(arn[1])


def is_placeholder(text: str) -> bool:
    """Whether a bare value is a placeholder for a missing owner."""
    return (
        text.strip(_AROUND).casefold() in _PLACEHOLDERS
        or not any(map(str.isalnum, text))
        or _TEMPLATE.search(text) is not None
    )


def is_clean(owner: str) -> bool:
    """Whether an owner consists of ASCII words and is no placeholder, so that no reading is needed."""
    return _CLEAN.fullmatch(owner) is not None and owner.lower() not in _PLACEHOLDERS


def are_clean(owners: Sequence[str]) -> bool:
    """Whether all owners are clean. A line break in an owner changes the number of lines."""
    lines = "\n".join(("", *owners, ""))
    small = lines.lower()
    classes = lines.encode("ascii", "replace").translate(_CLASSES)
    return (
        classes.count(b"\n") == len(owners) + 1
        and not any(unclean in classes for unclean in _UNCLEAN)
        and max(map(len, owners), default=0) <= LONGEST_OWNER
        and _PLACEHOLDERS.isdisjoint(owners if lines == small else small.split("\n"))
    )
