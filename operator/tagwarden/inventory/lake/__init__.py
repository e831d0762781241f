"""The inventory as Parquet tables with history, in a folder or an object store."""

from tagwarden.inventory.lake.lake import Lake
from tagwarden.inventory.lake.tables import ACTIONS, EDGES, JOINS, JUDGEMENTS, RESOURCES, SNAPSHOTS, STATES, LakeTable

__all__ = ["ACTIONS", "EDGES", "JOINS", "JUDGEMENTS", "RESOURCES", "SNAPSHOTS", "STATES", "Lake", "LakeTable"]
