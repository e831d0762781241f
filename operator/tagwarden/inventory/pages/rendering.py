"""Render templates: everything that is not our own markup is escaped, and no script may run."""

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tagwarden.inventory.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style() -> str:
    """Give the style sheet."""
    loader = _environment().loader
    if loader is None:  # pragma: no cover - the environment above has one
        raise RuntimeError("no templates")
    return loader.get_source(_environment(), "style.css")[0]


@cache
def content_policy() -> str:
    """Give the Content-Security-Policy: our style sheet by its hash, forms to ourselves, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'"


def render(template: str, **values: Any) -> str:
    """Give a page as HTML."""
    sheet = Markup(style())  # noqa: S704 - a file of ours, without markup
    return _environment().get_template(template).render(style=sheet, policy_of_content=content_policy(), **values)
