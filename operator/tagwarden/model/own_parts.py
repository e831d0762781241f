"""Which resources are parts of Tagwarden itself."""

from tagwarden.model.policy import API_GROUP
from tagwarden.model.resource import Resource

PART_OF = ("app.kubernetes.io/part-of", "app.kubernetes.io/name")
"""The labels that name the application of an object."""
_OURSELVES = "tagwarden"
_OUR_KINDS = f".{API_GROUP}"


def is_ourselves(resource: Resource) -> bool:
    """Whether the resource is part of Tagwarden, by label or by a kind that Tagwarden defines."""
    values = resource.tags.values
    for key in PART_OF:
        if key in values and values[key].strip().lower() == _OURSELVES:
            return True
    return is_our_kind(resource.kind)


def is_our_kind(kind: str) -> bool:
    """Whether Tagwarden defines that kind."""
    return kind.endswith(_OUR_KINDS)
