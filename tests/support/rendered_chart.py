"""Renders our Helm chart with Helm's own engine, built from an ordinary Go module into the user's cache folder."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.go_program import built_program

CHART = Path(__file__).parents[2] / "charts" / "tagwarden"
MODULE = Path(__file__).with_name("chartrenderer")


class ChartError(Exception):
    """The chart does not render with these values; the message is Helm's."""


def render_chart(values: Mapping[str, Any], *, release: str = "tagwarden", namespace: str = "tagwarden") -> str:
    """Give the YAML of everything but the CRDs that an installation with these values makes."""
    answer = subprocess.run(
        [built_program("chart-renderer", MODULE), str(CHART), release, namespace],
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
