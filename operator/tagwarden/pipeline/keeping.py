"""The resources that can be backed up before deletion, and the check of a policy's backup kinds."""

from fnmatch import fnmatchcase

from tagwarden.errors import InvalidField
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers import aws

_KEPT_ON_AWS = {row.kind: row.category for row in aws.catalogue() if row.can_back_up}


def can_back_up(resource: Resource) -> bool:
    """Whether the vendor can back up this resource; the journal keeps Kubernetes objects."""
    return resource.provider is ProviderName.AWS and aws.can_back_up(resource)


def check_backup(policy: CleanupPolicy) -> None:
    """Raise InvalidField when `spec.backup.kinds` names a kind without backups, for example by a typing error."""
    if policy.spec.backup is None:
        return
    names = {*_KEPT_ON_AWS, *_KEPT_ON_AWS.values()}
    for place, glob in enumerate(policy.spec.backup.kinds):
        if not any(fnmatchcase(name, glob) for name in names):
            kinds, categories = ", ".join(sorted(_KEPT_ON_AWS)), ", ".join(sorted({*_KEPT_ON_AWS.values()}))
            raise InvalidField(
                f"spec.backup.kinds[{place}]",
                f"{glob!r} matches no kind with backups; write {categories}, or one of the kinds {kinds}",
            )
