"""Kubernetes through API discovery: every kind that a cluster serves, custom resources too.

Tags are annotations first, then labels; only annotations are written. The parts:

- `registration` answers the registry, without the client of Kubernetes
- `provider` is the Provider, imported by whoever has such an account: it brings the client of Kubernetes along;
  `providers.api_server` is its way into a cluster
- `catalogue` has what is known of kinds, as rows (`row`); `discovery` finds the kinds that a cluster serves
- `listing` and `reading` give what is kept of each object, `assembling` the resources and edges
- `managers`, `protection`, `podspecs` and `foreign` read what objects say of one another
- `users` says which kinds could use another, `mentions` finds names in custom resources, `selectors` Pods by label
- `foundations` is the table of the namespaces that vendors keep for themselves, `elsewhere` that of what acts outside
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
