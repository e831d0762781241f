"""Prices of billed items from AWS's Price List: only on-demand list prices.

`GetProducts` returns the products of a service, each a JSON text with attributes and terms. Tiered prices, prices in
another unit, and ambiguous prices are omitted: no price is better than a wrong price.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from tagwarden.model.account import AwsAccount
from tagwarden.model.billing import Unit
from tagwarden.model.prices import Price, PriceKey
from tagwarden.model.resource import ProviderName
from tagwarden.providers.aws.billing import UNKNOWN
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients
from tagwarden.providers.aws.row import Billed, Kind
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.base import Progress

ENDPOINT_REGION = "us-east-1"
"""One of the few regions that serve the prices of all regions."""
PAGE = 100

_ANY_ACCOUNT = "000000000000"  # list prices are the same for all accounts

_USAGE_TYPE = "usagetype"
_REGION_PREFIX = re.compile(r"^(?:EU|[A-Z]{3}\d)-")
"""The region prefix of usage types, except in us-east-1: `EUC1-`, `EU-`, `USW2-`."""
_UNITS = {
    "hrs": (Unit.HOUR, Decimal(1)),
    "hours": (Unit.HOUR, Decimal(1)),
    "gb-mo": (Unit.GIB_MONTH, Decimal(1)),
    "iops-mo": (Unit.IOPS_MONTH, Decimal(1)),
    "mibps-mo": (Unit.MIBPS_MONTH, Decimal(1)),
    "gibps-mo": (Unit.MIBPS_MONTH, Decimal(1024)),
    "shardhour": (Unit.HOUR, Decimal(1)),
    "streamhour": (Unit.HOUR, Decimal(1)),
    "keys": (Unit.MONTH, Decimal(1)),
    "secrets": (Unit.MONTH, Decimal(1)),
}
"""AWS units in lower case, with the unit of price lists and the factor."""

Attributes = Mapping[str, str]
_Query = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class _Product:
    attributes: Attributes
    prices: Mapping[Unit, Decimal]


def price_list(
    regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None = None
) -> Iterator[Price]:
    """Fetch the prices of these kinds, region by region, with the ambient identity (`pricing:GetProducts`).

    In the order of regions, kinds and items. Raises ProviderError if AWS does not respond.
    """
    calls = Calls(Clients(AwsAccount(account_id=_ANY_ACCOUNT, regions=(ENDPOINT_REGION,)), None, environ))
    wanted = [KINDS[name] for name in sorted(set(kinds)) if KINDS[name].billing]
    for region in regions:
        asked: dict[_Query, list[_Product]] = {}
        for kind in wanted:
            if progress is not None:
                progress(f"{region}: {kind.name}")
            yield from _prices_of(kind, region, asked, calls)


def priced_kinds() -> tuple[str, ...]:
    """Name the kinds with a price, sorted."""
    return tuple(sorted(kind.name for kind in KINDS.values() if kind.billing))


def _prices_of(kind: Kind, region: str, asked: dict[_Query, list[_Product]], calls: Calls) -> Iterator[Price]:
    found: dict[PriceKey, set[Decimal]] = {}
    for rule in kind.billing or ():
        query = _query_of(rule, region)
        if query not in asked:
            asked[query] = list(_products(query, calls))
        for product in asked[query]:
            item, usd = _item_of(rule, product.attributes), product.prices.get(rule.unit)
            if item is not None and usd is not None:
                key = PriceKey(ProviderName.AWS, region, kind.name, item, rule.unit)
                found.setdefault(key, set()).add(usd)
    for key in sorted(found):
        if len(found[key]) == 1:
            yield Price(key, f"{found[key].pop().normalize():f}")


def _query_of(rule: Billed, region: str) -> _Query:
    """Give the service and the filters for AWS."""
    exact = [(name, value) for name, value in rule.products.where.items() if isinstance(value, str)]
    # A usage type begins with a region code, for which AWS has no public list.
    return rule.products.service, (("regionCode", region), *(pair for pair in exact if pair[0] != _USAGE_TYPE))


def _products(query: _Query, calls: Calls) -> Iterator[_Product]:
    service, filters = query
    params = {
        "ServiceCode": service,
        "FormatVersion": "aws_v1",
        "Filters": [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in filters],
    }
    for page in calls.pages("pricing", ENDPOINT_REGION, "GetProducts", params, PAGE):
        for text in page.get("PriceList") or ():
            product = orjson.loads(text)
            attributes = dict(product["product"].get("attributes") or {})
            attributes["productFamily"] = product["product"].get("productFamily") or ""
            attributes[_USAGE_TYPE] = _REGION_PREFIX.sub("", attributes.get(_USAGE_TYPE, ""))
            yield _Product(attributes, _on_demand(product))


def _item_of(rule: Billed, attributes: Attributes) -> str | None:
    """Give the billed item of a product; None if the product does not match this rule."""
    for name, value in rule.products.where.items():
        if attributes.get(name) not in ((value,) if isinstance(value, str) else value):
            return None
    words = [rule.named] if rule.named else []
    for fact in rule.facts:
        if not fact.attribute:
            continue
        word = attributes.get(fact.attribute)
        if not word or (fact.words is not None and word not in fact.words.values()):
            return None
        words.append(word)
    return " ".join(words) or None  # some rules only declare that a cost is unknown


def _on_demand(product: Mapping[str, Any]) -> Mapping[Unit, Decimal]:
    """Give the only on-demand price by unit; empty if tiered, ambiguous or missing."""
    terms = (product.get("terms") or {}).get("OnDemand") or {}
    dimensions = [each for term in terms.values() for each in (term.get("priceDimensions") or {}).values()]
    if len(dimensions) != 1:
        return {}
    told = dimensions[0]
    unit, times = _UNITS.get(str(told.get("unit", "")).lower(), (UNKNOWN, Decimal(1)))
    try:
        usd = Decimal((told.get("pricePerUnit") or {}).get("USD", ""))
    except InvalidOperation:
        return {}
    # Items free here are charged under another item, such as an instance on a dedicated host.
    return {unit: usd / times} if isinstance(unit, Unit) and usd.is_finite() and usd > 0 else {}
