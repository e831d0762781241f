"""Fields that Google derives from other resources: who uses a disk, a network's subnetworks, a cluster's node pools."""

from collections.abc import Iterable

from tests.support.fake_gcp.births import self_link
from tests.support.fake_gcp.references import addresses_of, links_of
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import Record, compute_key


def fill_derived(state: State, records: Iterable[Record]) -> None:
    """Bring the derived fields of resources up to date before they are shown."""
    records = list(records)
    _fill_users(state, [each for each in records if each.type in {"compute.addresses", "compute.disks"}])
    for record in records:
        if record.type == "compute.networks":
            _fill_subnetworks(state, record)
        elif record.type == "container.clusters":
            pools = sorted(state.store.below(record), key=lambda pool: pool.key)
            record.body["nodePools"] = [each.body for each in pools if each.type == "container.nodePools"]


def _fill_subnetworks(state: State, network: Record) -> None:
    subnetworks = state.store.of_types(frozenset({"compute.subnetworks"}), network.project)
    links = [
        self_link("compute", each.key)
        for each in subnetworks
        if compute_key(network.project, str(each.body.get("network"))) == network.key
    ]
    network.body.pop("subnetworks", None)
    if links:
        network.body["subnetworks"] = sorted(links)


def _fill_users(state: State, records: list[Record]) -> None:
    """Show the users of disks and addresses, and whether an address is in use."""
    if not records:
        return
    users = _users_by_key(state, {each.project for each in records})
    for record in records:
        found = [*users.get(record.key, []), *users.get(str(record.body.get("address")), [])]
        record.body.pop("users", None)
        if found:
            record.body["users"] = [self_link("compute", each) for each in found]
        if record.body.get("status") in {"IN_USE", "RESERVED"}:
            record.body["status"] = "IN_USE" if found else "RESERVED"


def _users_by_key(state: State, projects: set[str]) -> dict[str, list[str]]:
    """Return the users of each key and of each IP address."""
    users: dict[str, list[str]] = {}
    for project in projects:
        for user in state.store.of_types(frozenset({"compute.forwardingRules", "compute.instances"}), project):
            for held in {*links_of(user), *addresses_of(user)}:
                users.setdefault(held, []).append(user.key)
    return users
