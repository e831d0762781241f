"""Resources that must never be deleted, whatever their labels (S7, S20): Google's own, and protected ones."""

import re
from collections.abc import Mapping
from typing import Any

from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.row import Row

_SERVICE_BUCKET = "bucket of a Google service"
_NAMES: tuple[tuple[str, str, str], ...] = (
    ("gcp_storage_bucket", r"b/(?:gcf-|staging\.|artifacts\.|dataproc-(?:staging|temp)-)", _SERVICE_BUCKET),
    ("gcp_storage_bucket", r"b/(?:cloud-ai-platform-|run-sources-|dataflow-staging-|firebaseapphosting-sources-)",
     _SERVICE_BUCKET),
    ("gcp_storage_bucket", r"b/.*(?:\.appspot\.com|\.firebasestorage\.app)$", _SERVICE_BUCKET),
    ("gcp_storage_bucket", r"b/.*(?:_cloudbuild|_clouddeploy|-blueprint-config)$", _SERVICE_BUCKET),
    ("gcp_storage_bucket", r"b/.*(?:tfstate|terraform-state)", "bucket with Terraform state"),
    ("gcp_compute_firewall", r".*/firewalls/default-allow-(?:icmp|internal|rdp|ssh)$",
     "firewall rule of the default network"),
    ("gcp_compute_subnetwork", r".*/subnetworks/default$", "subnet of the default network"),
    ("gcp_iam_service_account",
     r".*/(?:\d+-compute@developer|[\w.-]+@appspot|\d+@cloud(?:build|services)|service-\d+@[\w-]+\.iam)\.",
     "service account of Google"),
    ("gcp_iam_service_account", r".*/firebase-adminsdk-\w+@", "service account of Google"),
    ("gcp_artifactregistry_repository",
     r".*/repositories/(?:gcf-artifacts|cloud-run-source-deploy|firebaseapphosting-images|(?:\w+\.)?gcr\.io)$",
     "repository of a Google service"),
    ("gcp_pubsub_topic", r".*/topics/container-analysis-(?:notes|occurrences)-", "topic of a Google service"),
    ("gcp_servicedirectory_namespace", r".*/namespaces/goog-psc-", "namespace of a Google service"),
)  # fmt: skip
"""Per kind, patterns of the names of resources that Google creates for its services, with the reason."""
_PATTERNS = tuple((kind, re.compile(pattern), why) for kind, pattern, why in _NAMES)


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
    for kind, pattern, why in _PATTERNS:
        if kind == row.kind and pattern.match(name):
            return why
    return ""
