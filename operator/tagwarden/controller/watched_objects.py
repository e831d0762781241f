"""Policies and accounts as the operator watches them: spec, status and requests by annotation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tagwarden.controller.child_input import Manifest
from tagwarden.controller.events import Subject
from tagwarden.model.account import CloudAccount
from tagwarden.model.crd import CLEANUP_POLICY, CLOUD_ACCOUNT
from tagwarden.model.policy import ACCEPTED_IDENTITY, APPROVED_PLAN, RELEASED_BRAKE, REQUESTED_AT, CleanupPolicy
from tagwarden.model.status import CleanupPolicyStatus, CloudAccountStatus
from tagwarden.model.validation_errors import describe_mistakes

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Meta:
    """The common fields of Tagwarden's API objects."""

    name: str
    uid: str
    generation: int
    annotations: Mapping[str, str]
    is_leaving: bool
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def requested(self) -> str:
        """The value of the annotation that requests a pass; empty without a request."""
        return self.annotations.get(REQUESTED_AT, "")

    @property
    def approved_plan(self) -> str:
        """The hash of the approved plan; empty without an approval."""
        return self.annotations.get(APPROVED_PLAN, "")

    @property
    def released_brake(self) -> str:
        """The token with which a person released the brake; empty without a release."""
        return self.annotations.get(RELEASED_BRAKE, "")

    @property
    def accepted_identity(self) -> str:
        """The identity that a person accepted for an account; empty without an acceptance."""
        return self.annotations.get(ACCEPTED_IDENTITY, "")


@dataclass(frozen=True, slots=True)
class WatchedPolicy:
    """A policy; `policy` is None if the spec is unreadable, and `mistake` tells the reason."""

    meta: Meta
    manifest: Manifest
    policy: CleanupPolicy | None
    status: CleanupPolicyStatus
    mistake: str = ""

    @property
    def subject(self) -> Subject:
        """The subject of the policy's events."""
        return Subject(CLEANUP_POLICY.kind, self.meta.name, self.meta.uid)


@dataclass(frozen=True, slots=True)
class WatchedAccount:
    """An account; `account` is None if the spec is unreadable, and `mistake` tells the reason."""

    meta: Meta
    manifest: Manifest
    account: CloudAccount | None
    status: CloudAccountStatus
    mistake: str = ""

    @property
    def subject(self) -> Subject:
        """The subject of the account's events."""
        return Subject(CLOUD_ACCOUNT.kind, self.meta.name, self.meta.uid)


class Reader:
    """Parses manifests and caches the results: validating a spec takes milliseconds of the event loop.

    A spec accepted by an older or newer CRD is a mistake, not a crash.
    """

    def __init__(self) -> None:
        self._policies: dict[str, tuple[int, CleanupPolicy | None, str]] = {}
        self._accounts: dict[str, tuple[int, Mapping[str, str], CloudAccount | None, str]] = {}

    def policy(self, manifest: Manifest) -> WatchedPolicy:
        """Parse a policy."""
        meta = _meta(manifest)
        known = self._policies.get(meta.uid)
        if known is None or known[0] != meta.generation:
            values = {"name": meta.name, "generation": meta.generation, "spec": manifest.get("spec") or {}}
            known = self._policies[meta.uid] = (meta.generation, *_read(CleanupPolicy, values))
        return WatchedPolicy(meta, manifest, known[1], _status(CleanupPolicyStatus, manifest), known[2])

    def account(self, manifest: Manifest) -> WatchedAccount:
        """Parse an account; labels matter and change without a new generation."""
        meta = _meta(manifest)
        known = self._accounts.get(meta.uid)
        if known is None or known[:2] != (meta.generation, meta.labels):
            values = {
                "name": meta.name,
                "generation": meta.generation,
                "labels": meta.labels,
                "spec": manifest.get("spec") or {},
            }
            known = self._accounts[meta.uid] = (meta.generation, meta.labels, *_read(CloudAccount, values))
        return WatchedAccount(meta, manifest, known[2], _status(CloudAccountStatus, manifest), known[3])

    def keep(self, uids: Collection[str]) -> None:
        """Forget objects that are not among these."""
        for memory in (self._policies, self._accounts):
            for uid in memory.keys() - set(uids):
                del memory[uid]


def _meta(manifest: Manifest) -> Meta:
    metadata = manifest["metadata"]
    return Meta(
        name=str(metadata["name"]),
        uid=str(metadata["uid"]),
        generation=int(metadata.get("generation") or 0),
        annotations=_words(metadata.get("annotations")),
        is_leaving="deletionTimestamp" in metadata,
        labels=_words(metadata.get("labels")),
    )


def _words(found: Mapping[str, Any] | None) -> dict[str, str]:
    return {str(key): str(value) for key, value in (found or {}).items()}


def _read(model: type[_Model], values: dict[str, Any]) -> tuple[_Model | None, str]:
    try:
        return model.model_validate(values), ""
    except ValidationError as error:
        return None, "; ".join(map(str, describe_mistakes(error, model)))


def _status(model: type[_Model], manifest: Manifest) -> _Model:
    """Parse the previous status; a status in another version's format counts as empty."""
    try:
        return model.model_validate(manifest.get("status") or {})
    except ValidationError:
        return model()
