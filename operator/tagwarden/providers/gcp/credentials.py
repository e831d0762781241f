"""The credentials of a project: a key file in a Secret, the ambient identity, and a service account to impersonate."""

from collections.abc import Mapping

import google.auth
import orjson
from google.auth import impersonated_credentials
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.oauth2 import service_account

from tagwarden.errors import BadInput, CredentialsInvalid
from tagwarden.model.account import CloudAccount, GcpProject
from tagwarden.providers.gcp.connection import SCOPE

KEY = "key.json"
"""The entry of the Secret."""
_TOKEN_URI = "https://oauth2.googleapis.com/token"


def credentials_of(account: CloudAccount, project: GcpProject, secret: Mapping[str, str] | None) -> Credentials:
    """Give the credentials of an account; `secret` holds the entries of its Secret, None without one.

    Raises BadInput for a Secret without a key file, CredentialsInvalid where there is no ambient identity.
    """
    source = _from_key(account, project, secret) if secret is not None else _ambient(account)
    if project.impersonate is None:
        return source
    *delegates, target = [each.strip() for each in project.impersonate.split(",")]
    return impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
        source_credentials=source, target_principal=target, delegates=delegates, target_scopes=[SCOPE]
    )


def _from_key(account: CloudAccount, project: GcpProject, secret: Mapping[str, str]) -> Credentials:
    text = secret.get(KEY)
    if text is None:
        name = project.credentials_secret.name if project.credentials_secret else ""
        raise BadInput(f"CloudAccount {account.name}: Secret {name} lacks the entry {KEY}; add the key file under it")
    try:
        key = orjson.loads(text)
        # A key file may name any address for tokens, and the signed request would go there.
        if project.endpoint_url is None:
            key["token_uri"] = _TOKEN_URI
        found: Credentials = service_account.Credentials.from_service_account_info(key, scopes=[SCOPE])  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, AttributeError, GoogleAuthError) as error:
        raise BadInput(f"CloudAccount {account.name}: {KEY} is not a key file of a service account: {error}") from error
    return found


def _ambient(account: CloudAccount) -> Credentials:
    try:
        found, _ = google.auth.default(scopes=[SCOPE])
    except DefaultCredentialsError as error:
        raise CredentialsInvalid(
            f"account {account.name}: no Google Cloud identity at hand; set spec.gcp.credentialsSecret, or run"
            " gcloud auth application-default login"
        ) from error
    return found
