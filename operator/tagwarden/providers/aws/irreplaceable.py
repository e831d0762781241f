"""Kinds with content that no template restores (S19)."""

from tagwarden.providers.aws.rows import KINDS


def loss_of(kind: str) -> str:
    """Give the permanent loss of deleting a resource of the kind, such as `data` or `keys`; empty for none.

    Unknown kinds have no known loss.
    """
    return KINDS[kind].holds.value if kind in KINDS else ""


def is_irreplaceable(kind: str) -> bool:
    """Whether deleting a resource of the kind loses content permanently."""
    return bool(loss_of(kind))
