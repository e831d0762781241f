"""`tagwarden kinds`: every kind of resource, and their reference page."""

from fnmatch import fnmatchcase
from typing import Annotated

import typer
from rich.table import Table

from tagwarden.cli import options
from tagwarden.cli.answers import answer, console
from tagwarden.cli.options import Output
from tagwarden.errors import BadInput
from tagwarden.model.resource import ProviderName
from tagwarden.providers.base import KindInfo
from tagwarden.providers.registry import AVAILABLE, catalogue_of, catalogues


def kind_rows() -> tuple[KindInfo, ...]:
    """Give every kind of every provider, by provider and name."""
    return tuple(row for catalogue in catalogues() for row in catalogue.kinds())


def kinds(
    provider: Annotated[ProviderName | None, typer.Option("--provider", help="Only of this provider.")] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only of this category; a glob, such as 'load_*'.")
    ] = None,
    output: options.OutputFormat = Output.TABLE,
) -> int:
    r"""Show every kind of resource: its category and whether it can be tagged, deleted and backed up.

    \b
    tagwarden kinds
    tagwarden kinds --provider AWS --category volume
    tagwarden kinds --output json

    Policies name kinds and categories under spec.scope.kinds. For Kubernetes, every custom resource is a kind too:
    k8s_<kind>.<group>, of the category custom_resource.
    """
    every = kind_rows()
    options.check_provider(provider)
    _check_category(every, category)
    found = [
        row
        for row in every
        if (provider is None or row.provider is provider) and (category is None or fnmatchcase(row.category, category))
    ]
    if output is not Output.TABLE:
        answer(
            [
                {
                    "kind": row.kind,
                    "provider": row.provider.value,
                    "category": row.category,
                    "canTag": row.can_tag,
                    "canDelete": row.can_delete,
                    "canBackUp": row.can_back_up,
                    "cost": row.cost.value,
                    "permissions": list(row.permissions),
                }
                for row in found
            ],
            output,
        )
        return 0
    table = Table("Kind", "Provider", "Category", "Tags", "Deleted", "Backup", "Cost", box=None, pad_edge=False)
    for row in found:
        table.add_row(
            row.kind,
            row.provider,
            row.category,
            _word(row.can_tag),
            _word(row.can_delete),
            _word(row.can_back_up),
            row.cost,
        )
    console().print(table)
    return 0


def kinds_reference() -> str:
    """Give docs/kinds.md."""
    rows = kind_rows()
    categories = sorted({row.category for row in rows})
    lines = [
        "# Kinds",
        "",
        "Policies choose resources by kind or by category, with globs, under `spec.scope.kinds`:",
        "`aws_ec2_*`, `volume`, `k8s_*`.",
        "A category is shared by all providers, so that one policy can cover all of them.",
        "",
        "**Tags** says whether Tagwarden can write the tags of a kind, **deleted** whether it ever deletes one,",
        "**backup** whether the vendor can back up its content before that ([Deletion](deletion.md#backups)),",
        "**cost** the source of its standing cost: a price list, free, or unknown ([Costs](costs.md)).",
        "`tagwarden kinds --output json` adds the permissions that each kind needs;",
        "`tagwarden permissions -f DIR` combines them for your policies.",
        "",
        f"Categories: {', '.join(f'`{category}`' for category in categories)}.",
    ]
    for provider in AVAILABLE:
        catalogue = catalogue_of(provider)
        lines += ["", f"## {provider.value}", "", *catalogue.notes(), ""]
        lines += ["| kind | category | tags | deleted | backup | cost |", "|---|---|---|---|---|---|"]
        for row in catalogue.kinds():
            words = " | ".join(map(_word, (row.can_tag, row.can_delete, row.can_back_up)))
            lines.append(f"| `{row.kind}` | {row.category} | {words} | {row.cost} |")
    return "\n".join(lines) + "\n"


def _check_category(rows: tuple[KindInfo, ...], category: str | None) -> None:
    categories = sorted({row.category for row in rows})
    if category is not None and not any(fnmatchcase(known, category) for known in categories):
        raise BadInput(f"--category: no category {category}; there are {', '.join(categories)}")


def _word(holds: bool) -> str:
    return "yes" if holds else "no"
