"""The report after a pass: written by a child, told as metrics, and never a reason for a pass to fail (S12)."""

import asyncio
import sys
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from tagwarden.controller.children import Children
from tagwarden.controller.inventory_pages import InventoryReport
from tagwarden.reporting.metrics import Metrics
from tagwarden.settings import Settings

ANSWER = """
import json, sys
row = {"policy": "p", "account": "aws-dev", "provider": "AWS", "category": "instance", "team": "data",
       "age_mean_seconds": 60.0, "age_median_seconds": None, "compliance_ratio": 0.5, "usd_at_risk": 3.0, "unpriced": 1}
avoided = {"policy": "p", "account": "aws-dev", "provider": "AWS", "category": "instance", "usd_so_far": 7.5}
print(json.dumps({"indicators": {"by_group": [row], "avoided_by_group": [avoided]}}))
with open(sys.argv[sys.argv.index("--out") + 1], "a") as file:
    file.write("written\\n")
"""


def reported(settings: Settings, program: str, times: int = 1) -> str:
    async def write() -> str:
        metrics = Metrics()
        children = Children(1, command=(sys.executable, "-c", program))
        report = InventoryReport(children, metrics, settings)
        await asyncio.gather(*(report.write() for _ in range(times)))
        return generate_latest(metrics.registry).decode()

    return asyncio.run(write())


def test_a_report_becomes_metrics_without_unknown_numbers(tmp_path: Path) -> None:
    said = reported(Settings(report=tmp_path / "report.html"), ANSWER)
    labels = 'account="aws-dev",category="instance",policy="p",provider="AWS"'
    assert f"tagwarden_inventory_cost_avoided_usd{{{labels}}} 7.5" in said
    assert f'tagwarden_inventory_compliance_ratio{{{labels},team="data"}} 0.5' in said
    assert f'tagwarden_inventory_cost_at_risk_usd_per_month{{{labels},team="data"}} 3.0' in said
    assert f'tagwarden_inventory_age_mean_seconds{{{labels},team="data"}} 60.0' in said
    assert "tagwarden_inventory_age_median_seconds{" not in said


def test_passes_that_end_together_share_a_report(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    reported(Settings(report=file), ANSWER, times=5)
    assert 1 <= len(file.read_text().splitlines()) <= 2


def test_a_report_that_fails_is_logged_and_fails_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    program = "import sys; sys.stderr.write('tagwarden: the disk is full\\n'); sys.exit(1)"
    said = reported(Settings(report=tmp_path / "report.html"), program)
    assert "the report was not written: the disk is full" in caplog.text
    assert "tagwarden_inventory_compliance_ratio{" not in said


def test_without_the_setting_no_child_runs() -> None:
    assert "tagwarden_inventory_compliance_ratio{" not in reported(Settings(), "raise SystemExit(1)")
