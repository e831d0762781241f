"""Names of other objects anywhere in a custom resource: objects that an operator reads by name are in use (S18).

No catalogue knows the fields of every operator, so every text that is the name of a Secret, a claim or a workload of
the same namespace counts as a mention. A mention is a weak link: it withholds deletions and never orders them.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from tagwarden.providers.kubernetes.catalogue import (
    CONFIG_MAP,
    IN_EVERY_NAMESPACE,
    PERSISTENT_VOLUME_CLAIM,
    SECRET,
    SERVICE_ACCOUNT,
)
from tagwarden.providers.kubernetes.names import object_id
from tagwarden.providers.kubernetes.users import MENTIONED

# Words in field names that reveal the kind, such as `privateKeySecretRef`: a cluster-scoped object may omit the
# namespace of the named object.
_WORDS = (
    ("serviceaccount", SERVICE_ACCOUNT),
    ("secret", SECRET),
    ("configmap", CONFIG_MAP),
    ("claim", PERSISTENT_VOLUME_CLAIM),
)
_SERVICE_DOMAIN = ".svc"
_REMEMBERED = 4_096

_Place = tuple[Any, str, str]
"""A value in an object, the namespace in a neighbouring field, and the kind implied by the field names."""


class Names:
    """The objects of a cluster that may be mentioned, by name."""

    def __init__(self, objects: Iterable[tuple[str, str, str]] = ()) -> None:
        """Take kind, namespace and name of each object; default objects of every namespace are excluded."""
        self._places: dict[str, list[tuple[str, str]]] = {}
        for kind, namespace, name in objects:
            if kind in MENTIONED and (kind, name) not in IN_EVERY_NAMESPACE:
                self._places.setdefault(name, []).append((namespace, kind))

    def __bool__(self) -> bool:
        return bool(self._places)

    def mentioned_in(self, item: Mapping[str, Any], namespace: str) -> Iterator[tuple[str, str]]:
        """Give kind and id of every object that the fields of an object of `namespace` name, some more than once."""
        waiting: list[_Place] = [(value, "", "") for key, value in item.items() if key != "metadata"]
        places = self._places
        while waiting:
            value, beside, kind = waiting.pop()
            if isinstance(value, str):
                # Most texts are no names, as a look-up shows. Names with a namespace contain a slash, or `.svc`.
                if value in places or "/" in value or _SERVICE_DOMAIN in value:
                    yield from self._named(value, namespace, beside, kind)
            elif isinstance(value, dict):
                stated = value.get("namespace")
                beside = stated if isinstance(stated, str) else beside
                waiting += [(inner, beside, _kind_told(key) or kind) for key, inner in value.items() if inner]
            elif isinstance(value, list):
                waiting += [(inner, beside, kind) for inner in value]

    def _named(self, text: str, namespace: str, beside: str, kind: str) -> Iterator[tuple[str, str]]:
        # For a cluster-scoped object that names only kind and name, an operator may look in the operator's namespace.
        anywhere = not namespace and not beside
        for space, name in _readings(text):
            homes = {space} if space else {namespace, beside}
            for home, found in self._places.get(name, ()):
                if home in homes or (anywhere and not space and found == kind):
                    yield found, object_id(home, name)


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Give the possible namespaces and names of a text: `name`, `namespace/name`, `name.namespace.svc`."""
    yield "", text
    space, slash, name = text.partition("/")
    if slash and "/" not in name:
        yield space, name
    if _SERVICE_DOMAIN in text:
        host = text.partition("://")[2] or text
        parts = host.partition("/")[0].partition(":")[0].split(".")
        if len(parts) >= 3 and parts[2] == "svc":
            yield parts[1], parts[0]


@lru_cache(_REMEMBERED)
def _kind_told(key: str) -> str:
    low = key.lower()
    return next((kind for word, kind in _WORDS if word in low), "")
