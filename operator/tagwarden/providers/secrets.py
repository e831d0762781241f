"""The Secrets that accounts name."""

from collections.abc import Mapping

from tagwarden.errors import BadInput
from tagwarden.providers.base import Secrets


def secret_of(secrets: Secrets, account: str, name: str) -> Mapping[str, str]:
    """Give the entries of the Secret that an account names; raise BadInput if the Secret is not declared."""
    secret = secrets.get(name)
    if secret is None:
        raise BadInput(f"account {account}: Secret {name} was not found; declare it beside the account")
    return secret
