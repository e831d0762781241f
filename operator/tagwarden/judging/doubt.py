"""Whether an expiry is certain or the guess of a repair."""

from tagwarden.model.verdict import Confidence
from tagwarden.tagging import Reading


def is_doubtful(reading: Reading, expiry_key: str) -> bool:
    """Whether the expiry was read by more than another documented form or key.

    Such an expiry makes nothing deletable before its owner has seen it for `grace.repaired`. A typing error in the
    owner alone leaves the expiry as it was written.
    """
    return reading.is_repaired and any(
        repair.confidence is not Confidence.CERTAIN and repair.after[0] == expiry_key for repair in reading.repairs
    )
