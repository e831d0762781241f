"""What a kubeconfig may hold that comes from a Secret: data only, nothing that reads our disk or runs here.

Who may write a Secret is not who runs the operator: a program in `users[].user.exec` would run with our rights, and a
`tokenFile` would send our own token to a server of the author's choice. So fields are allowed by name, and a field that
is not known is refused. A file that the user of the command line names is the user's own, and may use them all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tagwarden.errors import CredentialsInvalid

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
                # Refused where it is set, by the check of its value.
                "insecure-skip-tls-verify",
            }
        ),
    ),
    "users": ("user", frozenset({"token", "client-certificate-data", "client-key-data", "extensions"})),
    "contexts": ("context", frozenset({"cluster", "user", "namespace", "extensions"})),
}

_INSTEAD: Mapping[str, str] = {
    "exec": "programs are not run; give a token or client-certificate-data",
    "auth-provider": "plugins are not run; give a token or client-certificate-data",
    "tokenFile": "files are not read; give the token itself as token",
    "certificate-authority": "files are not read; give its content, in base64, as certificate-authority-data",
    "client-certificate": "files are not read; give its content, in base64, as client-certificate-data",
    "client-key": "files are not read; give its content, in base64, as client-key-data",
}
_OTHERWISE = "only server, token and fields that end in -data are taken from a Secret"
_UNCHECKED = "whoever answers would get the credentials; give certificate-authority-data"


def parse_kubeconfig(text: str, *, is_trusted: bool) -> dict[str, Any]:
    """Read a kubeconfig (YAML); raise CredentialsInvalid that names the field, and never shows a value.

    `is_trusted` is a file that the user of the command line, or whoever starts the operator, named: it may use every
    field.
    """
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        # The text around the mistake may hold a token: it is not repeated.
        raise CredentialsInvalid(f"the kubeconfig is not YAML: there is a mistake{where}") from None
    if not isinstance(parsed, dict):
        raise CredentialsInvalid("the kubeconfig is empty: it must have clusters, users, contexts and current-context")
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
