"""Requests of one pass over a messy Google Cloud project, beside the fewest that list the same collections.

    python benchmarks/requests_gcp.py [--instances 2000] [--source AssetInventory]

The project is that of the tests (tests/support/fake_gcp/world.py), served over HTTP by a simulation that refuses what
Google's documents do not describe. The fewest are counted by these documents: see tests/support/fake_gcp/fewest.py.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tagwarden.model.account import CloudAccount, Source
from tagwarden.providers.base import Access, Provider
from tagwarden.providers.registry import catalogue_of
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.fewest import costs_of
from tests.support.fake_gcp.world import instances, messy_project

PROJECT = "messy-dev-1"


def main() -> None:
    """Collect once; print what was asked more often than needed, and the sums."""
    options = argparse.ArgumentParser()
    options.add_argument("--instances", type=int, default=0, help="instances with a disk each that the project has too")
    options.add_argument("--source", choices=[*Source], default=Source.DIRECT, help="as in spec.gcp.source")
    given = options.parse_args()
    now = datetime.now(UTC)
    with FakeGCP() as gcp:
        messy_project(gcp, now, project=PROJECT)
        instances(gcp, given.instances, now, project=PROJECT)
        snapshot = provider(gcp, given.source).collect(now)
        costs = costs_of(gcp.calls())
    for name, cost in costs.items():
        if cost.made > cost.fewest:
            print(f"{name}: {cost.made} requests, at the fewest {cost.fewest}")
    made, fewest = sum(cost.made for cost in costs.values()), sum(cost.fewest for cost in costs.values())
    print(f"{len(snapshot.resources)} resources, {len(costs)} collections: {made} requests, at the fewest {fewest}")
    print(f"{made / fewest:.3f} x the fewest")


def provider(gcp: FakeGCP, source: str) -> Provider:
    """Open the provider of the project."""
    key = json.dumps(gcp.key_file(f"tagwarden@{PROJECT}.iam.gserviceaccount.com", PROJECT))
    account = CloudAccount.model_validate(
        {
            "name": "gcp-dev",
            "spec": {
                "provider": "GCP",
                "environment": "test",
                "gcp": {
                    "projectID": PROJECT,
                    "endpointURL": gcp.endpoint,
                    "credentialsSecret": {"name": "key"},
                    "source": source,
                },
            },
        }
    )
    return catalogue_of(account.spec.provider).open(account, {"key": {"key.json": key}}, Access())


if __name__ == "__main__":
    main()
