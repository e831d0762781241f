"""`tagwarden graph`: a resource's dependency graph, from snapshots, without any cloud request."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.tree import Tree

from tagwarden.cli.lookup import FORMS, the_one
from tagwarden.cli.options import Inventory
from tagwarden.cli.output import console
from tagwarden.default_paths import state_folder
from tagwarden.errors import BadInput
from tagwarden.inventory import SnapshotStore, load_snapshot
from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.snapshot import Snapshot
from tagwarden.planning import Hop, blast_radius, dependencies, dependents, owners
from tagwarden.providers.linking import world_of


class GraphFormat(StrEnum):
    """The output format of a graph."""

    TREE = "tree"
    DOT = "dot"
    MERMAID = "mermaid"
    JSON = "json"


_QUESTIONS = {
    "blast-radius": (blast_radius, "affected by its deletion"),
    "dependents": (dependents, "deleted with it or before it"),
    "dependencies": (dependencies, "dependencies"),
    "owners": (owners, "owners"),
}
_FORWARDS = {EdgeMeaning.OWNS: "owns", EdgeMeaning.NEEDS: "needs", EdgeMeaning.USES: "uses"}
_BACKWARDS = {EdgeMeaning.OWNS: "owned by", EdgeMeaning.NEEDS: "needed by", EdgeMeaning.USES: "used by"}


def graph(
    resource: Annotated[str, typer.Argument(metavar="RESOURCE", help=f"{FORMS[0].upper()}{FORMS[1:]}.")],
    blast: Annotated[
        bool, typer.Option("--blast-radius", help="Every resource affected by its deletion (default).")
    ] = False,
    need: Annotated[bool, typer.Option("--dependents", help="Resources deleted with it or before it.")] = False,
    lean: Annotated[bool, typer.Option("--dependencies", help="Resources that it needs or uses.")] = False,
    above: Annotated[bool, typer.Option("--owners", help="Owners of the resource.")] = False,
    output: Annotated[GraphFormat, typer.Option("--output", "-o", help="Output format.")] = GraphFormat.TREE,
    snapshot: Annotated[
        list[Path] | None,
        typer.Option("--snapshot", help="Snapshot file to read instead of the inventory. Repeatable."),
    ] = None,
    inventory: Inventory = None,
) -> None:
    """Show a resource's dependency graph from the latest snapshots."""
    question = _question(blast=blast, need=need, lean=lean, above=above)
    found = world_of(_snapshots(snapshot or [], inventory), ()).graph
    start = _find(found, resource)
    hops = _QUESTIONS[question][0](found, start)
    match output:
        case GraphFormat.TREE:
            _print_tree(found, start, hops, question)
        case GraphFormat.DOT:
            sys.stdout.write(_dot(found, start, hops))
        case GraphFormat.MERMAID:
            sys.stdout.write(_mermaid(found, start, hops))
        case GraphFormat.JSON:
            document = orjson.dumps(_json(found, start, hops, question), option=orjson.OPT_INDENT_2)
            sys.stdout.write(document.decode() + "\n")


def _question(*, blast: bool, need: bool, lean: bool, above: bool) -> str:
    asked = [name for name, wanted in zip(_QUESTIONS, (blast, need, lean, above), strict=True) if wanted]
    if len(asked) > 1:
        raise BadInput(f"--{' and --'.join(asked)}: give only one of these options")
    return asked[0] if asked else "blast-radius"


def _snapshots(files: list[Path], inventory: Path | None) -> list[Snapshot]:
    if files:
        return [load_snapshot(path) for path in files]
    root = inventory or state_folder() / "inventory"
    store = SnapshotStore(root)
    found = [latest for name in store.accounts() if (latest := store.latest(name)) is not None]
    if not found:
        raise BadInput(f"{root}: no snapshots found; create one with: tagwarden collect -f DIR")
    return found


def _find(found: Graph, wanted: str) -> str:
    """Give the graph node of the single matching resource, even if not collected."""
    resource = the_one(found.nodes, wanted)
    if resource is not None:
        return resource.uid
    if found.number_of(wanted) is not None:
        return wanted
    raise BadInput(f"{wanted}: no such resource in the snapshots; write {FORMS}")


def _label(found: Graph, name: str) -> str:
    resource = found.resources.get(name)
    if resource is None:
        return f"{name} (not collected)"
    told = str(resource)
    return told if not resource.name or resource.id == resource.name else f"{told} ({resource.id})"


def _relation(hop: Hop) -> str:
    """Name the relation of the farther node to the nearer node."""
    return _FORWARDS[hop.edge.meaning] if hop.edge.source == hop.start else _BACKWARDS[hop.edge.meaning]


def _print_tree(found: Graph, start: str, hops: tuple[Hop, ...], question: str) -> None:
    root = Tree(f"[bold]{escape(_label(found, start))}[/bold]")
    branches = {start: root}
    for hop in hops:
        label = f"[dim]{_relation(hop)}[/dim] {escape(_label(found, hop.end))}"
        branches[hop.end] = branches[hop.start].add(label)
    out = console()
    out.print(root)
    out.print(f"{_QUESTIONS[question][1]}: {len(hops) or 'nothing'}")


def _dot(found: Graph, start: str, hops: tuple[Hop, ...]) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    nodes = [f"  {quoted(name)} [label={quoted(_label(found, name))}];" for name in (start, *(h.end for h in hops))]
    edges = [
        f"  {quoted(hop.edge.source)} -> {quoted(hop.edge.target)} [label={quoted(hop.edge.meaning.value)}];"
        for hop in hops
    ]
    return "\n".join(["digraph tagwarden {", "  node [shape=box];", *nodes, *edges, "}"]) + "\n"


def _mermaid(found: Graph, start: str, hops: tuple[Hop, ...]) -> str:
    names = [start, *(hop.end for hop in hops)]
    places = {name: f"n{place}" for place, name in enumerate(names)}
    nodes = [f'  {places[name]}["{_label(found, name).replace(chr(34), "#quot;")}"]' for name in names]
    edges = [f"  {places[hop.edge.source]} -->|{hop.edge.meaning.value}| {places[hop.edge.target]}" for hop in hops]
    return "\n".join(["graph TD", *nodes, *edges]) + "\n"


def _json(found: Graph, start: str, hops: tuple[Hop, ...], question: str) -> dict[str, Any]:
    return {
        "resource": _entry(found, start),
        "question": question,
        "found": [
            {
                **_entry(found, hop.end),
                "depth": hop.depth,
                "from": hop.start,
                "edge": {"source": hop.edge.source, "meaning": hop.edge.meaning.value, "target": hop.edge.target},
            }
            for hop in hops
        ],
    }


def _entry(found: Graph, name: str) -> dict[str, Any]:
    resource = found.resources.get(name)
    if resource is None:
        return {"uid": name, "collected": False}
    return {
        "uid": name,
        "collected": True,
        "account": resource.account,
        "region": resource.region,
        "namespace": resource.namespace,
        "kind": resource.kind,
        "id": resource.id,
        "name": resource.name,
    }
