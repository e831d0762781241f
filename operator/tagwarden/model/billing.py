"""Fixed charges of a resource, in the terms of the vendor's price list."""

from enum import StrEnum
from typing import NamedTuple

HOURS_PER_MONTH = 730
"""The hours of a year divided by twelve, as vendors' own calculators count."""


class Unit(StrEnum):
    """Unit of a price; a month has 730 hours."""

    HOUR = "hour"
    GIB_MONTH = "GiB-month"
    IOPS_MONTH = "IOPS-month"
    MIBPS_MONTH = "MiBps-month"
    MONTH = "month"
    """Per resource, regardless of size."""

    @property
    def per_month(self) -> int:
        """Number of units that a continuously existing item uses in a month."""
        return HOURS_PER_MONTH if self is Unit.HOUR else 1


class Charge(NamedTuple):
    """A charge for as long as a resource exists: `quantity` of `item`, priced by `unit`.

    Two hundred GiB of a volume are `("gp3", GIB_MONTH, 200)`, an instance `("m5.large …", HOUR, 1)`.
    """

    item: str
    unit: Unit
    quantity: float


Billing = tuple[Charge, ...] | None
"""All charges of a resource; empty: the resource is free by itself or in its state; None: the charges are unknown."""
