"""Converts an item of an AWS response to a `Resource` and edges, by a row of the catalogue."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from tagwarden.errors import ProviderError
from tagwarden.model.graph import Edge
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.shared_resources import ANYBODY, OTHER_ACCOUNTS, OWNER_ACCOUNT
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.billing import Biller
from tagwarden.providers.aws.foundations import foundations_of
from tagwarden.providers.aws.managers import managers_by_tags
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Kind, ServiceScope
from tagwarden.providers.catalogue.interning import Attributes, Shared
from tagwarden.providers.catalogue.item_reading import Item, ItemReader
from tagwarden.providers.catalogue.path_compiler import texts
from tagwarden.providers.catalogue.templates import fill, placeholders

# The id of an account, also within an ARN; a principal may be `*`.
_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])|^\*$")
# An organisation, or an organisational unit, as a principal: the account in the ARN is the management account.
_ORGANISATION = ":organizations:"


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a listing: the account by name and AWS id, the partition, the region.

    `caller` is the caller's ARN there.
    """

    account: str
    account_id: str
    partition: str
    region: str
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An item before the tags are known, with the arguments for further calls.

    `trouble` is the error of reading details.
    """

    item: Item
    id: str
    uid: str
    region: str
    attributes: Attributes
    trouble: ProviderError | None = None


class Normaliser:
    """A row, compiled for a place."""

    def __init__(self, kind: Kind, place: Place, shared: Shared) -> None:
        self.kind = kind
        self._place = place
        self._shared = shared
        self._reader = ItemReader(kind, compile_path, reference_of, shared)
        self._other_accounts = [compile_path(path) for path in kind.other_accounts]
        self._owner = compile_path(kind.owner) if kind.owner else None
        self._foundations = foundations_of(kind.name)
        self._biller = Biller(kind.billing)
        self._uid_path = None if kind.uid.startswith("arn:") else compile_path(kind.uid)
        # Placeholders with the same value for all items are filled in once.
        self._uid = kind.uid.replace("{partition}", place.partition).replace("{account}", place.account_id)
        if not kind.region:
            self._uid = self._uid.replace("{region}", place.region)
        self._ourselves = _identity_of(place.caller)
        self._uid_takes = placeholders(self._uid) if self._uid_path is None else set()

    def is_of_kind(self, item: Item) -> bool:
        """Whether the item is one of this kind, and not gone."""
        return self._reader.is_of_kind(item)

    def draft(self, item: Item, trouble: ProviderError | None = None) -> Draft | None:
        """Give the arguments for calls about the item; None without an id, as AWS returns for uncreated resources."""
        id_ = self._reader.id_of(item)
        if not id_:
            return None
        attributes = self._reader.attributes_of(item)
        if others := self._others_of(item):
            attributes[OTHER_ACCOUNTS] = others
        if _ACCOUNT.fullmatch(owner := self._other_owner_of(item)):
            attributes[OWNER_ACCOUNT] = owner
        region = self._region_of(item)
        if self._uid_path is not None:
            # Without details an item may have no ARN; the tags are unreadable then, so no action follows.
            account = f"{self._place.partition}:{self.kind.service}:{region}:{self._place.account_id}"
            uid = str(self._uid_path(item) or f"arn:{account}:{id_}")
        elif self._uid_takes == {"id"}:
            uid = self._uid.replace("{id}", id_)
        else:
            title = self._reader.title_of(item)
            uid = fill(self._uid, {**attributes, "id": id_, "name": title or id_, "region": region})
        return Draft(item, id_, uid, region, self._shared.attributes(attributes), trouble)

    def resource(self, draft: Draft, tags: Tags) -> Resource:
        """Give the resource of a draft with these tags."""
        item, text = draft.item, self._shared.text
        title = self._reader.title_of(item) if self.kind.title else tags.values.get("Name")
        name = text(title) if title else draft.id
        return Resource(
            uid=draft.uid,
            provider=ProviderName.AWS,
            account=self._place.account,
            region=text(draft.region),
            kind=self.kind.name,
            category=self.kind.category,
            id=draft.id,
            name=name,
            created=self._reader.created_of(item),
            tags=tags,
            state=self._reader.state_of(item),
            manager=self._manager_of(item, tags),
            protection=self._protection_of(draft) or self._foundations.why((name, draft.id), tags.values),
            attributes=draft.attributes,
            billing=self._biller.billing_of(item),
        )

    def edges(self, draft: Draft) -> Iterator[tuple[Edge, bool]]:
        """Give the edges of a draft, each with a flag for conjectures; ends may still be `kind/id`."""
        return self._reader.edges(draft.item, draft.uid)

    def aliases(self, draft: Draft) -> Iterator[str]:
        """Give the further references under which other kinds may know the draft."""
        return self._reader.aliases(draft.item)

    def _others_of(self, item: Item) -> str:
        """Give the ids of other accounts that an item connects with this account, in order, separated by spaces."""
        told = {id_ for path in self._other_accounts for text in texts(path(item)) for id_ in _accounts_in(text)}
        return " ".join(sorted(told - {self._place.account_id}))

    def _other_owner_of(self, item: Item) -> str:
        """Name the other account that owns an item, usually by id; empty for this account."""
        owner = str((self._owner(item) if self._owner else None) or "")
        return "" if owner == self._place.account_id else owner

    def _region_of(self, item: Item) -> str:
        if self.kind.region:
            return self._reader.region_of(item) or self._place.region
        return "" if self.kind.scope is ServiceScope.GLOBAL else self._place.region

    def _protection_of(self, draft: Draft) -> str:
        if why := self._reader.protection_of(draft.item):
            return why
        if owner := self._other_owner_of(draft.item):
            return f"owned by {owner} and shared with this account"
        return "used by Tagwarden itself" if (self.kind.name, draft.id) == self._ourselves else ""

    def _manager_of(self, item: Item, tags: Tags) -> Manager | None:
        if found := self._reader.manager_of(item):
            kind, name = found
            reference = f"{kind}/{name}" if kind.startswith("aws_") else ""
            return Manager(kind, name, name if name.startswith("arn:") else reference)
        return next(iter(managers_by_tags(tags.values, self.kind.name)), None)


def _accounts_in(text: str) -> Collection[str]:
    return (ANYBODY,) if _ORGANISATION in text else _ACCOUNT.findall(text)


def reference_of(kind: str, name: str) -> str:
    """Give the link reference of a resource of this kind by its ARN, its id or an alias."""
    return name if name.startswith("arn:") else f"{kind}/{name}"


def known_of(resource: Resource, account_id: str, partition: str) -> dict[str, Any]:
    """Give the values of placeholders for calls about one resource."""
    return {
        **resource.attributes,
        "id": resource.id,
        "name": resource.name,
        "uid": resource.uid,
        "region": resource.region,
        "account": account_id,
        "partition": partition,
    }


def known_of_draft(draft: Draft, place: Place) -> dict[str, Any]:
    """Give the values of placeholders for calls about one draft."""
    return {
        **draft.attributes,
        "id": draft.id,
        "uid": draft.uid,
        "region": draft.region,
        "account": place.account_id,
        "partition": place.partition,
    }


def _identity_of(caller: str) -> tuple[str, str]:
    """Give the kind and the id behind a caller's ARN: `…:user/path/ann`, `…:assumed-role/tagwarden/session`."""
    what, _, name = caller.rpartition(":")[2].partition("/")
    if what == "assumed-role":
        return "aws_iam_role", name.split("/", 1)[0]
    return ("aws_iam_user", name.rpartition("/")[2]) if what == "user" else ("", "")
