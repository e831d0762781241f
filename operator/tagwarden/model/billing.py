"""Fixed charges of a resource, in the terms of its vendor's price list."""

from enum import StrEnum
from typing import NamedTuple

HOURS_PER_MONTH = 730
"""A year of hours by twelve, as vendors' own calculators count."""


class Unit(StrEnum):
    """Unit of a price; a month has 730 hours."""

    HOUR = "hour"
    GIB_MONTH = "GiB-month"
    IOPS_MONTH = "IOPS-month"
    MIBPS_MONTH = "MiBps-month"
    MONTH = "month"
    """Per resource, whatever its size."""

    @property
    def per_month(self) -> int:
        """How many of them a month has, of one thing that is there all the time."""
        return HOURS_PER_MONTH if self is Unit.HOUR else 1


class Charge(NamedTuple):
    """One thing that is billed for as long as a resource exists: `quantity` of `item`, priced by `unit`.

    Two hundred GiB of a volume are `("gp3", GIB_MONTH, 200)`, an instance `("m5.large …", HOUR, 1)`.
    """

    item: str
    unit: Unit
    quantity: float


Billing = tuple[Charge, ...] | None
"""All that is charged for a resource; empty: it costs nothing by itself or as it is now; None: nobody here knows."""
