"""Short names and addresses in texts, and the resources that are known by them (S18).

Google writes most names in full, as `mentions` finds them. Programs and their settings seldom do: a variable holds the
bare name of a bucket or a topic, a service reads a secret by its name, a schedule calls the address of a service, and a
table of BigQuery is `project.dataset.table`. Such a name can only be told from any other word once the resources are
known.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.providers.catalogue.path_compiler import texts
from tagwarden.providers.gcp.managers import managing_kinds
from tagwarden.providers.gcp.paths import compile_path

Item = Mapping[str, Any]

CALLED_BY_NAME = frozenset(
    {
        "address", "api", "broker", "bucket", "cache", "cluster", "database", "endpoint", "file_system", "function",
        "gateway", "identity", "instance", "key", "load_balancer", "model", "parameter", "queue", "registry",
        "schedule", "secret", "subscription", "table", "topic", "workflow", "workload", "zone",
    }
)  # fmt: skip
"""Categories of resources that a program reaches by a given name: in its environment, a script, a definition."""
_ALSO_BY_NAME = frozenset({"image", "launch_template", "policy", "reservation", "snapshot", "volume"})
"""Categories that an API takes by short names too: a template names a disk of each zone, an instance a reservation."""
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "gcp_aiplatform_index_endpoint": ("publicEndpointDomainName",),
    "gcp_alloydb_instance": ("ipAddress", "publicIpAddress"),
    "gcp_apigateway_gateway": ("defaultHostname",),
    "gcp_cloudfunctions_function": ("url", "serviceConfig.uri"),
    "gcp_composer_environment": ("config.airflowUri",),
    "gcp_compute_address": ("address",),
    "gcp_compute_forwarding_rule": ("IPAddress", "serviceName"),
    "gcp_compute_global_address": ("address",),
    "gcp_compute_global_forwarding_rule": ("IPAddress",),
    "gcp_compute_instance": ("networkInterfaces[].networkIP", "networkInterfaces[].accessConfigs[].natIP", "hostname"),
    "gcp_container_cluster": ("endpoint", "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint"),
    "gcp_datafusion_instance": ("apiEndpoint", "serviceEndpoint"),
    "gcp_file_instance": ("networks[].ipAddresses[]",),
    "gcp_firebaseapphosting_backend": ("uri",),
    "gcp_memcache_instance": ("discoveryEndpoint", "memcacheNodes[].host"),
    "gcp_metastore_service": ("endpointUri",),
    "gcp_redis_cluster": ("discoveryEndpoints[].address",),
    "gcp_redis_instance": ("host", "readEndpoint"),
    "gcp_run_service": ("uri", "urls[]"),
    "gcp_sqladmin_instance": ("ipAddresses[].ipAddress", "dnsName", "dnsNames[].name"),
    "gcp_tpu_node": ("networkEndpoints[].ipAddress",),
}
"""Per kind, the fields in which Google states the addresses of a resource itself."""
_LEFT_OUT = frozenset(
    {
        # What an item says of itself, and labels, whose values often equal the name of an application.
        "datasetReference", "etag", "fingerprint", "id", "kind", "labels", "modelReference", "name", "resourceLabels",
        "selfLink", "tableReference", "tags", "uid", "userLabels",
        # Places and types.
        "location", "locationId", "machineType", "region", "zone",
    }
)  # fmt: skip
_VARIABLES = ("name", "key", "attribute")
"""Members that name the variable whose value is the member `value`."""
_NAMING = re.compile(
    "address|api|bucket|cluster|database|dataset|destination|endpoint|function|host|image|instance|key|name|queue|repo"
    "|secret|server|service|source|subscription|table|topic|ur[il]|workflow",
    re.IGNORECASE,
)
"""Members and variables whose value may be a name even if it is a plain word."""
# A word, and the characters that make it more than any word.
_WORD = re.compile(r"\w[\w.-]{1,252}")
_TELLING = re.compile(r"[-_.0-9]")
# The characters between words, and a word that is given as a value.
_BETWEEN = re.compile(r"[\s\"'`=,;(){}\[\]<>|&?\\]+")
_GIVEN = re.compile(r"(?<==)[\"']?(\w[\w.-]{2,252})(?=[\"'\s&;,]|$)")
# An address, and a table of BigQuery with its project.
_ADDRESS = re.compile(r"[a-z][\w+-]*://.+|[\w.-]+(?::\d+)?(?:/.*)?")
_TABLE = re.compile(r"([\w-]+)[.:](\w+)(?:\.(\w+))?")
_GOOGLE = ("projects/", "https://www.googleapis.com/", "https://compute.googleapis.com/", "//")
_TEXT_AT_MOST = 1_000_000


def words_in(item: Item, but: Collection[str]) -> frozenset[str]:
    """Give every word of an item that may be the short name or the address of another resource, except `but`."""
    found: set[str] = set()
    waiting: list[tuple[str, Any]] = [("", item)]
    while waiting:
        member, value = waiting.pop()
        if isinstance(value, str):
            # Most texts are names in full, which links resolve.
            if not value.startswith(_GOOGLE) or " " in value:
                found.update(_words_of(value, _may_be_named(member)))
        elif isinstance(value, dict):  # of JSON; a check for any mapping takes longer than the rest
            variable = value.get("value") and next((name for name in map(value.get, _VARIABLES) if name), "value")
            for name, below in value.items():
                if below is not True and below is not False and name not in _LEFT_OUT:
                    waiting.append((variable if name == "value" and isinstance(variable, str) else name, below))
        elif isinstance(value, list):
            waiting += [(member, below) for below in value]
    return frozenset(found.difference(but))


def addresses_of(kind: str, item: Item, name: str) -> Iterator[str]:
    """Give the hosts under which a resource is reached, and the names of a table in a query."""
    for path in ADDRESSES.get(kind, ()):
        for text in texts(compile_path(path)(item)):
            if host := _host_in(text):
                yield host
    parts = name.split("/")
    if kind == "gcp_compute_instance":
        # https://cloud.google.com/compute/docs/internal-dns
        yield from (f"{parts[-1]}.{parts[3]}.c.{parts[1]}.internal", f"{parts[-1]}.c.{parts[1]}.internal")
    elif kind == "gcp_storage_bucket":
        yield f"{parts[-1]}.storage.googleapis.com"
    elif kind in {"gcp_bigquery_dataset", "gcp_bigquery_table", "gcp_bigquery_model"}:
        yield from (".".join(parts[1::2]), ".".join(parts[3::2]))


def uses_by_name(
    told: Iterable[Mapping[str, Collection[str]]],
    addresses: Iterable[Mapping[str, Collection[str]]],
    resources: Sequence[Resource],
    edges: Iterable[Edge],
) -> Iterator[Edge]:
    """Give a use of each resource that the words of another one mean, unless an edge links the two already.

    `told` are the words and `addresses` the addresses by uid. What a manager made has the name of the manager in its
    settings, and is no user of it.
    """
    managed = {resource.uid for resource in resources if resource.manager is not None}
    managers = {resource.uid for resource in resources if resource.kind in managing_kinds()}
    known: defaultdict[str, set[str]] = defaultdict(set)
    for resource in resources:
        if resource.category in CALLED_BY_NAME or resource.category in _ALSO_BY_NAME:
            known[resource.name].add(resource.uid)
    for part in addresses:
        for uid, names in part.items():
            for name in names:
                known[name].add(uid)
    found = {
        (source, target)
        for part in told
        for source, words in part.items()
        for word in words
        if word in known
        for target in known[word]
        if target != source and not (source in managed and target in managers)
    }
    if found:
        for edge in edges:
            found.discard((edge.source, edge.target))
            found.discard((edge.target, edge.source))
    return (Edge(source, EdgeMeaning.USES, target) for source, target in sorted(found))


@lru_cache(maxsize=4096)
def _may_be_named(member: str) -> bool:
    return _NAMING.search(member) is not None


@lru_cache(maxsize=65_536)
def _words_of(text: str, is_named: bool) -> tuple[str, ...]:
    if len(text) > _TEXT_AT_MOST:
        return ()
    if _WORD.fullmatch(text):
        return _word(text) if is_named or _TELLING.search(text) else ()
    found = dict.fromkeys(_GIVEN.findall(text))
    for part in _BETWEEN.split(text):
        found.update(dict.fromkeys(_names_of(part.strip(".:"))))
    return tuple(found)


def _names_of(part: str) -> tuple[str, ...]:
    """Give the word, the host of an address, or the table in a part of a longer text."""
    if _WORD.fullmatch(part):
        return _word(part) if _TELLING.search(part) else ()
    if _ADDRESS.fullmatch(part):
        host = _host_in(part)
        return () if host.endswith(".googleapis.com") else _word(host)
    return _word(part.replace(":", ".")) if _TABLE.fullmatch(part) else ()


def _word(word: str) -> tuple[str, ...]:
    """Give a word, in lower case as hosts are, and the set of data that a table is in; records end hosts with a dot."""
    word = word.rstrip(".")
    table = _TABLE.fullmatch(word)
    return (word, word.lower(), *((f"{table[1]}.{table[2]}",) if table and table[3] else ()))


def _host_in(address: str) -> str:
    """Give the host of an address, with or without a scheme, a user, a port and a path."""
    host = address.partition("://")[2] or address
    host, _, path = host.partition("/")
    host = host.rpartition("@")[2]
    host = (host.partition(":")[0] if host.count(":") == 1 else host).rstrip(".").lower()
    if host.endswith(".cloudfunctions.net"):
        # All functions of a region have one host.
        return f"{host}/{path.partition('/')[0]}"
    # A revision of a service of Cloud Run has the host of the service, after its tag.
    return host.rpartition("---")[2]
