"""Labels within Google's limits: https://cloud.google.com/resource-manager/docs/labels-overview#requirements."""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.fake_gcp.errors import invalid

FIELDS = ("labels", "resourceLabels", "userLabels")
LIMIT = 64
# Lower-case letters, digits, "_" and "-", in any script; a key starts with a letter.
_KEY = re.compile(r"[^\W\d_][\w-]{0,62}")
_VALUE = re.compile(r"[\w-]{0,63}")


def check_labels(body: Mapping[str, Any]) -> None:
    """Raise the Refusal of labels that Google does not take, of a resource or of its settings."""
    for part in (body, body.get("settings") or {}):
        for name in FIELDS:
            labels = part.get(name)
            if isinstance(labels, Mapping):
                _check(name, labels)


def _check(name: str, labels: Mapping[str, Any]) -> None:
    if len(labels) > LIMIT:
        raise invalid(f"Invalid value for field '{name}': {len(labels)} labels, at most {LIMIT} are allowed.")
    for key, value in labels.items():
        text = str(value or "")
        if not _KEY.fullmatch(key) or key != key.lower():
            raise invalid(f"Invalid value for field '{name}': '{key}'. Keys are lower-case letters, digits, _, -.")
        if not _VALUE.fullmatch(text) or text != text.lower():
            raise invalid(f"Invalid value for field '{name}': '{text}'. Values are lower-case letters, digits, _, -.")
