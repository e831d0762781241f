"""A price of a price list, whoever wrote it."""

from typing import NamedTuple

from tagwarden.model.billing import Unit
from tagwarden.model.resource import ProviderName


class PriceKey(NamedTuple):
    """Subject of a price; `item` is the name in the price list of the vendor."""

    provider: ProviderName
    region: str
    kind: str
    item: str
    unit: Unit


class Price(NamedTuple):
    """US dollars for one unit; `usd` is a decimal number as it is written."""

    key: PriceKey
    usd: str
