"""Which resources can be kept before they are deleted, and whether a policy asks for what can be."""

from fnmatch import fnmatchcase

from tagwarden.errors import InvalidField
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers import aws

_KEPT_ON_AWS = {row.kind: row.category for row in aws.catalogue() if row.can_back_up}


def can_back_up(resource: Resource) -> bool:
    """Whether the vendor can keep what this very resource holds; Kubernetes objects are kept by the journal."""
    return resource.provider is ProviderName.AWS and aws.can_back_up(resource)


def check_backup(policy: CleanupPolicy) -> None:
    """Raise InvalidField where `spec.backup.kinds` names something that cannot be kept, such as a typing error."""
    if policy.spec.backup is None:
        return
    names = {*_KEPT_ON_AWS, *_KEPT_ON_AWS.values()}
    for place, glob in enumerate(policy.spec.backup.kinds):
        if not any(fnmatchcase(name, glob) for name in names):
            kinds, categories = ", ".join(sorted(_KEPT_ON_AWS)), ", ".join(sorted({*_KEPT_ON_AWS.values()}))
            raise InvalidField(
                f"spec.backup.kinds[{place}]",
                f"{glob!r} names nothing that can be kept; write {categories}, or of the kinds {kinds}",
            )
