"""Size limit of all annotations of one Kubernetes object, checked before a write."""

from collections.abc import Mapping

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Finding

LARGEST = 256 * 1024
"""Bytes of all keys and values, as the API server counts.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
"""

ATTRIBUTE = "annotation_bytes"
"""The attribute with the annotation bytes of an object, present only for large objects."""

WORTH_TELLING = LARGEST // 4


def size_of(annotations: Mapping[str, str]) -> int:
    """Give the bytes of these annotations."""
    return sum(_bytes(key, value) for key, value in annotations.items())


def problem_with_size(tags: Tags, attributes: Mapping[str, str | int | bool], changes: TagChanges) -> Finding | None:
    """Report that the annotations would exceed the limit of the API server; else None.

    The tags lack copies that other programs keep in annotations, so the attribute counts if present.
    """
    listed = {key: value for key, value in tags.values.items() if key not in tags.fixed}
    gone = {key: listed[key] for key in {*changes.set, *changes.remove} & listed.keys()}
    held = int(attributes.get(ATTRIBUTE, 0)) or size_of(listed)
    after = held - size_of(gone) + size_of(changes.set)
    if after <= LARGEST:
        return None
    return Finding(Reason.TagNotWritable, messages.TOO_LARGE(after=after, limit=LARGEST, before=held))


def _bytes(key: str, value: str) -> int:
    return len(key.encode()) + len(value.encode())
