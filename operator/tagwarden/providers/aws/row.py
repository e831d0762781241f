"""The row type of the catalogue: one kind of AWS resource.

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
    """The path to partial failures in an accepted response: a list of objects with `Code` and `Message`."""


def call(operation: str, **params: Any) -> Call:
    """Write a call of the row's own service."""
    return Call(operation, params)


class ServiceScope(StrEnum):
    """The places in which a kind is listed."""

    REGIONAL = "regional"
    """In each region."""
    GLOBAL = "global"
    """Once, in the partition's home region; the resources have no region unless the row gives a path to it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How to list a kind: the operation, the path to its items, the page size.

    Items may be texts, which become `{"value": text}`. `one` are the parameters that restrict the same operation to one
    resource, for reading it again. `per` names a parent kind: the operation is called once per parent resource, with
    `{parent.id}`, `{parent.name}` and `{parent.uid}`, and items hold the resource as `parent`.
    """

    operation: str
    items: str
    params: Params = field(default_factory=dict)
    page_size: int | None = None
    one: Params | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Details missing from a listing: a call per item, or per `size` items.

    `path` leads to the values merged into the item; for several items, to a list in which `match` is each item's id,
    and the call takes `{ids}`. The call may use id, uid and attributes of the listed item. Items with a value at
    `unless` need no call. `pages_as`: the call is a listing, and the values at `path` on all pages form one list under
    this name. `none` are the error codes that mean that there are no details.
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
    """The creation time of a resource: the earliest time at these paths."""

    paths: tuple[str, ...]
    form: TimeForm = TimeForm.TIME


def created(*paths: str, form: TimeForm = TimeForm.TIME) -> Created:
    """Name the paths of the creation time."""
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
    """One call per resource returns its tags. `none` are the error codes that mean that it has none."""

    call: Call
    path: str = "Tags"
    form: TagForm = PAIRS
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InlineTags:
    """The item holds the tags.

    An item without that member is untagged, unless `absent_is_unknown`: the service never omits it, so the tags are
    unknown. With `ask`, that call returns the tags of such an item.
    """

    path: str = "Tags"
    form: TagForm = PAIRS
    absent_is_unknown: bool = False
    ask: TagsCall | None = None


@dataclass(frozen=True, slots=True)
class BulkTags:
    """One call returns the tags of up to `size` resources: it takes `{ids}` or `{uids}`.

    `items` leads to the entries, `match` in each to the id or uid, `path` to its tags. A resource missing from the
    response has unreadable tags, not none. `pairs`: each entry is a single tag, and the API knows all tags, so that a
    resource without an entry has none; all tags of `size` resources must fit into one response.
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
    """Tags are set and removed by key; the calls take `{tags}` and `{keys}` in these forms.

    `folds_case`: `Owner` and `owner` are one key, so setting one replaces the other. This call returns `Tags` for a
    check, since imitations of AWS may hold both.
    """

    set: Call
    remove: Call
    tags: TagForm = PAIRS
    keys: TagForm = KEYS
    folds_case: Call | None = None
    keeps: "KeptMember | None" = None


@dataclass(frozen=True, slots=True)
class KeptMember:
    """A further member of each tag, which writing the tag would reset.

    `path` leads to the current tags in the response of `read`. A new key gets the member of a key that it replaces.
    """

    member: str
    read: Call
    path: str


@dataclass(frozen=True, slots=True)
class ReplacedTags:
    """Writing replaces the whole set: it is read, merged, written, and read again.

    `read` and `path` give the current tags; `write` takes `{tags}` and the values of `keep` from the response of
    `read`; `clear` removes the last tag when an empty set cannot be written.
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
    """How AWS backs up a resource: one call creates a tagged resource of the kind `into`.

    `make` takes `{tags}` in the form `tags`, and `{backup}`, a name that is the same for repeated requests of one
    backup; `exists` are the error codes for an existing name. `of` restricts the listing of `into` to possible backups
    of this resource. In the state `ready` a backup is complete, in those of `failed` it has failed, in all others it is
    in progress. `only` are required values of attributes, None for an absent attribute; another row may apply to the
    others. `grants` are IAM actions that tags at creation take.
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
    """How a refusal names a missing step: error codes, joined by `|`, and a pattern of the message.

    A pattern is needed when one code has several meanings. A code means the same with and without `Exception`, `Fault`
    or `Error` at its end. Without codes, every refusal because of a dependency matches. A denied permission never
    matches.
    """

    codes: str = ""
    words: str = ""


IN_USE = Refusal()


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a deletion may need first, taken only after AWS refused the deletion with one of `answers` (S23).

    `do` is called once, or for each of the `items` that `each` lists; `{item}` is the item, `{item.Name}` a member of
    it. With `size`, `do` takes up to that many as `{items}`, and `{items.Name}` are the members of all. `unless` are
    error codes that mean that the step is not needed.

    `undo` reverts the step, from the same placeholders, whose values are journalled before the step. `before` reads
    further state, which is then `{before}`. `undone` are the error codes of `undo` that mean that the step is already
    undone. A step without `undo` is destructive: such steps come last in a row. `lasts`: AWS takes minutes for the step
    and refuses the deletion until then, so that a later pass may continue. `shared`: the step helps deletions of the
    kinds that the row `untangles`, and is not undone before these were tried.
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
    """The states of an accepted but failed deletion, and the paths of AWS's reasons: texts, or lists of them."""

    states: tuple[str, ...]
    causes: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Edges between an item and the resources named at a path: ids, ARNs, or aliases of the other kind's row.

    `backwards`: the other one owns, needs or uses this one. `if_found`: a conjecture from a name, dropped when no
    resource of that name was collected. `left`: AWS neither creates nor deletes the owned one with its owner, so that
    we delete it.
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
    """By a fact of the item, a manager creates and restores it: `path` leads to the manager's id or ARN."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Protected:
    """When `when` holds for the item, the resource is never deleted."""

    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A protection that needs a call per resource: checked when a resource is read again.

    Collecting also checks it for small numbers (see `collecting.PROBED_AT_MOST`), so that a small account's plan shows
    it. `none` are the error codes that mean that there is no such protection.
    """

    call: Call
    when: str
    why: str
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of a billed item: the value at `path`, in the form of the price list's `attribute`.

    `words` translate values: "" is a missing one, "*" any other; None means free of charge. A value outside of `words`
    makes the cost unknown, as does a missing one without `words`. Without `attribute` the value is only checked, and
    not part of the item.
    """

    path: str
    attribute: str = ""
    words: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Products:
    """The place of prices in AWS's Price List: the service's code and the products' attributes, one value or more.

    `productFamily` counts as an attribute, and `usagetype` is without the region that it begins with.
    """

    service: str
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Billed:
    """A charge for the existence of the resource, never for its usage.

    The words of `facts` form the item, in their order, up to the first that is free or unknown. `quantity` leads to a
    number, or to a list whose members count; default: one. `included` of it is free. `named` comes before the words, to
    distinguish items of one kind.
    """

    unit: Unit
    products: Products
    facts: tuple[Fact, ...] = ()
    quantity: str = ""
    included: float = 0
    named: str = ""


FREE: tuple[Billed, ...] = ()
"""Free by itself; its parts may cost."""


class Holding(StrEnum):
    """The permanent loss of deleting a resource, which no template restores (S19). The words are shown to people."""

    NOTHING = ""
    DATA = "data"
    IMAGES = "images"
    KEYS = "keys"
    """Keys and credentials, also those with a counterpart held by somebody else."""
    MESSAGES = "messages"
    NAMES = "names others know"
    """Names and addresses that the vendor assigns once, or that others have configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of AWS resource; the module's docstring explains paths and templates.

    `id` is the argument of API calls; `uid` a path to the ARN, or a template of it; `title` a path to the name,
    else the tag `Name`, else the id. `gone` are the states of a deleted resource, `going` those of a deletion in
    progress. `aliases` are further names under which links of other kinds know this one, and `named` is a listing of
    such names. `region` leads to the region of an item that was listed globally. `read` reads one resource again when
    neither `listing.one` nor `detail` of a text item can. `also` are further details, each a call for one resource,
    which name the resources that it uses (S18). They are read only in wanted regions; after a denied one the item is
    unchanged and the kind incomplete. `steps` are taken, in their order, when AWS refused the deletion with a matching
    code; after each effective step the deletion is tried again. `asks` are checked before the first step: if one holds,
    no step is taken. `untangles` are the kinds that this one no longer needs after its steps: resources in such a cycle
    can be deleted together. `failure` is the later failure of an accepted deletion. `backups` are the backup methods,
    of which the first applicable one is used. `id_tells` is a pattern of the id whose named groups are attributes that
    calls need. `other_accounts` lead to the ids of accounts, or to ARNs and principals, that it connects with its own
    (S22). `only_where` holds for the items of this kind, where one operation lists several kinds. `billing` is the
    standing cost; None: unknown, for example with usage charges only. `holds` is the permanent loss of a deletion
    (S19).
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
