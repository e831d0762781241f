"""The row type of the catalogue: one kind of AWS resource, and the vocabulary in which rows are written.

Rows import all of it from here. The vocabulary that vendors share stands in `providers.catalogue`; here are the parts
that only AWS has. Operations are spelt as botocore's service models spell them. In templates, `{uid}` is the ARN, and
`{account}` and `{partition}` are those of the account.
"""

from dataclasses import dataclass
from enum import StrEnum

from tagwarden.providers.aws.billing_rules import FREE, Billed, Fact, Products
from tagwarden.providers.aws.deletion_rules import IN_USE, BackupRule, Failure, Refusal, Step
from tagwarden.providers.aws.tag_rules import (
    KEY_PAIRS,
    KMS_PAIRS,
    LOWER_PAIRS,
    PAIRS,
    BulkTags,
    InlineTags,
    KeptMember,
    NoTags,
    TagReading,
    TagsCall,
    TagWriting,
    WrittenTags,
)
from tagwarden.providers.catalogue.creation_times import Created, TimeForm, created
from tagwarden.providers.catalogue.kind_row import Holding, KindRow, Managed, Protected
from tagwarden.providers.catalogue.links import Link, needed_by, needs, owned_by, owns, used_by, uses
from tagwarden.providers.catalogue.operations import Call, Detail, Listing, Params, Read, call
from tagwarden.providers.catalogue.tag_forms import KEYS, MAPPING, ReplacedTags, TagForm

__all__ = [
    "FREE",
    "IN_USE",
    "KEYS",
    "KEY_PAIRS",
    "KMS_PAIRS",
    "LOWER_PAIRS",
    "MAPPING",
    "PAIRS",
    "BackupRule",
    "Billed",
    "BulkTags",
    "Call",
    "Created",
    "Detail",
    "Fact",
    "Failure",
    "Holding",
    "InlineTags",
    "KeptMember",
    "Kind",
    "Link",
    "Listing",
    "Managed",
    "Names",
    "NoTags",
    "Params",
    "Probe",
    "Products",
    "Protected",
    "Read",
    "Refusal",
    "ReplacedTags",
    "ServiceScope",
    "Step",
    "TagForm",
    "TagReading",
    "TagWriting",
    "TagsCall",
    "TimeForm",
    "WrittenTags",
    "call",
    "created",
    "needed_by",
    "needs",
    "owned_by",
    "owns",
    "used_by",
    "uses",
]


class ServiceScope(StrEnum):
    """The places of listings of a kind."""

    REGIONAL = "regional"
    """In each region."""
    GLOBAL = "global"
    """Once, in the partition's home region; the resources have no region unless the row gives a path to it."""


@dataclass(frozen=True, slots=True)
class Names:
    """A listing of further names of the kind's resources: in each item `of` gives the id, `names` the names."""

    listing: Listing
    of: str
    names: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A protection that needs a call per resource: checked when a resource is read again.

    Collecting also checks it for small numbers (see `gathering.PROBED_AT_MOST`), so that a small account's plan shows
    it. `none` are the error codes that mean that there is no such protection.
    """

    call: Call
    when: str
    why: str
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(KindRow):
    """One kind of AWS resource, with the members that only AWS has.

    `uid` is a path to the ARN, or a template of it. Without a value at `title` the tag `Name` is the name, else the id.
    `named` is a listing of further names under which links of other kinds know this one. `also` are further details,
    each a call for one resource, which name the resources that it uses (S18). They are read only in wanted regions;
    after a denied one the item is unchanged and the kind incomplete. `steps` are taken, in their order, when AWS
    refused the deletion with a matching code; after each effective step the deletion is tried again. `asks` are checked
    before the first step: if one holds, no step is taken. `untangles` are the kinds that this one no longer needs after
    its steps: resources in such a cycle can be deleted together. `failure` is the later failure of an accepted
    deletion. `backups` are the backup methods, of which the first applicable one is used. `id_tells` is a pattern of
    the id whose named groups are attributes that calls need. `owner` leads to the id of the account that owns the item,
    `other_accounts` lead to the ids of accounts, or to ARNs and principals, that it connects with its own (S22).
    `billing` is the standing cost; None: unknown, for example with usage charges only.
    """

    uid: str
    id_tells: str = ""
    tags: TagReading
    writing: TagWriting | None = None
    also: tuple[Detail, ...] = ()
    steps: tuple[Step, ...] = ()
    asks: tuple[Probe, ...] = ()
    failure: Failure | None = None
    untangles: frozenset[str] = frozenset()
    probe: Probe | None = None
    backups: tuple[BackupRule, ...] = ()
    named: Names | None = None
    scope: ServiceScope = ServiceScope.REGIONAL
    owner: str = ""
    other_accounts: tuple[str, ...] = ()
    billing: tuple[Billed, ...] | None = None
