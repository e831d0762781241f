"""The namespaces of a cluster that belong to an account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from tagwarden.model.account import NamespaceSelector
from tagwarden.providers.kubernetes.catalogue import NAMESPACE
from tagwarden.providers.kubernetes.discovery import Api

FEW = 3
"""Maximum number of namespaces of an extent that are listed individually."""


@dataclass(frozen=True, slots=True)
class NamespaceScope:
    """The namespaces that `include` names (globs; none: all) without those that `exclude` names.

    With `include` the account consists of these namespaces and their objects, without cluster-scoped objects.
    """

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    only: frozenset[str] | None = None
    """The subset of namespaces to list; None: all."""

    @classmethod
    def of(cls, selector: NamespaceSelector) -> "NamespaceScope":
        """Create the scope of a declared account."""
        return cls(selector.include, selector.exclude)

    def within(self, namespaces: frozenset[str] | None) -> "NamespaceScope":
        """Give a copy of the scope that lists only these namespaces; None: all."""
        return replace(self, only=namespaces)

    def holds_kind(self, api: Api) -> bool:
        """Whether objects of a kind can belong to the account."""
        return api.namespaced or not self.include or api.kind == NAMESPACE

    def holds(self, namespace: str) -> bool:
        """Whether a namespace belongs to the account."""
        if self.only is not None and namespace not in self.only:
            return False
        included = not self.include or _matches(namespace, self.include)
        return included and not _matches(namespace, self.exclude)

    @property
    def names(self) -> tuple[str, ...] | None:
        """The namespaces to list individually; None: all at once.

        Namespaces that the account names without globs are listed individually, so that permissions within these
        namespaces suffice, as are a few namespaces of an extent; for many, a list of the whole cluster takes fewer
        requests.
        """
        named = bool(self.include) and not any(set(name) & set("*?[") for name in self.include)
        if self.only is not None and (named or len(self.only) <= FEW):
            return tuple(sorted(name for name in self.only if self.holds(name)))
        return tuple(name for name in dict.fromkeys(self.include) if self.holds(name)) if named else None


def _matches(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
