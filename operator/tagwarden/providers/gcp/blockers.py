"""Names the resources that block a deletion, by a fresh look at those that Google's refusal mentions."""

from collections.abc import Iterator

from tagwarden.errors import NotFound, ProviderError
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.mentions import Mentions
from tagwarden.providers.gcp.names import Project, name_in, row_of
from tagwarden.providers.gcp.row import Row, rows

_MOST = 5
"""Resources of a kind that are named at most."""


def blockers_of(connection: Connection, project: Project, row: Row, name: str, message: str) -> tuple[str, ...]:
    """Give the resources, as KIND NAME, that exist and are mentioned in a refusal, or are within the resource."""
    mentioned = Mentions(project).named_in({"message": message.replace("'", " ")}, row.host) - {row.uid_of(name)}
    try:
        found = [blocker for uid in sorted(mentioned) if (blocker := _existing(connection, uid))]
        return tuple(found or _within(connection, row, name))
    except ProviderError:
        # The refusal itself says more than a failed look.
        return ()


def _existing(connection: Connection, uid: str) -> str:
    host, name = name_in(uid)
    row = row_of(host, name)
    if row is None or not row.has_get:
        return ""
    try:
        connection.get(row.host, f"{row.prefix}{name}", operation=f"{row.method}.get")
    except NotFound:
        return ""
    return f"{row.kind} {name.rpartition('/')[2]}"


def _within(connection: Connection, row: Row, name: str) -> Iterator[str]:
    """Give the resources of the kinds that are listed within this one."""
    for child in rows().values():
        if child.parent == row.kind and not child.sweep:
            path = f"{child.prefix}{name}/{child.collection}"
            page = connection.get(child.host, path, operation=f"{child.method}.list")
            for item in page.get(child.items, ())[:_MOST]:
                told = str(item.get("name") or item.get("id") or "")
                yield f"{child.kind} {told.rpartition('/')[2]}".strip()
