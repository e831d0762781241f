"""The vocabulary of the catalogue: a kind of AWS resource as a row of data.

Paths are JMESPath into one listed item (merged with its details), with the functions of `paths`. Templates are
parameters of an API call in which `{id}`, `{name}`, `{uid}`, `{region}`, `{account}`, `{partition}` and every attribute
of the row stand for those of the resource; a string that is nothing but one placeholder becomes the value itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tagwarden.model.billing import Unit
from tagwarden.model.graph import EdgeMeaning

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of a service, as botocore's service model spells it, with templates as parameters."""

    operation: str
    params: Params = field(default_factory=dict)
    service: str = ""
    """The service where it is not that of the row."""
    errors: str = ""
    """Where an accepted call says what it failed to do: a list of objects with `Code` and `Message`."""


def call(operation: str, **params: Any) -> Call:
    """Write a call of the row's own service."""
    return Call(operation, params)


class ServiceScope(StrEnum):
    """Where a kind is listed."""

    REGIONAL = "regional"
    """In each region."""
    GLOBAL = "global"
    """Once, in the partition's home region; the resources have no region unless the row gives a path to it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How to list a kind: the operation, the path to its items, how many to ask for at once.

    Items may be texts, which become `{"value": text}`. `one` are the parameters that narrow the same operation to
    one resource, for reading it again. `per` names the kind for each of whose resources the operation is called
    once; `{parent.id}`, `{parent.name}` and `{parent.uid}` are then those of that resource, and items hold it as
    `parent`.
    """

    operation: str
    items: str
    params: Params = field(default_factory=dict)
    page_size: int | None = None
    one: Params | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a listing leaves out: a call for each item, or for `size` items at once.

    `path` leads to what is merged into the item, for several at once to a list in which `match` is each one's id;
    the call then takes `{ids}`. The call may use what the row knows of the listed item: id, uid and attributes.
    Items for which `unless` leads to something need no call. `pages_as`: the call is a listing, and what `path` leads
    to on all of its pages is one list under this name. `none` are the error codes that mean that there are no details.
    """

    call: Call
    path: str
    size: int = 1
    match: str = ""
    unless: str = ""
    pages_as: str = ""
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """A listing of further names of the kind's resources: in each item `of` leads to the id, `names` to the names."""

    listing: Listing
    of: str
    names: str


@dataclass(frozen=True, slots=True)
class Read:
    """How to read one resource again: a call and the path to its item, or to a list of one."""

    call: Call
    path: str


class TimeForm(StrEnum):
    """How a creation time is written."""

    TIME = "time"
    """A timestamp of botocore, or ISO 8601."""
    SECONDS = "seconds"
    """Seconds since 1970, also as text."""
    MILLISECONDS = "milliseconds"
    """Milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Created:
    """When a resource was made: the earliest instant that these paths lead to."""

    paths: tuple[str, ...]
    form: TimeForm = TimeForm.TIME


def created(*paths: str, form: TimeForm = TimeForm.TIME) -> Created:
    """Write where the creation time stands."""
    return Created(paths, form)


@dataclass(frozen=True, slots=True)
class TagForm:
    """How tags are written: a mapping, or a list of objects with the key and the value under these names.

    Without `value` only keys are meant: a list of objects, or without `key` too, a list of texts. `extra` are
    templates that each object holds besides.
    """

    key: str = "Key"
    value: str = "Value"
    mapping: bool = False
    extra: Params = field(default_factory=dict)


PAIRS = TagForm()
LOWER_PAIRS = TagForm("key", "value")
KMS_PAIRS = TagForm("TagKey", "TagValue")
MAPPING = TagForm(mapping=True)
KEY_PAIRS = TagForm("Key", "")
KEYS = TagForm("", "")


@dataclass(frozen=True, slots=True)
class TagsCall:
    """One call for each resource gives its tags. `none` are the error codes that mean there are none."""

    call: Call
    path: str = "Tags"
    form: TagForm = PAIRS
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InlineTags:
    """The tags stand in the item.

    An item without that member is untagged, unless `absent_is_unknown`: the service never omits it, so the item has not
    told its tags. With `ask`, that call tells the tags of such an item.
    """

    path: str = "Tags"
    form: TagForm = PAIRS
    absent_is_unknown: bool = False
    ask: TagsCall | None = None


@dataclass(frozen=True, slots=True)
class BulkTags:
    """One call gives the tags of up to `size` resources: it takes `{ids}` or `{uids}`.

    `items` leads to the answers, `match` in each to the id or uid, `path` to its tags. A resource that the answer
    leaves out has unreadable tags, not none. `pairs`: each answer is a single tag, and the API is the one that knows
    them all, so that a resource without an answer has none; all of `size` resources must fit into one answer.
    """

    call: Call
    size: int
    items: str
    match: str
    path: str = "Tags"
    form: TagForm = PAIRS
    pairs: bool = False


@dataclass(frozen=True, slots=True)
class NoTags:
    """The API has no tags for this kind."""


TagReading = InlineTags | TagsCall | BulkTags | NoTags


@dataclass(frozen=True, slots=True)
class WrittenTags:
    """Tags are set one by one and removed one by one; the calls take `{tags}` and `{keys}` in these forms.

    `folds_case`: `Owner` and `owner` are one key, so setting the one has replaced the other. This call gives `Tags`, to
    look whether it has: what imitates AWS may hold both.
    """

    set: Call
    remove: Call
    tags: TagForm = PAIRS
    keys: TagForm = KEYS
    folds_case: Call | None = None
    keeps: "KeptMember | None" = None


@dataclass(frozen=True, slots=True)
class KeptMember:
    """A member of each tag besides key and value, which writing the tag would replace.

    `path` leads in the answer of `read` to the tags as they are. A new key has the member set where it replaces a
    key that had it set.
    """

    member: str
    read: Call
    path: str


@dataclass(frozen=True, slots=True)
class ReplacedTags:
    """Writing replaces the whole set: it is read, merged, written, and read again.

    `read` and `path` give the tags as they are; `write` takes `{tags}`, and what `keep` finds in the answer of
    `read`; `clear` removes the last tag, where an empty set cannot be written.
    """

    read: Call
    path: str
    write: Call
    tags: TagForm = PAIRS
    none: tuple[str, ...] = ()
    clear: Call | None = None
    keep: Mapping[str, str] = field(default_factory=dict)


TagWriting = WrittenTags | ReplacedTags


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRule:
    """How AWS keeps what a resource holds: one call makes a resource of the kind `into`, together with its tags.

    `make` takes `{tags}` in the form `tags`, and `{backup}`, a name that is the same however often one backup is asked
    for; `exists` are the error codes that say that the name is there already. `of` narrows the listing of `into` to
    what may be backups of this resource. In the state `ready` a backup is done, in those of `failed` it never will be,
    in all others it is under way. `only` are values of attributes that the resource must have, None where it must not
    have that attribute; another row may hold for the others. `grants` are IAM actions that tags at creation take.
    """

    into: str
    make: Call
    of: Params
    ready: str
    failed: tuple[str, ...] = ("failed",)
    tags: TagForm = PAIRS
    exists: tuple[str, ...] = ()
    only: Mapping[str, tuple[str | bool | None, ...]] = field(default_factory=dict)
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """How AWS says what a deletion lacks: error codes, joined by `|`, and a pattern that the message holds.

    A pattern is needed where one code says several things. A code means the same with and without `Exception`, `Fault`
    or `Error` at its end. Without codes every refusal is meant that says that something depends on the resource. A
    denied permission names nothing that is missing.
    """

    codes: str = ""
    words: str = ""


IN_USE = Refusal()


@dataclass(frozen=True, slots=True)
class Step:
    """What a deletion may need first, taken only once AWS has refused the deletion with one of `answers` (S23).

    `do` is called once, or for each of the `items` that `each` lists; `{item}` is the item, `{item.Name}` a member of
    it. With `size`, `do` takes up to that many as `{items}`, and `{items.Name}` are the members of all. `unless` are
    error codes that mean there was nothing to do.

    `undo` takes the step back, from the same placeholders; what they stand for is journalled before the step. `before`
    reads what the item alone does not hold, and is then `{before}`. `undone` are the error codes of `undo` that mean
    that all is as it was. A step without `undo` destroys: such steps come last in a row. `lasts`: AWS takes minutes to
    do it and refuses the deletion until then, so that a later pass may go on from here. `shared`: the step makes way
    for others of the kinds that the row `untangles`, and is kept until they had their turn.
    """

    do: Call
    each: Call | None = None
    items: str = ""
    size: int = 0
    unless: tuple[str, ...] = ()
    answers: tuple[Refusal, ...] = (IN_USE,)
    before: Read | None = None
    undo: Call | None = None
    undone: tuple[str, ...] = ()
    lasts: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The states in which a deletion that was accepted has failed, and where AWS says why: texts, or lists of them."""

    states: tuple[str, ...]
    causes: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Edges between an item and what a path of it names: ids, ARNs, or aliases of the other kind's row.

    `backwards`: the other one owns, needs or uses this one. `if_found`: a conjecture from a name, which is no edge
    where nothing of that name was collected. `left`: AWS neither makes the owned one with its owner nor takes it along,
    so that its deletion is ours.
    """

    meaning: EdgeMeaning
    kind: str
    path: str
    backwards: bool = False
    if_found: bool = False
    left: bool = False


def owns(kind: str, path: str, *, if_found: bool = False, left: bool = False) -> Link:
    """The other one dies with this one, or exists only for it."""
    return Link(EdgeMeaning.OWNS, kind, path, if_found=if_found, left=left)


def owned_by(kind: str, path: str, *, if_found: bool = False, left: bool = False) -> Link:
    """This one dies with the other one, or exists only for it."""
    return Link(EdgeMeaning.OWNS, kind, path, backwards=True, if_found=if_found, left=left)


def needs(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The other one cannot be deleted while this one exists."""
    return Link(EdgeMeaning.NEEDS, kind, path, if_found=if_found)


def needed_by(kind: str, path: str, *, if_found: bool = False) -> Link:
    """This one cannot be deleted while the other one exists."""
    return Link(EdgeMeaning.NEEDS, kind, path, backwards=True, if_found=if_found)


def uses(kind: str, path: str, *, if_found: bool = False) -> Link:
    """This one breaks if the other one goes."""
    return Link(EdgeMeaning.USES, kind, path, if_found=if_found)


def used_by(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The other one breaks if this one goes."""
    return Link(EdgeMeaning.USES, kind, path, backwards=True, if_found=if_found)


@dataclass(frozen=True, slots=True)
class Managed:
    """By a fact of the item, something else makes and restores it: `path` leads to the id or ARN of that."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Protected:
    """Where `when` holds for the item, the resource is never deleted."""

    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A protection that only a call for each resource tells: asked when a resource is read again.

    Collecting asks too while there are few (see `collecting.PROBED_AT_MOST`), so that a small account's plan shows it.
    `none` are the error codes that mean that there is no such protection.
    """

    call: Call
    when: str
    why: str
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A word of what is billed: what `path` leads to, as the price list's `attribute` has it.

    `words` translate: "" is what is missing, "*" any other value; a word that is None means that this is not charged
    at all. A value that `words` do not have makes the cost unknown, and so does a missing one without `words`.
    Without `attribute` only that is looked at, and the word is not part of the item.
    """

    path: str
    attribute: str = ""
    words: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Products:
    """Where AWS's Price List has the prices: the service's code and the attributes of the products, one or any of.

    `productFamily` counts as an attribute, and `usagetype` is without the region that it begins with.
    """

    service: str
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Billed:
    """Something that is charged for as long as the resource exists, never for how much it is used.

    The words of `facts` make the item, in their order; the first that says so ends it: not charged, or unknown.
    `quantity` leads to a number, or to a list whose members count; without it, it is one. `included` of it is free.
    `named` comes before the words, to tell items of one kind apart.
    """

    unit: Unit
    products: Products
    facts: tuple[Fact, ...] = ()
    quantity: str = ""
    included: float = 0
    named: str = ""


FREE: tuple[Billed, ...] = ()
"""What costs nothing by itself; what it is made of may."""


class Holding(StrEnum):
    """What is lost for good with a resource: no template restores it (S19). The words are shown to people."""

    NOTHING = ""
    DATA = "data"
    IMAGES = "images"
    KEYS = "keys"
    """Keys and credentials, also those whose other half somebody else keeps."""
    MESSAGES = "messages"
    NAMES = "names others know"
    """Names and addresses that the vendor hands out once, or that others have configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of AWS resource; the module's docstring says what paths and templates are.

    `id` is what the API's calls take; `uid` a path to the ARN, or a template of it; `title` a path to the name,
    else the tag `Name`, else the id. `gone` are the states that mean there is nothing any more, `going` those in which
    deletion is already under way. `aliases` are further names under which links of other kinds know this one, and
    `named` is a listing of such names. `region` leads to the region of an item that was listed globally. `read` is how
    to read one again where neither `listing.one` nor `detail` of a text item does. `also` are further details, each a
    call for one resource, which name the resources that it uses (S18). They are asked for in wanted regions alone; a
    denied one leaves the item as it is and the kind incomplete. `steps` are taken, in their order, when AWS has refused
    the deletion with what they answer; after each that changed something it is tried again. `asks` are asked before the
    first step: where one holds, nothing is touched. `untangles` are the kinds which this one no longer needs once its
    steps are taken: resources that hold one another that way can be deleted together. `failure` is how an accepted
    deletion fails later.
    `backups` are the ways to keep what it holds, of which the first that applies is taken.
    `id_tells` is a pattern whose named groups are the attributes that calls need and that stand in the id as well.
    `other_accounts` lead to the ids of accounts, or to ARNs and principals, that it connects with its own (S22).
    `only_where` holds for the items of this kind, where one operation lists several kinds. `billing` is what it costs
    by existing; None: that is not known, as where only use is charged. `holds` is what deletion loses for good (S19).
    """

    name: str
    category: str
    holds: Holding = Holding.NOTHING
    service: str
    listing: Listing
    id: str
    uid: str
    id_tells: str = ""
    title: str = ""
    created: Created | None = None
    state: str = ""
    gone: tuple[str, ...] = ()
    going: tuple[str, ...] = ()
    detail: Detail | None = None
    also: tuple[Detail, ...] = ()
    read: Read | None = None
    tags: TagReading
    writing: TagWriting | None = None
    delete: Call | None = None
    steps: tuple[Step, ...] = ()
    asks: tuple[Probe, ...] = ()
    failure: Failure | None = None
    untangles: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    managed: tuple[Managed, ...] = ()
    protected: tuple[Protected, ...] = ()
    probe: Probe | None = None
    backups: tuple[BackupRule, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    named: Names | None = None
    scope: ServiceScope = ServiceScope.REGIONAL
    region: str = ""
    only_where: str = ""
    owner: str = ""
    other_accounts: tuple[str, ...] = ()
    billing: tuple[Billed, ...] | None = None
