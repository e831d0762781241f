"""The rules of a policy, compiled once: checks run for every resource and look up nothing in the spec."""

from dataclasses import dataclass
from datetime import timedelta

from tagwarden.model.policy import (
    CleanupPolicySpec,
    OnCanonical,
    OnDeletable,
    OnMalformed,
    OnMissingExpiry,
    OnStack,
    OnTooLong,
)
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding


@dataclass(frozen=True, slots=True)
class DeletionRule:
    """A rule that may delete: whether it deletes, its grace period, and its finding."""

    reason: Reason
    deletes: bool
    grace: timedelta
    finding: Finding


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """The rules of one policy; each also depends on the environment (S2).

    `owner` and `expiry`: the tag is required. `inherits`: untagged children take the owner of their parent. `fixes`:
    malformed tags are corrected. `rewrites`: unambiguous tags in another form are rewritten too. `updates_stacks`: the
    tags of stacks are written. `shortens`: an expiry beyond the maximum is shortened. `fills_in`: a resource with an
    owner and no expiry gets the default. The four deletion rules follow, and the number of observations they need.
    """

    owner: bool
    expiry: bool
    inherits: bool
    fixes: bool
    rewrites: bool
    updates_stacks: bool
    shortens: bool
    fills_in: bool
    expired: DeletionRule
    untagged: DeletionRule
    missing_owner: DeletionRule
    missing_expiry: DeletionRule
    observations: int

    @property
    def deletes_unnamed(self) -> bool:
        """Whether any rule deletes for a missing owner or expiry."""
        return self.untagged.deletes or self.missing_owner.deletes or self.missing_expiry.deletes


def compile_rules(spec: CleanupPolicySpec) -> CompiledRules:
    """Compile the rules of a policy."""
    rules, grace, delete = spec.rules, spec.grace, OnDeletable.DELETE
    owner, expiry = spec.owner.key, spec.expiry.key
    return CompiledRules(
        owner=spec.owner.required,
        expiry=spec.expiry.required,
        inherits=spec.owner.inherit,
        fixes=rules.malformed is OnMalformed.FIX,
        rewrites=rules.canonical is OnCanonical.REWRITE,
        updates_stacks=rules.stacks is OnStack.FIX,
        shortens=rules.too_long is OnTooLong.SHORTEN,
        fills_in=rules.missing_expiry is OnMissingExpiry.FIX,
        expired=_rule(Reason.Expired, rules.expired is delete, grace.expired, "expired"),
        untagged=_rule(Reason.Untagged, rules.untagged is delete, grace.untagged, f"missing {owner} and {expiry}"),
        missing_owner=_rule(
            Reason.MissingOwner,
            rules.missing_owner is delete,
            grace.untagged,
            f"missing {owner}; set it to a person or team",
        ),
        missing_expiry=_rule(
            Reason.MissingExpiry,
            rules.missing_expiry is OnMissingExpiry.DELETE,
            grace.untagged,
            f"missing {expiry}; set a date or a duration such as 48h",
        ),
        observations=spec.observations,
    )


def _rule(reason: Reason, deletes: bool, grace: timedelta, message: str) -> DeletionRule:
    return DeletionRule(reason, deletes, grace, Finding(reason, message))
