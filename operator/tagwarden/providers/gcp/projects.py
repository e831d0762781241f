"""Reads a project, and makes sure that it is the one that was asked for (S10)."""

from tagwarden.errors import AccessDenied, WrongAccount
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.names import Project

_HOST = "cloudresourcemanager.googleapis.com"


def read_project(connection: Connection, asked: str) -> Project:
    """Give id and number; raise WrongAccount for another project and for one that is being deleted."""
    try:
        found = connection.get(_HOST, f"v3/projects/{asked}", operation="cloudresourcemanager.projects.get")
    except AccessDenied as error:
        hint = f"; grant resourcemanager.projects.get on {asked}, or correct spec.gcp.projectID"
        raise AccessDenied(error.message + hint, code=error.code, operation=error.operation) from error
    number = str(found.get("name", "")).removeprefix("projects/")
    if found.get("projectId") != asked or not number.isdigit():
        raise WrongAccount(f"Google Cloud returned project {found.get('projectId')!r} for {asked}")
    if found.get("state", "ACTIVE") != "ACTIVE":
        raise WrongAccount(f"project {asked} is not active: {found['state']}")
    return Project(asked, number)
