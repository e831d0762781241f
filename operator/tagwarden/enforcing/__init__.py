"""Carry out plans: every action re-read, checked, journalled before and after, waited for and looked at."""

from tagwarden.enforcing.accounts import accounts_of
from tagwarden.enforcing.budgets import budget, budget_of
from tagwarden.enforcing.database import Database
from tagwarden.enforcing.entry import Entry, KeptBackup
from tagwarden.enforcing.executor import execute
from tagwarden.enforcing.history import HistoryStore
from tagwarden.enforcing.identities import Identities
from tagwarden.enforcing.journal import Journal, Selection
from tagwarden.enforcing.preconditions import what_is_judged_otherwise
from tagwarden.enforcing.recovery import recover
from tagwarden.enforcing.recreating import Remade, recreate, remakable
from tagwarden.enforcing.reservations import Spent
from tagwarden.enforcing.restoring import Restoration, plan_restoration, restore
from tagwarden.enforcing.settings import CALLS_PER_SECOND, EnforceSettings

__all__ = [
    "CALLS_PER_SECOND",
    "Database",
    "EnforceSettings",
    "Entry",
    "HistoryStore",
    "Identities",
    "Journal",
    "KeptBackup",
    "Remade",
    "Restoration",
    "Selection",
    "Spent",
    "accounts_of",
    "budget",
    "budget_of",
    "execute",
    "plan_restoration",
    "recover",
    "recreate",
    "remakable",
    "restore",
    "what_is_judged_otherwise",
]
