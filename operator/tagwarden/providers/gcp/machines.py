"""Machine types as Google bills them: by cores and memory of a series.

https://cloud.google.com/compute/docs/machine-resource and https://cloud.google.com/compute/vm-instance-pricing. A type
that is not a plain member of a known series (custom, with local disks, with GPUs) has no entry, and no known price.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_GIB = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """The cores and memory of a machine as billed, with the items of the price list; memory in GiB."""

    vcpus: float
    gib: float
    core: str = ""
    ram: str = ""


@dataclass(frozen=True, slots=True)
class _Series:
    """The items of a series begin with `name`; `gib` is the memory for each core by class."""

    name: str
    gib: Mapping[str, float]


_SERIES: Mapping[str, _Series] = {
    "c2": _Series("Compute optimized", {"standard": 4}),
    "c2d": _Series("C2D AMD Instance", {"standard": 4, "highmem": 8, "highcpu": 2}),
    "c3": _Series("C3 Instance", {"standard": 4, "highmem": 8, "highcpu": 2}),
    "c3d": _Series("C3D Instance", {"standard": 4, "highmem": 8, "highcpu": 2}),
    "e2": _Series("E2 Instance", {"standard": 4, "highmem": 8, "highcpu": 1}),
    "n1": _Series("N1 Predefined Instance", {"standard": 3.75, "highmem": 6.5, "highcpu": 0.9}),
    "n2": _Series("N2 Instance", {"standard": 4, "highmem": 8, "highcpu": 1}),
    "n2d": _Series("N2D AMD Instance", {"standard": 4, "highmem": 8, "highcpu": 1}),
    "n4": _Series("N4 Instance", {"standard": 4, "highmem": 8, "highcpu": 2}),
    "t2a": _Series("T2A Arm Instance", {"standard": 4}),
    "t2d": _Series("T2D AMD Instance", {"standard": 4}),
}
CORES = tuple(f"{series.name} Core" for series in _SERIES.values())
MEMORIES = tuple(f"{series.name} Ram" for series in _SERIES.values())
"""The items of the price list."""
_SHARED_CORES: Mapping[str, tuple[float, float]] = {"e2-micro": (0.25, 1), "e2-small": (0.5, 2), "e2-medium": (1, 4)}
"""Cores and memory as billed; a guest sees two cores."""
_UNLIKE = frozenset({"n2-highmem-128", "n2d-highmem-96", "c3-standard-192-metal", "c3-highcpu-192-metal"})
"""Members with less memory for each core than their class."""
_TYPE = re.compile(r"([a-z]\d[a-z]?)-(standard|highmem|highcpu)-(\d+)")
_TIER = re.compile(r"db-custom-(\d+)-(\d+)")


@cache
def machine_of(machine_type: str) -> Machine | None:
    """Give the machine of a type of Compute Engine, such as `e2-small`; None where its price is not known."""
    if machine_type in _SHARED_CORES:
        vcpus, gib = _SHARED_CORES[machine_type]
        return _in_series("e2", vcpus, gib)
    found = _TYPE.fullmatch(machine_type)
    if found is None or machine_type in _UNLIKE or found[1] not in _SERIES:
        return None
    each = _SERIES[found[1]].gib.get(found[2])
    return _in_series(found[1], int(found[3]), each * int(found[3])) if each is not None else None


@cache
def database_machine_of(tier: str) -> Machine | None:
    """Give the machine of a tier of Cloud SQL, such as `db-custom-2-7680`: cores, and memory in MiB."""
    found = _TIER.fullmatch(tier)
    return Machine(int(found[1]), int(found[2]) / _GIB) if found else None


def _in_series(series: str, vcpus: float, gib: float) -> Machine:
    name = _SERIES[series].name
    return Machine(vcpus, gib, f"{name} Core", f"{name} Ram")
