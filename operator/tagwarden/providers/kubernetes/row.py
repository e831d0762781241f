"""The row type of the catalogue: one kind of objects per row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import jmespath

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.kubernetes.names import is_built_in, kind_name
from tagwarden.providers.kubernetes.selectors import Selector

ForeignEnd = tuple[EdgeMeaning, str]
"""A link to a resource of another provider: the meaning, and the uid or `kind/id` of the target."""

DEFAULT_CATEGORY = "custom_resource"
"""The category of a custom resource without a row."""


class Propagation(StrEnum):
    """The deletion propagation to dependents."""

    BACKGROUND = "Background"
    """The object is deleted at once; the garbage collector deletes dependents afterwards."""
    FOREGROUND = "Foreground"
    """The object is deleted after the dependents: for workloads, whose Pods hold volumes until the end."""


@dataclass(frozen=True, slots=True)
class Link:
    """Names of other objects within an object: `meaning` for the objects of `kind` that `names` (JMESPath) finds.

    A target that can be in a namespace is in the source's namespace, unless the name is `namespace/name`.
    """

    meaning: EdgeMeaning
    kind: str
    names: str


@dataclass(frozen=True, slots=True)
class Row:
    """A kind. Paths and conditions are JMESPath over the whole object; a row without any needs only metadata.

    `infrastructure` is the reason why objects of this kind are part of the cluster and never deleted; empty: no reason.
    `attributes` are the facts that `where` expressions may use. `pod_spec` is the path of a Pod specification, whose
    volumes, service account and images become links. `precedes_namespace` holds for objects that own resources outside
    the cluster and must be deleted before their namespace. `category_when` are conditions for another category; the
    first true condition counts. `protected_when` are conditions under which an object is never deleted, with the
    reason. `held_by` are links in the other direction: the named objects use or need this object. `selector` finds the
    Pods for which the object exists. `foreign` finds links to other providers. No manifest restores the data or keys of
    a kind that `is_irreplaceable` (S19). A custom resource that `mentions_nothing` names no object in its fields. A
    kind that `may_name_clouds` is searched for cloud resources in fields and annotations, as are all Pod templates and
    custom resources.
    """

    group: str
    object_kind: str
    plural: str
    category: str
    namespaced: bool = True
    infrastructure: str = ""
    state: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    category_when: tuple[tuple[str, str], ...] = ()
    pod_spec: str = ""
    protected_when: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    held_by: tuple[Link, ...] = ()
    selector: Callable[[Mapping[str, Any]], Selector | None] | None = None
    foreign: Callable[[Mapping[str, Any]], Iterable[ForeignEnd]] | None = None
    precedes_namespace: str = ""
    propagation: Propagation = Propagation.BACKGROUND
    is_irreplaceable: bool = False
    mentions_nothing: bool = False
    may_name_clouds: bool = False

    @property
    def kind(self) -> str:
        """The name of the kind: `k8s_deployment`."""
        return kind_name(self.group, self.object_kind)

    @property
    def can_mention(self) -> bool:
        """Whether any field may name another object: the fields of built-in kinds are known links."""
        return not is_built_in(self.group) and not self.mentions_nothing

    @property
    def names_clouds(self) -> bool:
        """Whether texts are searched for names of cloud resources."""
        return self.may_name_clouds or bool(self.pod_spec) or self.can_mention

    @property
    def needs_whole_object(self) -> bool:
        """Whether more than metadata must be read."""
        return bool(
            self.state
            or self.attributes
            or self.category_when
            or self.protected_when
            or self.pod_spec
            or self.links
            or self.held_by
            or self.selector
            or self.names_clouds
            or self.foreign
            or self.precedes_namespace
        )

    @property
    def can_delete(self) -> bool:
        """Whether objects of this kind are ever deleted."""
        return not self.infrastructure

    @property
    def can_tag(self) -> bool:
        """Whether objects of this kind carry tags: every object has annotations."""
        return True

    @property
    def permissions(self) -> tuple[str, ...]:
        """The needed RBAC permissions, in the form of `kubectl auth can-i`: `list deployments.apps`."""
        resource = f"{self.plural}.{self.group}" if self.group else self.plural
        verbs = ("get", "list", "patch", "delete") if self.can_delete else ("get", "list", "patch")
        return tuple(f"{verb} {resource}" for verb in verbs)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Ignored objects, with the reason. An empty `object_kind` stands for the whole group."""

    group: str
    object_kind: str
    why: str


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def find(expression: str, item: Mapping[str, Any]) -> Any:
    """Give the result of a JMESPath expression on an object."""
    return _compiled(expression).search(item)
