"""Resources that must never be deleted, whatever their labels (S7, S20): Google's own, and protected ones."""

import re
from collections.abc import Mapping
from typing import Any

from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.row import Row

_NAMES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("gcp_storage_bucket", re.compile(r"b/(?:gcf-|gcf-v2-|staging\.|artifacts\.)"), "bucket of a Google service"),
    ("gcp_storage_bucket", re.compile(r"b/.*(?:\.appspot\.com|_cloudbuild)$"), "bucket of a Google service"),
    ("gcp_storage_bucket", re.compile(r"b/.*(?:tfstate|terraform-state)"), "bucket with Terraform state"),
    ("gcp_compute_firewall", re.compile(r".*/firewalls/default-allow-(?:icmp|internal|rdp|ssh)$"),
     "firewall rule of the default network"),
    ("gcp_compute_subnetwork", re.compile(r".*/subnetworks/default$"), "subnet of the default network"),
    ("gcp_iam_service_account",
     re.compile(r".*/(?:\d+-compute@developer|[\w-]+@appspot|\d+@cloudbuild|service-\d+@[\w-]+\.iam)\."),
     "service account of Google"),
    ("gcp_artifactregistry_repository", re.compile(r".*/repositories/(?:gcf-artifacts|(?:\w+\.)?gcr\.io)$"),
     "repository of a Google service"),
)  # fmt: skip


def protection_of(row: Row, item: Mapping[str, Any], name: str) -> str:
    """Say why a resource must never be deleted; empty when nothing protects it."""
    if row.facts.never:
        return row.facts.never
    for field in row.protection:
        if item.get(field) in (True, "ENABLED", "DELETE_PROTECTION_ENABLED"):
            return f"{field} is on"
    for path, why in row.facts.protected:
        if compile_path(path)(item):
            return why
    for kind, pattern, why in _NAMES:
        if kind == row.kind and pattern.match(name):
            return why
    return ""
