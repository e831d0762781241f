"""Which namespaces of a cluster belong to an account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from tagwarden.model.account import NamespaceSelector
from tagwarden.providers.kubernetes.catalogue import NAMESPACE
from tagwarden.providers.kubernetes.discovery import Api

FEW = 3
"""So many namespaces of an extent are listed one by one."""


@dataclass(frozen=True, slots=True)
class NamespaceScope:
    """The namespaces that `include` names (globs; none: all) without those that `exclude` names.

    With `include` the account is those namespaces and what is in them, and nothing of the cluster at large.
    """

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    only: frozenset[str] | None = None
    """Those of them that are listed; None: all."""

    @classmethod
    def of(cls, selector: NamespaceSelector) -> "NamespaceScope":
        """Take what an account declares."""
        return cls(selector.include, selector.exclude)

    def within(self, namespaces: frozenset[str] | None) -> "NamespaceScope":
        """Give the same scope, of which only these namespaces are listed; None: all."""
        return replace(self, only=namespaces)

    def holds_kind(self, api: Api) -> bool:
        """Whether objects of a kind can belong to the account at all."""
        return api.namespaced or not self.include or api.kind == NAMESPACE

    def holds(self, namespace: str) -> bool:
        """Whether a namespace belongs to the account."""
        if self.only is not None and namespace not in self.only:
            return False
        included = not self.include or _matches(namespace, self.include)
        return included and not _matches(namespace, self.exclude)

    @property
    def names(self) -> tuple[str, ...] | None:
        """The namespaces to list one by one; None: all at once.

        One by one are those that the account names without any glob, so that rights within them are enough, and a few
        of an extent; of many, one list of the whole cluster takes fewer requests.
        """
        named = bool(self.include) and not any(set(name) & set("*?[") for name in self.include)
        if self.only is not None and (named or len(self.only) <= FEW):
            return tuple(sorted(name for name in self.only if self.holds(name)))
        return tuple(name for name in dict.fromkeys(self.include) if self.holds(name)) if named else None


def _matches(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
