"""The kinds whose items can name a kind, from Google's discovery documents.

Every kind that could name a resource is listed before the resource counts as unused (S3, S18). A field can name a kind
if its name or that of a field around it has the words of the kind, or its description has the collection in a path, or
a name of several words. A table adds the words under which people know a kind. Fields with contents of any form can
name whatever a program reaches by name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tagwarden.providers.gcp.row import Row, rows
from tools.gcp_rows import Collection, collections, schema_of, singular, snake

Json = Mapping[str, Any]

WORDS: Mapping[str, str] = {
    "gcp_artifactregistry_repository": r"image|images|docker|container|repository|package|artifacts?",
    "gcp_bigquery_dataset": r"bigquery|big_query|dataset|destination|table",
    "gcp_bigquery_table": r"bigquery|big_query|destination|table",
    "gcp_certificatemanager_certificate": r"certificates?|cert",
    "gcp_certificatemanager_certificate_map": r"certificate_map",
    "gcp_cloudfunctions_function": r"functions?|uri|url",
    "gcp_cloudkms_crypto_key": r"kms|crypto_key|encryption",
    "gcp_cloudkms_key_ring": r"kms|key_ring",
    "gcp_compute_address": r"address|addresses|ips?|host",
    "gcp_compute_global_address": r"address|addresses|ips?|host",
    "gcp_compute_instance_group": r"instance_groups?|group",
    "gcp_compute_instance_group_manager": r"instance_groups?|group",
    "gcp_compute_network": r"networks?|vpc",
    "gcp_compute_resource_policy": r"policy_name|placement_policy",
    "gcp_compute_subnetwork": r"subnetworks?|subnets?|network",
    "gcp_dns_managed_zone": r"zone|dns|domain",
    "gcp_iam_role": r"roles?",
    "gcp_iam_service_account": r"service_accounts?|email|principal|identity|members?",
    "gcp_logging_bucket": r"log_bucket|bucket|destination|logging",
    "gcp_run_service": r"cloud_run|run|service|uri|url|audience",
    "gcp_secretmanager_secret": r"secrets?|password",
    "gcp_sqladmin_instance": r"cloud_sql|sql|instances?|connection_name|database",
    "gcp_storage_bucket": r"buckets?|gcs|uris?|path|location|staging|storage|destination",
    "gcp_pubsub_topic": r"pubsub|destination|notification_channels?",
    "gcp_vpcaccess_connector": r"connector",
    "gcp_workflows_workflow": r"workflows?|uri|destination",
}
"""Per kind, further words in the names of fields that can hold the name of a resource of the kind."""

_FREE = re.compile(
    r"(?:^|_)(?:env|environment_variables|args?|commands?|scripts?|contents?|definition|query|inputs|outputs|values?"
    r"|attributes|headers|metadatas?|parameters|properties)(?:_|$)"
)
"""Names of fields in which people write programs, or the settings of programs."""
_NO_NAMES = frozenset(
    {"google-datetime", "google-duration", "google-fieldmask", "date-time", "date", "int64", "uint64", "byte"}
)
"""Formats of texts that name nothing."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field with texts, at any depth, its description, and the names of all fields down to it, such as `a_b_c`."""

    name: str
    told: str
    path: str


def naming_as_json() -> str:
    """Give the content of `naming.json`, a line for each kind: by whom it can be named."""
    leaves = {kind: tuple(leaves_of(found)) for kind, found in _collections_by_kind().items()}
    named = {row.kind: sorted(_naming(row, leaves)) for row in rows().values() if row.is_deletable}
    free = sorted(kind for kind, found in leaves.items() if any(map(_is_free, found)))
    lines = ",\n".join(f" {json.dumps(kind)}: {json.dumps(named[kind])}" for kind in sorted(named))
    return f'{{"seen": {json.dumps(sorted(leaves))},\n"free": {json.dumps(free)},\n"naming": {{\n{lines}\n}}}}\n'


def leaves_of(found: Collection) -> Iterator[Leaf]:
    """Give every field of an item that holds texts."""
    yield from _leaves(found.schemas, schema_of(found), "", "", frozenset())


def _collections_by_kind() -> dict[str, Collection]:
    by_method = {row.method: row.kind for row in rows().values()}
    named = ((by_method.get(f"{each.api}.{'.'.join(each.names)}"), each) for each in collections())
    return {kind: found for kind, found in named if kind is not None}


def _naming(row: Row, leaves: Mapping[str, tuple[Leaf, ...]]) -> Iterator[str]:
    """Give the kinds of other APIs whose items can name a kind; those of its own API always can."""
    word = snake(singular(row.collection))
    several = snake(row.collection)
    words = re.compile(
        rf"(?:^|_)(?:{re.escape(word)}(?:s|es)?|{re.escape(several)}|{WORDS.get(row.kind, '(?!)')})(?:_|$)"
    )
    path = f"/{row.collection}/"
    # `BackendAuthenticationConfig` or `backend authentication config`; a single word may mean anything.
    spoken = re.compile(word.replace("_", "[ _-]?") if "_" in word else "(?!)", re.IGNORECASE)
    for kind, found in leaves.items():
        is_own = rows()[kind].host == row.host
        if not is_own and any(
            words.search(leaf.path) or path in leaf.told or spoken.search(leaf.told) for leaf in found
        ):
            yield kind


def _is_free(leaf: Leaf) -> bool:
    return _FREE.search(snake(leaf.name)) is not None


def _leaves(schemas: Json, node: Json, name: str, path: str, within: frozenset[str]) -> Iterator[Leaf]:
    told = str(node.get("description", ""))
    reference = node.get("$ref")
    if reference is not None:
        if reference not in within:
            yield from _leaves(schemas, schemas.get(reference, {}), name, path, within | {reference})
        return
    for field, below in node.get("properties", {}).items():
        yield from _leaves(schemas, below, field, f"{path}_{snake(field)}".strip("_"), within)
    if "items" in node:
        yield from _leaves(schemas, {"description": told, **node["items"]}, name, path, within)
    elif "additionalProperties" in node:
        yield Leaf(name, told, path)
        yield from _leaves(schemas, {"description": told, **node["additionalProperties"]}, name, path, within)
    elif _holds_texts(node):
        yield Leaf(name, told, path)


def _holds_texts(node: Json) -> bool:
    match node.get("type"):
        case "any":
            return True
        case "object":
            return "properties" not in node
        case "string":
            return "enum" not in node and node.get("format") not in _NO_NAMES
        case _:
            return False
