"""Operational state, in SQLite or PostgreSQL: the journal of actions, the history of resources, and reservations."""

from tagwarden.state.budgets import budget, budget_of
from tagwarden.state.database import Database
from tagwarden.state.entry import Entry, KeptBackup
from tagwarden.state.history import HistoryStore
from tagwarden.state.journal import Journal, Selection
from tagwarden.state.known_identities import Identities
from tagwarden.state.reservations import Spent

__all__ = [
    "Database",
    "Entry",
    "HistoryStore",
    "Identities",
    "Journal",
    "KeptBackup",
    "Selection",
    "Spent",
    "budget",
    "budget_of",
]
