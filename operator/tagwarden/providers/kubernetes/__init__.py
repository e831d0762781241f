"""Kubernetes through API discovery: every kind that a cluster serves, custom resources too.

Tags are annotations first, then labels; only annotations are written. The parts:

- `registration` answers the registry, without the Kubernetes client
- `provider` is the Provider, imported only for a Kubernetes account, since it imports the Kubernetes client;
  `providers.api_server` connects to a cluster
- `catalogue` has the known kinds, as rows (`row`); `discovery` finds the kinds that a cluster serves
- `listing` and `reading` extract the facts of each object, `assembling` the resources and edges
- `managers`, `protected_objects`, `podspecs` and `cloud_links` read relations between objects
- `users` gives the kinds that could use another, `mentions` finds names in custom resources, `selectors` Pods by label
- `foundations` is the table of vendors' namespaces, `outside_targets` the table of objects that act outside the cluster
"""

from tagwarden.providers.api_server.faults import BlockedByFinalizer
from tagwarden.providers.kubernetes.catalogue import catalogue, is_irreplaceable
from tagwarden.providers.kubernetes.permissions import permissions
from tagwarden.providers.kubernetes.users import dependents_of

__all__ = [
    "BlockedByFinalizer",
    "catalogue",
    "dependents_of",
    "is_irreplaceable",
    "permissions",
]
