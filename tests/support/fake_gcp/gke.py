"""GKE: a cluster's node pools, the managed groups behind them, and the firewall rules of the cluster.

https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools
"""

from hashlib import sha256

from tests.support.fake_gcp.births import self_link
from tests.support.fake_gcp.creating import Add, Drop
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import REGIONS, Record, compute_key


def after_cluster(state: State, cluster: Record, add: Add) -> None:
    """Create the node pools and firewall rules of a new cluster."""
    project = f"projects/{cluster.project}"
    body = cluster.body
    body.setdefault("network", "default")
    body.setdefault("subnetwork", body["network"])
    body.setdefault("locations", [*_zones(cluster)])
    default = {"name": "default-pool", "initialNodeCount": body.get("initialNodeCount", 1)}
    pools = body.pop("nodePools", None) or [default]
    for pool in pools:
        add(state, "container.projects.locations.clusters.nodePools.create", cluster.key, {"nodePool": pool})
    for rule in ("all", "ssh", "vms"):
        name = f"gke-{cluster.name}-{_mark(cluster.key)}-{rule}"
        firewall = {
            "name": name,
            "network": f"{project}/global/networks/{body['network']}",
            "allowed": [{"IPProtocol": "tcp"}],
            "targetTags": [f"gke-{cluster.name}-{_mark(cluster.key)}-node"],
        }
        add(state, "compute.firewalls.insert", f"{project}/global", firewall)


def after_node_pool(state: State, pool: Record, add: Add) -> None:
    """Create the template and the managed group of a new node pool, in each zone of the cluster."""
    cluster = state.store.get("container", pool.key.rpartition("/nodePools/")[0])
    project = f"projects/{pool.project}"
    name = f"gke-{cluster.name}-{pool.name}-{_mark(pool.key)}"
    network = f"{project}/global/networks/{cluster.body['network']}"
    labels = {"goog-gke-node": "", "goog-k8s-cluster-name": cluster.name, "goog-k8s-node-pool-name": pool.name}
    labels |= {"goog-k8s-cluster-location": cluster.location}
    labels |= (pool.body.get("config") or {}).get("resourceLabels", {})
    template = {
        "name": name,
        "properties": {
            "machineType": (pool.body.get("config") or {}).get("machineType", "e2-medium"),
            "labels": labels,
            "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"labels": labels}}],
            "networkInterfaces": [{"network": network}],
            "metadata": {"items": [{"key": "cluster-name", "value": cluster.name}]},
        },
    }
    link = self_link("compute", add(state, "compute.instanceTemplates.insert", f"{project}/global", template).key)
    urls = []
    for zone in cluster.body["locations"]:
        manager = {
            "name": f"{name}-grp",
            "baseInstanceName": name,
            "instanceTemplate": link,
            "targetSize": int(pool.body.get("initialNodeCount", 1)),
        }
        key = add(state, "compute.instanceGroupManagers.insert", f"{project}/zones/{zone}", manager).key
        urls.append(self_link("compute", key))
    pool.body["instanceGroupUrls"] = urls


def after_node_pool_is_gone(state: State, pool: Record, drop: Drop) -> None:
    """Delete the managed groups and the template of a deleted node pool."""
    for url in pool.body.get("instanceGroupUrls", []):
        manager = state.store.find("compute", compute_key(pool.project, url))
        if manager is None:
            continue
        template = state.store.find("compute", compute_key(pool.project, manager.body["instanceTemplate"]))
        drop(state, manager)
        if template is not None:
            state.store.remove(template)


def after_cluster_is_gone(state: State, cluster: Record, drop: Drop) -> None:
    """Delete the firewall rules of a deleted cluster; its node pools go by themselves."""
    prefix = f"gke-{cluster.name}-{_mark(cluster.key)}-"
    for rule in [*state.store.of_types(frozenset({"compute.firewalls"}), cluster.project)]:
        if rule.name.startswith(prefix):
            drop(state, rule)


def _zones(cluster: Record) -> tuple[str, ...]:
    return REGIONS.get(cluster.location, (cluster.location,))


def _mark(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:8]
