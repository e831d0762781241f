"""The simulated Google Cloud's own tables say only what Google's documents know, and its generic parts hold for all."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.gcp_clients import Google
from tests.support.fake_gcp import FakeGCP, documents
from tests.support.fake_gcp.documents import Document, Method
from tests.support.fake_gcp.projects import ENABLED
from tests.support.fake_gcp.protections import CONTAINERS, PROTECTED
from tests.support.fake_gcp.references import LINKS, NAMES
from tests.support.fake_gcp.schemas import properties, resolve
from tests.support.fake_gcp.store import Record
from tests.support.fake_gcp.world import PROJECT, messy_project

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ROWS = [
    *((type_, path) for type_, paths in LINKS.items() for path in paths),
    *((type_, path) for type_, path, _ in NAMES),
    *((type_, path) for type_, (path, _) in PROTECTED.items()),
]
PLACES = {
    "projects": PROJECT,
    "project": PROJECT,
    "projectId": PROJECT,
    "locations": "us-central1",
    "location": "us-central1",
    "region": "us-central1",
    "regions": "us-central1",
    "zone": "us-central1-b",
}


@pytest.mark.parametrize(("type_", "path"), ROWS)
def test_a_row_names_a_field_that_the_type_has(type_: str, path: str) -> None:
    """A row without a field would never refuse anything."""
    document = documents.newest_stable(type_.partition(".")[0])

    assert any(has_field(document, schema, path) for schema in schemas_of(document, type_))


@pytest.mark.parametrize("type_", CONTAINERS)
def test_a_container_is_a_type_with_contents(type_: str) -> None:
    """Both collections stand in the document."""
    document = documents.newest_stable(type_.partition(".")[0])

    assert schemas_of(document, type_)
    assert schemas_of(document, f"{document.name}.{CONTAINERS[type_][0]}")


@pytest.mark.parametrize("api", [*(host.partition(".")[0] for host in ENABLED), "deploymentmanager"])
def test_whatever_an_api_creates_it_lists_labels_and_deletes(fake_gcp: FakeGCP, api: str) -> None:
    """Every collection of the usual APIs below a project, from its document alone."""
    fake_gcp.new_project(PROJECT, "481516", enabled=(f"{api}.googleapis.com",))
    fake_gcp.let_operations_take(polls=0)
    cloud = Google(fake_gcp, PROJECT)

    failed = {}
    for create, lister, delete in collections(documents.newest_stable(api)):
        for record in fake_gcp.state.store.all():
            if record.api == api:
                fake_gcp.state.store.remove(record)
        failed[create.id] = life(cloud, create, lister, delete)

    assert {method: problem for method, problem in failed.items() if problem} == {}


def test_cloud_asset_inventory_shows_the_same_fields(fake_gcp: FakeGCP) -> None:
    """Under names of its own, in pages, for the types that are asked for; it may lag."""
    messy_project(fake_gcp, NOW)
    with Google(fake_gcp, PROJECT) as cloud:
        assets = cloud.client("cloudasset").assets()
        query = {"parent": "projects/dev-a", "contentType": "RESOURCE"}
        request = assets.list(**query, assetTypes=["compute.googleapis.com/.*Disk"], pageSize=3)
        found: list[dict[str, Any]] = []
        while request is not None:
            page = request.execute()
            found += page["assets"]
            request = assets.list_next(request, page)
        name = "//compute.googleapis.com/projects/dev-a/zones/europe-west1-b/disks/data-kept"
        kept = next(each for each in found if each["name"] == name)
        assert kept["resource"]["data"]["labels"] == {"owner": "alice", "expiration": "2099-01-01"}
        assert {each["assetType"].partition("/")[2] for each in found} == {"Disk", "RegionDisk"}

        fake_gcp.freeze_inventory()
        fake_gcp.vanish("compute", "projects/dev-a/zones/europe-west1-b/disks/data-kept")
        later = assets.list(**query, pageSize=1000).execute()["assets"]
        assert name in {each["name"] for each in later}


def test_a_messy_project_has_what_people_leave_behind(fake_gcp: FakeGCP) -> None:
    """Some with labels, some without, of different ages, and all that Google adds."""
    made = messy_project(fake_gcp, NOW)

    labels = [each.body.get("labels") or each.body.get("resourceLabels") or {} for each in made]
    assert len(made) > 60
    assert {"alice", "bob", None} <= {each.get("owner") for each in labels}
    assert len({each.api for each in made}) >= 20
    nodes = [key for key in fake_gcp.keys_of("compute.instances") if "gke-playground" in key]
    assert len(nodes) == 3
    oldest = fake_gcp.body("compute", "projects/dev-a/global/networks/default")["creationTimestamp"]
    assert oldest.startswith("2025-10-26")


def collections(document: Document) -> Iterator[tuple[Method, Method, Method]]:
    """Yield the methods that create, list and delete in each collection below a project, parents first."""
    for lister in sorted(document.methods, key=lambda method: method.template.count("/")):
        create = document.sibling(lister, "create") or document.sibling(lister, "insert")
        delete = document.sibling(lister, "delete")
        below = "projects/" in path_of(lister) and "{" not in path_of(lister)
        if lister.verb == "list" and create and delete and below and lister.id not in PECULIAR:
            yield create, lister, delete


# Their ids, parents or bodies follow rules of their own.
PECULIAR = frozenset(
    {
        "bigquery.jobs.list",
        "compute.globalVmExtensionPolicies.list",  # deleted by another path, as jobs are
        "compute.nodeGroups.list",  # a number among the required parameters
        "container.projects.locations.clusters.nodePools.list",  # the last one stays
        "container.projects.zones.clusters.nodePools.list",
        "sql.sslCerts.list",
        "logging.projects.locations.buckets.list",  # gone only after a week
        "sql.users.list",
        "cloudresourcemanager.projects.list",
    }
)


def life(cloud: Google, create: Method, lister: Method, delete: Method) -> str:
    """Create, list and delete one resource; return the first problem or ""."""
    make_parents(cloud, path_of(create), create)
    before = set(cloud.gcp.keys_of(f"{create.api}.*"))
    answer = cloud.send(create.http, f"{create.document.host}/{path_of(create)}", body_of(create), **query_of(create))
    if not answer.ok:
        return f"create: {answer.text}"
    operation = answer.json()
    if operation.get("done"):
        version = create.template.partition("/")[0]
        polled = cloud.get(f"{create.document.host}/{version}/{operation['name']}").json()
        if not polled.get("done"):
            return f"operation: {polled}"
    collection = path_of(lister).rpartition("/")[2]
    new = set(cloud.gcp.keys_of(f"{create.api}.*")) - before  # a managed group comes with its instance group
    born = max(new, key=lambda key: (key.split("/")[-2] == collection, -len(key)))
    listed = cloud.get(f"{create.document.host}/{path_of(lister)}", **query_of(lister))
    if not any(isinstance(value, list) for value in listed.json().values()):
        return f"list: {listed.text}"
    fixed = delete.template.split("{")[0].split("/")
    url = "/".join([create.document.host, *(word for word in fixed if word and word not in born.split("/")), born])
    problem = label(cloud, url, lister)
    if problem:
        return f"label: {problem}"
    answer = cloud.send(delete.http, url, None, **query_of(delete))
    return "" if answer.ok and not cloud.gcp.exists(create.api, born) else f"delete {url}: {answer.text}"


def label(cloud: Google, url: str, lister: Method) -> str:
    """Write a label where the type takes any, in its way; return the problem or ""."""
    document = lister.document
    get = document.sibling(lister, "get")
    if get is None or properties(document, get.response).get("labels", {}).get("type") != "object":
        return ""
    labels = {"labels": {"owner": "alice"}}
    before = cloud.get(url).json()
    if document.sibling(lister, "setLabels"):
        answer = cloud.send("POST", f"{url}/setLabels", labels | {"labelFingerprint": before["labelFingerprint"]})
    else:
        write = document.sibling(lister, "patch") or document.sibling(lister, "update")
        if write is None:
            return ""
        known = properties(document, write.request)
        inner = next((name for name, each in known.items() if each.get("$ref") == get.response), "")
        body: dict[str, Any] = {inner: labels} if inner else labels
        body |= {"updateMask": "labels"} if "updateMask" in known else {}
        query = {"updateMask": "labels"} if "updateMask" in write.parameters else {}
        answer = cloud.send(write.http, url, body, **query)
    return "" if cloud.get(url).json().get("labels") == labels["labels"] else answer.text


def make_parents(cloud: Google, path: str, create: Method) -> None:
    """Put the resources above a collection into the store, so that it has a place."""
    store = cloud.gcp.state.store
    segments = store.canonical(create.api, path).split("/")
    for end in range(4, len(segments)):
        key = "/".join(segments[:end])
        if store.find(create.api, key) is None:
            store.add(Record(create.api, key, PROJECT, create.document, "", {"name": key}))


def schemas_of(document: Document, type_: str) -> set[str]:
    """Return the schemas of the resources whose paths end with the type's collection."""
    last = type_.partition(".")[2]
    getters = (method for method in document.methods if method.verb == "get")
    return {
        method.response
        for method in getters
        if path_of(method).split("/")[-2:-1] == [last] or method.resource == type_ or f"/{last}/" in method.template
    }


def has_field(document: Document, schema: str, path: str) -> bool:
    """Tell whether a path such as "disks[].source" leads to a field."""
    level: Any = {"$ref": schema}
    for word in path.split("."):
        known = resolve(document, level).get("properties", {})
        name = word.removesuffix("[]")
        if name not in known:
            return False
        level = resolve(document, known[name])
        level = level["items"] if word.endswith("[]") else level
    return True


def path_of(method: Method) -> str:
    """Return a path of a method, "x1" for every id."""

    def value(match: re.Match[str]) -> str:
        name = match.group(2)
        pattern = method.parameters.get(name, {}).get("pattern", "")
        if not match.group(1) or not pattern:
            return PLACES.get(name, "x1")
        if pattern == "^[^/]+$":
            return PLACES.get(name, "x1")
        words = re.sub(r"\[\^/\]\+|\.\*", "*", pattern.strip("^$")).split("/")
        return "/".join(PLACES.get(words[index - 1], "x1") if word == "*" else word for index, word in enumerate(words))

    return re.sub(r"\{(\+)?(\w+)\}", value, method.template)


def query_of(method: Method) -> dict[str, str]:
    """Return the query parameters that a method needs."""
    return {
        name: PLACES.get(name, "x1")
        for name, each in method.parameters.items()
        if each["location"] == "query"
        and (each.get("required") or name.endswith("Id"))
        and name not in {"requestId", "clientOperationId", "projectId"}
    }


def body_of(method: Method) -> dict[str, Any]:
    """Return the smallest body that names the resource where the query does not."""
    body: dict[str, Any] = {}
    named = any(name.endswith("Id") for name in query_of(method))
    for name, each in properties(method.document, method.request).items():
        inner = resolve(method.document, each).get("properties", {})
        if name in {"name", "id", "clusterName", "ruleName", "responsePolicyName"} and not named:
            if each.get("type") == "string" and not each.get("readOnly") and each.get("format") is None:
                body[name] = "x1"
        elif name.endswith("Id") and name != "projectId" and each.get("type") == "string" and "format" not in each:
            body[name] = "x1"
        elif name.endswith("Reference") and f"{name.removesuffix('Reference')}Id" in inner:
            body[name] = {f"{name.removesuffix('Reference')}Id": "x1"}
        elif "name" in inner and method.request.startswith("Create") and not inner["name"].get("readOnly"):
            body[name] = {"name": "x1"}
    return body
