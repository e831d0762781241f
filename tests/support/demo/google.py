"""An independent check of the Google Cloud project after the operator, by a look into the simulation."""

from tests.support.demo.inspection import Check
from tests.support.demo.stage import PROJECT
from tests.support.fake_gcp import FakeGCP

_ZONE = f"projects/{PROJECT}/zones/europe-west1-b"
_LOCATION = f"projects/{PROJECT}/locations/europe-west1"
_GONE = (
    ("compute", f"{_ZONE}/instances/expired"),
    ("compute", f"{_ZONE}/disks/data-expired"),
    ("compute", f"projects/{PROJECT}/global/forwardingRules/web-rule"),
    ("redis", f"{_LOCATION}/instances/cache"),
    ("run", f"{_LOCATION}/services/preview"),
)
_KEPT = (
    ("compute", f"{_ZONE}/instances/kept"),
    ("compute", f"{_ZONE}/instances/precious"),
    ("compute", f"{_ZONE}/disks/data-unlabelled"),
    ("compute", f"projects/{PROJECT}/global/networks/default"),
    ("pubsub", f"projects/{PROJECT}/topics/orders"),
    ("storage", f"b/{PROJECT}-unlabelled"),
)
"""Resources by API that must be deleted, and those that must exist, after the cleanup."""


def check_project(gcp: FakeGCP) -> Check:
    """Check that every resource to delete is gone, and every other one is there."""
    check = Check()
    for api, name in _GONE:
        check.note(f"{name} still exists and must be deleted" if gcp.exists(api, name) else "")
    for api, name in _KEPT:
        check.note("" if gcp.exists(api, name) else f"{name} is deleted and must exist")
    return check


def writes(gcp: FakeGCP) -> list[str]:
    """Give the methods of the write calls since the last reset."""
    return [call.method_id for call in gcp.calls() if call.http != "GET"]
