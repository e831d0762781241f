"""Keys of owner and expiry: of the policy, of other tools, and typing errors with one candidate."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from rapidfuzz.distance import OSA

from tagwarden.model.policy import API_GROUP, ORIGINAL_KEY_PREFIX, ExpiryRule, OwnerRule
from tagwarden.tagging.foreign import FOREIGN_KEYS, ForeignKey
from tagwarden.tagging.tag_limits import LIMITS, TagPlace, encode_key

NEVER_TAKEN = frozenset(
    {
        "owners", "ownerid", "ownerids", "ownership", "owned", "ownerref",
        "home", "tool", "tower", "power", "lower", "opener", "order", "other", "offer", "outer", "inner",
        "created", "createdat", "createdon", "createddate", "creation", "createdbyid", "creator", "createdb",
        "approve", "approves", "contract", "maintain", "maintains", "protect", "provision", "provisions", "responsive",
        "expired", "expiresheader", "expirations", "expirationpolicy", "expirationdays", "expirationaction",
        "expireaction", "expirems", "expiring", "empire", "empires", "expcreation", "expduration", "expiteration",
        "expmigration", "expratio", "expstation", "esexpiration", "execration", "expiation", "explication",
        "exploration", "exportation", "expurgation", "extirpation", "excitation", "respiration", "inspiration",
        "deplete", "depletion", "remain", "retrain", "subset", "terminator", "unit", "util", "utils",
        "title", "tls", "ttls", "ttlseconds", "tty",
    }
)  # fmt: skip
"""Words in real use that look like an owner or an expiry and state neither, as keys and as words of a key."""

SUSPECTS = frozenset(
    {
        "expiry", "expire", "expirydate", "expiredate", "expirationdate", "expirytime", "expiretime", "expirationtime",
        "expirytimestamp", "expirationtimestamp", "expiryat", "expiresat", "expireat", "expiryon", "expireson",
        "expireon", "expiresby", "expireby", "expiresin", "expirein", "expiresafter", "expireafter", "expireindays",
        "leaseexpiration", "validuntil", "validto", "keepuntil", "retainuntil", "enddate", "sunset", "sunsetdate",
        "deletedate", "deletiondate", "deleteafter", "deleteat", "deleteon", "deleteby", "terminationdate",
        "terminateafter", "terminateat", "decommissiondate", "timetolive", "ttldays", "ttlhours", "ttlminutes",
    }
)  # fmt: skip
"""Common expiry keys that are not in the policy: reported, never read.

With a prefix, they count only if an expiry key of the policy has the same prefix.
"""

OWNER_SUSPECTS = frozenset(
    {
        "owneremail", "ownername", "ownercontact", "ownerteam", "ownedby", "teamowner", "technicalowner",
        "techowner", "businessowner", "productowner", "serviceowner", "resourceowner", "appowner", "applicationowner",
        "contact", "contactemail", "contactname", "pointofcontact", "maintainer", "maintainers", "maintainedby",
        "managedbyteam", "responsible", "responsibleperson", "responsibleteam", "requestedby", "requester",
    }
)  # fmt: skip
"""The same for an owner: a resource with such a key is not untagged, and its value is never an owner."""

_RESERVED_PREFIXES = ("aws:", "goog-", f"{API_GROUP}/")
_RESERVED_DOMAINS = ("kubernetes.io", "k8s.io")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
_SEPARATING = " \t\r\n_-.\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SEPARATORS = str.maketrans("", "", _INVISIBLE + _SEPARATING)
# A capital after a single letter is a slip of the shift key (`OWnre`) and starts no new word.
_BETWEEN_WORDS = re.compile(rf"[{re.escape(_SEPARATING)}]+|(?<=[a-z0-9]{{2}})(?=[A-Z])|(?<=[A-Z]{{2}})(?=[A-Z][a-z])")
_WITHOUT_INVISIBLE = str.maketrans("", "", _INVISIBLE)
_PARTICIPLE = re.compile(r"ed(?:at|on|by|in|after|date|time|until)?\Z")
_LONGEST_KEY = 256
_SHORTEST_TYPO = 5
_LONG_WORD = 10


class Statement(StrEnum):
    """Statement of a key."""

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
    """Not an expiry, but the start of a duration under another tool's key."""

    @property
    def is_exact(self) -> bool:
        """Whether the key is certain, and no typing error or guess."""
        return self <= KeyMatch.FOREIGN


@dataclass(frozen=True, slots=True)
class KeyRole:
    """Role of one key. `rank` orders keys of the same match, in the order of the aliases in the policy."""

    statement: Statement
    match: KeyMatch
    rank: int = 0
    foreign: ForeignKey | None = None
    resembles: str = ""


Keys = tuple[tuple[str, KeyRole], ...]
"""Keys of one statement, in the order of trust."""


def normalised_key(key: str) -> str:
    """Give the key without case, blanks, separators and invisible characters; prefixes stay."""
    return unicodedata.normalize("NFKC", key).translate(_SEPARATORS).casefold()


def words_of(key: str) -> tuple[str, tuple[str, ...]]:
    """Give the prefix, up to the last slash or colon, and the words after the prefix, both in lower case.

    Words end at separators and humps (`createdBy`).
    """
    plain = unicodedata.normalize("NFKC", key).translate(_WITHOUT_INVISIBLE)
    start = max(plain.rfind("/"), plain.rfind(":")) + 1
    words = tuple(word.casefold() for word in _BETWEEN_WORDS.split(plain[start:]) if word)
    return normalised_key(plain[:start]), words


def place_key(key: str, place: TagPlace) -> str:
    """Give the canonical key in the form of a place: labels of Google Cloud allow no capitals."""
    if place is TagPlace.GCP_LABEL and LIMITS[place].key_alphabet.fullmatch(key.lower()):
        return key.lower()
    return encode_key(key, place)


class KeyBook:
    """Recognises the keys of one policy in one place."""

    __slots__ = (
        "_exact",
        "_expiry_prefixes",
        "_expiry_suspect",
        "_normalised",
        "_owner_prefixes",
        "_owner_suspect",
        "_typable",
        "expiry_key",
        "owner_key",
    )

    def __init__(self, owner: OwnerRule, expiry: ExpiryRule, place: TagPlace) -> None:
        self.owner_key = place_key(owner.key, place)
        self.expiry_key = place_key(expiry.key, place)
        self._owner_suspect = KeyRole(Statement.OWNER, KeyMatch.SUSPECT, 0, None, self.owner_key)
        self._expiry_suspect = KeyRole(Statement.EXPIRY, KeyMatch.SUSPECT, 0, None, self.expiry_key)
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
        self._typable: dict[str, dict[tuple[str, ...], KeyRole]] = {}
        self._owner_prefixes = {"", *(words_of(key)[0] for key in (owner.key, *owner.aliases))}
        self._expiry_prefixes = {"", *(words_of(key)[0] for key in (expiry.key, *expiry.aliases))}
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
            if role.match is not KeyMatch.FOREIGN:
                prefix, words = words_of(key)
                typo = KeyRole(role.statement, KeyMatch.TYPO, 0, None, key)
                self._typable.setdefault(prefix, {}).setdefault(words, typo)

    def role_of(self, key: str) -> KeyRole | None:
        """Give the role of a key; None for keys without a role."""
        role = self._exact.get(key)
        if role is not None:
            return role
        if len(key) > _LONGEST_KEY or _is_reserved(key):
            return None
        role = self._normalised.get(normalised_key(key))
        if role is not None:
            return role
        prefix, words = words_of(key)
        bare = "".join(words)
        if bare in NEVER_TAKEN:
            return None
        if bare in SUSPECTS and prefix in self._expiry_prefixes:
            return self._expiry_suspect
        is_suspect = bare in OWNER_SUSPECTS and prefix in self._owner_prefixes
        return self._owner_suspect if is_suspect else self._typo(prefix, words)

    def _typo(self, prefix: str, words: Sequence[str]) -> KeyRole | None:
        """Find the statement, if only one, of which the given key may be a misspelt key with the same prefix."""
        found = [
            self._expiry_suspect if word in SUSPECTS else role
            for meant, role in self._typable.get(prefix, {}).items()
            if (word := slip_in(words, meant)) is not None
        ]
        if len({role.statement for role in found}) != 1:
            return None
        return max(found, key=lambda role: role.match)


def slip_in(written: Sequence[str], meant: Sequence[str]) -> str | None:
    """Give the only word with a typing error, if all other words are equal, else None.

    Each word is compared alone: in a long key, a short word could otherwise differ entirely.
    """
    return next((word for word, right in _differences(written, meant) if is_typing_error(word, right)), None)


def _differences(written: Sequence[str], meant: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the words that differ, and their counterparts; several words if written without separators."""
    if len(written) == len(meant):
        pairs = [pair for pair in zip(written, meant, strict=True) if pair[0] != pair[1]]
        if len(pairs) == 1:
            yield pairs[0]
    elif len(written) == 1:
        (run,) = written
        for place, word in enumerate(meant):
            before, after = "".join(meant[:place]), "".join(meant[place + 1 :])
            if run.startswith(before) and run.endswith(after) and len(run) > len(before) + len(after):
                yield run[len(before) : len(run) - len(after)], word


def is_typing_error(written: str, meant: str) -> bool:
    """Whether one word is a likely typing error of another: one slip, or two in a long word.

    Other words differ in the first letter (unless the first two are swapped) or in digits, continue the meant word, are
    a participle (`deleted` of `delete`), or are common by themselves.
    """
    if written in NEVER_TAKEN or (_PARTICIPLE.search(written) and not _PARTICIPLE.search(meant)):
        return False
    if len(written) < _SHORTEST_TYPO - 1 or (written[:1] != meant[:1] and written[:2] != meant[1::-1]):
        return False
    if [c for c in written if not c.isalpha()] != [c for c in meant if not c.isalpha()]:
        return False
    if written.startswith(meant) and written != meant + meant[-1]:
        return False
    limit = _slips_allowed(meant)
    return abs(len(written) - len(meant)) <= limit and 0 < OSA.distance(written, meant, score_cutoff=limit) <= limit


def _slips_allowed(word: str) -> int:
    letters = sum(map(str.isalpha, word))
    return (letters >= _SHORTEST_TYPO) + (letters >= _LONG_WORD)


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
    """Give each expiry key that is also an owner key, with the spelling of the owner key."""
    owners = {normalised_key(key): key for key in (owner.key, *owner.aliases)}
    return {key: owners[normalised_key(key)] for key in (expiry.key, *expiry.aliases) if normalised_key(key) in owners}
