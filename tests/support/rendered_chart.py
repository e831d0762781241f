"""Renders our Helm chart with Helm's own engine, built from an ordinary Go module into the user's cache folder."""

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.go_toolchain import ToolchainError, cache_folder, find_go, to_stderr
from tests.support.processes import one_at_a_time

CHART = Path(__file__).parents[2] / "charts" / "tagwarden"
MODULE = Path(__file__).with_name("chartrenderer")


class ChartError(Exception):
    """The chart does not render with these values; the message is Helm's."""


def render_chart(values: Mapping[str, Any], *, release: str = "tagwarden", namespace: str = "tagwarden") -> str:
    """Give the YAML of everything but the CRDs that an installation with these values makes."""
    answer = subprocess.run(
        [_renderer(), str(CHART), release, namespace],
        input=json.dumps(dict(values)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if answer.returncode != 0:
        raise ChartError(answer.stderr)
    return answer.stdout


def objects_of(manifests: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the objects of rendered YAML by kind and name."""
    return {
        (found["kind"], found["metadata"]["name"]): found
        for found in yaml.safe_load_all(manifests)
        if found is not None
    }


def _renderer() -> Path:
    digest = hashlib.sha256(b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum", "main.go")))
    program = cache_folder() / f"chart-renderer-{digest.hexdigest()[:12]}"
    with one_at_a_time(program.with_suffix(".lock")):
        if not program.exists():
            _build(program)
    return program


def _build(program: Path) -> None:
    to_stderr("building Helm's renderer with Go: about a minute, once")
    go = find_go(to_stderr)
    unfinished = program.with_suffix(".unfinished")
    flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w", "-o", str(unfinished)]
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local", **go.environment}
    built = subprocess.run(
        [str(go.program), "build", *flags], cwd=MODULE, env=environment, capture_output=True, text=True, check=False
    )
    go.clean()
    if built.returncode != 0:
        raise ToolchainError(f"building Helm's renderer failed:\n{built.stderr[-3000:]}")
    unfinished.rename(program)
