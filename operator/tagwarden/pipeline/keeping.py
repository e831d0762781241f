"""Whether a policy asks for backups that a vendor can make."""

from fnmatch import fnmatchcase

from tagwarden.errors import InvalidField
from tagwarden.model.policy import CleanupPolicy
from tagwarden.providers.registry import catalogues


def check_backup(policy: CleanupPolicy) -> None:
    """Raise InvalidField when `spec.backup.kinds` names a kind without backups, for example by a typing error."""
    if policy.spec.backup is None:
        return
    category_of = {row.kind: row.category for each in catalogues() for row in each.kinds() if row.can_back_up}
    names = {*category_of, *category_of.values()}
    for place, glob in enumerate(policy.spec.backup.kinds):
        if not any(fnmatchcase(name, glob) for name in names):
            kinds, categories = ", ".join(sorted(category_of)), ", ".join(sorted({*category_of.values()}))
            raise InvalidField(
                f"spec.backup.kinds[{place}]",
                f"{glob!r} matches no kind with backups; write {categories}, or one of the kinds {kinds}",
            )
