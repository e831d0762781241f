"""One identity, one declaration (S22): finds accounts declared twice, and snapshots of another account.

An identity is an AWS account id, a Google Cloud project id, or the uid of a cluster's namespace kube-system.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.unreadable import UnreadableAccount
from tagwarden.model.account import CloudAccount
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.verdict import Finding


@dataclass(frozen=True, slots=True)
class Pin:
    """The identity at the first pass, and the identity that a person accepted later; empty if unknown."""

    seen: str = ""
    accepted: str = ""


NO_PIN = Pin()


def declared_identity(account: CloudAccount) -> str:
    """Give the identity that the declaration names; empty for a cluster, which only a snapshot identifies."""
    spec = account.spec
    if spec.aws is not None:
        return spec.aws.account_id
    return spec.gcp.project_id if spec.gcp is not None else ""


def identities_of(account: CloudAccount, seen: str) -> frozenset[str]:
    """Give all identities of an account; `seen` is the last known identity of a cluster, empty if unknown.

    A kubeconfig identifies a cluster too: two accounts with the same kubeconfig are the same cluster.
    """
    if declared := declared_identity(account):
        return frozenset({declared})
    reference = account.spec.kubernetes.kubeconfig_secret if account.spec.kubernetes else None
    way_in = f"kubeconfig {reference.name}/{reference.key}" if reference else "the cluster of the operator"
    return frozenset({seen, way_in} - {""})


def duplicate_identities(accounts: Mapping[str, CloudAccount], seen: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Map each account to the other accounts of the same identity; accounts without any are left out.

    `seen` are the last known identities of clusters, by account name.
    """
    declared: defaultdict[tuple[ProviderName, str], set[str]] = defaultdict(set)
    for name, account in accounts.items():
        for identity in identities_of(account, seen.get(name, "")):
            declared[account.spec.provider, identity].add(name)
    twins: defaultdict[str, set[str]] = defaultdict(set)
    for names in declared.values():
        for name in names:
            twins[name] |= names - {name}
    return {name: tuple(sorted(others)) for name, others in twins.items() if others}


def describe_duplicate(others: Iterable[str]) -> str:
    """Report that an account is declared more than once, with advice."""
    return messages.DUPLICATE_ACCOUNT(accounts=", ".join(others))


def identified(
    accounts: Mapping[str, CompiledAccount],
    snapshots: Iterable[Snapshot],
    pins: Mapping[str, Pin],
    unreadable: Iterable[UnreadableAccount],
) -> dict[str, CompiledAccount]:
    """Add to each account its twins, and a doubt if nothing in the account may be touched."""
    pinned = {name: pin.seen for name, pin in pins.items() if pin.seen}
    seen = {snapshot.account: snapshot.identity.account for snapshot in snapshots}
    declared = {name: account.account for name, account in accounts.items()}
    latest = {**pinned, **seen}
    twins = duplicate_identities(declared, latest)
    lost = tuple(unreadable)

    def doubt_of(name: str) -> Finding | None:
        if name in twins:
            return Finding(Reason.DuplicateIdentity, describe_duplicate(twins[name]))
        account = declared[name]
        expected = declared_identity(account) or pinned.get(name, "")
        if name in seen and expected and seen[name] not in {expected, pins.get(name, NO_PIN).accepted}:
            message = messages.SNAPSHOT_OF_ANOTHER(found=seen[name], expected=expected)
            return Finding(Reason.IdentityChanged, message)
        known = identities_of(account, latest.get(name, ""))
        for other in lost:
            if other.provider in {account.spec.provider, None} and other.identity in {*known, ""}:
                message = messages.UNREADABLE_ACCOUNT(account=other.name, mistake=other.mistake)
                return Finding(Reason.AccountUnreadable, message)
        return None

    return {
        name: replace(account, twins=tuple(accounts[twin] for twin in twins.get(name, ())), doubt=doubt_of(name))
        for name, account in accounts.items()
    }
