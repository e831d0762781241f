"""CPU, memory and requests of collecting EC2 instances over HTTP.

    python benchmarks/collecting.py [1000 10000 100000] [--json] [--botocore]

`--botocore` reads the answers with botocore's own parser, for comparison.

A process of its own answers `DescribeInstances` on the loopback with instances as AWS writes them, in pages of up to
1,000. Each size is collected by a process of its own, so that the memory of one does not hide that of another. CPU is
that of the collecting process alone, from the first byte to the `Snapshot`'s resources and edges; memory is what the
process holds more than right before, with its clients made and one page already collected.
"""

import gc
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from botocore.parsers import ResponseParserFactory

from tagwarden.model.account import AwsAccount
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients
from tagwarden.providers.aws.collecting import collect
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.rows import KINDS

PAGE = 1000
SIZES = (1_000, 10_000, 100_000)
REGION = "eu-central-1"
LOGIN = {"aws_access_key_id": "benchmark", "aws_secret_access_key": "benchmark"}

INSTANCE = """<item><reservationId>r-{n:017x}</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet>
<item><instanceId>i-{n:017x}</instanceId><imageId>ami-0abcdef1234567890</imageId><instanceState><code>16</code><name>running</name></instanceState><privateDnsName>ip-10-0-{b}-{c}.eu-central-1.compute.internal</privateDnsName><dnsName/><reason/>
<keyName>team-{team}</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>t3.{size}</instanceType>
<launchTime>2026-08-{day:02d}T{hour:02d}:14:{second:02d}.000Z</launchTime><placement><availabilityZone>eu-central-1a</availabilityZone>
<groupName/><tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring>
<subnetId>subnet-{subnet:017x}</subnetId><vpcId>vpc-0123456789abcdef0</vpcId><privateIpAddress>10.0.{b}.{c}</privateIpAddress>
<sourceDestCheck>true</sourceDestCheck><groupSet><item><groupId>sg-{team:017x}</groupId><groupName>team-{team}</groupName></item>
</groupSet><architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-{n:017x}</volumeId><status>attached</status>
<attachTime>2026-08-{day:02d}T{hour:02d}:14:{second:02d}.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>
</blockDeviceMapping><virtualizationType>hvm</virtualizationType><clientToken>c-{n:017x}</clientToken><tagSet>
<item><key>Name</key><value>web-{team}-{kind}</value></item><item><key>owner</key><value>team-{team}@example.com</value></item>
<item><key>expiration</key><value>2026-09-{day:02d}T19:00:00Z</value></item><item><key>stage</key><value>test</value></item>
<item><key>cost-centre</key><value>{team:06d}</value></item></tagSet><hypervisor>xen</hypervisor><networkInterfaceSet><item>
<networkInterfaceId>eni-{n:017x}</networkInterfaceId><subnetId>subnet-{subnet:017x}</subnetId><vpcId>vpc-0123456789abcdef0</vpcId>
<description/><ownerId>123456789012</ownerId><status>in-use</status><macAddress>02:00:00:00:{b:02x}:{c:02x}</macAddress>
<privateIpAddress>10.0.{b}.{c}</privateIpAddress><privateDnsName>ip-10-0-{b}-{c}.eu-central-1.compute.internal</privateDnsName>
<sourceDestCheck>true</sourceDestCheck><groupSet><item><groupId>sg-{team:017x}</groupId><groupName>team-{team}</groupName></item>
</groupSet><attachment><attachmentId>eni-attach-{n:017x}</attachmentId><deviceIndex>0</deviceIndex><status>attached</status>
<attachTime>2026-08-{day:02d}T{hour:02d}:14:{second:02d}.000Z</attachTime><deleteOnTermination>true</deleteOnTermination>
<networkCardIndex>0</networkCardIndex></attachment><privateIpAddressesSet><item><privateIpAddress>10.0.{b}.{c}</privateIpAddress>
<primary>true</primary></item></privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType></item>
</networkInterfaceSet><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport><cpuOptions><coreCount>1</coreCount>
<threadsPerCore>2</threadsPerCore></cpuOptions><capacityReservationSpecification><capacityReservationPreference>open
</capacityReservationPreference></capacityReservationSpecification><hibernationOptions><configured>false</configured>
</hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions><metadataOptions><state>applied</state>
<httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>
<httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions>
<platformDetails>Linux/UNIX</platformDetails><usageOperation>RunInstances</usageOperation>
<usageOperationUpdateTime>2026-08-{day:02d}T{hour:02d}:14:{second:02d}.000Z</usageOperationUpdateTime>
<maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions><currentInstanceBootMode>legacy-bios
</currentInstanceBootMode></item></instancesSet></item>""".replace("\n", "")


@dataclass(frozen=True)
class Measured:
    """What collecting `instances` took: CPU and wall seconds, MiB held more afterwards and at the most, requests."""

    instances: int
    cpu: float
    wall: float
    held: float
    peak: float
    requests: int
    edges: int


def instance(number: int) -> str:
    """Give one instance as AWS writes it: thousands share a few teams, subnets, types and hours."""
    return INSTANCE.format(
        n=number,
        b=number // 250 % 250,
        c=number % 250,
        team=number % 40,
        kind=number % 7,
        subnet=number % 60,
        size=("micro", "small", "large")[number % 3],
        day=1 + number % 28,
        hour=number % 24,
        second=number % 60,
    )


def serve(sizes: tuple[int, ...], ready: Connection) -> None:
    """Answer `DescribeInstances` for ever: the path is the size; the first listing of each has one page only."""
    warmed: set[int] = set()
    pages = {
        number: "".join(map(instance, range(number * PAGE, (number + 1) * PAGE)))
        for number in range(max(sizes) // PAGE)
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            size = int(self.path.strip("/"))
            page = int(asked.get("NextToken", ["0"])[0])
            is_last = size not in warmed or (page + 1) * PAGE >= size
            warmed.add(size)
            more = "" if is_last else f"<nextToken>{page + 1}</nextToken>"
            body = (
                '<?xml version="1.0" encoding="UTF-8"?><DescribeInstancesResponse '
                'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>'
                f"<reservationSet>{pages[page]}</reservationSet>{more}</DescribeInstancesResponse>"
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml;charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.send(server.server_port)
    server.serve_forever()


@contextmanager
def endpoint(sizes: tuple[int, ...]) -> Iterator[str]:
    """Yield the URL of a server that has as many instances as the path says."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=serve, args=(sizes, sender), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{receiver.recv()}"
    finally:
        process.terminate()
        process.join()


def held() -> float:
    """Give the MiB this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def clients_for(url: str) -> Clients:
    """Give the clients of an account behind the URL."""
    spec = AwsAccount(account_id="123456789012", regions=(REGION,), endpoint_url=url)
    return Clients(spec, LOGIN, {})


def measure(url: str, size: int, answer: Connection, *, as_botocore: bool) -> None:
    """Collect once to make the clients, then measure."""
    clients = clients_for(f"{url}/{size}")
    if as_botocore:
        clients._session.register_component("response_parser_factory", ResponseParserFactory())  # noqa: SLF001
    place = Place("benchmark", "123456789012", "aws", REGION)
    kinds = [KINDS["aws_ec2_instance"]]
    collect(kinds, place, [REGION], Calls(clients), None)
    gc.collect()
    before, requests = held(), clients.counter.total
    cpu, wall = time.process_time(), time.perf_counter()
    collected = collect(kinds, place, [REGION], Calls(clients), None)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    gc.collect()
    after = held()
    found = len(collected.resources)
    if found != size or collected.failures:
        raise RuntimeError(f"{found} of {size} instances, {collected.failures}")
    answer.send(Measured(size, cpu, wall, after - before, peak, clients.counter.total - requests, len(collected.edges)))


def main() -> None:
    """Print a line for each size, and JSON with `--json`."""
    sizes = tuple(int(text) for text in sys.argv[1:] if text.isdigit()) or SIZES
    print("instances CPU µs each  wall s MiB held MiB peak requests    edges")
    how = {"as_botocore": "--botocore" in sys.argv}
    with endpoint(sizes) as url:
        for size in sizes:
            receiver, sender = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(url, size, sender), kwargs=how)
            process.start()
            sender.close()
            one: Measured = receiver.recv()
            process.join()
            print(
                f"{one.instances:>9} {one.cpu / one.instances * 1e6:>11.0f} {one.wall:>7.2f} {one.held:>8.1f} "
                f"{one.peak:>8.1f} {one.requests:>8} {one.edges:>8}"
            )
            if "--json" in sys.argv:
                print(json.dumps({name: getattr(one, name) for name in one.__dataclass_fields__}))


if __name__ == "__main__":
    main()
