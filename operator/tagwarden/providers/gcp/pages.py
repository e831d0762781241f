"""The pages of Google's listings: the resources in them, and the places that they left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from tagwarden.errors import ServerFault
from tagwarden.model.messages import provider_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.providers.catalogue.listing_families import Gap
from tagwarden.providers.gcp.names import row_of
from tagwarden.providers.gcp.row import Row

Item = Mapping[str, Any]

_NOTHING = frozenset({"NO_RESULTS_ON_PAGE"})
"""Warnings of compute that say that a scope is empty: https://cloud.google.com/compute/docs/reference/rest/v1/disks/aggregatedList"""


def items_in(row: Row, page: Mapping[str, Any]) -> Iterator[tuple[Row, str, list[Item]]]:
    """Give the items of each collection in a page, with the row of their kind.

    The collection is empty where it is the listed one; an aggregated listing has one for each zone and region.
    """
    if not row.aggregated:
        yield row, "", _objects(page.get(row.items), row)
        return
    for scope, held in page.get("items", {}).items():
        # The scopes are `zones/Z`, `regions/R` and `global`.
        items = _objects(held.get(row.collection), row)
        if items:
            collection = f"{row.aggregated.partition('/aggregated/')[0]}/{scope}/{row.collection}"
            yield row_of(row.host, f"{collection.format(project='p')}/x") or row, collection, items


def gaps_in(row: Row, page: Mapping[str, Any]) -> Iterator[Gap]:
    """Give each place that a page says it left out (S3)."""
    for name in row.partial:
        value = page.get(name)
        if isinstance(value, dict):
            if value.get("code") not in _NOTHING:
                yield _gap("", name, value.get("message") or value.get("code"))
        elif isinstance(value, list):
            for each in value:
                yield _gap("" if isinstance(each, dict) else str(each), name, each)
    if row.aggregated:
        for scope, held in page.get("items", {}).items():
            warning = held.get("warning")
            if isinstance(warning, dict) and warning.get("code") not in _NOTHING:
                yield _gap(scope.rpartition("/")[2], "warning", f"{warning.get('code')}: {warning.get('message', '')}")


def _gap(place: str, field: str, told: object) -> Gap:
    return Gap(place, Reason.Unreachable, messages.INCOMPLETE_LISTING(field=field, told=told))


def _objects(items: Any, row: Row) -> list[Item]:
    if items is None:
        return []
    if not isinstance(items, list):
        raise ServerFault(messages.NO_LIST(field=row.items), operation=f"{row.method}.list")
    return items
