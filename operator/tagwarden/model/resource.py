"""A resource of any provider, normalised, with its manager."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tagwarden.model.billing import Billing
from tagwarden.model.tags import Tags


class ProviderName(StrEnum):
    """Where a resource lives; the values are those of `CloudAccount.spec.provider`."""

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
    """It was found, or nobody could look for it: unknown is not gone (S3)."""
    MISSED = "missed"
    """It was looked for where such managers usually are and is not there, yet it may exist elsewhere."""
    GONE = "gone"
    """It was looked for in the one place where it can be, in a listing that was complete, and is not there."""


_IN_CLOUD = ("arn:", "aws_", "gcp_", "https://", "//")
"""How references to resources of a cloud begin: ARNs, self links, and `kind/id`."""


@dataclass(frozen=True, slots=True)
class Manager:
    """The creator of a resource, which would recreate it (S13): act on the manager instead of its member.

    `reference` names a resource of a snapshot, as a uid or as `kind/id`; it may be one that was not collected. Without
    it nobody can look for the manager. A manager that no longer exists stays named, so that people see whose orphan the
    resource is; its reference says where it was looked for.
    """

    kind: str
    name: str
    reference: str = ""
    presence: Presence = Presence.ASSUMED

    @property
    def is_in_cluster(self) -> bool:
        """Whether it was looked for among the objects of a cluster.

        To read what it made in a cloud tells neither where it is nor whether it still exists.
        """
        return bool(self.reference) and not self.reference.startswith(_IN_CLOUD)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that exists in an account, as the vendor reported it at the time of the snapshot.

    `uid` identifies it across snapshots (ARN, self link, Kubernetes uid); with `created` it is never re-used.
    `id` is what the vendor's API calls take. `region` is empty for global things, `namespace` for all but
    namespaced Kubernetes objects. `created` is an aware UTC instant, or None where the vendor tells none.
    `protection` says why the resource must never be deleted whatever its tags say (a default VPC, deletion
    protection, a system namespace), in words; empty: nothing does. `version` is the vendor's own precondition
    (resourceVersion, fingerprint, etag). `attributes` are a few more facts of the kind, for `where` expressions.
    `billing` is what it is charged for as it is now.
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
