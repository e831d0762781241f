"""Fixed costs of resources by the given list prices, known or reported as unknown."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tagwarden.model.billing import Billing
from tagwarden.model.messages import evidence_messages as messages
from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.model.prices import PriceKey
from tagwarden.model.resource import ProviderName, Resource

_DECIMALS = 4


class Prices:
    """A price list: US dollars per unit of each item."""

    def __init__(self, usd: Mapping[PriceKey, float]) -> None:
        self._usd = usd
        # Equal charges are looked up once: a hundred thousand resources have few distinct charges.
        self._known: dict[tuple[ProviderName, str, str, Billing], float | None] = {}

    def cost_of(self, resource: Resource) -> float | None:
        """Give US dollars per month; None if a charge or its price is unknown."""
        if resource.billing is None:
            return None
        key = (resource.provider, resource.region, resource.kind, resource.billing)
        if key not in self._known:
            self._known[key] = self._cost(*key)
        return self._known[key]

    def _cost(self, provider: ProviderName, region: str, kind: str, billing: Billing) -> float | None:
        costs = []
        for charge in billing or ():
            usd = self._usd.get(PriceKey(provider, region, kind, charge.item, charge.unit))
            if usd is None:
                return None
            costs.append(usd * charge.quantity * charge.unit.per_month)
        return round(math.fsum(costs), _DECIMALS)


@dataclass(frozen=True, slots=True)
class Savings:
    """Savings of a plan: `usd` per month for the `priced` resources among the `gone` resources.

    `usd` is None if no price is known, as opposed to 0.
    """

    usd: float | None
    priced: int
    gone: int

    @property
    def sum(self) -> str | None:
        """The sum in words, as in `120.45 USD`; None if no price is known."""
        if self.usd is None:
            return None
        if self.priced == self.gone:
            return messages.SUM(usd=self.usd)
        return messages.SUM_OF_SOME(usd=self.usd, priced=self.priced, gone=self.gone)

    def __str__(self) -> str:
        if self.usd is None:
            return messages.SAVES_UNKNOWN()
        if self.priced == self.gone:
            return messages.SAVES(usd=self.usd)
        return messages.SAVES_OF_SOME(usd=self.usd, priced=self.priced, gone=self.gone)


def savings(costs: Iterable[float | None]) -> Savings:
    """Add up costs, some of which may be unknown."""
    gone = list(costs)
    known = [cost for cost in gone if cost is not None]
    usd = round(math.fsum(known), _DECIMALS) if known or not gone else None
    return Savings(usd, len(known), len(gone))


def describe_savings(plan: Plan) -> str:
    """Describe the savings of a plan in one line: the cost of all deleted resources."""
    if not plan.has_prices:
        return messages.COST_UNKNOWN(why=messages.NO_PRICES())
    return str(savings(planned.cost for planned in plan.resources if planned.goes))


def describe_cost(plan: Plan, planned: PlannedResource) -> str:
    """Describe the cost of a resource, or why it is unknown."""
    if planned.cost is not None:
        return messages.COSTS(usd=planned.cost)
    if not plan.has_prices:
        return messages.UNKNOWN(why=messages.NO_PRICES())
    billing = planned.resource.billing
    if billing is None:
        return messages.UNKNOWN(why=messages.CHARGED_BY_USAGE())
    items = ", ".join(messages.ITEM(item=charge.item, unit=charge.unit) for charge in billing)
    region = planned.resource.region or messages.NO_REGION()
    return messages.UNKNOWN(why=messages.PRICE_MISSING(items=items, region=region))
