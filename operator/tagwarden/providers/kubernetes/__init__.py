"""Kubernetes through API discovery: every kind that a cluster serves, custom resources too.

Tags are annotations first, then labels; only annotations are written. The parts:

- `registration` answers the registry, without the client of Kubernetes
- `provider` is the Provider, imported by whoever has such an account: it brings the client of Kubernetes along;
  `providers.api_server` is its way into a cluster
- `catalogue` has the known kinds, as rows (`row`); `discovery` finds the kinds that a cluster serves
- `listing` and `reading` extract the facts of each object, `assembling` the resources and edges
- `managers`, `protection`, `podspecs` and `foreign` read relations between objects
- `users` gives the kinds that could use another, `mentions` finds names in custom resources, `selectors` Pods by label
- `foundations` is the table of vendors' namespaces, `elsewhere` that of objects that act outside of their cluster
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
