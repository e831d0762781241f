"""The declarations of a pass: a change of any declaration stops the pass before the next action (S17)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tagwarden.controller.watched_objects import Meta, WatchedAccount, WatchedPolicy
from tagwarden.model.policy import API_GROUP, APPROVED_PLAN, RELEASED_BRAKE, REQUESTED_AT

_OWN_PREFIX = f"{API_GROUP}/"
_ASKS = frozenset({REQUESTED_AT})
_SPEAKS_OF_ITS_OWN_PLAN = frozenset({APPROVED_PLAN, RELEASED_BRAKE})


@dataclass(frozen=True, slots=True)
class Statement:
    """An object as declared.

    The generation stands for the spec. `words` are the labels and Tagwarden's annotations, which change without a new
    generation; `identity` is the verified identity of an account, with the other accounts that declare it.
    """

    uid: str
    generation: int
    words: frozenset[tuple[str, str]]
    identity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartedFrom:
    """The declarations of a pass: the policy, None when deleted, and all others."""

    policy: Statement | None
    others: frozenset[Statement]

    def is_about(self, other: "StartedFrom") -> bool:
        """Whether both belong to the same policy; a recreated policy is a different object."""
        return self.policy is not None and other.policy is not None and self.policy.uid == other.policy.uid


def started_from(
    policy: WatchedPolicy | None,
    covered: Iterable[str],
    other_policies: Iterable[WatchedPolicy],
    accounts: Mapping[str, WatchedAccount],
    twins: Mapping[str, tuple[str, ...]],
) -> StartedFrom:
    """Give the declarations of a pass of the policy that begins now.

    `covered` are the policy's accounts, `other_policies` the policies that may also govern resources there, and `twins`
    the other accounts of the same identity by name. Every account counts, also outside the policy's scope: a user or a
    peer of a resource can be in any account (S8, S18, S22).
    """
    ours = set(covered)
    others = [
        *(_statement(one.meta, _ASKS | _SPEAKS_OF_ITS_OWN_PLAN) for one in other_policies),
        *(_statement(one.meta, _ASKS, _identity(one, twins) if name in ours else ()) for name, one in accounts.items()),
    ]
    return StartedFrom(None if policy is None else _statement(policy.meta, _ASKS), frozenset(others))


def _statement(meta: Meta, silent: frozenset[str], identity: tuple[str, ...] = ()) -> Statement:
    """Reduce an object; `silent` annotations do not affect a pass."""
    annotations = {
        key: value for key, value in meta.annotations.items() if key.startswith(_OWN_PREFIX) and key not in silent
    }
    words = frozenset([*meta.labels.items(), *annotations.items()])
    return Statement(meta.uid, meta.generation, words, identity)


def _identity(account: WatchedAccount, twins: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    seen = account.status.identity.account if account.status.identity else ""
    return (seen, *twins.get(account.meta.name, ()))
