"""Writes every generated file, or with `--check` reports stale ones: `python -m tools.generate`.

Each file has one source; adding a generated file is adding a row.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tagwarden.cli.crds import manifest_of
from tagwarden.model.crd import KINDS
from tagwarden.model.policy import API_GROUP
from tagwarden.providers.aws.answering import answering_as_json
from tools.api_page import api_page, settings_page
from tools.commands_page import commands_page
from tools.gcp_naming import naming_as_json
from tools.gcp_rows import rows_as_json
from tools.kinds_page import kinds_page
from tools.metrics_page import metrics_page
from tools.reasons_page import reasons_page


@dataclass(frozen=True, slots=True)
class Generated:
    """A file: its path from the root of the checkout, and the function that gives its text."""

    path: str
    text: Callable[[], str]


FILES: tuple[Generated, ...] = (
    # First, since pages are generated from the rows.
    Generated("operator/tagwarden/providers/gcp/rows.json", rows_as_json),
    Generated("operator/tagwarden/providers/gcp/naming.json", naming_as_json),
    *(Generated(f"crds/{API_GROUP}_{kind.plural}.yaml", partial(manifest_of, kind)) for kind in KINDS),
    Generated("docs/api.md", api_page),
    Generated("docs/cli.md", commands_page),
    Generated("docs/kinds.md", kinds_page),
    Generated("docs/metrics.md", metrics_page),
    Generated("docs/reasons.md", reasons_page),
    Generated("docs/settings.md", settings_page),
    Generated("operator/tagwarden/providers/aws/answering.json", answering_as_json),
)


def main(arguments: Sequence[str]) -> int:
    """Write or check the files of this folder; give the exit status."""
    if set(arguments) - {"--check"}:
        sys.stderr.write("usage: python -m tools.generate [--check]\n")
        return 2
    root = Path.cwd()
    if not (root / "pyproject.toml").is_file():
        sys.stderr.write(f"{root}: not the root of a checkout; run `make generate` there\n")
        return 2
    checks, status = "--check" in arguments, 0
    for file in FILES:
        place, text = root / file.path, file.text()
        if _read(place) == text:
            continue
        if checks:
            sys.stderr.write(f"{file.path}: stale; run `make generate`\n")
            status = 1
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{file.path}: written\n")
    return status


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
