"""Resources that are whole copies of another one, and the fields in which they name it.

A snapshot outlives its disk, so the name of the disk in it is no use of the disk (S18): without this a backup would
block the deletion that it was made for. Instant snapshots are parts of their disks, and no copies.
https://cloud.google.com/compute/docs/disks/snapshots and https://cloud.google.com/filestore/docs/backups
"""

from collections.abc import Mapping
from typing import Any

ORIGINS: Mapping[str, frozenset[str]] = {
    "gcp_compute_snapshot": frozenset({"sourceDisk", "sourceDiskForRecoveryCheckpoint"}),
    "gcp_file_backup": frozenset({"sourceInstance"}),
}
"""By kind; the fields are at the top of an item."""


def without_origin(kind: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an item without the names of the resource that it is a copy of."""
    origins = ORIGINS.get(kind)
    return {name: value for name, value in item.items() if name not in origins} if origins else item
