"""An account with its expressions compiled: the environment of each of its resources."""

from dataclasses import dataclass
from datetime import datetime

from tagwarden.judging.expressions import Expression
from tagwarden.model.account import CloudAccount
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.verdict import Finding

_STRICTEST_FIRST = (Environment.PRODUCTION, Environment.STAGING, Environment.TEST)


@dataclass(frozen=True, slots=True)
class CompiledAccount:
    """A declared account, and its rules for environments in order.

    `twins` are other declarations of the same account or cluster; the strictest environment of all declarations holds.
    `doubt` is the reason why nothing in the account may be touched (S22).
    """

    account: CloudAccount
    rules: tuple[tuple[Expression, Environment], ...]
    twins: tuple["CompiledAccount", ...] = ()
    doubt: Finding | None = None

    @property
    def name(self) -> str:
        """The name of the CloudAccount."""
        return self.account.name

    @property
    def is_uniform(self) -> bool:
        """Whether all resources belong to the environment of the account itself."""
        return not self.rules and not self.twins

    def environment_of(self, resource: Resource, now: datetime) -> Environment:
        """Give the strictest environment among all declarations of the account."""
        declared = {account.declared_environment_of(resource, now) for account in (self, *self.twins)}
        return next(environment for environment in _STRICTEST_FIRST if environment in declared)

    def declared_environment_of(self, resource: Resource, now: datetime) -> Environment:
        """Give the environment by this declaration alone: the first rule that holds, else the account's own.

        A rule that fails makes the resource production: after a mistake in a rule, no later rule may decide (S2).
        """
        return self.stated_environment_of(resource, now) or self.account.spec.environment

    def stated_environment_of(self, resource: Resource, now: datetime) -> Environment | None:
        """Give the environment that a rule states for the resource; None if no rule holds."""
        for where, environment in self.rules:
            answer = where.holds(resource, resource.created, now)
            if answer is True:
                return environment
            if answer is not False:
                return Environment.PRODUCTION
        return None


def compile_account(account: CloudAccount) -> CompiledAccount:
    """Compile the environment rules of an account; raise InvalidField for an invalid expression."""
    return CompiledAccount(
        account,
        tuple(
            (Expression(rule.where, f"spec.environments[{index}].where"), rule.environment)
            for index, rule in enumerate(account.spec.environments)
        ),
    )
