"""Snapshots as Parquet files: saved, found and loaded."""

from tagwarden.inventory.store import SnapshotStore, load_snapshot

__all__ = ["SnapshotStore", "load_snapshot"]
