"""Reads the YAML that `kubectl apply` takes: policies, accounts, and the named Secrets and ConfigMaps.

All mistakes are reported together, a line each: file and line, object, field, and the correction.
"""

import base64
import binascii
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from tagwarden.errors import BadInput
from tagwarden.judging.account_identities import Pin
from tagwarden.judging.unreadable import (
    MISTAKE,
    UnreadableAccount,
    UnreadablePolicy,
    pinned_identity,
    read_account,
    read_policy,
)
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import ACCEPTED_IDENTITY, API_GROUP, API_VERSION, CleanupPolicy
from tagwarden.model.validation_errors import describe_mistakes
from tagwarden.model.yaml_models import Boundary
from tagwarden.pipeline.manifests import Origin, documents_in

STANDARD_INPUT = "-"
LONGEST_NAME = 253
_SUFFIXES = {".yaml", ".yml", ".json"}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""An RFC 1123 subdomain: the form of object names."""
_T = TypeVar("_T", bound=Boundary)
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Declarations:
    """The declared objects, by name. `annotations` are those of the policies: requests, approvals, releases.

    `pins` are the identities of accounts, from their status and annotations. Objects that the operator could not read
    are included, since such an object holds all resources that it might govern (S22).
    """

    policies: Mapping[str, CleanupPolicy] = field(default_factory=dict)
    accounts: Mapping[str, CloudAccount] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    annotations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    unreadable_policies: tuple[UnreadablePolicy, ...] = ()
    unreadable_accounts: tuple[UnreadableAccount, ...] = ()
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict, repr=False, compare=False)
    """The origin of each object, by kind and name."""

    def annotation(self, policy: str, key: str) -> str:
        """Give an annotation of a policy; empty when not set."""
        return self.annotations.get(policy, {}).get(key, "")


def load_declarations(paths: Sequence[str | Path]) -> Declarations:
    """Read files, folders (without subfolders, as kubectl) and `-` for standard input.

    Raises BadInput that names every mistake. Objects of other kinds are ignored, so that a folder may hold other
    manifests of a deployment.
    """
    mistakes: list[str] = []
    found: dict[str, dict[str, Any]] = {"CleanupPolicy": {}, "CloudAccount": {}, "Secret": {}, "ConfigMap": {}}
    annotations: dict[str, Mapping[str, str]] = {}
    pins: dict[str, Pin] = {}
    origins: dict[tuple[str, str], Origin] = {}
    for where, text in _texts(paths):
        for document, origin in documents_in(where, text, mistakes):
            kind, name, value = _read(origin, document, mistakes)
            if kind not in found or value is None:
                continue
            if (first := origins.get((kind, name))) is not None:
                mistakes.append(f"{origin.at()}: {kind} {name}: declared in {first.at()} too; remove one of the two")
            found[kind][name] = value
            origins[kind, name] = origin
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
        origins=origins,
    )


def _of(type_: type[_Read], found: Mapping[str, Any]) -> dict[str, _Read]:
    return {name: value for name, value in found.items() if isinstance(value, type_)}


def _texts(paths: Sequence[str | Path]) -> Iterable[tuple[str, str]]:
    if not paths:
        raise BadInput("no files given; name files or folders of policies and accounts with -f")
    for path in map(str, paths):
        if path == STANDARD_INPUT:
            yield "standard input", sys.stdin.read()
            continue
        for file in _files_of(Path(path)):
            try:
                yield str(file), file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise BadInput(f"{file}: cannot read: {getattr(error, 'strerror', None) or error}") from error


def _files_of(path: Path) -> list[Path]:
    if not path.exists():
        raise BadInput(f"{path}: no such file or folder")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES and file.is_file())
    if not files:
        raise BadInput(f"{path}: no .yaml, .yml or .json file in this folder")
    return files


def _read(origin: Origin, document: dict[str, Any], mistakes: list[str]) -> tuple[str, str, Any]:
    kind = str(document.get("kind", ""))
    version = str(document.get("apiVersion", ""))
    ours = version.startswith(f"{API_GROUP}/")
    if not ours and version != "v1":
        return "", "", None
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = str(metadata.get("name") or "")
    label = f"{kind or 'an object'} {name}".rstrip()
    if problem := _problem_of(name):
        mistakes.append(f"{origin.at(('metadata', 'name'))}: {label}{problem}")
        return kind, name, None
    if not ours:
        return kind, name, _data_of(kind, document, origin, label, mistakes)
    if version != f"{API_GROUP}/{API_VERSION}" or kind not in {"CleanupPolicy", "CloudAccount"}:
        mistakes.append(
            f"{origin.at()}: {label}: {version} {kind} is not supported; write apiVersion: {API_GROUP}/{API_VERSION}"
            " with kind: CleanupPolicy or CloudAccount"
        )
        return kind, name, None
    return kind, name, _declared(kind, name, document, origin, mistakes)


def _declared(kind: str, name: str, document: dict[str, Any], origin: Origin, mistakes: list[str]) -> Any:
    """Parse a policy or an account; objects that the operator marked as unreadable only as far as possible."""
    metadata = document["metadata"]
    values = {"name": name, "generation": metadata.get("generation") or 0, "spec": document.get("spec", {})}
    mistake = str(document.get(MISTAKE) or "")
    if kind == "CleanupPolicy":
        if mistake:
            return read_policy(name, document, mistake)
        return _validated(CleanupPolicy, values, origin, mistakes)
    if mistake:
        return read_account(name, document, mistake)
    return _validated(CloudAccount, {**values, "labels": metadata.get("labels") or {}}, origin, mistakes)


def _problem_of(name: str) -> str:
    """Describe the mistake in an object's name by the API server's rules; empty: none."""
    if not name:
        return " : metadata.name is missing; write one"
    if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return ""
    return (
        ": metadata.name: invalid name; write lower-case letters, digits, - and ., up to"
        f" {LONGEST_NAME}, beginning and ending with a letter or a digit"
    )


def _validated(model: type[_T], values: dict[str, Any], origin: Origin, mistakes: list[str]) -> _T | None:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        label = f"{model.__name__} {values['name']}"
        mistakes.extend(f"{origin.at(each.location)}: {label}: {each}" for each in describe_mistakes(error, model))
        return None


def _data_of(
    kind: str, document: dict[str, Any], origin: Origin, label: str, mistakes: list[str]
) -> Mapping[str, str] | None:
    if kind == "ConfigMap":
        return {str(key): str(value) for key, value in (document.get("data") or {}).items()}
    if kind != "Secret":
        return None
    values = {str(key): str(value) for key, value in (document.get("stringData") or {}).items()}
    for key, value in (document.get("data") or {}).items():
        try:
            values.setdefault(str(key), base64.b64decode(str(value), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            mistakes.append(
                f"{origin.at(('data', key))}: {label}: data.{key}: not base64-encoded; use stringData for plain text"
            )
    return values
