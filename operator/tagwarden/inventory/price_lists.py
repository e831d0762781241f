"""Price lists on disk: plain CSV, which people can read, sort and correct.

`provider,region,kind,item,unit,usd`: a line per item, with US dollars per unit.
"""

import csv
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from tagwarden.errors import BadInput
from tagwarden.model.billing import Unit
from tagwarden.model.prices import Price, PriceKey
from tagwarden.model.resource import ProviderName
from tagwarden.planning import Prices

COLUMNS = ("provider", "region", "kind", "item", "unit", "usd")


def load_prices(path: Path) -> Prices:
    """Read a price list; raise BadInput with the line of an invalid entry, or of a second price for an item."""
    found: dict[PriceKey, float] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file)
            if tuple(next(lines, ())) != COLUMNS:
                raise BadInput(
                    f"{path}: not a price list, whose first line is {','.join(COLUMNS)}; see tagwarden prices"
                )
            for values in lines:
                if not values:
                    continue
                where = f"{path}:{lines.line_num}"
                key, usd = _price(values, where)
                if found.setdefault(key, usd) != usd:
                    raise BadInput(f"{where}: {key.kind} {key.item} in {key.region} has two prices; remove one of them")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return Prices(found)


def write_prices(prices: Iterable[Price], to: TextIO) -> None:
    """Write a price list, in the given order."""
    lines = csv.writer(to, lineterminator="\n")
    lines.writerow(COLUMNS)
    for price in prices:
        key = price.key
        lines.writerow((key.provider.value, key.region, key.kind, key.item, key.unit.value, price.usd))


def _price(values: list[str], where: str) -> tuple[PriceKey, float]:
    if len(values) != len(COLUMNS):
        raise BadInput(f"{where}: {len(values)} values, where {len(COLUMNS)} are expected: {','.join(COLUMNS)}")
    provider, region, kind, item, unit, usd = values
    if provider not in set(ProviderName):
        raise BadInput(f"{where}: provider {provider!r}; write one of {', '.join(ProviderName)}")
    if unit not in set(Unit):
        raise BadInput(f"{where}: unit {unit!r}; write one of {', '.join(Unit)}")
    try:
        number = float(usd)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise BadInput(f"{where}: usd {usd!r} is no price; write a decimal number such as 0.115")
    return PriceKey(ProviderName(provider), region, kind, item, Unit(unit)), number
