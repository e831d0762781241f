"""The manners of vendors in the model of safety: the same world, told and written in the words of each vendor.

The world and its overseer keep the words of one vendor. A provider with other manners translates on the way: kinds,
tags in the codec of the place, the mark of a backup, and where a refusal is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tagwarden.errors import DeletionFailed, DependencyViolation
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Extent, Identity, Snapshot
from tagwarden.model.tags import TagChanges, TagState
from tagwarden.providers import aws
from tagwarden.providers.base import MadeBackup, Note, Progress, Receipt, note_nothing
from tagwarden.providers.gcp.row import rows
from tagwarden.tagging import (
    TagPlace,
    decode_instant,
    decode_key,
    decode_value,
    encode_instant,
    encode_key,
    encode_reference,
    encode_value,
    format_instant,
)
from tests.support.builders import account_id_of, an_account, an_identity
from tests.support.fake_provider import FakeProvider, FakeWorld

_LABEL = TagPlace.GCP_LABEL
KINDS: Mapping[str, str] = {
    "aws_autoscaling_group": "gcp_compute_instance_group_manager",
    "aws_ec2_instance": "gcp_compute_instance",
    "aws_ec2_security_group": "gcp_compute_forwarding_rule",  # functions do not name firewall rules
    "aws_ec2_snapshot": "gcp_compute_snapshot",
    "aws_ec2_subnet": "gcp_compute_subnetwork",
    "aws_ec2_volume": "gcp_compute_disk",
    "aws_ec2_vpc": "gcp_compute_network",
    "aws_iam_role": "gcp_iam_service_account",
    "aws_lambda_function": "gcp_cloudfunctions_function",
    "aws_sqs_queue": "gcp_cloudtasks_queue",
}
"""The kinds of Google Cloud in the places of those of the world."""
_KEYS = {"DoNotDelete": "do-not-delete"}
"""Keys that people write otherwise in labels, which have no capitals."""
_KEYS_BACK = {label: key for key, label in _KEYS.items()}
_BACK = {google: kind for kind, google in KINDS.items()}


def in_googles_words(resource: Resource) -> Resource:
    """Give a resource of the world as Google tells it, with labels."""
    return _retold(resource, ProviderName.GCP, KINDS, _labels)


def from_googles_words(resource: Resource) -> Resource:
    """Give a resource in the words of the world."""
    return _retold(resource, ProviderName.AWS, _BACK, _plain)


def _retold(
    resource: Resource,
    provider: ProviderName,
    kinds: Mapping[str, str],
    words: Callable[[Mapping[str, str]], Mapping[str, str]],
) -> Resource:
    tags, manager = resource.tags, resource.manager
    return replace(
        resource,
        provider=provider,
        kind=kinds[resource.kind],
        tags=replace(tags, values=words(tags.values)) if tags.state is TagState.KNOWN else tags,
        manager=manager and replace(manager, kind=kinds[manager.kind]),
    )


def _labels(values: Mapping[str, str]) -> dict[str, str]:
    return {_KEYS.get(key) or encode_key(key, _LABEL): _label(key, value) for key, value in values.items()}


def _label(key: str, value: str) -> str:
    if key == BACKUP_OF:
        return encode_reference(value, _LABEL)
    try:
        return encode_instant(datetime.fromisoformat(value), _LABEL)
    except ValueError:
        return encode_value(value, _LABEL)


def _plain(labels: Mapping[str, str]) -> dict[str, str]:
    return {_KEYS_BACK.get(key) or decode_key(key, _LABEL): _told(value) for key, value in labels.items()}


def _told(label: str) -> str:
    instant = decode_instant(label, _LABEL)
    return format_instant(instant) if instant is not None else decode_value(label, _LABEL)


class GoogleLike(FakeProvider):
    """A project: it accepts a deletion of something in use, and its operation ends with the refusal."""

    def __init__(self, world: FakeWorld, account: str, *, identity: Identity | None = None) -> None:
        super().__init__(
            world, account, identity=identity or an_identity(account, ProviderName.GCP), kinds=GOOGLE.every_kind
        )
        self._refused: dict[str, DependencyViolation] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind with a row."""
        return GOOGLE.every_kind

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """Show what is visible; Google lists a kind in every place at once."""
        asked = extent and Extent(frozenset(_BACK[kind] for kind in extent.kinds if kind in _BACK))
        found = super().collect(now, progress, asked)
        return replace(
            found,
            provider=ProviderName.GCP,
            kinds=self.kinds if extent is None else tuple(sorted(extent.kinds)),
            resources=tuple(in_googles_words(each) for each in found.resources),
            failures=tuple(_gap(each) for each in found.failures),
        )

    def read(self, resource: Resource) -> Resource | None:
        """Read what is visible now."""
        found = super().read(from_googles_words(resource))
        return found and in_googles_words(found)

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write labels."""
        plain = TagChanges(_plain(changes.set), tuple(decode_key(key, _LABEL) for key in changes.remove))
        return super().set_tags(from_googles_words(resource), plain)

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Accept a deletion, also of something in use."""
        try:
            return super().delete(from_googles_words(resource), note)
        except DependencyViolation as refusal:
            self._refused[resource.uid] = refusal
            return Receipt("operation-in-use")

    def is_gone(self, resource: Resource) -> bool:
        """Look whether it is still visible; raise the refusal in which its operation ended."""
        refusal = self._refused.pop(resource.uid, None)
        if refusal is not None:
            raise DeletionFailed(str(refusal), code="RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", operation="fake:Delete")
        return super().is_gone(from_googles_words(resource))

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Accept a backup with these labels."""
        return super().back_up(from_googles_words(resource), {**_plain(tags), BACKUP_OF: resource.uid})

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Look for the backups of a resource that are visible now."""
        found = super().backups_of(from_googles_words(resource))
        return tuple(replace(each, backup=in_googles_words(each.backup)) for each in found)


def _gap(failure: CollectFailure) -> CollectFailure:
    return replace(failure, kind=KINDS.get(failure.kind, failure.kind))


@dataclass(frozen=True)
class Manners:
    """A vendor in the model: `open` gives an account of a world, `twin` declares an account again by another name.

    `plain` gives a resource of a snapshot in the words of the world.
    """

    provider: ProviderName
    every_kind: tuple[str, ...]
    open: Callable[..., FakeProvider]
    twin: Callable[[str, str], CloudAccount]
    plain: Callable[[Resource], Resource] = lambda resource: resource


def _amazon(world: FakeWorld, account: str, **more: Any) -> FakeProvider:
    return FakeProvider(world, account, kinds=AMAZON.every_kind, **more)


AMAZON = Manners(
    ProviderName.AWS,
    tuple(row.kind for row in aws.catalogue()),
    _amazon,
    lambda name, account: an_account(name, aws={"accountID": account_id_of(account)}),
)
GOOGLE = Manners(
    ProviderName.GCP,
    tuple(sorted(rows())),
    GoogleLike,
    lambda name, account: an_account(
        name, provider=ProviderName.GCP, gcp={"projectID": f"project-{account_id_of(account)}"}
    ),
    from_googles_words,
)
