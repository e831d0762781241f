"""How findings write what they name."""

from datetime import datetime

from tagwarden.tagging import TagPlace, encode_instant


def instant(moment: datetime) -> str:
    """Write an instant in the canonical form of expiry tags."""
    return encode_instant(moment, TagPlace.AWS_TAG)
