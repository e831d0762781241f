"""`tagwarden kinds`: every kind of resource."""

from fnmatch import fnmatchcase
from typing import Annotated

import typer

from tagwarden.cli import options
from tagwarden.cli.options import RowsOutput
from tagwarden.cli.output import answer, console, write_names
from tagwarden.cli.tabular import DETAIL, TableColumn, write_rows
from tagwarden.errors import BadInput
from tagwarden.model.resource import ProviderName
from tagwarden.providers.base import KindInfo
from tagwarden.providers.registry import catalogues


def kind_rows() -> tuple[KindInfo, ...]:
    """Give every kind of every provider, by provider and name."""
    return tuple(row for catalogue in catalogues() for row in catalogue.kinds())


def kinds(
    provider: Annotated[ProviderName | None, typer.Option("--provider", help="Only of this provider.")] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only of this category; a glob, such as 'load_*'.")
    ] = None,
    output: options.RowsOutputFormat = RowsOutput.TABLE,
) -> int:
    r"""Show every kind of resource: the category, and whether resources can be tagged, deleted and backed up.

    \b
    tagwarden kinds
    tagwarden kinds --provider AWS --category volume
    tagwarden kinds --output wide

    Policies name kinds and categories under spec.scope.kinds. For Kubernetes, every custom resource is a kind too:
    k8s_<kind>.<group>, of the category custom_resource.
    """
    every = kind_rows()
    _check_category(every, category)
    found = [
        row
        for row in every
        if (provider is None or row.provider is provider) and (category is None or fnmatchcase(row.category, category))
    ]
    if output in options.DOCUMENTS:
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
    elif output is RowsOutput.NAME:
        write_names(row.kind for row in found)
    else:
        write_rows(_COLUMNS, found, output, console())
    return 0


def _check_category(rows: tuple[KindInfo, ...], category: str | None) -> None:
    categories = sorted({row.category for row in rows})
    if category is not None and not any(fnmatchcase(known, category) for known in categories):
        raise BadInput(f"--category: no category {category}; there are {', '.join(categories)}")


def _word(holds: bool) -> str:
    return "yes" if holds else "no"


_COLUMNS: tuple[TableColumn[KindInfo], ...] = (
    TableColumn("kind", "Kind", lambda row: row.kind),
    TableColumn("provider", "Provider", lambda row: row.provider),
    TableColumn("category", "Category", lambda row: row.category),
    TableColumn("canTag", "Tags", lambda row: _word(row.can_tag)),
    TableColumn("canDelete", "Deleted", lambda row: _word(row.can_delete)),
    TableColumn("canBackUp", "Backup", lambda row: _word(row.can_back_up)),
    TableColumn("cost", "Cost", lambda row: row.cost),
    TableColumn("permissions", "Permissions", lambda row: " ".join(row.permissions), DETAIL, is_text=True),
)
