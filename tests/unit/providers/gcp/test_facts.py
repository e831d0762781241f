"""What is known about each kind of Google Cloud, against the issue's list and against Google's documents."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain, product
from pathlib import Path
from typing import Any

import jmespath
import pytest
from googleapiclient import discovery_cache

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.catalogue.links import Link
from tagwarden.providers.gcp.carried_kinds import CARRIED
from tagwarden.providers.gcp.details import Detail
from tagwarden.providers.gcp.facts import FACTS, OTHER
from tagwarden.providers.gcp.facts.compute import COMPUTE_FACTS
from tagwarden.providers.gcp.facts.never import NEVER_FACTS
from tagwarden.providers.gcp.facts.plain import PLAIN_FACTS
from tagwarden.providers.gcp.facts.services import SERVICE_FACTS
from tagwarden.providers.gcp.row import Row, rows
from tagwarden.providers.gcp.short_names import ADDRESSES
from tagwarden.providers.gcp.steps import Step
from tools import gcp_rows

DOCUMENTS = Path(discovery_cache.__file__).parent / "documents"
EXPECTED = """
    compute_instance compute_disk compute_region_disk compute_image compute_snapshot compute_machine_image
    compute_instance_template compute_region_instance_template compute_instance_group compute_instance_group_manager
    compute_region_instance_group_manager compute_autoscaler compute_region_autoscaler
    compute_address compute_global_address compute_forwarding_rule compute_global_forwarding_rule
    compute_target_http_proxy compute_region_target_http_proxy compute_target_https_proxy
    compute_region_target_https_proxy compute_target_tcp_proxy compute_region_target_tcp_proxy
    compute_target_ssl_proxy compute_target_grpc_proxy compute_target_pool compute_target_instance
    compute_url_map compute_region_url_map compute_backend_service compute_region_backend_service
    compute_backend_bucket compute_health_check compute_region_health_check
    compute_network_endpoint_group compute_region_network_endpoint_group compute_global_network_endpoint_group
    compute_firewall compute_network_firewall_policy compute_region_network_firewall_policy
    compute_network compute_subnetwork compute_router compute_route
    compute_vpn_tunnel compute_vpn_gateway compute_target_vpn_gateway compute_external_vpn_gateway
    compute_interconnect_attachment compute_ssl_certificate compute_region_ssl_certificate
    compute_ssl_policy compute_region_ssl_policy compute_security_policy compute_region_security_policy
    compute_reservation compute_resource_policy compute_packet_mirroring
    container_cluster container_node_pool sqladmin_instance storage_bucket
    pubsub_topic pubsub_subscription pubsub_snapshot pubsub_schema
    cloudfunctions_function run_service run_job run_worker_pool
    bigquery_dataset bigquery_table spanner_instance spanner_database spanner_backup
    bigtableadmin_instance bigtableadmin_cluster bigtableadmin_table bigtableadmin_backup
    firestore_database redis_instance redis_cluster memcache_instance file_instance
    dns_managed_zone dns_policy dns_response_policy cloudkms_key_ring cloudkms_crypto_key
    secretmanager_secret artifactregistry_repository composer_environment dataproc_cluster dataflow_job
    datafusion_instance alloydb_cluster alloydb_instance alloydb_backup
    aiplatform_endpoint aiplatform_model aiplatform_dataset notebooks_runtime notebooks_instance tpu_node
    cloudbuild_trigger cloudbuild_location_trigger cloudscheduler_job cloudtasks_queue workflows_workflow
    eventarc_trigger apigateway_api apigateway_config apigateway_gateway
    certificatemanager_certificate certificatemanager_certificate_map vpcaccess_connector iam_service_account
    logging_bucket logging_sink monitoring_dashboard monitoring_alert_policy
    workstations_workstation_cluster workstations_workstation_config workstations_workstation
    cloudresourcemanager_project
"""
"""The kinds that a first-class provider collects with creation time, state, links, category, managers and defaults."""

NOT_COLLECTED = {
    "memorystore_instance": "the installed documents do not describe Memorystore for Valkey",
    "compute_region_instance_group": "Google deletes them with their managers only",
    "compute_firewall_policy": "hierarchical policies belong to organisations and folders",
    "dns_resource_record_set": "a record belongs to its zone and is deleted with it",
    "cloudkms_crypto_key_version": "a version belongs to its key, which is never deleted",
}
"""Kinds that people look for, with the reasons why they have no row."""

WITHOUT_CREATION = {kind for kind, row in rows().items() if not (row.created or row.facts.created)}


@pytest.mark.parametrize("kind", EXPECTED.split())
def test_every_kind_that_people_use_has_facts(kind: str) -> None:
    """It is deleted, or the reason stands in the table of kinds that never are."""
    row = rows().get(f"gcp_{kind}")

    assert row is not None, f"{kind} is not collected"
    assert row.facts.category != OTHER.category
    assert row.is_deletable or row.facts.never


@pytest.mark.parametrize("kind", NOT_COLLECTED)
def test_a_kind_without_a_row_has_a_reason(kind: str) -> None:
    """A kind that gets a row leaves this table."""
    assert f"gcp_{kind}" not in rows()


def test_every_kind_that_is_listed_and_labelled_is_deleted_or_has_a_reason_to_stay() -> None:
    """No kind stays merely because nobody looked at it."""
    assert [] == sorted(kind for kind, row in rows().items() if not row.is_deletable and not row.facts.never)


def test_every_kind_with_facts_is_collected() -> None:
    """A row of facts for a kind that the documents do not have is a mistake, as is a kind with two rows of facts."""
    tables = (PLAIN_FACTS, COMPUTE_FACTS, SERVICE_FACTS, NEVER_FACTS)

    assert set() == set(FACTS) - set(rows())
    assert len(FACTS) == sum(map(len, tables))


def test_s3_a_kind_that_nobody_looked_at_is_never_deleted() -> None:
    """A newer document may bring one."""
    new = replace(rows()["gcp_pubsub_topic"], facts=replace(OTHER, labels="userLabels"))

    assert not new.is_deletable


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("aiplatform_reasoning_engine", Holding.DATA),
        ("apigeeregistry_api", Holding.DATA),
        ("recaptchaenterprise_key", Holding.KEYS),
    ],
)
def test_s19_what_is_lost_with_contents_that_are_no_resources(kind: str, holds: Holding) -> None:
    """Memories of agents, specifications of APIs, keys in pages."""
    assert holds is FACTS[f"gcp_{kind}"].holds


def test_s7_a_migration_job_takes_the_profile_of_its_destination_along() -> None:
    """Google always deletes it, whoever owns it."""
    (link,) = FACTS["gcp_datamigration_migration_job"].links

    assert ("destination", EdgeMeaning.OWNS) == (link.path, link.meaning)


@cache
def schemas() -> Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Give the schema of a resource, and all schemas of its API, by kind."""
    found = list(gcp_rows.collections())
    kinds = gcp_rows.kinds_of(found)
    return {
        kind: (gcp_rows.schema_of(collection), collection.schemas)
        for kind, collection in zip(kinds, found, strict=True)
    }


def paths_of(kind: str) -> Iterator[str]:
    """Give every path into an item in the facts of a kind."""
    facts = FACTS[kind]
    yield from (link.path for link in facts.links)
    yield from ADDRESSES.get(kind, ())
    yield from facts.attributes.values()
    yield from (path for path, _ in facts.protected)
    yield from (step.items for step in facts.steps if not step.each)
    if facts.created:
        yield facts.created
    if facts.part_when:
        yield facts.part_when


def fields_in(node: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Give the fields that a JMESPath expression follows from the item, each with the fields before it."""
    if node["type"] == "field":
        yield (str(node["value"]),)
    elif node["type"] == "subexpression":
        parts = [list(fields_in(child)) for child in node["children"]]
        yield from (tuple(chain.from_iterable(names)) for names in product(*parts))
    elif node["type"] in {"projection", "filter_projection"}:
        # Of a filter, the third child is the condition.
        heads = list(fields_in(node["children"][0]))
        tails = [tail for child in node["children"][1:] for tail in fields_in(child)] or [()]
        yield from ((*head, *tail) for head in heads for tail in tails)
    else:
        for child in node["children"]:
            yield from fields_in(child)


def has_field(schema: Mapping[str, Any], schemas: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Whether a schema has a field, through references and lists."""
    for name in names:
        while "$ref" in schema or "items" in schema:
            schema = schemas.get(schema["$ref"], {}) if "$ref" in schema else schema["items"]
        schema = schema.get("properties", {}).get(name)
        if schema is None:
            return False
    return True


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_the_paths_of_facts_lead_to_fields_that_google_describes(kind: str) -> None:
    """A misspelt path would find nothing, and a resource in use would seem unused (S18)."""
    schema, others = schemas()[kind]

    wrong = [
        path
        for path in paths_of(kind)
        for names in fields_in(jmespath.compile(path).parsed)
        if not has_field(schema, others, names)
    ]

    assert [] == wrong


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_the_links_of_facts_lead_to_a_host_with_kinds(kind: str) -> None:
    """Or to a form that makes a uid."""
    hosts = {row.host for row in rows().values()}

    def is_known(link: Link) -> bool:
        return link.kind in hosts or re.fullmatch(r"//[\w.]+/.*\{name\}", link.kind) is not None

    assert [] == [link for link in FACTS[kind].links if not is_known(link)]


def test_most_kinds_tell_when_they_were_created() -> None:
    """Those that do not are first seen by us (S4)."""
    assert len(WITHOUT_CREATION) < len(rows()) // 8


STEPS = [(kind, step) for kind in sorted(FACTS) for step in FACTS[kind].steps]


def described(call: str, version: str = "v*") -> Mapping[str, Any]:
    """Give Google's description of a method such as `storage.objects.delete`, from any version of its API or one."""
    api, *names, method = call.split(".")
    for file in sorted(DOCUMENTS.glob(f"{api}.{version}.json")):
        found = json.loads(file.read_text(encoding="utf-8"))
        prefix, every = found["servicePath"], found["schemas"]
        for name in names:
            found = found.get("resources", {}).get(name, {})
        if method in found.get("methods", {}):
            return {**found["methods"][method], "prefix": prefix, "schemas": every}
    raise AssertionError(f"no document has {call}")


def fits(row: Row, template: str, method: Mapping[str, Any]) -> bool:
    """Whether a path of a step is one that Google describes for the method."""
    path = f"{row.prefix}{template}".replace("{id}", f"{row.path}/x")
    wanted = re.sub(r"\\\{[^}]*\}", "[^/]+", re.escape(f"{method['prefix']}{method.get('flatPath') or method['path']}"))
    return re.fullmatch(wanted, re.sub(r"\{[^}]*\}", "x", path)) is not None


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda value: getattr(value, "call", value))
def test_steps_are_requests_that_google_describes(kind: str, step: Step) -> None:
    """Method, path, parameters and body; also of the listing before them and of the way back."""
    row, method = rows()[kind], described(step.call)

    assert step.method == method["httpMethod"]
    assert fits(row, step.path, method)
    assert set(step.query) <= set(method["parameters"])
    if step.each:
        listing = described(f"{step.call.rpartition('.')[0]}.list")
        assert fits(row, step.each, listing)
        assert set(step.each_query) <= set(listing["parameters"])
    if step.undo:
        # What was deleted is created again in its collection; anything else has a method of its own.
        back = "create" if step.undo == step.each else step.undo.rpartition("/")[2]
        assert fits(row, step.undo, described(f"{step.call.rpartition('.')[0]}.{back}"))


@pytest.mark.parametrize(("kind", "detail"), [(kind, each) for kind in sorted(FACTS) for each in FACTS[kind].details])
def test_details_are_requests_that_google_describes(kind: str, detail: Detail) -> None:
    """A misspelt field would find nothing, and a resource in use would seem unused (S18)."""
    row = rows()[kind]
    method = described(detail.call, row.prefix.rstrip("/").rpartition("/")[2])
    response = method["response"]

    assert ("POST" if detail.posts else "GET") == method["httpMethod"]
    assert fits(row, detail.path, method)
    for names in fields_in(jmespath.compile(detail.items).parsed):
        assert has_field(response, method["schemas"], names), names
    schema, others = schemas()[kind]
    assert not detail.when or all(
        has_field(schema, others, names) for names in fields_in(jmespath.compile(detail.when).parsed)
    )


def test_the_inventory_carries_no_kind_with_details() -> None:
    """It shows the items as a listing does."""
    assert set() == {kind for kind in CARRIED if FACTS[kind].details}
