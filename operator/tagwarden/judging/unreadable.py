"""Policies and accounts that this version cannot read, such as those with a newer field.

Such an object blocks actions on all resources that it may govern (S22). The valid parts limit these resources.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from tagwarden.judging.compiled_policy import CompiledPolicy, compile_policy
from tagwarden.model.policy import (
    HIGHEST_PRIORITY,
    LOWEST_PRIORITY,
    AccountSelector,
    CleanupPolicy,
    CleanupPolicySpec,
    Scope,
)
from tagwarden.model.resource import Environment, ProviderName

MISTAKE = "mistake"
"""The field beside `spec` with which the operator tells its child processes why an object is unreadable."""


@dataclass(frozen=True, slots=True)
class UnreadablePolicy:
    """A policy with priority, the highest if unreadable, and scope, None if unreadable."""

    name: str
    priority: int
    scope: Scope | None
    mistake: str


@dataclass(frozen=True, slots=True)
class UnreadableAccount:
    """An account with provider, None for any, and identity, empty if stated neither in the spec nor in the status."""

    name: str
    provider: ProviderName | None
    identity: str
    mistake: str


def read_policy(name: str, document: Mapping[str, Any], mistake: str) -> UnreadablePolicy:
    """Read the valid parts of a policy."""
    spec = _mapping(document.get("spec"))
    priority = spec.get("priority", 0)
    is_known = type(priority) is int and LOWEST_PRIORITY <= priority <= HIGHEST_PRIORITY
    return UnreadablePolicy(name, priority if is_known else HIGHEST_PRIORITY, _scope(spec.get("scope")), mistake)


def read_account(name: str, document: Mapping[str, Any], mistake: str) -> UnreadableAccount:
    """Read the valid parts of an account."""
    spec = _mapping(document.get("spec"))
    written = str(spec.get("provider") or "")
    provider = ProviderName(written) if written in set(ProviderName) else None
    declared = _mapping(spec.get("aws")).get("accountID") or _mapping(spec.get("gcp")).get("projectID")
    return UnreadableAccount(name, provider, str(declared or pinned_identity(document)), mistake)


def pinned_identity(document: Mapping[str, Any]) -> str:
    """Give the identity in the status of an account, or an empty text."""
    identity = _mapping(_mapping(document.get("status")).get("identity"))
    return str(identity.get("account") or "")


def compile_unreadable(policy: UnreadablePolicy, accounts: Collection[str]) -> CompiledPolicy:
    """Give a policy that covers every resource that the unreadable policy may govern among `accounts`.

    Only accounts and environments limit the scope: in a newer version, a kind may mean more than in this version.
    """
    scope = policy.scope or Scope(accounts=AccountSelector(names=("any",)))
    scope = scope.model_copy(update={"kinds": (), "where": None, "exclude": ()})
    spec = CleanupPolicySpec(scope=scope, priority=policy.priority)
    compiled = compile_policy(CleanupPolicy(name=policy.name, spec=spec))
    if policy.scope is None:
        everywhere = replace(compiled.scope, names=frozenset(accounts), environments=frozenset(Environment))
        compiled = replace(compiled, scope=everywhere)
    return replace(compiled, unread=policy.mistake)


def _scope(written: Any) -> Scope | None:
    try:
        return Scope.model_validate(written)
    except ValidationError:
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
