"""Which resources merely hold others: those have lives of their own and may go while their container stays.

A subnet is no part of the function of its network, so an expired one goes though the network is claimed. The instance
of a database cluster is: the cluster is of no use without it, so it stays as long as the cluster does (S21).
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
