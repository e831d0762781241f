"""The project of the application default credentials, as `gcloud auth application-default login` leaves them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError

from tagwarden.errors import CredentialsInvalid
from tagwarden.providers.base import AmbientAccount
from tagwarden.providers.gcp.connection import SCOPE, Connection
from tagwarden.providers.gcp.projects import read_project

_FILE = "application_default_credentials.json"
_BLOCK = """\
gcp:
  projectID: {project}
  # source: AssetInventory # one sweep of Cloud Asset Inventory in place of a listing for each kind
  # impersonate: tagwarden@{project}.iam.gserviceaccount.com # a service account with the role of tagwarden permissions
  # credentialsSecret: {{name: NAME}} # a Secret with the key file under key.json; default: the ambient identity
"""


def ambient_account(
    environ: Mapping[str, str], connect: Callable[[Credentials], Connection] = Connection
) -> AmbientAccount:
    """Read the project that the environment or the credentials name."""
    credentials, named = ambient_credentials(environ)
    project = named or getattr(credentials, "quota_project_id", None)
    if not project:
        raise CredentialsInvalid("the credentials name no project; set GOOGLE_CLOUD_PROJECT")
    connection = connect(credentials)
    found = read_project(connection, project)
    caller = f", as {connection.caller}" if connection.caller else ""
    return AmbientAccount(
        name=project,
        description=f"project {found.id} (number {found.number}){caller}",
        block=_BLOCK.format(project=project),
    )


def ambient_credentials(environ: Mapping[str, str]) -> tuple[Credentials, str | None]:
    """Give the credentials of this process and the project that they name; raise CredentialsInvalid without any.

    Only files count: a search for the identity of a virtual machine takes ten seconds on any other machine.
    """
    file = _file_of(environ)
    if not file.is_file():
        raise CredentialsInvalid(
            "no credentials found; log in with gcloud auth application-default login, or set"
            " GOOGLE_APPLICATION_CREDENTIALS"
        )
    try:
        found: tuple[Credentials, str | None] = google.auth.default(scopes=[SCOPE])
    except (GoogleAuthError, ValueError) as error:
        raise CredentialsInvalid(f"{file}: {error}") from error
    return found


def _file_of(environ: Mapping[str, str]) -> Path:
    """Give the file that Google's libraries read first."""
    told = environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    if told:
        return Path(told)
    folder = environ.get("CLOUDSDK_CONFIG")
    return (Path(folder) if folder else Path(environ.get("HOME", "")) / ".config" / "gcloud") / _FILE
