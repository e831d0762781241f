"""`tagwarden prices`: writes a price list."""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from tagwarden.cli import options
from tagwarden.cli.completion import complete_kind
from tagwarden.cli.context import CommandContext
from tagwarden.cli.progress import report_progress
from tagwarden.errors import BadInput
from tagwarden.inventory import SnapshotStore, write_prices
from tagwarden.judging.scope import matcher_of
from tagwarden.model.prices import Price, PriceKey
from tagwarden.model.resource import ProviderName
from tagwarden.providers.base import Cost, KindInfo, Progress
from tagwarden.providers.registry import catalogue_of, catalogues

Regions = Annotated[list[str] | None, typer.Option("--region", help="Prices of this region. Repeatable.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Only kinds that match this glob. Repeatable.", autocompletion=complete_kind),
]
Stored = Annotated[
    bool,
    typer.Option("--stored", help="Only prices of the resources in the latest stored snapshots, in their regions."),
]


def prices(
    region: Regions = None,
    kind: Kinds = None,
    *,
    stored: Stored = False,
    inventory: options.Inventory = None,
    quiet: options.Quiet = False,
) -> int:
    r"""Write list prices as CSV, from the AWS Price List and the Cloud Billing Catalog of Google Cloud.

    \b
    tagwarden prices --region eu-central-1 --region europe-west1 > prices.csv
    tagwarden prices --stored > prices.csv
    tagwarden plan -f examples/ --prices prices.csv

    Each vendor is asked for its own regions, with the ambient identity (AWS: pricing:GetProducts). Prices are on
    demand, without discounts and usage charges. The file is plain CSV and may be edited.
    """
    kinds = _kinds(kind)
    used = set(_used(CommandContext((), inventory).snapshots)) if stored else None
    regions = sorted({key.region for key in used}) if used is not None and not region else region
    if not regions:
        raise BadInput(
            "no stored snapshot holds a resource with a price; collect first with: tagwarden collect -f DIR"
            if stored
            else "no region given; name one, such as: tagwarden prices --region eu-central-1"
        )
    progress = None if quiet else report_progress
    found = _listed(list(dict.fromkeys(regions)), kinds, progress)
    told = [price for price in found if used is None or price.key in used]
    if not told:
        raise BadInput(
            f"no vendor has prices for {', '.join(regions)}; write region codes, such as eu-central-1 or europe-west1"
        )
    write_prices(told, sys.stdout)
    sys.stdout.flush()
    if progress is not None:
        progress(f"{len(told)} prices")
    return 0


def _kinds(globs: list[str] | None) -> list[KindInfo]:
    matches = matcher_of(globs or ["*"])
    priced = [row for catalogue in catalogues() for row in catalogue.kinds() if row.cost is Cost.LIST_PRICE]
    found = [row for row in priced if matches is not None and matches(row.kind)]
    if not found:
        raise BadInput(
            f"--kind: no kind with a price matches; kinds with a price: {', '.join(row.kind for row in priced)}"
        )
    return found


def _listed(regions: Sequence[str], kinds: Sequence[KindInfo], progress: Progress | None) -> Iterator[Price]:
    """Ask each provider for the prices of the provider's kinds in the provider's regions."""
    elsewhere = {each: catalogue_of(each).regions() for each in ProviderName}
    for provider in dict.fromkeys(row.provider for row in kinds):
        names = [row.kind for row in kinds if row.provider is provider]
        # A vendor without a list of regions may have any region that no other vendor has.
        own = elsewhere[provider] or set(regions).difference(*elsewhere.values())
        asked = [region for region in regions if region in own]
        if asked:
            yield from catalogue_of(provider).prices(asked, names, os.environ, progress)


def _used(snapshots: SnapshotStore) -> Iterator[PriceKey]:
    """Give the billed items of the latest snapshots."""
    for account in snapshots.accounts():
        snapshot = snapshots.latest(account)
        for resource in snapshot.resources if snapshot is not None else ():
            for charge in resource.billing or ():
                yield PriceKey(resource.provider, resource.region, resource.kind, charge.item, charge.unit)
