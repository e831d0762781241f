"""Liens: reasons that people gave why a project must not be deleted. They protect the project alone.

https://cloud.google.com/resource-manager/docs/project-liens
"""

from dataclasses import replace

from tagwarden.errors import ProviderError
from tagwarden.model.resource import Resource
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.names import Project

_HOST = "cloudresourcemanager.googleapis.com"
PROJECT_KIND = "gcp_cloudresourcemanager_project"
LIENS = "liens"
"""The attribute of a project with the reasons of its liens."""


def with_liens(connection: Connection, project: Project, resource: Resource) -> Resource:
    """Give a project with the reasons of its liens; unchanged where they cannot be read: it is never deleted anyway."""
    try:
        pages = connection.pages(
            _HOST, "v3/liens", {"parent": f"projects/{project.number}"}, "cloudresourcemanager.liens.list"
        )
        reasons = sorted({str(lien.get("reason") or lien["name"]) for page in pages for lien in page.get("liens", ())})
    except ProviderError:
        return resource
    return replace(resource, attributes={**resource.attributes, LIENS: "; ".join(reasons)}) if reasons else resource
