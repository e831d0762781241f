"""The CustomResourceDefinitions, generated from the models of the API.

The API server takes structural schemas: no references, no alternatives, no `additionalProperties: false`. This module
translates pydantic's output into structural schemas; an unknown construct is an error, so that no constraint is lost
silently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from tagwarden.model.account import CloudAccountSpec
from tagwarden.model.duration import format_duration
from tagwarden.model.policy import API_GROUP, API_VERSION, CleanupPolicySpec
from tagwarden.model.status import CleanupPolicyStatus, CloudAccountStatus
from tagwarden.model.yaml_models import VALIDATIONS

Schema = dict[str, Any]

_KEPT = (
    "description",
    "type",
    "format",
    "enum",
    "default",
    "minimum",
    "maximum",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "maxProperties",
    "required",
    VALIDATIONS,
)
"""Keywords copied unchanged, in this order; keywords for children follow."""
_DROPPED = frozenset({"title", "propertyNames", "$defs"})
_RULE_NUMBERS = re.compile(r" \((S[0-9]+(, )?)+\)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `kubectl get`; `path` is a JSONPath, a priority above 0 shows with `-o wide` only."""

    name: str
    path: str
    type: str = "string"
    priority: int = 0
    description: str = ""

    def as_entry(self) -> Schema:
        """Give the entry of `additionalPrinterColumns`."""
        entry: Schema = {"name": self.name, "type": self.type, "jsonPath": self.path}
        if self.description:
            entry["description"] = self.description
        if self.priority:
            entry["priority"] = self.priority
        return entry


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of the API: names, description, models, and columns of `kubectl get`."""

    kind: str
    plural: str
    short: str
    purpose: str
    spec: type[BaseModel]
    status: type[BaseModel]
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        """The name that is unique in a cluster; another project has a CleanupPolicy too."""
        return f"{self.plural}.{API_GROUP}"


def _condition(name: str) -> str:
    return f'.status.conditions[?(@.type=="{name}")].status'


_AGE = Column("Age", ".metadata.creationTimestamp", "date")

CLEANUP_POLICY = Kind(
    kind="CleanupPolicy",
    plural="cleanuppolicies",
    short="twpol",
    purpose="Says for a set of accounts which owner and expiry each resource must name, how long it may live, and "
    "what happens to those that do not comply. Nothing is deleted unless mode is Enforce and a rule says Delete.",
    spec=CleanupPolicySpec,
    status=CleanupPolicyStatus,
    columns=(
        Column("Mode", ".spec.mode"),
        Column("Schedule", ".spec.schedule"),
        Column("Compliant", _condition("Compliant")),
        # A date column shows elapsed time, which is useless for a future instant.
        Column("Next Run", ".status.nextRunTime"),
        Column("Ready", _condition("Ready")),
        _AGE,
        Column("Suspended", ".spec.suspend", "boolean", 1),
        Column("Scanned", ".status.summary.scanned", "integer", 1),
        Column("Deleted", ".status.summary.deleted", "integer", 1, "Deleted in the last pass."),
        Column("Pending Plan", ".status.pendingPlan.hash", priority=1),
    ),
)
CLOUD_ACCOUNT = Kind(
    kind="CloudAccount",
    plural="cloudaccounts",
    short="twacct",
    purpose="A source of resources: an AWS account, a Google Cloud project or a Kubernetes cluster.",
    spec=CloudAccountSpec,
    status=CloudAccountStatus,
    columns=(
        Column("Provider", ".spec.provider"),
        Column("Environment", ".spec.environment"),
        Column("Resources", ".status.lastSnapshot.resources", "integer"),
        Column("Snapshot", ".status.lastSnapshot.time", "date"),
        Column("Ready", _condition("Ready")),
        _AGE,
        Column("Identity", ".status.identity.account", priority=1),
        Column("Interval", ".spec.interval", priority=1),
        Column("Next Run", ".status.nextRunTime", priority=1),
    ),
)
KINDS = (CLEANUP_POLICY, CLOUD_ACCOUNT)


def custom_resource_definition(kind: Kind) -> Schema:
    """Give the manifest of one CRD."""
    schema = {
        "type": "object",
        "description": kind.purpose,
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": f"{API_GROUP}/{API_VERSION}"},
            "kind": {"type": "string", "description": kind.kind},
            "metadata": {"type": "object"},
            "spec": structural_schema(kind.spec),
            "status": structural_schema(kind.status),
        },
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": kind.full_name,
            "labels": {"app.kubernetes.io/name": "tagwarden", "app.kubernetes.io/part-of": "tagwarden"},
            # Deleting a CRD deletes every policy of the cluster.
            "annotations": {"helm.sh/resource-policy": "keep"},
        },
        "spec": {
            "group": API_GROUP,
            "scope": "Cluster",
            "names": {
                "kind": kind.kind,
                "listKind": f"{kind.kind}List",
                "plural": kind.plural,
                "singular": kind.kind.lower(),
                "shortNames": [kind.short],
                "categories": ["tagwarden"],
            },
            "versions": [
                {
                    "name": API_VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [column.as_entry() for column in kind.columns],
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


def structural_schema(model: type[BaseModel]) -> Schema:
    """Give the structural OpenAPI v3 schema of a model; raise ValueError for inexpressible constraints."""
    written = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    return _structural(written, written.get("$defs", {}), model.__name__)


class _Generator(GenerateJsonSchema):
    """Writes default durations in the form of policies; pydantic would write ISO 8601."""

    def encode_default(self, dft: Any) -> Any:
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def _structural(node: Mapping[str, Any], definitions: Mapping[str, Schema], where: str) -> Schema:
    node = _resolved(node, definitions)
    found: Schema = {word: node[word] for word in _KEPT if word in node}
    for word, value in node.items():
        if word == "properties":
            found[word] = {name: _structural(child, definitions, f"{where}.{name}") for name, child in value.items()}
        elif word == "items":
            found[word] = _structural(value, definitions, f"{where}[]")
        elif word == "additionalProperties":
            # `false` is the API server's own behaviour: unknown fields are pruned, or refused by strict validation.
            if value is not False:
                found[word] = _structural(value, definitions, f"{where}{{}}")
        elif word not in _KEPT and word not in _DROPPED:
            raise ValueError(f"{where}: a structural schema has no {word}")
    if "description" in found:
        found["description"] = _RULE_NUMBERS.sub("", " ".join(found["description"].split()))
    _reduce_default(found)
    if found.get("items", {}).get("properties", {}).keys() >= {"type", "status", "lastTransitionTime"}:
        found |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]}
    if "type" not in found:
        raise ValueError(f"{where}: a structural schema needs a type")
    return found


def _resolved(node: Mapping[str, Any], definitions: Mapping[str, Schema]) -> Schema:
    """Replace a reference or a nullable type by its definition; keywords beside the reference prevail."""
    resolved = dict(node)
    while True:
        if "$ref" in resolved:
            target = definitions[resolved.pop("$ref").removeprefix("#/$defs/")]
        elif "anyOf" in resolved:
            alternatives = [choice for choice in resolved.pop("anyOf") if choice != {"type": "null"}]
            if len(alternatives) != 1:
                raise ValueError("a structural schema has no alternatives")
            target = alternatives[0]
        else:
            return resolved
        validations = [*target.get(VALIDATIONS, []), *resolved.get(VALIDATIONS, [])]
        resolved = {**target, **resolved, **({VALIDATIONS: validations} if validations else {})}


def _reduce_default(schema: Schema) -> None:
    """Leave out defaults that equal absence, and use the defaults of an object's fields."""
    default = schema.get("default")
    if default is None or default in ([], ""):
        schema.pop("default", None)
    elif isinstance(default, dict):
        # The API server then fills in the default of each field.
        if schema.get("additionalProperties"):
            del schema["default"]
        else:
            schema["default"] = {}
