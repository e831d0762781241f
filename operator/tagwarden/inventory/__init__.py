"""Snapshots and plans as Parquet files, price lists as CSV: saved, found and loaded."""

from tagwarden.inventory.lake import Lake
from tagwarden.inventory.plans import PlanStore, hash_of, load_plan, mentions, policy_of
from tagwarden.inventory.price_lists import load_prices, write_prices
from tagwarden.inventory.store import SnapshotStore, load_snapshot

__all__ = [
    "Lake",
    "PlanStore",
    "SnapshotStore",
    "hash_of",
    "load_plan",
    "load_prices",
    "load_snapshot",
    "mentions",
    "policy_of",
    "write_prices",
]
