"""Prices of billed items from Google's Cloud Billing Catalog: only on-demand list prices in US dollars.

Tiered prices, prices in another unit, and ambiguous prices are omitted: no price is better than a wrong price.
https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tagwarden.model.billing import HOURS_PER_MONTH, Unit
from tagwarden.model.prices import Price, PriceKey
from tagwarden.model.resource import ProviderName
from tagwarden.providers.base import Progress
from tagwarden.providers.gcp.ambient import ambient_credentials
from tagwarden.providers.gcp.billing_rules import RULES, Billed
from tagwarden.providers.gcp.connection import Connection, Json

HOST = "cloudbilling.googleapis.com"
ENDPOINT = "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBILLING"
"""The environment variable by which `gcloud` finds another endpoint of this API; without a value Google's own."""
_PAGE_SIZE = "5000"
_REGION = re.compile(r"[a-z]+-[a-z]+\d+")
_EVERYWHERE = "global"
_PLACE = r"(?: running)?(?:(?: in)? [A-Z][\w .()'-]*)?"
"""The end of a description that names the place: ` running in Belgium`, ` in Netherlands`, ` Iowa`, or none."""
_UNITS = {
    "h": (Unit.HOUR, Decimal(1)),
    "GiBy.h": (Unit.GIB_MONTH, Decimal(HOURS_PER_MONTH)),
    "GiBy.mo": (Unit.GIB_MONTH, Decimal(1)),
    "mo": (Unit.MONTH, Decimal(1)),
}
"""Usage units with the unit of price lists and the factor."""


@dataclass(frozen=True, slots=True)
class _Sku:
    description: str
    regions: frozenset[str]
    unit: Unit
    usd: Decimal


def price_list(
    regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None = None
) -> Iterator[Price]:
    """Fetch the prices of these kinds with the ambient identity, which needs no permission.

    In the order of regions, kinds and items; names that are no regions of Google Cloud have no prices. Raises
    ProviderError if Google does not respond, CredentialsInvalid without an identity.
    """
    found = [region for region in regions if _REGION.fullmatch(region)]
    wanted = sorted(set(kinds) & RULES.keys())
    if not (found and wanted):
        return
    credentials, _ = ambient_credentials(environ)
    catalogue = _Catalogue(Connection(credentials, environ.get(ENDPOINT, "")), progress)
    for region in found:
        for kind in wanted:
            yield from _prices_of(kind, region, catalogue)


class _Catalogue:
    """The SKUs of the services that were asked for, each asked once."""

    def __init__(self, connection: Connection, progress: Progress | None) -> None:
        self._connection = connection
        self._progress = progress
        self._names: Mapping[str, str] | None = None
        self._skus: dict[str, tuple[_Sku, ...]] = {}

    def skus(self, service: str) -> tuple[_Sku, ...]:
        """Give the SKUs of a service by its display name; none where the catalogue lacks it."""
        if service not in self._skus:
            if self._progress is not None:
                self._progress(f"Cloud Billing Catalog: {service}")
            name = self._named().get(service)
            pages = self._pages(f"v1/{name}/skus", "cloudbilling.services.skus.list") if name else iter(())
            self._skus[service] = tuple(sku for page in pages for told in page.get("skus", ()) for sku in _read(told))
        return self._skus[service]

    def _named(self) -> Mapping[str, str]:
        if self._names is None:
            pages = self._pages("v1/services", "cloudbilling.services.list")
            self._names = {each["displayName"]: each["name"] for page in pages for each in page.get("services", ())}
        return self._names

    def _pages(self, path: str, operation: str) -> Iterator[Json]:
        return self._connection.pages(HOST, path, {"pageSize": _PAGE_SIZE}, operation)


def _prices_of(kind: str, region: str, catalogue: _Catalogue) -> Iterator[Price]:
    found: dict[PriceKey, set[Decimal]] = {}
    for rule in RULES[kind]:
        items = [re.compile(f"({re.escape(item)}){_PLACE}") for item in _items_of(rule)]
        for sku in catalogue.skus(rule.service):
            if sku.unit is not rule.unit or not sku.regions & {region, _EVERYWHERE}:
                continue
            named = next((match for item in items if (match := item.fullmatch(sku.description))), None)
            if named is not None:
                found.setdefault(PriceKey(ProviderName.GCP, region, kind, named[1], sku.unit), set()).add(sku.usd)
    for key in sorted(found):
        if len(found[key]) == 1:
            yield Price(key, f"{found[key].pop().normalize():f}")


def _items_of(rule: Billed) -> Iterator[str]:
    """Give the possible items of a rule: one for each combination of words."""
    names = [name for name in rule.facts if f"{{{name}}}" in rule.item]
    choices = [[word for word in dict.fromkeys(rule.facts[name].words.values()) if word] for name in names]
    for words in itertools.product(*choices):
        yield rule.item.format(**dict(zip(names, words, strict=True)))


def _read(told: Mapping[str, Any]) -> Iterator[_Sku]:
    """Give a SKU that has one price on demand in dollars for one of our units."""
    if (told.get("category") or {}).get("usageType") != "OnDemand" or not told.get("pricingInfo"):
        return
    expression = told["pricingInfo"][-1].get("pricingExpression") or {}
    rates = expression.get("tieredRates") or []
    unit = _UNITS.get(expression.get("usageUnit", ""))
    if unit is None or len(rates) != 1 or rates[0].get("startUsageAmount"):
        return
    price = rates[0].get("unitPrice") or {}
    usd = Decimal(str(price.get("units") or 0)) + Decimal(price.get("nanos") or 0) / 10**9
    if price.get("currencyCode") == "USD" and usd > 0:
        yield _Sku(
            str(told.get("description") or ""), frozenset(told.get("serviceRegions", ())), unit[0], usd * unit[1]
        )
