"""CPU of collecting Compute Engine instances over HTTP, beside Google's own client.

    python benchmarks/collecting_gcp.py [1000 10000] [--json]

A process of its own answers `instances.aggregatedList` on the loopback, in pages of 500. CPU is that of the collecting
process alone: ours from the first byte to resources with their edges, with and without the search for short names
(S18), that of google-api-python-client (and of google-cloud-compute, where it is installed) from the first byte to its
objects, of which nothing is made. `pip install --group bench` installs google-cloud-compute.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlparse

from google.auth.credentials import AnonymousCredentials
from googleapiclient import discovery

from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.listing_families import Gathered
from tagwarden.providers.gcp import reading
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.listing import Lister
from tagwarden.providers.gcp.names import Project
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import rows
from tagwarden.providers.gcp.short_names import uses_by_name
from tagwarden.providers.listing_counter import ListingCounter

PAGE = 500
SIZES = (1_000, 10_000)
PROJECT = "my-dev-123"
LINK = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"
ZONE = f"{LINK}/zones/europe-west1-b"


def an_instance(number: int) -> dict[str, Any]:
    """Give an instance as Compute Engine writes it."""
    return {
        "kind": "compute#instance",
        "id": str(10**18 + number),
        "creationTimestamp": "2026-11-01T10:00:00.123-07:00",
        "name": f"web-{number}",
        "machineType": f"{ZONE}/machineTypes/e2-small",
        "status": "RUNNING",
        "zone": ZONE,
        "networkInterfaces": [
            {
                "network": f"{LINK}/global/networks/default",
                "subnetwork": f"{LINK}/regions/europe-west1/subnetworks/default",
                "networkIP": f"10.0.{number // 250 % 250}.{number % 250}",
                "name": "nic0",
                "accessConfigs": [{"type": "ONE_TO_ONE_NAT", "name": "External NAT", "networkTier": "PREMIUM"}],
            }
        ],
        "disks": [
            {
                "source": f"{ZONE}/disks/web-{number}",
                "boot": True,
                "autoDelete": True,
                "licenses": ["https://www.googleapis.com/compute/v1/projects/debian-cloud/global/licenses/debian-12"],
                "guestOsFeatures": [{"type": "UEFI_COMPATIBLE"}, {"type": "GVNIC"}],
            }
        ],
        "metadata": {"items": [{"key": "startup-script", "value": "#!/bin/sh\napt-get update\n" * 5}]},
        "serviceAccounts": [
            {
                "email": f"app@{PROJECT}.iam.gserviceaccount.com",
                "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
            }
        ],
        "selfLink": f"{ZONE}/instances/web-{number}",
        "scheduling": {"onHostMaintenance": "MIGRATE", "automaticRestart": True, "preemptible": False},
        "labels": {"owner": f"team-{number % 40}", "expiration": "2026-12-01", "stage": "test"},
        "labelFingerprint": "42WmSpB8rSM=",
        "deletionProtection": False,
        "fingerprint": f"fp-{number}",
    }


def ours(endpoint: str) -> int:
    """Collect resources with their edges, as a pass does."""
    found = listed(endpoint)
    resources, edges = found.resources, {*found.edges}
    edges.update(uses_by_name([found.mentions], [found.addresses], resources, edges))
    return len(resources)


def ours_without_short_names(endpoint: str) -> int:
    """Collect resources with the edges to what they name in full."""
    with mock.patch.object(reading, "words_in", lambda *_: frozenset()):  # noqa: PT008 - a mock costs more
        return len(listed(endpoint).resources)


def listed(endpoint: str) -> Gathered:
    """List the instances."""
    connection = Connection(AnonymousCredentials(), endpoint)
    project = Project(PROJECT, "123456789012")
    lister = Lister(connection, project, Reader("dev", project, Shared()), has_neighbours=False)
    counter = ListingCounter("dev", None, lambda: 0)
    (found,) = lister.list_rows([rows()["gcp_compute_instance"]], counter)
    return found.gathered


def googles(endpoint: str) -> int:
    """Read the same pages with google-api-python-client."""
    client = discovery.build(
        "compute", "v1", static_discovery=True, credentials=AnonymousCredentials(),
        client_options={"api_endpoint": f"{endpoint}/compute/v1/"},
    )  # fmt: skip
    instances, found = client.instances(), 0
    request = instances.aggregatedList(project=PROJECT, maxResults=PAGE)
    while request is not None:
        page = request.execute()
        found += sum(len(scope.get("instances", ())) for scope in page["items"].values())
        request = instances.aggregatedList_next(request, page)
    return found


def typed(endpoint: str) -> int:
    """Read the same pages with google-cloud-compute, which makes an object of each instance."""
    compute = import_module("google.cloud.compute_v1")
    transports = import_module("google.cloud.compute_v1.services.instances.transports")
    transport = transports.InstancesRestTransport(
        host=urlparse(endpoint).netloc, credentials=AnonymousCredentials(), url_scheme="http"
    )
    request = compute.AggregatedListInstancesRequest(project=PROJECT, max_results=PAGE)
    scopes = compute.InstancesClient(transport=transport).aggregated_list(request=request)
    return sum(len(scope.instances) for _, scope in scopes)


def is_installed(module: str) -> bool:
    """Whether a module can be imported."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


COLLECTORS: dict[str, Callable[[str], int]] = {
    "tagwarden": ours,
    "tagwarden, no short names": ours_without_short_names,
    "google-api-python-client": googles,
    **({"google-cloud-compute": typed} if is_installed("google.cloud.compute_v1") else {}),
}


def main() -> None:
    """Measure each collector on each size, and print microseconds for each instance."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or list(SIZES)
    results = []
    for size in sizes:
        with answering(size) as endpoint:
            for name in COLLECTORS:
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    found, seconds = pool.apply(measured, (name, endpoint))
                assert found == size, f"{name} found {found} of {size}"
                results.append({"instances": size, "collector": name, "microseconds": round(1e6 * seconds / size, 1)})
    for result in results:
        line = json.dumps(result) if "--json" in sys.argv else "{instances:>8} {collector:26} {microseconds:8.1f} µs"
        sys.stdout.write(line.format(**result) + "\n" if "--json" not in sys.argv else line + "\n")


def measured(name: str, endpoint: str) -> tuple[int, float]:
    """Collect once to warm up, then give the count and the CPU seconds of a second collection."""
    COLLECTORS[name](endpoint)
    began = time.process_time()
    found = COLLECTORS[name](endpoint)
    return found, time.process_time() - began


@contextmanager
def answering(size: int) -> Iterator[str]:
    """Serve so many instances from a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=(size, sender), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{receiver.recv()}"
    finally:
        server.terminate()


def serve(size: int, port: Any) -> None:
    """Answer until killed."""
    pages = [
        json.dumps(
            {
                "items": {
                    "zones/europe-west1-b": {"instances": [*map(an_instance, range(start, min(start + PAGE, size)))]}
                },
                **({"nextPageToken": str(start + PAGE)} if start + PAGE < size else {}),
            }
        ).encode()
        for start in range(0, size, PAGE)
    ]

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            token = parse_qs(urlparse(self.path).query).get("pageToken", ["0"])[0]
            body = pages[int(token) // PAGE]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    port.send(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
