"""Google's own client builds the requests that the rows make."""

import re
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any

import pytest
from googleapiclient import discovery, discovery_cache

from tagwarden.errors import Unsupported
from tagwarden.model.tags import TagChanges
from tagwarden.providers.gcp.labels import label_request, labels_in, merged
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.row import Row, rows

DOCUMENTS = Path(discovery_cache.__file__).parent / "documents"
PLACE = re.compile(r"\{\+?(\w+)\}")
SERVICES = sorted({row.method.split(".")[0] for row in rows().values()})


@cache
def client_of(api: str, version: str) -> Any:
    """Build Google's client of an API, which sends nothing until a request is executed."""
    text = (DOCUMENTS / f"{api}.{version}.json").read_text(encoding="utf-8")
    return discovery.build_from_document(text, developerKey="none")


def collection_of(row: Row) -> Any:
    """Give the collection of a row in Google's client."""
    api, *names = row.method.split(".")
    versions = [file.stem.partition(".")[2] for file in DOCUMENTS.glob(f"{api}.*.json")]
    for version in sorted(versions, key=lambda version: (version not in row.prefix, len(version), version)):
        found = client_of(api, version)
        try:
            for name in names:
                found = getattr(found, f"{name}_" if iskeyword(name) else name)()
        except AttributeError:
            continue
        else:
            return found
    raise AssertionError(f"no document has {row.method}")


def an_example(row: Row) -> str:
    """Give the name of a resource of the kind."""
    places = {"project": "my-project", "location": "europe-west1", "zone": "europe-west1-b", "region": "europe-west1"}
    return PLACE.sub(lambda place: places.get(place[1], f"a-{place[1].lower()}"), f"{row.path}/an-example")


def request_of(row: Row, method: str, name: str, suffix: str = "") -> Any:
    """Build a request of Google's client for a resource, by its name; `suffix` ends the path."""
    collection = collection_of(row)
    described = collection._resourceDesc["methods"][method]
    path = described.get("flatPath") or described["path"]
    named = re.fullmatch(pattern_of(row, path), f"{name}{suffix}")
    assert named is not None
    places = PLACE.findall(described["path"])
    # Newer APIs take the whole name as one parameter, older ones each part.
    is_whole = len(places) == 1 and (len(named.groups()) > 1 or "{+name}" in described["path"])
    values = [name] if is_whole else named.groups()
    return getattr(collection, method)(**dict(zip(places, values, strict=True)))


def pattern_of(row: Row, path: str) -> str:
    """Give the pattern of names for a path in a document."""
    path = path.removeprefix(row.prefix)
    parts = [part for part in re.split(r"(\{\+?\w+\})", path) if part]
    return "".join("([^/:]+)" if part[0] == "{" else re.escape(part) for part in parts)


def path_in(request: Any) -> str:
    """Give host and path of a request that Google's client built."""
    return str(request.uri).removeprefix("https://").partition("?")[0]


@pytest.mark.parametrize("service", SERVICES)
def test_reads_and_deletes_as_googles_client_does(service: str) -> None:
    """Method, host and path are the client's, for every kind of the API."""
    for row in rows().values():
        if row.method.split(".")[0] != service:
            continue
        name = an_example(row)
        wanted = f"{row.host}/{row.prefix}{name}"

        if row.has_get:
            assert wanted == path_in(request_of(row, "get", name))
        deletion = request_of(row, row.delete_by, name)
        assert (row.delete_method, f"{wanted}{row.delete_suffix}") == (deletion.method, path_in(deletion))


LABELLED = pytest.mark.parametrize("kind", sorted(kind for kind, row in rows().items() if row.labels is not None))


def an_item(row: Row, labels: dict[str, str]) -> dict[str, Any]:
    """Give an item with labels, and a value of the field that guards their writes."""
    assert row.labels is not None
    item: dict[str, Any] = {"name": "an-example"}
    pairs = [{"key": key, "value": value} for key, value in labels.items()]
    put(item, row.labels.field, pairs if row.labels.pairs else labels)
    if row.labels.token:
        put(item, row.labels.token, "abc=")
    return item


def put(item: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        item = item.setdefault(name, {})
    item[last] = value


@LABELLED
def test_labels_are_written_under_the_token_that_the_api_has(kind: str) -> None:
    """The request merges into the present labels, and repeats the fingerprint, etag or generation."""
    row = rows()[kind]
    assert row.labels is not None
    writer = row.labels
    item = an_item(row, {"team": "data", "ttl": "2d"})

    request = label_request(row, item, merged({"team": "data", "ttl": "2d"}, TagChanges({"owner": "alice"}, ("ttl",))))

    if writer.form == "alone" and writer.wrap:
        assert {writer.wrap: {"labels": {"team": "data", "owner": "alice"}}, "etag": "abc="} == request.body
        return
    sent = request.body[writer.wrap] if writer.wrap else request.body
    written = {key: value for key, value in labels_in(compile_path(writer.field)(sent)).items() if value is not None}
    assert {"team": "data", "owner": "alice"} == written
    guarded = {**request.params, **request.headers}.get(writer.guard) if writer.guard else None
    assert not writer.token or "abc=" in {guarded, compile_path(writer.token)(sent)}
    assert not writer.mask or writer.field == request.params[writer.mask]
    assert not writer.body_mask or writer.field == request.body[writer.body_mask]


@LABELLED
def test_labels_are_written_as_googles_client_does(kind: str) -> None:
    """Method, host, path and parameters are those of the method that the row names."""
    row = rows()[kind]
    assert row.labels is not None
    name = an_example(row)

    request = label_request(row, an_item(row, {}), {"owner": "alice"})

    theirs = request_of(row, row.labels.by, name, request.path)
    described = collection_of(row)._resourceDesc["methods"][row.labels.by]
    wanted = f"{row.host}/{row.prefix}{name}{request.path}"
    assert (request.method, wanted) == (theirs.method, path_in(theirs))
    assert request.params.keys() <= described["parameters"].keys()


@LABELLED
def test_only_a_replacing_request_repeats_the_resource(kind: str) -> None:
    """Every other one names labels and token, so that it cannot undo a change of something else."""
    row = rows()[kind]
    assert row.labels is not None
    item = {**an_item(row, {}), "description": "mine"}

    request = label_request(row, item, {"owner": "alice"})

    sent = request.body[row.labels.wrap] if row.labels.wrap else request.body
    assert ("description" in sent) == (row.labels.form == "whole")


@pytest.mark.parametrize("changes", [TagChanges({"goog-owner": "me"}), TagChanges({}, ("goog-composer-version",))])
def test_labels_of_google_are_never_written(changes: TagChanges) -> None:
    """They belong to Google's services."""
    with pytest.raises(Unsupported):
        merged({"goog-composer-version": "2"}, changes)
