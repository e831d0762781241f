"""How rows say where AWS returns the tags of a kind, and how they are written."""

from dataclasses import dataclass

from tagwarden.providers.catalogue.operations import Call
from tagwarden.providers.catalogue.tag_forms import KEYS, ReplacedTags, TagForm

PAIRS = TagForm("Key", "Value")
LOWER_PAIRS = TagForm("key", "value")
KMS_PAIRS = TagForm("TagKey", "TagValue")
KEY_PAIRS = TagForm("Key")


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
class KeptMember:
    """A further member of each tag, which writing the tag would reset.

    `path` leads to the current tags in the response of `read`. A new key gets the member of a key that it replaces.
    """

    member: str
    read: Call
    path: str


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
    keeps: KeptMember | None = None


TagWriting = WrittenTags | ReplacedTags
