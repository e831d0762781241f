"""The places of tags: their limits, and the reversible encoding of keys and instants."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Finding
from tagwarden.tagging.zones import format_instant, whole_second


class TagPlace(StrEnum):
    """The place of a tag; each place has an alphabet and limits."""

    AWS_TAG = "AWS tag"
    GCP_LABEL = "GCP label"
    KUBERNETES_ANNOTATION = "Kubernetes annotation"
    KUBERNETES_LABEL = "Kubernetes label"


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """Documented limits of a vendor. `tags` is the number per resource, lengths are in characters, 0 means no limit."""

    tags: int
    key: int
    value: int
    key_alphabet: re.Pattern[str]
    value_alphabet: re.Pattern[str]


# AWS: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html (the set that every
# service accepts). GCP: https://cloud.google.com/compute/docs/labeling-resources. Kubernetes:
# https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/ and …/labels/
_DOMAIN = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
_KUBERNETES_KEY = re.compile(
    rf"(?:(?=[^/]{{1,253}}/){_DOMAIN}/)?(?=[^/]{{1,63}}\Z)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
)
LIMITS = {
    TagPlace.AWS_TAG: PlaceLimits(50, 128, 256, re.compile(r"[\w +\-=.:/@]+"), re.compile(r"[\w +\-=.:/@]*")),
    TagPlace.GCP_LABEL: PlaceLimits(64, 63, 63, re.compile(r"[a-z][a-z0-9_-]*"), re.compile(r"[a-z0-9_-]*")),
    TagPlace.KUBERNETES_ANNOTATION: PlaceLimits(0, 0, 0, _KUBERNETES_KEY, re.compile(r".*", re.DOTALL)),
    TagPlace.KUBERNETES_LABEL: PlaceLimits(
        0, 0, 63, _KUBERNETES_KEY, re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
    ),
}

PLAIN_PLACES = frozenset({TagPlace.AWS_TAG, TagPlace.KUBERNETES_ANNOTATION})
"""Places that need no escapes for instants and owners."""

VENDOR_KEYS = {TagPlace.AWS_TAG: "aws:", TagPlace.GCP_LABEL: "goog-"}
"""Keys with this prefix belong to the vendor: never written, and on AWS not counted."""

_PLACES = {
    ProviderName.AWS: TagPlace.AWS_TAG,
    ProviderName.GCP: TagPlace.GCP_LABEL,
    ProviderName.KUBERNETES: TagPlace.KUBERNETES_ANNOTATION,
}
_LABEL = TagPlace.KUBERNETES_LABEL


def place_of(provider: ProviderName) -> TagPlace:
    """Give the place to which Tagwarden writes on that provider."""
    return _PLACES[provider]


def place_of_key(provider: ProviderName, tags: Tags, key: str) -> TagPlace:
    """Give the place of a key among these tags: on Kubernetes, fixed keys are labels."""
    return _LABEL if key in tags.fixed else _PLACES[provider]


def is_fixed(tags: Tags, place: TagPlace, key: str) -> bool:
    """Whether the key is never removed: a label, on which selectors depend, or a key of the vendor."""
    prefix = VENDOR_KEYS.get(place)
    return key in tags.fixed or (prefix is not None and key.startswith(prefix))


_DIGEST = 40
"""Characters of a digest that stands for a uid."""

# -- instants ---------------------------------------------------------------------------------------------------------

_COMPACT_TIME = {TagPlace.GCP_LABEL: "%Y-%m-%dt%H%M%Sz", TagPlace.KUBERNETES_LABEL: "%Y-%m-%dT%H%M%SZ"}


def encode_instant(instant: datetime, place: TagPlace) -> str:
    """Write an aware instant in the canonical form of the place; a fraction of a second is rounded up."""
    utc = whole_second(instant if instant.tzinfo is UTC else instant.astimezone(UTC))
    form = _COMPACT_TIME.get(place)
    return utc.strftime(form) if form else format_instant(utc)


def decode_instant(text: str, place: TagPlace) -> datetime | None:
    """Read a value of `encode_instant`, or another ISO 8601 instant with an offset; None for any other text."""
    form = _COMPACT_TIME.get(place)
    try:
        found = datetime.strptime(text, form).replace(tzinfo=UTC) if form else datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


# -- keys and values --------------------------------------------------------------------------------------------------
# A character that the place does not allow becomes `__` and two hexadecimal digits for each byte of its UTF-8 form. An
# underscore stays, unless it could be a part of such an escape.

_LITERAL = {
    TagPlace.GCP_LABEL: re.compile(r"[a-z0-9_-]"),
    TagPlace.KUBERNETES_ANNOTATION: re.compile(r"[A-Za-z0-9_.-]"),
    TagPlace.KUBERNETES_LABEL: re.compile(r"[A-Za-z0-9_.-]"),
}
_FIRST = {
    TagPlace.GCP_LABEL: re.compile(r"[a-z]"),
    TagPlace.KUBERNETES_ANNOTATION: re.compile(r"[A-Za-z0-9]"),
    TagPlace.KUBERNETES_LABEL: re.compile(r"[A-Za-z0-9]"),
}
_LEADING = "x__00"
"""Precedes an escape if the place requires a letter first; unambiguous, since no key contains a NUL."""
_ESCAPED = re.compile(r"(?:__[0-9a-f]{2})+")


def encode_key(key: str, place: TagPlace) -> str:
    """Encode a key for the place; `decode_key` reverses it.

    Valid keys stay, except for underscores that could be read as a part of an escape. The result may be longer than
    the place allows, which `problem_with_tag` reports.
    """
    if place is TagPlace.AWS_TAG:
        return key
    if place is TagPlace.GCP_LABEL:
        return _escape(key, place)
    prefix, slash, name = key.partition("/")
    if slash and name and re.fullmatch(_DOMAIN, prefix):
        return f"{prefix}/{_escape(name, place)}"
    return _escape(key, place)


def decode_key(key: str, place: TagPlace) -> str:
    """Give the key that `encode_key` encoded."""
    if place is TagPlace.AWS_TAG:
        return key
    prefix, slash, name = key.rpartition("/")
    return f"{prefix}{slash}{_unescape(name)}"


def encode_value(value: str, place: TagPlace) -> str:
    """Encode a value for the place; `decode_value` reverses it."""
    if place in PLAIN_PLACES:
        return value
    return _escape(value, place, is_key=False)


def encode_reference(uid: str, place: TagPlace) -> str:
    """Encode the uid of a resource as a value: itself, or its digest where the place has too little room."""
    if place in PLAIN_PLACES:
        return uid
    return hashlib.sha256(uid.encode()).hexdigest()[:_DIGEST]


def decode_value(value: str, place: TagPlace) -> str:
    """Decode a value of `encode_value`; other values stay unchanged."""
    if "__" not in value or place in PLAIN_PLACES:
        return value
    return _unescape(value)


def _escape(text: str, place: TagPlace, *, is_key: bool = True) -> str:
    literal = _LITERAL[place]
    last = len(text) - 1
    kubernetes = place is not TagPlace.GCP_LABEL
    written: list[str] = []
    for index, character in enumerate(text):
        keep = literal.fullmatch(character) is not None
        if character == "_":
            neighbours = (text[index - 1 : index], text[index + 1 : index + 2])
            keep = "_" not in neighbours and (index == last or literal.fullmatch(neighbours[1]) is not None)
        if kubernetes and index in (0, last) and character in "_.-":
            keep = False
        if keep and index < last and kubernetes and index + 1 == last and character == "_" and text[last] in "_.-":
            keep = False
        written.append(character if keep else "".join(f"__{byte:02x}" for byte in character.encode()))
    encoded = "".join(written)
    starts_well = _FIRST[place].match(encoded) is not None if is_key or kubernetes else True
    return encoded if starts_well or not encoded else _LEADING + encoded


def _unescape(text: str) -> str:
    def read(match: re.Match[str]) -> str:
        try:
            return bytes.fromhex(match.group().replace("__", "")).decode()
        except UnicodeDecodeError:
            return match.group()

    return _ESCAPED.sub(read, text.removeprefix(_LEADING))


# -- limits -----------------------------------------------------------------------------------------------------------

_ANY_VALUE, _NO_VALUE = re.compile(r".*", re.DOTALL), re.compile(r"(?!)")


def alphabet_under(key: str, place: TagPlace, *, is_original: bool) -> re.Pattern[str]:
    """Give the pattern of valid values under a key, besides the length; no value matches if the key is refused."""
    if problem_with_tag(key, "", place, is_original=is_original) is not None:
        return _NO_VALUE
    return _ANY_VALUE if is_original and place is TagPlace.AWS_TAG else LIMITS[place].value_alphabet


def problem_with_tag(key: str, value: str, place: TagPlace, *, is_original: bool = False) -> Finding | None:
    """Report why the place would refuse this tag; None for an accepted tag. Nothing is trimmed to fit.

    For a kept original on AWS, all characters are accepted: the service has accepted the value before.
    """
    limits = LIMITS[place]
    reserved = VENDOR_KEYS.get(place)
    if reserved and key.lower().startswith(reserved):
        problem = messages.RESERVED_KEY(prefix=reserved)
    elif limits.key and len(key) > limits.key:
        problem = messages.KEY_TOO_LONG(length=len(key), place=place, limit=limits.key)
    elif limits.value and len(value) > limits.value:
        problem = messages.VALUE_TOO_LONG(length=len(value), place=place, limit=limits.value)
    elif is_original and place is TagPlace.AWS_TAG:
        return None
    elif limits.key_alphabet.fullmatch(key) is None:
        problem = messages.INVALID_KEY(place=place)
    elif limits.value_alphabet.fullmatch(value) is None:
        problem = messages.INVALID_VALUE(place=place)
    else:
        return None
    return Finding(Reason.TagNotWritable, messages.NOT_WRITABLE(key=key, value=value[:64], why=problem))
