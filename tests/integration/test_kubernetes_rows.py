"""Every path of the Kubernetes catalogue leads to a field that the API server declares."""

from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
import pytest

from tagwarden.providers.api_server.connection import Call
from tagwarden.providers.kubernetes import catalogue
from tagwarden.providers.kubernetes.discovery import Api, discover
from tagwarden.providers.kubernetes.provider import KubernetesProvider
from tagwarden.providers.kubernetes.row import Row
from tests.support.cluster import Cluster
from tests.unit.providers.kubernetes.objects import account_of

ROWS = catalogue()


class Schemas:
    """The OpenAPI schemas of one API server, by group and version."""

    def __init__(self, provider: KubernetesProvider) -> None:
        self._connection = provider._connection
        self.apis = discover(self._connection).apis
        self._documents: dict[str, Any] = {}

    def of(self, api: Api) -> Mapping[str, Any]:
        root = f"apis/{api.group}/{api.version}" if api.group else f"api/{api.version}"
        if root not in self._documents:
            path = f"/openapi/v3/{root}"
            self._documents[root] = self._connection.send(Call("GET", path, f"get {path}"))["components"]["schemas"]
        for schema in self._documents[root].values():
            for named in schema.get("x-kubernetes-group-version-kind", ()):
                if (named["group"], named["version"], named["kind"]) == (api.group, api.version, api.object_kind):
                    return self.plain(schema, self._documents[root])
        pytest.fail(f"no schema of {api.kind}")

    def plain(self, schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow references, which OpenAPI writes as `allOf` with a default beside."""
        while "$ref" in schema or "allOf" in schema:
            reference = schema["$ref"] if "$ref" in schema else schema["allOf"][0]["$ref"]
            schema = document[reference.rpartition("/")[2]]
        return {**schema, "document": document}

    def walk(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the schema of what an expression (the tree that jmespath parses it into) finds."""
        handler = getattr(self, f"_{node['type']}", None)
        if handler is not None:
            return handler(node, schema)
        for child in node["children"]:
            self.walk(child, schema)
        return schema

    def _field(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found = schema.get("properties", {}).get(node["value"], schema.get("additionalProperties"))
        assert found is not None, f"{node['value']} is no field"
        return self.plain(found, schema["document"])

    def _subexpression(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        for child in node["children"]:
            schema = self.walk(child, schema)
        return schema

    _pipe = _index_expression = _subexpression

    def _index(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.item(schema)

    def _flatten(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self.walk(node["children"][0], schema)
        inner = self.item(found)
        return inner if "items" in inner else found

    def _projection(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        several, each, *conditions = node["children"]
        inner = self.item(self.walk(several, schema))
        for condition in conditions:
            self.walk(condition, inner)
        return self.list_of(self.walk(each, inner))

    _filter_projection = _projection

    def _multi_select_list(self, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found = [self.walk(child, schema) for child in node["children"]]
        return self.list_of(found[0])

    def item(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        assert "items" in schema, "is no list"
        return self.plain(schema["items"], schema["document"])

    def list_of(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"items": schema, "document": schema["document"]}


def expressions(row: Row) -> Iterator[str]:
    yield from filter(None, (row.state, row.pod_spec, row.precedes_namespace))
    yield from row.attributes.values()
    yield from (when for when, _ in row.category_when)
    yield from (link.names for link in row.links)


@pytest.fixture(scope="module")
def schemas(control_plane: Cluster) -> Schemas:
    return Schemas(KubernetesProvider(account_of(), control_plane.kubeconfig.read_text(), environ={}))


@pytest.mark.parametrize("row", [row for row in ROWS if row.needs_whole_object], ids=lambda row: row.kind)
def test_paths_are_fields_of_the_api(schemas: Schemas, row: Row) -> None:
    """A misspelt field would silently find nothing; kinds that this server does not have are left out."""
    api = schemas.apis.get(row.kind)
    if api is None:
        assert "." in row.kind, f"{row.kind} is built in and not served"
        return
    schema = schemas.of(api)

    for expression in expressions(row):
        schemas.walk(jmespath.compile(expression).parsed, schema)


def test_a_misspelt_field_is_noticed(schemas: Schemas) -> None:
    """The check above can fail."""
    schema = schemas.of(schemas.apis["k8s_service"])

    with pytest.raises(AssertionError, match="hostnames is no field"):
        schemas.walk(jmespath.compile("status.loadBalancer.ingress[].hostnames | [0]").parsed, schema)
