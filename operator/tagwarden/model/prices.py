"""An entry of a price list."""

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
    """US dollars for one unit; `usd` is a decimal number as written."""

    key: PriceKey
    usd: str
