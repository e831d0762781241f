"""A resource of any provider, normalised, with its manager."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tagwarden.model.billing import Billing
from tagwarden.model.tags import Tags


class ProviderName(StrEnum):
    """Provider of a resource; the values are those of `CloudAccount.spec.provider`."""

    AWS = "AWS"
    GCP = "GCP"
    KUBERNETES = "Kubernetes"


class Environment(StrEnum):
    """Environment of a resource. Unknown means production (S2)."""

    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


class Presence(StrEnum):
    """Whether the manager that a resource names still exists."""

    ASSUMED = ""
    """The manager was found, or could not be looked for: unknown does not mean deleted (S3)."""
    MISSED = "missed"
    """The manager is not at the usual place of such managers, but may exist elsewhere."""
    GONE = "gone"
    """A complete listing of the only possible place does not contain the manager."""


_IN_CLOUD = ("arn:", "aws_", "gcp_", "https://", "//")
"""Prefixes of references to cloud resources: ARNs, self links, and `kind/id`."""


@dataclass(frozen=True, slots=True)
class Manager:
    """The creator of a resource, which would recreate it (S13): act on the manager instead of its member.

    `reference` names a resource of a snapshot, as uid or `kind/id`, possibly one that was not collected. Without a
    reference the manager cannot be looked for. A deleted manager stays named, so that people recognise the orphan; its
    reference says where the search took place.
    """

    kind: str
    name: str
    reference: str = ""
    presence: Presence = Presence.ASSUMED

    @property
    def is_in_cluster(self) -> bool:
        """Whether the search for the manager covers the objects of a cluster.

        Reading a cloud resource tells neither where the manager is nor whether the manager still exists.
        """
        return bool(self.reference) and not self.reference.startswith(_IN_CLOUD)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing that exists in an account, as the vendor reported at the time of the snapshot.

    `uid` identifies the resource across snapshots (ARN, self link, Kubernetes uid); with `created` it is never re-used.
    `id` is the argument of the vendor's API calls. `region` is empty for global resources, `namespace` for all but
    namespaced Kubernetes objects. `created` is an aware UTC instant, or None where the vendor reports none.
    `protection` says in words why the resource must never be deleted, whatever its tags (a default VPC, deletion
    protection, a system namespace); empty: unprotected. `version` is the vendor's own precondition (resourceVersion,
    fingerprint, etag). `attributes` are a few more facts of the kind, for `where` expressions. `billing` holds the
    charges in the current state.
    """

    uid: str
    provider: ProviderName
    account: str
    region: str
    kind: str
    category: str
    id: str
    name: str
    created: datetime | None
    tags: Tags
    namespace: str = ""
    state: str = ""
    manager: Manager | None = None
    protection: str = ""
    version: str = ""
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)
    billing: Billing = None

    @property
    def reference(self) -> str:
        """The name `kind/id` under which links of other resources may know this one."""
        return f"{self.kind}/{self.id}"

    def __str__(self) -> str:
        where = self.namespace or self.region
        return f"{self.kind} {self.name or self.id}" + (f" in {where}" if where else "")
