"""`tagwarden crds`: the CustomResourceDefinitions, printed, written, or compared with what was written."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from tagwarden.errors import BadInput, TagwardenError
from tagwarden.model.crd import KINDS, Kind, custom_resource_definition
from tagwarden.model.policy import API_GROUP

_HEADER = "# Generated from operator/tagwarden/model by `tagwarden crds`; change it there.\n"


class _Dumper(yaml.SafeDumper):
    """Writes every value in full, and longer texts as blocks, so that a change shows where it is."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def crds(
    output_dir: Annotated[
        Path | None, typer.Option(help="Write a file for each into this folder, instead of printing them.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file differs.")] = False,
) -> None:
    """Print the CustomResourceDefinitions: tagwarden crds | kubectl apply --server-side -f -."""
    texts = {f"{API_GROUP}_{kind.plural}.yaml": manifest_of(kind) for kind in KINDS}
    if output_dir is None:
        if check:
            raise BadInput("--check compares with files; name their folder with --output-dir")
        typer.echo("---\n".join(texts.values()), nl=False)
        return
    if check:
        _compare(output_dir, texts)
        return
    output_dir.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (output_dir / name).write_text(text, encoding="utf-8")


def manifest_of(kind: Kind) -> str:
    """Give the YAML of one CRD, the same on every machine."""
    return _HEADER + yaml.dump(
        custom_resource_definition(kind), Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True
    )


def _compare(folder: Path, texts: dict[str, str]) -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")} if folder.is_dir() else {}
    stale = sorted(name for name in texts.keys() | found.keys() if texts.get(name) != found.get(name))
    if stale:
        raise TagwardenError(
            f"{folder}: {', '.join(stale)} is not what the models say; run `tagwarden crds --output-dir {folder}`"
        )
