"""Carries out plans: every action is checked on fresh data, journalled before and after, awaited and confirmed."""

from tagwarden.enforcing.accounts import accounts_of
from tagwarden.enforcing.enforce_settings import CALLS_PER_SECOND, EnforceSettings
from tagwarden.enforcing.executor import execute
from tagwarden.enforcing.preconditions import verdict_difference
from tagwarden.enforcing.recovery import recover
from tagwarden.enforcing.recreating import Remade, recreate, remakable
from tagwarden.enforcing.restoring import Restoration, plan_restoration, restore

__all__ = [
    "CALLS_PER_SECOND",
    "EnforceSettings",
    "Remade",
    "Restoration",
    "accounts_of",
    "execute",
    "plan_restoration",
    "recover",
    "recreate",
    "remakable",
    "restore",
    "verdict_difference",
]
