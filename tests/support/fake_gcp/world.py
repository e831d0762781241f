"""A messy project: what a team leaves behind, with and without labels, in all the services that people use."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from tests.support.fake_gcp.cloud import FakeGCP
from tests.support.fake_gcp.seeds import KEPT, Seed
from tests.support.fake_gcp.store import Record
from tests.support.fake_gcp.world_compute import COMPUTE
from tests.support.fake_gcp.world_services import SERVICES

PROJECT = "dev-a"
NUMBER = "481516234200"
REGION = "europe-west1"
ZONE = "europe-west1-b"


def messy_project(gcp: FakeGCP, now: datetime, *, project: str = PROJECT, number: str = NUMBER) -> list[Record]:
    """Create a project with about seventy resources; returns them in the order of their creation."""
    gcp.new_project(project, number, at=now - timedelta(days=400))
    return plant(gcp, (*COMPUTE, *SERVICES), now, project=project, number=number)


def plant(
    gcp: FakeGCP, seeds: Iterable[Seed], now: datetime, *, project: str = PROJECT, number: str = NUMBER
) -> list[Record]:
    """Create resources in an existing project, each as old as its seed says."""
    words = {"$project": project, "$number": number, "$region": REGION, "$zone": ZONE}
    made = []
    for seed in seeds:
        outside = seed.method.startswith("storage.")  # buckets belong to a project, their paths do not say so
        place = _filled(seed.place if outside else f"projects/$project/{seed.place}".rstrip("/"), words)
        query = {name: _filled(value, words) for name, value in seed.query.items()}
        at = now - timedelta(days=seed.days)
        made.append(gcp.add(seed.method, place, _filled(deepcopy(dict(seed.body)), words), at=at, **query))
    return made


def instances(
    gcp: FakeGCP, count: int, now: datetime, *, project: str = PROJECT, labels: Mapping[str, str] = KEPT
) -> list[Record]:
    """Create many instances with a boot disk each, over the zones of a region."""
    seeds = (
        Seed(
            "compute.instances.insert",
            f"zones/{REGION}-{'bcd'[index % 3]}",
            {
                "name": f"many-{index:05}",
                "machineType": f"zones/{REGION}-{'bcd'[index % 3]}/machineTypes/e2-small",
                "labels": labels,
                "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"labels": labels}}],
                "networkInterfaces": [{"network": "global/networks/default"}],
            },
        )
        for index in range(count)
    )
    return plant(gcp, seeds, now, project=project)


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, meaning in words.items():
            value = value.replace(word, meaning)
        return value
    if isinstance(value, Mapping):
        return {name: _filled(below, words) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, words) for each in value]
    return value
