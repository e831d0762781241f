"""Which keys state an owner or an expiry: the policy's own, other tools', and typing errors with one candidate."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from rapidfuzz.distance import OSA

from tagwarden.model.policy import API_GROUP, ORIGINAL_KEY_PREFIX, ExpiryRule, OwnerRule
from tagwarden.tagging.foreign import FOREIGN_KEYS, ForeignKey
from tagwarden.tagging.places import LIMITS, TagPlace, encode_key

NEVER_TAKEN = frozenset(
    {
        "owners", "ownerid", "ownerids", "ownership", "ownername", "owneremail", "owned", "ownedby", "ownerref",
        "home", "tool", "tower", "power", "lower", "opener",
        "created", "createdat", "createdon", "createddate", "creation", "createdbyid", "creator",
        "expired", "expiresheader", "expirations", "expirationpolicy", "expirationdays", "expirationaction",
        "expiring", "exploration", "exportation", "excitation", "expiation", "respiration", "inspiration",
        "title", "tls", "ttls", "ttlseconds", "tty",
    }
)  # fmt: skip
"""Keys in real use that look like an owner or an expiry and state neither, without their separators."""

SUSPECTS = frozenset(
    {
        "expiry", "expire", "expirydate", "expiredate", "expirationdate", "expirationtime", "expiresat", "expireat",
        "expireson", "expireon", "expiresafter", "expireafter", "validuntil", "deleteafter", "deleteat", "deleteon",
        "deleteby", "terminateafter", "terminateat", "timetolive",
    }
)  # fmt: skip
"""Keys that other people use for an expiry and that this policy does not name: pointed out, never read."""

_RESERVED_PREFIXES = ("aws:", "goog-", f"{API_GROUP}/")
_RESERVED_DOMAINS = ("kubernetes.io", "k8s.io")
_SEPARATORS = str.maketrans(
    "", "", " \t\r\n_-.\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
)
_LONGEST_KEY = 256
_SHORTEST_TYPO = 5
_LONG_WORD = 10


class Statement(StrEnum):
    """What a key states."""

    OWNER = "owner"
    EXPIRY = "expiry"


class KeyMatch(IntEnum):
    """How a key was recognised, in order of trust."""

    CANONICAL = 0
    SPELLING = 1
    """The canonical key in another case or with other separators."""
    ALIAS = 2
    FOREIGN = 3
    TYPO = 4
    SUSPECT = 5
    BEGINNING = 6
    """States none, but from when the duration under another tool's key counts."""

    @property
    def is_exact(self) -> bool:
        """Whether the key states it without doubt."""
        return self <= KeyMatch.FOREIGN


@dataclass(frozen=True, slots=True)
class KeyRole:
    """What one key is. `rank` orders keys of the same match: first comes the alias that the policy names first."""

    statement: Statement
    match: KeyMatch
    rank: int = 0
    foreign: ForeignKey | None = None
    resembles: str = ""


Keys = tuple[tuple[str, KeyRole], ...]
"""Keys that state the same, in the order of trust."""


def normalised_key(key: str) -> str:
    """Give the key without case, blanks, separators and invisible characters; prefixes stay."""
    return unicodedata.normalize("NFKC", key).translate(_SEPARATORS).casefold()


def place_key(key: str, place: TagPlace) -> str:
    """Give the canonical key as it is written in a place: Google's labels have no capitals, so there it has none."""
    if place is TagPlace.GCP_LABEL and LIMITS[place].key_alphabet.fullmatch(key.lower()):
        return key.lower()
    return encode_key(key, place)


class KeyBook:
    """Recognises the keys of one policy in one place."""

    __slots__ = ("_exact", "_normalised", "_typable", "expiry_key", "owner_key")

    def __init__(self, owner: OwnerRule, expiry: ExpiryRule, place: TagPlace) -> None:
        self.owner_key = place_key(owner.key, place)
        self.expiry_key = place_key(expiry.key, place)
        rows = [
            *_rows(Statement.OWNER, owner.key, owner.aliases),
            *_rows(Statement.EXPIRY, expiry.key, expiry.aliases),
            *(
                (row.key, KeyRole(Statement.EXPIRY, KeyMatch.FOREIGN, rank, row))
                for rank, row in enumerate(FOREIGN_KEYS)
            ),
        ]
        self._exact: dict[str, KeyRole] = {}
        self._normalised: dict[str, KeyRole] = {}
        self._typable: dict[str, KeyRole] = {}
        for rank, row in enumerate(FOREIGN_KEYS):
            if row.counts_from:
                role = KeyRole(Statement.EXPIRY, KeyMatch.BEGINNING, rank, row)
                self._exact[place_key(row.counts_from, place)] = role
        for key, role in rows:
            written = place_key(key, place)
            self._exact.setdefault(written, role)
            if not _is_reserved(key):
                self._normalised.setdefault(normalised_key(key), _spelt(role))
                self._normalised.setdefault(normalised_key(written), _spelt(role))
            if role.match is not KeyMatch.FOREIGN and len(normalised_key(key)) >= _SHORTEST_TYPO:
                self._typable.setdefault(normalised_key(key), KeyRole(role.statement, KeyMatch.TYPO, 0, None, key))

    def role_of(self, key: str) -> KeyRole | None:
        """Tell what a key states; None for the many that state nothing here."""
        role = self._exact.get(key)
        if role is not None:
            return role
        if len(key) > _LONGEST_KEY or _is_reserved(key):
            return None
        bare = normalised_key(key)
        role = self._normalised.get(bare)
        if role is not None:
            return role
        if bare in NEVER_TAKEN:
            return None
        if bare in SUSPECTS:
            return KeyRole(Statement.EXPIRY, KeyMatch.SUSPECT, 0, None, self.expiry_key)
        return self._typo(bare)

    def _typo(self, bare: str) -> KeyRole | None:
        """Find the one statement that the key is a typing error of."""
        found = [role for target, role in self._typable.items() if is_typing_error(bare, target)]
        return found[0] if len({role.statement for role in found}) == 1 else None


def is_typing_error(written: str, meant: str) -> bool:
    """Whether one word is a likely typing error of another: one slip, or two in a long word.

    The first letter is seldom the wrong one, digits tell names apart, and a longer word is another word.
    """
    if len(written) < _SHORTEST_TYPO - 1 or (written[:1] != meant[:1] and written[:2] != meant[1::-1]):
        return False
    if [c for c in written if not c.isalpha()] != [c for c in meant if not c.isalpha()]:
        return False
    if written.startswith(meant) and written != meant + meant[-1]:
        return False
    limit = 2 if len(meant) >= _LONG_WORD else 1
    return abs(len(written) - len(meant)) <= limit and OSA.distance(written, meant, score_cutoff=limit) <= limit


def _rows(statement: Statement, key: str, aliases: Iterable[str]) -> list[tuple[str, KeyRole]]:
    return [
        (key, KeyRole(statement, KeyMatch.CANONICAL)),
        *((alias, KeyRole(statement, KeyMatch.ALIAS, rank)) for rank, alias in enumerate(aliases)),
    ]


def _spelt(role: KeyRole) -> KeyRole:
    return KeyRole(role.statement, KeyMatch.SPELLING) if role.match is KeyMatch.CANONICAL else role


def _is_reserved(key: str) -> bool:
    lower = key.lower()
    if lower.startswith(_RESERVED_PREFIXES) or lower.startswith(encode_key(ORIGINAL_KEY_PREFIX, TagPlace.GCP_LABEL)):
        return True
    domain, slash, _ = lower.partition("/")
    return bool(slash) and (domain in _RESERVED_DOMAINS or domain.endswith(tuple(f".{d}" for d in _RESERVED_DOMAINS)))


def keys_that_clash(owner: OwnerRule, expiry: ExpiryRule) -> Mapping[str, str]:
    """Give every key of the expiry that is also one of the owner, with the owner's way of writing it."""
    owners = {normalised_key(key): key for key in (owner.key, *owner.aliases)}
    return {key: owners[normalised_key(key)] for key in (expiry.key, *expiry.aliases) if normalised_key(key) in owners}
