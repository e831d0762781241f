"""What things cost, as a user sees it: a price list from AWS's Price List, then plan, explain and apply."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import messy_account
from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import FakeAWS
from tests.support.price_list import price_list, some_products

ACCOUNT = "123456789012"


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    login = fake_aws.login(ACCOUNT)
    messy_account.populate(fake_aws, datetime.now(UTC), login=login)
    shell = on(fake_aws, login, tmp_path)
    shell.declare("declared/all.yaml", a_policy(), an_account(fake_aws, login))
    return shell


def test_a_plan_says_what_it_saves(shell: CommandLine, tmp_path: Path) -> None:
    """Unknown without a price list; with one, the same plan with costs, and the same when it is applied."""
    without = shell.run("plan", "-f", "declared")
    assert "cost unknown: no price list; see tagwarden prices" in without.out
    priced = with_prices(shell)

    # At one instant, since shortened expiries count from now.
    asked = ("plan", "-f", "declared", "--stored", "--now", datetime.now(UTC).isoformat())
    unpriced = shell.run(*asked, "-o", "json").json
    out = priced.run(*asked, "-o", "json").out
    shown = json.loads(out)
    table = priced.run(*asked, "--full").out

    assert unpriced["hash"] == shown["hash"]
    assert {None} == {entry["costPerMonth"] for entry in unpriced["resources"]}
    assert unpriced["report"]["pending"]["savedPerMonth"] is None
    gone = [
        entry
        for entry in shown["resources"]
        if entry["takenBy"] or any(action["type"] == "Delete" for action in entry["actions"])
    ]
    known = [entry["costPerMonth"] for entry in gone if entry["costPerMonth"] is not None]
    assert 0 < len(known) < len(gone)
    priced_of = f"for {len(known)} of {len(gone)} resources with a known price"
    pending = shown["report"]["pending"]
    assert f"{sum(known):.2f} USD, {priced_of}" == pending["savedPerMonth"]
    assert priced_of in table
    assert "USD/month" in table

    listed = {"m5.large": 73.0, "t3.micro": 7.3, "t3.small": 14.6}
    instances = [entry for entry in gone if entry["kind"] == "aws_ec2_instance" and entry["region"] == "eu-central-1"]
    assert {entry["uid"]: entry["costPerMonth"] for entry in instances} == {
        entry["uid"]: listed.get(entry["attributes"]["instance_type"]) for entry in instances
    }
    running = next(entry for entry in instances if entry["costPerMonth"] is not None)
    # What was asked for another time is not remembered.
    assert priced.run("plan", "-f", "declared", "--stored").status == 0
    explained = priced.run("explain", running["uid"])
    assert f"cost {running['costPerMonth']:,.2f} USD a month by list prices" in explained.out

    # A saved plan keeps the costs that it was shown with, whatever the price list says by then.
    (tmp_path / "plan.json").write_text(out)
    (tmp_path / "prices.csv").write_text("provider,region,kind,item,unit,usd\n")

    done = priced.run("apply", "-f", "declared", "plan.json", "--dry-run", "-o", "json")

    assert done.status == 0, done.err
    assert (costs_of(shown), pending) == (costs_of(done.json), done.json["report"]["pending"])


def costs_of(document: Any) -> dict[str, float | None]:
    return {entry["uid"]: entry["costPerMonth"] for entry in document["resources"]}


def with_prices(shell: CommandLine) -> CommandLine:
    """Write the price list of what was collected, and name it in the environment."""
    with price_list(*some_products()) as listed:
        asking = CommandLine(shell.folder, {**shell.environment, "AWS_ENDPOINT_URL_PRICING": listed.url})
        told = asking.run("prices", "--stored")
    assert told.status == 0, told.err
    (shell.folder / "prices.csv").write_text(told.out)
    return CommandLine(shell.folder, {**shell.environment, "TAGWARDEN_PRICES": "prices.csv"})
