"""How findings write what they name."""

from datetime import datetime


def instant(moment: datetime) -> str:
    """Write a UTC instant as expiry tags do."""
    return moment.isoformat()[:19] + "Z"
