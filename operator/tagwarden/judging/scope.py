"""The scope of a policy and its exclusions, with their globs compiled."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import translate

from tagwarden.judging.expressions import Expression, Failed, compile_expression
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import Exclusion, Scope
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.tagging.keys import normalised_key

Matcher = Callable[[str], bool]
CanDelete = Callable[[ProviderName, str], bool]
"""Whether resources of that kind can be deleted at all, by the catalogue of the provider."""
NamedOnly = Callable[[Resource], bool]
"""Whether a policy governs a resource only if it names the kind, by the catalogue: true for foundations (S20)."""

_NO_KIND = ("k8s_\0", "k8s_\0.\0", "aws_\0_\0", "gcp_\0_\0")
"""Impossible kinds: a glob that matches any of these matches any kind and names none."""

_REMEMBERED = 8_192
"""Sets of keys to remember at most."""


@dataclass(frozen=True, slots=True)
class WantedTag:
    """A tag of an exclusion; the key is compared without case and separators, like owner keys (S24)."""

    key: str
    matches: Matcher
    _spellings: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict, compare=False)

    def is_on(self, tags: Tags) -> bool:
        """Whether any spelling of the key has a value that matches."""
        spellings = self._spellings.get(tags.keys)
        if spellings is None:
            spellings = tuple(sorted(key for key in tags.keys if normalised_key(key) == self.key))
            if len(self._spellings) < _REMEMBERED:
                self._spellings[tags.keys] = spellings
        return any(self.matches(tags.values[key]) for key in spellings)


@dataclass(frozen=True, slots=True)
class CompiledExclusion:
    """Conditions of an exclusion; None for an unset condition."""

    label: str
    kinds: Matcher | None
    regions: Matcher | None
    namespaces: Matcher | None
    names: Matcher | None
    tags: Sequence["WantedTag"]
    where: Expression | None

    @property
    def means_resources(self) -> bool:
        """Whether the exclusion selects by name, tag or expression, and not only by kind, region or namespace."""
        return bool(self.names or self.tags or self.where)

    def may_hold(self, resource: Resource) -> bool:
        """Whether the exclusion can match a resource of that kind, category and region."""
        if self.kinds and not (self.kinds(resource.kind) or self.kinds(resource.category)):
            return False
        return not self.regions or self.regions(resource.region)

    def holds(self, resource: Resource, created: datetime | None, now: datetime) -> bool | Failed:
        """Whether every given condition holds; the expression is evaluated last."""
        if not self.may_hold(resource):
            return False
        if self.namespaces and not self.namespaces(resource.namespace):
            return False
        if self.names and not (self.names(resource.name) or self.names(resource.id)):
            return False
        if not all(wanted.is_on(resource.tags) for wanted in self.tags):
            return False
        return self.where.holds(resource, created, now) if self.where else True


@dataclass(frozen=True, slots=True)
class CompiledScope:
    """The scope of one policy.

    The scope covers the accounts in `names` and the accounts with all of the `labels`; without both, no account.
    Without `kinds`, the scope covers every kind that can be deleted. `named` matches only kinds that a glob names, so
    not every kind for `*`.
    """

    names: frozenset[str]
    labels: Mapping[str, str]
    environments: frozenset[Environment]
    kinds: Matcher | None
    named: Matcher | None
    can_delete: CanDelete
    named_only: NamedOnly
    where: Expression | None
    exclusions: tuple[CompiledExclusion, ...]

    def covers_account(self, account: CloudAccount) -> bool:
        """Whether the account is named or has all of the labels."""
        if account.name in self.names:
            return True
        return bool(self.labels) and self.labels.items() <= account.labels.items()

    def covers_kind(self, resource: Resource) -> bool:
        """Whether the scope covers the kind or category of the resource."""
        if self.named_only(resource):
            return self.named is not None and self.named(resource.kind)
        if self.kinds is None:
            return self.can_delete(resource.provider, resource.kind)
        return self.kinds(resource.kind) or self.kinds(resource.category)

    def for_every_kind(self) -> "CompiledScope":
        """Give the same scope without the kinds, for resources associated with governed ones."""
        return replace(self, kinds=None, named=None)


def compile_scope(scope: Scope, can_delete: CanDelete, named_only: NamedOnly) -> CompiledScope:
    """Compile globs and expressions; raise InvalidField that names the field."""
    return CompiledScope(
        names=frozenset(scope.accounts.names),
        labels=dict(scope.accounts.labels),
        environments=frozenset(scope.environments),
        kinds=matcher_of(scope.kinds),
        named=matcher_of(glob for glob in scope.kinds if _names_a_kind(glob)),
        can_delete=can_delete,
        named_only=named_only,
        where=compile_expression(scope.where, "spec.scope.where"),
        exclusions=tuple(_exclusions(scope.exclude)),
    )


def _names_a_kind(glob: str) -> bool:
    matches = matcher_of([glob])
    return matches is not None and not any(map(matches, _NO_KIND))


def _exclusions(exclusions: Iterable[Exclusion]) -> Iterable[CompiledExclusion]:
    for index, exclusion in enumerate(exclusions):
        label = f"spec.scope.exclude[{index}]"
        yield CompiledExclusion(
            label=label,
            kinds=matcher_of(exclusion.kinds),
            regions=matcher_of(exclusion.regions),
            namespaces=matcher_of(exclusion.namespaces),
            names=matcher_of(exclusion.names),
            tags=[
                WantedTag(normalised_key(key), matches)
                for key, glob in exclusion.tags.items()
                if (matches := matcher_of([glob]))
            ],
            where=compile_expression(exclusion.where, f"{label}.where"),
        )


def matcher_of(globs: Iterable[str]) -> Callable[[str], bool] | None:
    """Give a function that decides whether a text matches any of the globs, with regard to case.

    None without globs: the caller decides whether no globs mean everything or nothing.
    """
    patterns = [translate(glob) for glob in globs]
    if not patterns:
        return None
    pattern = re.compile("|".join(patterns))
    # There are few kinds, regions and namespaces, and each is matched for every resource.
    answers: dict[str, bool] = {}

    def matches(text: str) -> bool:
        answer = answers.get(text)
        if answer is None:
            answer = pattern.match(text) is not None
            if len(answers) < _REMEMBERED:
                answers[text] = answer
        return answer

    return matches
