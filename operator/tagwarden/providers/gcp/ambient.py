"""The project of the ambient identity: Application Default Credentials and the project that they name."""

from collections.abc import Mapping

import google.auth
from google.auth.exceptions import GoogleAuthError

from tagwarden.errors import CredentialsInvalid
from tagwarden.providers.base import AmbientAccount
from tagwarden.providers.gcp.connection import SCOPE, Connection

LOG_IN = "log in with gcloud auth application-default login"

_PROJECT = "cloudresourcemanager.googleapis.com"
_BLOCK = """\
gcp:
  projectID: {project}
  # impersonate: tagwarden@{project}.iam.gserviceaccount.com # a service account with the role of tagwarden permissions
  # credentialsSecret: {{name: NAME}} # a Secret with the key file under key.json; default: the ambient identity
"""


def ambient_account(environ: Mapping[str, str]) -> AmbientAccount:
    """Identify the project by a request."""
    try:
        credentials, project = google.auth.default(scopes=[SCOPE])
    except GoogleAuthError as error:
        raise CredentialsInvalid(f"no credentials found; {LOG_IN}") from error
    project = environ.get("GOOGLE_CLOUD_PROJECT") or project
    if not project:
        raise CredentialsInvalid("the credentials name no project; set GOOGLE_CLOUD_PROJECT")
    connection = Connection(credentials)
    found = connection.get(_PROJECT, f"v3/projects/{project}", operation="cloudresourcemanager.projects.get")
    name = str(found.get("displayName") or project)
    caller = f", as {connection.caller}" if connection.caller else ""
    return AmbientAccount(
        name=project, description=f"project {project} ({name}){caller}", block=_BLOCK.format(project=project)
    )
