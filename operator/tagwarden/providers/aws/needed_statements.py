"""The IAM statements that the needs of cleanup policies add up to."""

from collections.abc import Sequence

from tagwarden.providers.aws.dependents import belongings_of
from tagwarden.providers.aws.iam import AUDIT, Access, Statement, permissions
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.base import PolicyNeeds, matches_any


def needed_statements(needs: Sequence[PolicyNeeds]) -> tuple[Statement, ...]:
    """Give the statements for all resources of the kinds: tags, regions and names are decided elsewhere."""
    deletable = {row.name for row in KINDS.values() if row.delete is not None}
    backups = {row.name for row in KINDS.values() if row.backups}
    tagged: set[str] = set()
    deleted: set[str] = set()
    backed_up: set[str] = set()
    for need in needs:
        chosen = (
            {name for name, row in KINDS.items() if matches_any(need.kinds, name, row.category)}
            if need.kinds
            else deletable
        )
        if need.tags:
            tagged |= chosen
        if need.deletes:
            going = chosen | belongings_of(chosen)
            deleted |= (going if need.associated else chosen) & deletable
            # A resource that AWS deletes along with another is backed up too, even if Tagwarden would not delete it.
            backed_up |= {name for name in going & backups if matches_any(need.backed_up, name, KINDS[name].category)}
    return (
        *permissions(None, AUDIT),
        *(permissions(sorted(tagged), {Access.TAG}) if tagged else ()),
        *(permissions(sorted(deleted), {Access.DELETE, Access.UNDO}) if deleted else ()),
        *(permissions(sorted(backed_up), {Access.BACKUP}) if backed_up else ()),
    )
