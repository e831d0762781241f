"""Kubernetes objects in YAML, read as by kubectl, each with the lines of all fields."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of an object: a file or standard input, and the YAML node."""

    where: str
    node: yaml.Node

    def at(self, location: Location = ()) -> str:
        """Give `FILE:LINE` of a field, or of the nearest existing parent."""
        node, line = self.node, self.node.start_mark.line
        for part in location:
            found = _child_of(node, part)
            if found is None:
                break
            line, node = found
        return f"{self.where}:{line + 1}"


def _child_of(node: yaml.Node, part: int | str) -> tuple[int, yaml.Node] | None:
    """Give the line and the node of one key or index."""
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


class _KubernetesLoader(yaml.SafeLoader):
    """Parses YAML like kubectl: `19:00` and `2026-09-01` are text, and duplicate keys are refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_KubernetesLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_KubernetesLoader.add_implicit_resolver(  # whole numbers, except sexagesimal numbers
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)$"), list("-+0123456789")
)


def documents_in(where: str, text: str, mistakes: list[str]) -> list[tuple[dict[str, Any], Origin]]:
    """Give every object of a text, members of lists too; add other documents to `mistakes`."""
    found: list[tuple[dict[str, Any], Origin]] = []
    loader = _KubernetesLoader(text)
    try:
        while loader.check_node() and (node := loader.get_node()) is not None:
            document = loader.construct_document(node)
            if isinstance(document, dict):
                found += _objects_of(document, Origin(where, node))
            elif document is not None:
                name = type(document).__name__
                mistakes.append(f"{Origin(where, node).at()}: expected a Kubernetes object, got {name}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        mistakes.append(f"{where}{line}: not YAML: {getattr(error, 'problem', None) or error}")
        return []
    except RecursionError:
        mistakes.append(f"{where}: nested too deeply for a policy or account")
        return []
    finally:
        loader.dispose()
    return found


def _objects_of(document: dict[str, Any], origin: Origin) -> list[tuple[dict[str, Any], Origin]]:
    if not str(document.get("kind", "")).endswith("List"):
        return [(document, origin)]
    items = _child_of(origin.node, "items")
    nodes = items[1].value if items is not None and isinstance(items[1], yaml.SequenceNode) else []
    return [
        (item, Origin(origin.where, node))
        for item, node in zip(document.get("items") or [], nodes, strict=False)
        if isinstance(item, dict)
    ]
