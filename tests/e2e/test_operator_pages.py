"""The operator writes the report after a pass and serves the live pages, where the settings ask for it."""

import socket
import urllib.request
from pathlib import Path
from urllib.error import URLError

from tests.support.cluster import Cluster
from tests.support.control_plane import new_control_plane
from tests.support.declared import declare_account, deleting_policy, make_volumes, manifest, new_login
from tests.support.fake_aws import FakeAWS
from tests.support.installed_crds import install_crds
from tests.support.processes import wait_until
from tests.support.running_operator import RunningOperator


def test_a_pass_leaves_a_report_metrics_and_pages(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    report = tmp_path / "report.html"
    environment = {"TAGWARDEN_REPORT": str(report), "TAGWARDEN_PAGES_PORT": str(port)}
    with new_control_plane() as cluster, FakeAWS() as aws:
        install_crds(cluster)
        plan_volumes(cluster, aws)
        with RunningOperator(cluster, tmp_path, environment=environment) as operator:
            wait_until(report.exists, what="the report is written", seconds=120)
            wait_until(
                lambda: "tagwarden_inventory_compliance_ratio{" in (operator.get("/metrics") or (0, ""))[1],
                what="the indicators are metrics",
                seconds=30,
            )
            wait_until(lambda: "vol-" in page_of(port), what="the pages are served", seconds=90)
    assert "For executives" in report.read_text(encoding="utf-8")
    assert page_of(port) == "", "the pages end with the operator"


def plan_volumes(cluster: Cluster, aws: FakeAWS) -> None:
    """Declare a policy that plans two volumes."""
    login = new_login(aws)
    make_volumes(aws, login, {"owner": "alice", "expiration": "2099-01-01T00:00:00Z"}, {})
    declare_account(cluster, aws, "dev", login)
    cluster.apply(manifest("CleanupPolicy", "dev", deleting_policy("dev", mode="Audit")))


def page_of(port: int) -> str:
    """Give the page of a search; empty while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/resources?search=volume", timeout=10) as answer:
            return str(answer.read().decode())
    except (URLError, OSError):
        return ""
