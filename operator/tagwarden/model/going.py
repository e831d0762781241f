"""Whether a resource is being deleted already, and what holds it."""

import re
from functools import cache

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Withheld

HOLDERS = "finalizers"
"""The attribute of a Kubernetes object that is being deleted with what keeps it from being gone."""

_GOING = re.compile(r"delet|terminat|shutting|deprovision|removing|draining", re.IGNORECASE)
_STAYING = re.compile(r"fail|protect|disabled|cancel", re.IGNORECASE)


def is_going(resource: Resource) -> bool:
    """Whether the vendor says that the resource is being deleted: `deleting`, `shutting-down`, `Terminating`."""
    return _means_going(resource.state)


@cache
def _means_going(state: str) -> bool:
    return bool(_GOING.search(state)) and not _STAYING.search(state)


def what_holds(going: Resource) -> Withheld:
    """Say that a resource is being deleted already, and which finalizers hold it, if any."""
    if holders := going.attributes.get(HOLDERS):
        return Withheld(Reason.BlockedByFinalizer, f"already being deleted, blocked by {holders}")
    return Withheld(Reason.InProgress, f"already being deleted ({going.state})")
