"""What the catalogue says of one kind of objects: a kind is a row."""

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
"""A link to a resource of another provider: its meaning, and the uid or `kind/id` of its target."""

DEFAULT_CATEGORY = "custom_resource"
"""The category of a custom resource that no row describes."""


class Propagation(StrEnum):
    """What becomes of the dependents of a deleted object."""

    BACKGROUND = "Background"
    """It is gone at once; the garbage collector takes them afterwards."""
    FOREGROUND = "Foreground"
    """It is gone only when they are: for workloads, whose Pods hold volumes until they have ended."""


@dataclass(frozen=True, slots=True)
class Link:
    """Names of other objects within an object: `meaning` for the objects of `kind` that `names` (JMESPath) finds.

    A target that can live in a namespace lives in that of the source, unless the name is `namespace/name`.
    """

    meaning: EdgeMeaning
    kind: str
    names: str


@dataclass(frozen=True, slots=True)
class Row:
    """One kind. Paths and conditions are JMESPath over the whole object; a row without any needs only metadata.

    `infrastructure` says why an object of this kind is a part of the cluster and never deleted; empty: it is not.
    `attributes` are the facts that `where` expressions may use. `pod_spec` is where Pods are described, whose volumes,
    service account and images become links. `precedes_namespace` holds for objects that own something outside of the
    cluster, which must be given back before their namespace goes. `category_when` are conditions under which an object
    has another category, the first that holds counts. `protected_when` are conditions under which it is
    never deleted, with the reason. `held_by` are links in the other direction: what they name uses or needs the object.
    `selector` finds the Pods that it exists for. `foreign` finds links to other providers. No manifest brings back the
    data or keys that an object holds whose kind `is_irreplaceable` (S19). A custom resource that `mentions_nothing`
    names no object in its fields. A kind that `may_name_clouds` is searched for resources of clouds in fields and
    annotations, as everything is that describes Pods or is a custom resource.
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
        """Whether any field may name another object: the fields of built-in kinds are known, and links."""
        return not is_built_in(self.group) and not self.mentions_nothing

    @property
    def names_clouds(self) -> bool:
        """Whether its texts are searched for names of resources of clouds."""
        return self.may_name_clouds or bool(self.pod_spec) or self.can_mention

    @property
    def needs_whole_object(self) -> bool:
        """Whether more than metadata has to be read."""
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
        """What RBAC must allow, as `kubectl auth can-i` asks it: `list deployments.apps`."""
        resource = f"{self.plural}.{self.group}" if self.group else self.plural
        verbs = ("get", "list", "patch", "delete") if self.can_delete else ("get", "list", "patch")
        return tuple(f"{verb} {resource}" for verb in verbs)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Objects that are nobody's resources, and why. An empty `object_kind` stands for the whole group."""

    group: str
    object_kind: str
    why: str


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def find(expression: str, item: Mapping[str, Any]) -> Any:
    """Give what a JMESPath expression finds in an object."""
    return _compiled(expression).search(item)
