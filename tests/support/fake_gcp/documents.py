"""Google's discovery documents, as google-api-python-client bundles them: methods, parameters, schemas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

STABLE = re.compile(r"v(\d+)(?:b(\d+))?")
VERSION_SEGMENT = re.compile(r"v\d+\w*")


class UnknownDocumentError(LookupError):
    """No document describes this API or method."""


@dataclass(frozen=True, eq=False)
class Method:
    """One method of one API version, such as `compute.instances.list`."""

    id: str
    document: "Document"
    http: str
    template: str  # below the host, such as "v1/{+parent}/instances"
    parameters: Mapping[str, Mapping[str, Any]]
    request: str  # the name of a schema, or ""
    response: str  # the name of a schema, or "" where the answer has no body
    description: str = ""

    @property
    def api(self) -> str:
        """The API's name: "compute"."""
        return self.document.name

    @property
    def verb(self) -> str:
        """The last word of the id: "list"."""
        return self.id.rpartition(".")[2]

    @property
    def collection(self) -> str:
        """The id without API and verb: "instances", "projects.locations.clusters"."""
        return self.id.partition(".")[2].rpartition(".")[0]

    @property
    def resource(self) -> str:
        """The API and the last word of the collection: "compute.instances"."""
        return f"{self.api}.{self.collection.rpartition('.')[2]}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The paths of this method, with one group for each path parameter, in `path_parameters` order."""
        return re.compile(
            _PLACEHOLDER.sub(self._group, re.escape(self.template).replace(r"\{", "{").replace(r"\}", "}"))
        )

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """The names of the parameters in the path, in their order there."""
        return tuple(match.group(2) for match in _PLACEHOLDER.finditer(self.template))

    @cached_property
    def takes_wildcard(self) -> bool:
        """Whether the document says that `-` in the path lists the resources of every location or parent."""
        places = (self.parameters.get(name, {}).get("description", "") for name in self.path_parameters)
        told = "\n".join((self.description, *places))
        return _WILDCARD.search(told) is not None and "cannot be the" not in told

    @cached_property
    def literals(self) -> int:
        """How much of the path is fixed: of two methods that match, the more particular one is meant."""
        return len(re.sub(r"\[\^/\]\+", "", self.pattern.pattern))

    def _group(self, match: re.Match[str]) -> str:
        stated = self.parameters.get(match.group(2), {}).get("pattern", "")
        if match.group(1) and stated:
            return f"({stated.removeprefix('^').removesuffix('$')})"
        return "(.+)" if match.group(1) else "([^/]+)"


_PLACEHOLDER = re.compile(r"\{(\\?\+)?(\w+)\}")
_WILDCARD = re.compile(r"[\"'`]-[\"'`]|/-(?=[\"'`/\s]|$)|wildcard")


@dataclass(frozen=True, eq=False)
class Document:
    """One version of one API."""

    name: str
    version: str
    service_path: str
    schemas: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Mapping[str, Any]]  # what every method takes: alt, fields, …
    methods: tuple[Method, ...] = field(default=(), compare=False)

    @property
    def host(self) -> str:
        """The API's host: "compute.googleapis.com"."""
        return f"{self.name}.googleapis.com"

    @cached_property
    def by_id(self) -> Mapping[str, Method]:
        """The methods by their ids."""
        return {method.id: method for method in self.methods}

    @cached_property
    def by_http(self) -> Mapping[str, tuple[Method, ...]]:
        """The methods by their HTTP method, the most particular path first."""
        ordered = sorted(self.methods, key=lambda method: -method.literals)
        return {http: tuple(each for each in ordered if each.http == http) for http in {m.http for m in self.methods}}

    def sibling(self, method: Method, verb: str) -> Method | None:
        """Return the method of the same collection with another verb, or None."""
        return self.by_id.get(f"{method.id.rpartition('.')[0]}.{verb}")


@cache
def folder() -> Path:
    """Return the folder of the documents; raises UnknownDocumentError where google-api-python-client is missing."""
    spec = find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        raise UnknownDocumentError("google-api-python-client is not installed; install the test dependencies")
    return Path(spec.origin).parent / "discovery_cache" / "documents"


@cache
def versions() -> Mapping[str, tuple[str, ...]]:
    """Return the versions of each API, by its name."""
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted(folder().glob("*.json")):
        name, _, version = file.stem.partition(".")
        if version:
            found[name] = (*found.get(name, ()), version)
    return found


@cache
def document(name: str, version: str) -> Document:
    """Read a document; raises UnknownDocumentError."""
    file = folder() / f"{name}.{version}.json"
    if not file.is_file():
        raise UnknownDocumentError(f"no discovery document {name}.{version}")
    raw = orjson.loads(file.read_bytes())
    empty = Document(name, version, raw["servicePath"], raw.get("schemas", {}), raw.get("parameters", {}))
    object.__setattr__(empty, "methods", tuple(_methods(empty, raw, raw["servicePath"])))
    return empty


def newest_stable(name: str) -> Document:
    """Return the newest version that is no alpha or beta (of `v1`, `v2`, `v1b3`); raises UnknownDocumentError."""
    known = versions().get(name, ())
    stable = [(int(match.group(1)), version) for version in known if (match := STABLE.fullmatch(version))]
    if not stable and not known:
        raise UnknownDocumentError(f"no discovery document of an API named {name}")
    return document(name, max(stable)[1] if stable else known[-1])


@cache
def method(method_id: str) -> Method:
    """Return a method of the newest stable version that has it, by its id; raises UnknownDocumentError."""
    name = method_id.partition(".")[0]
    name = {"sql": "sqladmin"}.get(name, name)
    newest = newest_stable(name)
    others = [document(name, version) for version in reversed(versions()[name]) if STABLE.fullmatch(version)]
    for each in (newest, *others):
        if method_id in each.by_id:
            return each.by_id[method_id]
    raise UnknownDocumentError(f"no method {method_id} in the discovery documents of {name}")


def _methods(owner: Document, level: Mapping[str, Any], service_path: str) -> Iterator[Method]:
    for raw in level.get("methods", {}).values():
        yield Method(
            id=raw["id"],
            document=owner,
            http=raw["httpMethod"],
            template=service_path + raw["path"],
            parameters=raw.get("parameters", {}),
            request=raw.get("request", {}).get("$ref", ""),
            response=raw.get("response", {}).get("$ref", ""),
            description=raw.get("description", ""),
        )
    for below in level.get("resources", {}).values():
        yield from _methods(owner, below, service_path)
