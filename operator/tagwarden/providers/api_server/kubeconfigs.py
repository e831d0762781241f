"""The fields allowed in a kubeconfig from a Secret: only data, no files and no programs.

The author of a Secret need not be the person who runs the operator: a program in `users[].user.exec` would run with the
operator's rights, and a `tokenFile` would send the operator's token to a server of the author's choice. So fields are
allowed by name, and unknown fields are refused. A file named on the command line belongs to the user, and may have all
fields.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tagwarden.errors import BadInput, CredentialsInvalid

_ENTRIES: Mapping[str, tuple[str, frozenset[str]]] = {
    "clusters": (
        "cluster",
        frozenset(
            {
                "server",
                "certificate-authority-data",
                "tls-server-name",
                "proxy-url",
                "disable-compression",
                "extensions",
                # The check of the field's value refuses it.
                "insecure-skip-tls-verify",
            }
        ),
    ),
    "users": ("user", frozenset({"token", "client-certificate-data", "client-key-data", "extensions"})),
    "contexts": ("context", frozenset({"cluster", "user", "namespace", "extensions"})),
}

_INSTEAD: Mapping[str, str] = {
    "exec": "programs are not allowed; write a token or client-certificate-data",
    "auth-provider": "plugins are not allowed; write a token or client-certificate-data",
    "tokenFile": "files are not allowed; write the token itself as token",
    "certificate-authority": "files are not allowed; write its content, in base64, as certificate-authority-data",
    "client-certificate": "files are not allowed; write its content, in base64, as client-certificate-data",
    "client-key": "files are not allowed; write its content, in base64, as client-key-data",
}
_OTHERWISE = "not allowed in a Secret; write only server, token and fields that end in -data"
_UNCHECKED = "an unverified server would receive the credentials; write certificate-authority-data"


def own_kubeconfig(file: Path | None) -> str | None:
    """Give the kubeconfig of the user's file; None to use the service account of this Pod."""
    if file is None or "KUBERNETES_SERVICE_HOST" in os.environ:
        return None
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot read the kubeconfig: {error.strerror or error}") from error


def parse_kubeconfig(text: str, *, is_trusted: bool) -> dict[str, Any]:
    """Parse a kubeconfig (YAML); raise CredentialsInvalid that names the field, and never shows a value.

    `is_trusted` is true for a file named by the user of the command line or by the person who starts the operator: such
    a file may have every field.
    """
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        # The text around the mistake may hold a token and is not repeated.
        raise CredentialsInvalid(f"the kubeconfig is not YAML: syntax error{where}") from None
    if not isinstance(parsed, dict):
        raise CredentialsInvalid("the kubeconfig is empty; it needs clusters, users, contexts and current-context")
    refusal = None if is_trusted else next(_refusals(parsed), None)
    if refusal is not None:
        raise CredentialsInvalid(f"the kubeconfig of the Secret is refused: {refusal}")
    return parsed


def _refusals(parsed: Mapping[str, Any]) -> Iterator[str]:
    for section, (member, allowed) in _ENTRIES.items():
        entries = parsed.get(section) or []
        if not isinstance(entries, list):
            yield f"{section} must be a list"
            continue
        for place, entry in enumerate(entries):
            fields = entry.get(member) if isinstance(entry, dict) else None
            if not isinstance(fields, dict | None):
                yield f"{section}[{place}].{member} must have fields"
                continue
            for field, value in (fields or {}).items():
                if field not in allowed:
                    yield f"{section}[{place}].{member}.{field}: {_INSTEAD.get(field, _OTHERWISE)}"
                elif field == "insecure-skip-tls-verify" and value:
                    yield f"{section}[{place}].{member}.{field}: {_UNCHECKED}"
