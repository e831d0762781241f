"""Which resources only contain others: contents may be deleted while their container stays.

A subnet is not part of the function of its network, so an expired subnet is deleted although the network is claimed.
An instance of a database cluster is part of its function: without instances the cluster is useless, so they stay as
long as the cluster (S21).
"""

from tagwarden.model.resource import Resource

NAMESPACE = "namespace"
"""The category of a namespace of a Kubernetes cluster."""

_CATEGORIES = frozenset({NAMESPACE, "network", "subnet", "event_bus"})
ONLY_HOLDS = "only_holds"
"""The attribute, then true, of other resources that merely hold theirs, though not all of their category do."""


def is_container(resource: Resource) -> bool:
    """Whether a resource is only a container of its owned resources."""
    return resource.category in _CATEGORIES or bool(resource.attributes.get(ONLY_HOLDS))
