"""Which function answers which method: by its id where the method is peculiar, else by its verb."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from tests.support.fake_gcp import asset_inventory, compute_methods, identities, listing, writing
from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.operations import is_operation
from tests.support.fake_gcp.state import Request, State

Handler = Callable[[State, Request], dict[str, Any]]


def poll(state: State, request: Request) -> dict[str, Any]:
    """Answer an operation's state."""
    return state.operations.poll(request.method.api, request.key(state))


def wait(state: State, request: Request) -> dict[str, Any]:
    """Answer an operation at its end."""
    key = request.key(state).removesuffix("/wait")
    return state.operations.poll(request.method.api, key, wait=True)


def operations(state: State, request: Request) -> dict[str, Any]:
    """Answer the operations below a place."""
    key = request.key(state)
    pattern = "/".join("[^/]+" if word == "-" else re.escape(word) for word in key.split("/")) + "/[^/]+"
    found = state.operations.listed(request.method.api, re.compile(pattern))
    name = "items" if request.method.api in {"compute", "sqladmin"} else "operations"
    return {name: found} if found else {}


def function_jobs(state: State, request: Request) -> dict[str, Any]:
    """Answer Dataflow's jobs of all regions."""
    project = request.key(state).split("/")[1]
    found = state.store.matching("dataflow", re.compile(rf"projects/{project}/locations/[^/]+/jobs/[^/]+"))
    return {"jobs": [each.body for each in found]} if found else {}


def update_job(state: State, request: Request) -> dict[str, Any]:
    """Cancel or drain a job of Dataflow, which stays listed."""
    job = request.record(state)
    wanted = request.body.get("requestedState", "")
    if wanted not in {"JOB_STATE_CANCELLED", "JOB_STATE_DRAINED"}:
        raise Refusal("INVALID_ARGUMENT", f"The job cannot be updated to {wanted}.")
    job.body |= {"currentState": wanted, "requestedState": wanted}
    return job.body


# Patterns of method ids, the first that matches counts.
PECULIAR: tuple[tuple[str, Handler], ...] = (
    ("cloudasset.assets.list", asset_inventory.assets),
    ("cloudresourcemanager.projects.get", identities.project),
    ("cloudresourcemanager.projects.list", identities.projects),
    ("cloudresourcemanager.projects.search", identities.projects),
    ("cloudresourcemanager.liens.list", identities.liens),
    ("cloudresourcemanager.tagBindings.list", identities.tag_bindings),
    ("cloudresourcemanager.effectiveTags.list", identities.tag_bindings),
    ("serviceusage.services.list", identities.services),
    ("serviceusage.services.get", identities.service),
    ("iamcredentials.projects.serviceAccounts.generateAccessToken", identities.access_token),
    ("*.testIamPermissions", identities.permissions),
    ("*.getIamPolicy", identities.iam_policy),
    ("compute.projects.get", compute_methods.compute_project),
    ("compute.zones.list", compute_methods.zones),
    ("compute.regions.list", compute_methods.regions),
    ("*.projects.locations.list", compute_methods.locations),
    ("compute.instances.setDeletionProtection", compute_methods.set_deletion_protection),
    ("compute.instances.setDiskAutoDelete", compute_methods.set_disk_auto_delete),
    ("compute.instances.attachDisk", compute_methods.attach_disk),
    ("compute.instances.detachDisk", compute_methods.detach_disk),
    ("compute.instances.start", compute_methods.start),
    ("compute.instances.stop", compute_methods.stop),
    ("compute.*nstanceGroupManagers.listManagedInstances", compute_methods.managed_instances),
    ("compute.*nstanceGroups.listInstances", compute_methods.group_instances),
    ("compute.*etworkFirewallPolicies.addAssociation", compute_methods.add_association),
    ("compute.*etworkFirewallPolicies.removeAssociation", compute_methods.remove_association),
    ("compute.networks.addPeering", compute_methods.add_peering),
    ("compute.networks.removePeering", compute_methods.remove_peering),
    ("container.*.nodePools.update", compute_methods.update_node_pool),
    ("cloudkms.*.cryptoKeyVersions.destroy", compute_methods.destroy_key_version),
    ("dataflow.projects.jobs.aggregated", function_jobs),
    ("dataflow.projects.locations.jobs.update", update_job),
    ("spanner.*.dropDatabase", writing.delete),
    ("*.operations.get", poll),
    ("*.operations.list", operations),
    ("*.operations.wait", wait),
    ("compute.*Operations.get", poll),
    ("compute.*Operations.list", operations),
    ("compute.*Operations.wait", wait),
)
VERBS: dict[str, Handler] = {
    "aggregatedList": listing.aggregated,
    "create": writing.create,
    "delete": writing.delete,
    "get": listing.get,
    "insert": writing.create,
    "list": listing.list_,
    "patch": writing.update,
    "resourceLabels": writing.set_labels,
    "setLabels": writing.set_labels,
    "setResourceLabels": writing.set_labels,
    "update": writing.update,
    "upload": writing.create,
}


def handler_of(request: Request) -> Handler:
    """Return the function that answers a request; raises Refusal (501) where the simulation has none."""
    for pattern, handler in PECULIAR:
        if fnmatchcase(request.method.id, pattern):
            return handler
    verb = request.method.verb
    if verb in VERBS and (request.method.http != "GET" or not is_operation(request.method)):
        return VERBS[verb]
    raise Refusal("UNIMPLEMENTED", f"{request.method.id} is beyond this simulation of Google Cloud")
