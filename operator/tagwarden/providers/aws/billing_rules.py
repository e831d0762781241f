"""How rows say what a resource costs by AWS's Price List."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagwarden.model.billing import Unit


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of a billed item: the value at `path`, in the form of the price list's `attribute`.

    `words` translate values: "" is a missing one, "*" any other; None means free of charge. A value outside of `words`
    makes the cost unknown, as does a missing one without `words`. Without `attribute` the value is only checked, and
    not part of the item.
    """

    path: str
    attribute: str = ""
    words: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Products:
    """The place of prices in AWS's Price List: the service's code and the products' attributes, one value or more.

    `productFamily` counts as an attribute, and `usagetype` is without the region that it begins with.
    """

    service: str
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Billed:
    """A charge for the existence of the resource, never for its usage.

    The words of `facts` form the item, in their order, up to the first that is free or unknown. `quantity` leads to a
    number, or to a list whose members count; default: one. `included` of it is free. `named` comes before the words, to
    distinguish items of one kind.
    """

    unit: Unit
    products: Products
    facts: tuple[Fact, ...] = ()
    quantity: str = ""
    included: float = 0
    named: str = ""


FREE: tuple[Billed, ...] = ()
"""Free by itself; its parts may cost."""
