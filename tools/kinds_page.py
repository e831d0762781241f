"""docs/kinds.md, from the catalogues of the providers."""

from tagwarden.cli.kinds import kind_rows
from tagwarden.model.resource import ProviderName
from tagwarden.providers.registry import catalogue_of


def kinds_page() -> str:
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
    for provider in ProviderName:
        catalogue = catalogue_of(provider)
        lines += ["", f"## {provider.value}", "", *catalogue.notes(), ""]
        lines += ["| kind | category | tags | deleted | backup | cost |", "|---|---|---|---|---|---|"]
        for row in catalogue.kinds():
            words = " | ".join("yes" if can else "no" for can in (row.can_tag, row.can_delete, row.can_back_up))
            lines.append(f"| `{row.kind}` | {row.category} | {words} | {row.cost} |")
    return "\n".join(lines) + "\n"
