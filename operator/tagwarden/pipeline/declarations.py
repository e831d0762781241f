"""Reads the YAML that `kubectl apply` takes: policies, accounts, and the Secrets and ConfigMaps they name.

Everything wrong is said at once, a line each: the file, the object, the field, and what to write instead.
"""

import base64
import binascii
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from tagwarden.errors import BadInput
from tagwarden.judging.identities import Pin
from tagwarden.judging.unreadable import (
    MISTAKE,
    UnreadableAccount,
    UnreadablePolicy,
    pinned_identity,
    read_account,
    read_policy,
)
from tagwarden.model.account import CloudAccount
from tagwarden.model.boundary import Boundary
from tagwarden.model.mistakes import describe_mistakes
from tagwarden.model.policy import ACCEPTED_IDENTITY, API_GROUP, API_VERSION, CleanupPolicy

STANDARD_INPUT = "-"
LONGEST_NAME = 253
_SUFFIXES = {".yaml", ".yml", ".json"}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""An RFC 1123 subdomain, which names of objects must be."""
_T = TypeVar("_T", bound=Boundary)
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Declarations:
    """What people declared, by name. `annotations` are those of the policies: requests, approvals, releases.

    `pins` are the identities of accounts, as their status and annotations tell. What the operator could not read is
    here too, since it holds what it might govern (S22).
    """

    policies: Mapping[str, CleanupPolicy] = field(default_factory=dict)
    accounts: Mapping[str, CloudAccount] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    annotations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    unreadable_policies: tuple[UnreadablePolicy, ...] = ()
    unreadable_accounts: tuple[UnreadableAccount, ...] = ()


class _KubernetesLoader(yaml.SafeLoader):
    """Reads what kubectl reads: `19:00` and `2026-09-01` are text, and a key may stand only once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
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
_KubernetesLoader.add_implicit_resolver(  # whole numbers without the sexagesimal ones
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)$"), list("-+0123456789")
)


def load_declarations(paths: Sequence[str | Path]) -> Declarations:
    """Read files, folders (not those below them, as kubectl) and `-` for standard input.

    Raises BadInput that names every mistake found. Objects of other kinds are passed over, so that a folder may hold
    what else belongs to a deployment.
    """
    mistakes: list[str] = []
    found: dict[str, dict[str, Any]] = {"CleanupPolicy": {}, "CloudAccount": {}, "Secret": {}, "ConfigMap": {}}
    annotations: dict[str, Mapping[str, str]] = {}
    pins: dict[str, Pin] = {}
    for where, text in _texts(paths):
        for document in _documents(where, text, mistakes):
            kind, name, value = _read(where, document, mistakes)
            if kind not in found or value is None:
                continue
            if name in found[kind]:
                mistakes.append(f"{where}: {kind} {name}: declared twice; remove one of the two")
            found[kind][name] = value
            if kind == "CleanupPolicy":
                annotations[name] = document["metadata"].get("annotations") or {}
            if kind == "CloudAccount":
                accepted = (document["metadata"].get("annotations") or {}).get(ACCEPTED_IDENTITY, "")
                pins[name] = Pin(pinned_identity(document), str(accepted))
    if mistakes:
        raise BadInput("\n".join(mistakes))
    return Declarations(
        policies=_of(CleanupPolicy, found["CleanupPolicy"]),
        accounts=_of(CloudAccount, found["CloudAccount"]),
        secrets=found["Secret"],
        config_maps=found["ConfigMap"],
        annotations=annotations,
        pins=pins,
        unreadable_policies=tuple(_of(UnreadablePolicy, found["CleanupPolicy"]).values()),
        unreadable_accounts=tuple(_of(UnreadableAccount, found["CloudAccount"]).values()),
    )


def _of(type_: type[_Read], found: Mapping[str, Any]) -> dict[str, _Read]:
    return {name: value for name, value in found.items() if isinstance(value, type_)}


def _texts(paths: Sequence[str | Path]) -> Iterable[tuple[str, str]]:
    if not paths:
        raise BadInput("nothing to read; name files or folders of policies and accounts with -f")
    for path in map(str, paths):
        if path == STANDARD_INPUT:
            yield "standard input", sys.stdin.read()
            continue
        for file in _files_of(Path(path)):
            try:
                yield str(file), file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise BadInput(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _files_of(path: Path) -> list[Path]:
    if not path.exists():
        raise BadInput(f"{path}: no such file or folder")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES and file.is_file())
    if not files:
        raise BadInput(f"{path}: no .yaml, .yml or .json file in this folder")
    return files


def _documents(where: str, text: str, mistakes: list[str]) -> list[dict[str, Any]]:
    try:
        documents = list(yaml.load_all(text, Loader=_KubernetesLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        mistakes.append(f"{where}{line}: not YAML: {getattr(error, 'problem', None) or error}")
        return []
    except RecursionError:
        mistakes.append(f"{where}: nested too deeply to be read; no policy or account is")
        return []
    objects: list[dict[str, Any]] = []
    for document in documents:
        if isinstance(document, dict) and str(document.get("kind", "")).endswith("List"):
            objects += [item for item in document.get("items") or [] if isinstance(item, dict)]
        elif isinstance(document, dict):
            objects.append(document)
        elif document is not None:
            mistakes.append(f"{where}: a {type(document).__name__} where a Kubernetes object is expected")
    return objects


def _read(where: str, document: dict[str, Any], mistakes: list[str]) -> tuple[str, str, Any]:
    kind = str(document.get("kind", ""))
    version = str(document.get("apiVersion", ""))
    ours = version.startswith(f"{API_GROUP}/")
    if not ours and version != "v1":
        return "", "", None
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = str(metadata.get("name") or "")
    label = f"{where}: {kind or 'an object'} {name}".rstrip()
    if problem := _problem_of(name):
        mistakes.append(f"{label}{problem}")
        return kind, name, None
    if not ours:
        return kind, name, _data_of(kind, document, label, mistakes)
    if version != f"{API_GROUP}/{API_VERSION}" or kind not in {"CleanupPolicy", "CloudAccount"}:
        mistakes.append(
            f"{label}: {version} {kind} is unknown; write apiVersion: {API_GROUP}/{API_VERSION}"
            " with kind: CleanupPolicy or CloudAccount"
        )
        return kind, name, None
    return kind, name, _declared(kind, name, document, label, mistakes)


def _declared(kind: str, name: str, document: dict[str, Any], label: str, mistakes: list[str]) -> Any:
    """Read a policy or an account; what the operator marked as unreadable only as far as that goes."""
    metadata = document["metadata"]
    values = {"name": name, "generation": metadata.get("generation") or 0, "spec": document.get("spec", {})}
    mistake = str(document.get(MISTAKE) or "")
    if kind == "CleanupPolicy":
        if mistake:
            return read_policy(name, document, mistake)
        return _validated(CleanupPolicy, values, label, mistakes)
    if mistake:
        return read_account(name, document, mistake)
    return _validated(CloudAccount, {**values, "labels": metadata.get("labels") or {}}, label, mistakes)


def _problem_of(name: str) -> str:
    """Say what is wrong with the name of an object, as the API server would; empty: nothing."""
    if not name:
        return " without a name; write metadata.name"
    if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return ""
    return (
        ": metadata.name: the API server takes no such name; write lower-case letters, digits, - and ., up to"
        f" {LONGEST_NAME}, that begin and end with a letter or a digit"
    )


def _validated(model: type[_T], values: dict[str, Any], label: str, mistakes: list[str]) -> _T | None:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        mistakes.extend(f"{label}: {mistake}" for mistake in describe_mistakes(error, model))
        return None


def _data_of(kind: str, document: dict[str, Any], label: str, mistakes: list[str]) -> Mapping[str, str] | None:
    if kind == "ConfigMap":
        return {str(key): str(value) for key, value in (document.get("data") or {}).items()}
    if kind != "Secret":
        return None
    values = {str(key): str(value) for key, value in (document.get("stringData") or {}).items()}
    for key, value in (document.get("data") or {}).items():
        try:
            values.setdefault(str(key), base64.b64decode(str(value), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            mistakes.append(f"{label}: data.{key}: not base64 of text; use stringData for plain text")
    return values
