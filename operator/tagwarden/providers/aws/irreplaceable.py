"""Which kinds hold something that no template restores (S19)."""

from tagwarden.providers.aws.rows import KINDS


def loss_of(kind: str) -> str:
    """Give what deleting a resource of the kind loses for good, such as `data` or `keys`; empty for nothing.

    A kind that the catalogue does not know loses nothing that is known here.
    """
    return KINDS[kind].holds.value if kind in KINDS else ""


def is_irreplaceable(kind: str) -> bool:
    """Whether deleting a resource of the kind loses something for good."""
    return bool(loss_of(kind))
