"""Messages about the tags of owner and expiry: how each was read, which one counts, and why none can be written."""

from tagwarden.model.messages.message import message

_NOON = "2026-09-01T12:00:00Z"

# -- owners -----------------------------------------------------------------------------------------------------------

OWNER_TOO_LONG = message("{value} is too long for an owner", value="'aaaaaaaaaaaaaaaaaaaa'… (400 characters)")
OWNER_UNPRINTABLE = message("{value} contains unprintable characters", value=r"'ali\x00ce'")
SEVERAL_NAMES = message(
    "{value} may name several owners; write the one responsible for the resource", value="'alice, bob'"
)
NAMES_NO_OWNER = message(
    "{value} does not name a person or team; write the one responsible for the resource", value="'unknown'"
)
PATTERN_MISMATCH = message(
    "{value} does not match spec.owner.pattern {pattern}", value="'Alice Jones'", pattern="^[a-z.]+$"
)
UNKNOWN_OWNER = message("{value} is not a known owner", value="'alcie'")
UNKNOWN_OWNER_NEAR = message(
    "{value} is not a known owner; similar owners: {owners}", value="'alcie'", owners="alice, alicia"
)
AMBIGUOUS_OWNER = message("{value} can mean {owners}", value="'mayer'", owners="a.mayer or b.mayer")
OWNER_CORRECTED = message("{value} corrected to {owner}", value="'chritsina'", owner="christina")
OWNER_READ_AS = message("{value} read as {owner}: {why}", value="'Alice'", owner="alice", why="the known owner alice")
WITHOUT_SURROUNDINGS = message("without the surrounding characters")
AS_PATTERN_REQUIRES = message("the form that spec.owner.pattern requires")
KNOWN_OWNER = message("the known owner {name}", name="alice")
SUCCEEDED_BY = message("{name}, succeeded by {owner}", name="carol", owner="bob")
CANDIDATE_SUCCEEDED_BY = message("{name} (succeeded by {owner})", name="carol", owner="bob")
MORE_CANDIDATES = message("{names} or {more} more", names="a.mayer or b.mayer or c.mayer", more=2)

# -- keys -------------------------------------------------------------------------------------------------------------

AT_KEY = message("{key}: {problem}", key="ttl", problem="'banana' is not a duration or timestamp")
KEY_CORRECTED = message("key {found} corrected to {key}", found="expriation", key="expiration")
KEY_RESPELT = message("{found} is another spelling of {key}", found="Owner", key="owner")
FOUND_UNDER_ALIAS = message("{key} found under alias {found}", key="expiration", found="ttl")
FOUND_UNDER_FOREIGN_KEY = message(
    "{key} found under {found}, a key of {tool}", key="expiration", found="janitor/expires", tool="kube-janitor"
)
ANOTHER_TOOL = message("another tool")
POSSIBLE_TYPOS = message(
    "{tags} are each a possible typo of {key}; keep the right one", tags="ownr='alice', onwer='bob'", key="owner"
)
UNREADABLE_TYPO = message(
    "{tags} may be a typo of {key}, but the value is unreadable; correct key and value",
    tags="expriation='banana'",
    key="expiration",
)
RESEMBLES_OWNER = message(
    "{tags} looks like an owner; write {key}, or add the key to owner.aliases of the policy",
    tags="maintainer='alice'",
    key="owner",
)
RESEMBLES_EXPIRY = message(
    "{tags} looks like an expiry; write {key}, or add the key to expiry.aliases of the policy",
    tags="delete-after='2026-09-01'",
    key="expiration",
)
SEVERAL_OWNERS = message(
    "several tags give the owner: {tags}; {key} is used", tags="owner='alice', Owner='bob'", key="owner"
)
SEVERAL_EXPIRIES = message(
    "several tags give the expiry: {tags}", tags=f"expiration='48h' ({_NOON}), ttl='banana' (unreadable)"
)
UNREADABLE = message("unreadable")

# -- expiries ---------------------------------------------------------------------------------------------------------

EXPIRY_READ_AS = message("{key}: {value} read as {instant}", key="ttl", value="'2 days'", instant=_NOON)
"""Ends with the instant: see `resolving_expiry.Counting`."""
NOT_A_BEGINNING = message(
    "counts from {key}={value}, which is not a timestamp; write a timestamp such as 2026-09-01T19:00:00Z",
    key="k8s-ttl-controller.twin.sh/refreshed-at",
    value="'now'",
)
NOT_A_FORM_OF_TOOL = message(
    "{value} is not a form that {tool} reads; write {forms}", value="'48h'", tool="kube-janitor", forms="a duration"
)
A_TIMESTAMP = message("a timestamp such as 2026-09-01T19:00:00Z")
A_DURATION = message("a duration such as 48h")

# -- how each tag is read ---------------------------------------------------------------------------------------------

STATES_NOTHING = message("states neither an owner nor an expiry")
IS_CANONICAL = message("the canonical key")
IS_SPELLING = message("another spelling of {key}", key="owner")
IS_ALIAS = message("an alias of {key}", key="owner")
IS_FOREIGN = message("a key of {tool}", tool="kube-janitor")
IS_BEGINNING = message("start of the durations of {tool}", tool="k8s-ttl-controller")
IS_TYPO = message("possible typo of {key}", key="expiration")
IS_SUSPECT = message(
    "looks like an {statement} but is not a key of this policy; write {key}", statement="owner", key="owner"
)

# -- writing ----------------------------------------------------------------------------------------------------------

TAGS_UNKNOWN = message("cannot write tags: the present tags are unknown")
NO_FREE_SLOT = message(
    "no room for {keys}: {used} of {limit} tags are in use; remove some tags",
    keys="owner, expiration",
    used=50,
    limit=50,
)
TOO_LARGE = message(
    "annotations would take {after} bytes, Kubernetes allows {limit}; remove some of {before} bytes",
    after=262_200,
    limit=262_144,
    before=262_000,
)
NOT_WRITABLE = message("cannot write {key}={value}: {why}", key="owner", value="alice", why="the key is not valid")
RESERVED_KEY = message("keys that start with {prefix} are reserved by the vendor", prefix="aws:")
KEY_TOO_LONG = message(
    "the key has {length} characters, {place}s allow {limit}", length=140, place="AWS tag", limit=128
)
VALUE_TOO_LONG = message(
    "the value has {length} characters, {place}s allow {limit}", length=300, place="AWS tag", limit=256
)
INVALID_KEY = message("the key is not valid for {place}s", place="Kubernetes label")
INVALID_VALUE = message("the value is not valid for {place}s", place="Kubernetes label")
