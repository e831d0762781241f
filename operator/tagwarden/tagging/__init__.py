"""Pure: reads and writes owner and expiry tags."""

from tagwarden.tagging.changes import changes_for, originals
from tagwarden.tagging.describing import TagDescription, describe_tags
from tagwarden.tagging.expiry import Expiry, Never, Stated, instant_of, parse_expiry
from tagwarden.tagging.known_owners import parse_known_owners
from tagwarden.tagging.lifetime import LifetimeLimit, allowed_until, shortened, weekly_cutoff
from tagwarden.tagging.moments import Unreadable
from tagwarden.tagging.owners import ParsedOwner
from tagwarden.tagging.reading import Reading, canonical_instant, canonical_instants, expiry_text, read_tags
from tagwarden.tagging.rules import TagRules, compile_tag_rules
from tagwarden.tagging.tag_limits import (
    LIMITS,
    PLAIN_PLACES,
    TagPlace,
    decode_instant,
    decode_key,
    decode_value,
    encode_instant,
    encode_key,
    encode_reference,
    encode_value,
    place_of,
    problem_with_tag,
)
from tagwarden.tagging.zones import LATEST, end_of_day, format_instant, local_instant

__all__ = [
    "LATEST",
    "LIMITS",
    "PLAIN_PLACES",
    "Expiry",
    "LifetimeLimit",
    "Never",
    "ParsedOwner",
    "Reading",
    "Stated",
    "TagDescription",
    "TagPlace",
    "TagRules",
    "Unreadable",
    "allowed_until",
    "canonical_instant",
    "canonical_instants",
    "changes_for",
    "compile_tag_rules",
    "decode_instant",
    "decode_key",
    "decode_value",
    "describe_tags",
    "encode_instant",
    "encode_key",
    "encode_reference",
    "encode_value",
    "end_of_day",
    "expiry_text",
    "format_instant",
    "instant_of",
    "local_instant",
    "originals",
    "parse_expiry",
    "parse_known_owners",
    "place_of",
    "problem_with_tag",
    "read_tags",
    "shortened",
    "weekly_cutoff",
]
