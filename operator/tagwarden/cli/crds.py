"""`tagwarden crds`: the CustomResourceDefinitions, printed, written to files, or compared with files."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from tagwarden.errors import BadInput, TagwardenError
from tagwarden.model.crd import KINDS, Kind, custom_resource_definition
from tagwarden.model.policy import API_GROUP

_HEADER = "# Generated from operator/tagwarden/model by `tagwarden crds`; change it there.\n"


class _Dumper(yaml.SafeDumper):
    """Writes every value in full and long texts as blocks, so that diffs stay small."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def crds(
    output_dir: Annotated[
        Path | None, typer.Option(help="Write one file per CRD into this folder instead of printing.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write no file; fail when a file is stale.")] = False,
) -> None:
    """Print the CustomResourceDefinitions: tagwarden crds | kubectl apply --server-side -f -."""
    texts = {f"{API_GROUP}_{kind.plural}.yaml": manifest_of(kind) for kind in KINDS}
    if output_dir is None:
        if check:
            raise BadInput("--check needs --output-dir, the folder of the files to compare")
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
        raise TagwardenError(f"{folder}: {', '.join(stale)} stale; run `tagwarden crds --output-dir {folder}`")
