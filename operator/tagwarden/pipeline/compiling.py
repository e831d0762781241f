"""Compiles a policy together with the other policies and the accounts, and gives the checksums of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tagwarden.errors import BadInput, InvalidField
from tagwarden.judging import CompiledAccount, CompiledPolicy, compile_account, compile_policy
from tagwarden.judging.account_identities import identified
from tagwarden.judging.unreadable import compile_unreadable
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import CleanupPolicy, CleanupPolicySpec
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.world import World
from tagwarden.pipeline.catalogues import can_back_up, can_delete, is_irreplaceable, is_named_only
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.validation import check_backup, check_kinds, names_unknown_kinds
from tagwarden.planning import checksum
from tagwarden.tagging import parse_known_owners


@dataclass(frozen=True, slots=True)
class PolicySet:
    """One policy, the other policies and the accounts, compiled: the rules for judging a resource."""

    policy: CompiledPolicy
    other_policies: tuple[CompiledPolicy, ...]
    accounts: Mapping[str, CompiledAccount]


def compile_policies(declarations: Declarations, policy_name: str) -> PolicySet:
    """Compile a policy with the other policies and accounts; raise BadInput for mistakes beyond the schema.

    A policy that is unreadable or does not compile holds every resource that it could govern: the scope is widened
    rather than dropped, so that a mistake in one policy never gives resources to another policy (S16, S22).
    """
    policy = declarations.policies.get(policy_name)
    if policy is None:
        declared = ", ".join(declarations.policies) or "none"
        raise BadInput(f"CleanupPolicy {policy_name} is not declared; declared: {declared}")
    other_policies = [compile_unreadable(other, declarations.accounts) for other in declarations.unreadable_policies]
    for other in declarations.policies.values():
        if other.name == policy_name:
            continue
        try:
            other_policies.append(_compiled(other, declarations))
        except BadInput as error:
            other_policies.append(replace(compile_policy(_widened(other), can_delete=can_delete), unread=str(error)))
    return PolicySet(
        policy=_compiled(policy, declarations),
        other_policies=tuple(other_policies),
        accounts={name: _compiled_account(account) for name, account in declarations.accounts.items()},
    )


def accounts_of(policy_set: PolicySet) -> tuple[str, ...]:
    """Name the accounts in the scope of the policy."""
    return tuple(name for name, account in policy_set.accounts.items() if policy_set.policy.covers(account))


def recognised(policy_set: PolicySet, declarations: Declarations, snapshots: Sequence[Snapshot]) -> PolicySet:
    """Add to the policies the known identities of their accounts (S22)."""
    accounts = identified(policy_set.accounts, snapshots, declarations.pins, declarations.unreadable_accounts)
    return replace(policy_set, accounts=accounts)


def checksums(declarations: Declarations, policy_set: PolicySet, world: World) -> dict[str, str]:
    """Give the checksums of the policies and accounts that a decision of this policy depends on (S17).

    The decision depends on the accounts in the scope, each with identity and doubts, and on the policies that cover any
    of these accounts; an unreadable policy may cover any account (S22).
    """
    names = accounts_of(policy_set)
    found = {}
    for name in names:
        account = declarations.accounts[name]
        identity = world.snapshots[name].identity.account if name in world.snapshots else ""
        doubt = policy_set.accounts[name].doubt
        content = {
            "labels": account.labels,
            "spec": account.spec.model_dump(mode="json"),
            "identity": identity,
            "doubt": doubt.message if doubt else "",
        }
        found[f"CloudAccount {name}"] = checksum(content)
    for policy in (policy_set.policy, *policy_set.other_policies):
        if any(policy.covers(policy_set.accounts[name]) for name in names):
            said: dict[str, object] = {
                "spec": policy.spec.model_dump(mode="json"),
                "knownOwners": _owner_list(policy.spec, declarations),
                "unread": policy.unread,
            }
            found[f"CleanupPolicy {policy.name}"] = checksum(said)
    return found


def _compiled(policy: CleanupPolicy, declarations: Declarations) -> CompiledPolicy:
    """Compile a policy; errors name the policy, since the files may hold several."""
    try:
        check_kinds(policy)
        check_backup(policy)
        return compile_policy(
            policy,
            _known_owners(policy, declarations),
            can_delete,
            is_named_only,
            is_irreplaceable,
            can_back_up=can_back_up,
        )
    except InvalidField as error:
        raise BadInput(f"CleanupPolicy {policy.name}: {error}") from error


def _known_owners(policy: CleanupPolicy, declarations: Declarations) -> Mapping[str, str | None] | None:
    known = policy.spec.owner.known
    if known is None:
        return None
    text = _owner_list(policy.spec, declarations)
    if text is None:
        reference = known.config_map
        raise BadInput(
            f"CleanupPolicy {policy.name}: spec.owner.known.configMap: ConfigMap {reference.name} with key"
            f" {reference.key} was not found; declare it or remove the field known"
        )
    return parse_known_owners(text)


def _owner_list(spec: CleanupPolicySpec, declarations: Declarations) -> str | None:
    """Give the declared list of known owners; None without a list."""
    if spec.owner.known is None:
        return None
    reference = spec.owner.known.config_map
    return declarations.config_maps.get(reference.name, {}).get(reference.key)


def _compiled_account(account: CloudAccount) -> CompiledAccount:
    try:
        return compile_account(account)
    except InvalidField as error:
        raise BadInput(f"CloudAccount {account.name}: {error}") from error


def _widened(policy: CleanupPolicy) -> CleanupPolicy:
    """Give the policy without the fields that may fail to compile, with the widest possible scope."""
    spec = policy.spec
    kinds = () if names_unknown_kinds(policy) else spec.scope.kinds
    return policy.model_copy(
        update={
            "spec": spec.model_copy(
                update={
                    "schedule": "@every 1h",
                    "time_zone": "UTC",
                    "scope": spec.scope.model_copy(update={"where": None, "exclude": (), "kinds": kinds}),
                    "owner": spec.owner.model_copy(update={"pattern": None, "known": None}),
                }
            )
        }
    )
