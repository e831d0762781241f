"""Uses of resources that share an address, such as the rules for HTTP and HTTPS of one Ingress.

An object of a cluster knows its load balancer only by the address. A name of several resources is none of them for the
graph; who names the address uses all of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from tagwarden.model.graph import DNS_NAME, Edge, EdgeMeaning
from tagwarden.model.snapshot import Snapshot


def uses_of_shared(snapshots: Collection[Snapshot]) -> Iterator[Edge]:
    """Give a use of each resource with a shared address from every resource that names the address."""
    bearers: defaultdict[str, list[str]] = defaultdict(list)
    for snapshot in snapshots:
        for resource in snapshot.resources:
            if address := resource.attributes.get(DNS_NAME):
                bearers[f"{resource.kind}/{address}"].append(resource.uid)
    shared = {name: uids for name, uids in bearers.items() if len(uids) > 1}
    if shared:
        for snapshot in snapshots:
            for edge in snapshot.edges:
                for uid in shared.get(edge.target, ()):
                    yield Edge(edge.source, EdgeMeaning.USES, uid)
