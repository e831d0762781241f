"""Whether a resource is already being deleted, and which finalizers block that."""

import re
from functools import cache

from tagwarden.model.messages import resource_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Withheld

HOLDERS = "finalizers"
"""The attribute of a Kubernetes object with the finalizers that block its deletion."""

_GOING = re.compile(r"delet|terminat|shutting|deprovision|removing|draining", re.IGNORECASE)
_STAYING = re.compile(r"fail|protect|disabled|cancel", re.IGNORECASE)


def is_being_deleted(resource: Resource) -> bool:
    """Whether the vendor reports that the resource is being deleted: `deleting`, `shutting-down`, `Terminating`."""
    return _means_deletion(resource.state)


@cache
def _means_deletion(state: str) -> bool:
    return bool(_GOING.search(state)) and not _STAYING.search(state)


def deletion_in_progress(going: Resource) -> Withheld:
    """Report that a resource is already being deleted, with blocking finalizers, if any."""
    if holders := going.attributes.get(HOLDERS):
        return Withheld(Reason.BlockedByFinalizer, messages.BLOCKED_BY_FINALIZERS(finalizers=holders))
    return Withheld(Reason.InProgress, messages.IN_PROGRESS(state=going.state))
