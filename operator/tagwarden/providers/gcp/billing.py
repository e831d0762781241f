"""Maps an item of a response to its charges, by the rules of its kind."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from tagwarden.model.billing import Billing, Charge
from tagwarden.providers.catalogue.path_compiler import texts
from tagwarden.providers.gcp.billing_rules import FREE, REDIS_SIZES, RULES, Billed, Fact
from tagwarden.providers.gcp.machines import Machine, database_machine_of, machine_of
from tagwarden.providers.gcp.paths import compile_path

_ZONE = re.compile(r"[a-z]+-[a-z]+\d+-[a-z]")
_FREE_LICENCES = frozenset({
    "centos-cloud", "cos-cloud", "debian-cloud", "fedora-cloud", "fedora-coreos-cloud", "rocky-linux-cloud",
    "ubuntu-os-cloud", "vm-options",
})  # fmt: skip
"""Projects whose licences cost nothing: https://cloud.google.com/compute/disks-image-pricing"""

_UNKNOWN = object()
_Value = str | int | float | bool | None


def billing_of(kind: str, item: Mapping[str, Any]) -> Billing:
    """Give the charges of an item in its state; None where they are unknown."""
    if kind not in RULES:
        return () if kind in FREE else None
    derive = _DERIVED.get(kind)
    told = {**item, **derive(item)} if derive is not None else item
    return _billing(kind, tuple(_plain(compile_path(path)(told)) for path in _paths(kind)))


@cache
def _paths(kind: str) -> tuple[str, ...]:
    facts = [fact.path for rule in RULES[kind] for fact in rule.facts.values()]
    return tuple(dict.fromkeys([*facts, *(rule.quantity for rule in RULES[kind] if rule.quantity)]))


@lru_cache(maxsize=65_536)
def _billing(kind: str, values: tuple[_Value, ...]) -> Billing:
    """Give the charges for these values at the paths of the kind; a project has few distinct ones."""
    told = dict(zip(_paths(kind), values, strict=True))
    charges = []
    for rule in RULES[kind]:
        charge = _charge(rule, told)
        if charge is _UNKNOWN:
            return None
        if isinstance(charge, Charge):
            charges.append(charge)
    return tuple(charges)


def _charge(rule: Billed, told: Mapping[str, _Value]) -> object:
    """Give the charge of one rule, None if free, `_UNKNOWN` if the item tells too little."""
    words: dict[str, str] = {}
    for name, fact in rule.facts.items():
        word = _word(fact, told[fact.path])
        if not isinstance(word, str):
            return word
        words[name] = word
    quantity = _number(told[rule.quantity]) if rule.quantity else 1.0
    if quantity is None:
        return _UNKNOWN
    return Charge(rule.item.format(**words), rule.unit, quantity)


def _word(fact: Fact, value: _Value) -> object:
    text = "" if value is None else str(value).rpartition("/")[2]
    if text in fact.words:
        return fact.words[text]
    if not text or "*" not in fact.words:
        return _UNKNOWN
    return fact.words["*"]


def _number(value: Any) -> float | None:
    """Give a number, which Google also writes as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _plain(value: Any) -> _Value:
    return value if isinstance(value, str | int | float | bool) else None


def _machine(found: Machine | None) -> Mapping[str, Any]:
    if found is None:
        return {}
    return {"machine": {"vcpus": found.vcpus, "gib": found.gib, "core": found.core, "ram": found.ram}}


def _of_instance(item: Mapping[str, Any]) -> Mapping[str, Any]:
    machine = machine_of(str(item.get("machineType") or "").rpartition("/")[2])
    return {**_machine(machine), "extra": _extra_of(item)}


def _extra_of(item: Mapping[str, Any]) -> str:
    """Name a part of an instance that has a price of its own, which its machine type does not tell."""
    if item.get("guestAccelerators"):
        return "GPU"
    if "SCRATCH" in texts(compile_path("disks[].type")(item)):
        return "local disk"
    if compile_path("scheduling.nodeAffinities")(item):
        return "sole tenancy"
    licences = texts(compile_path("disks[].licenses[]")(item))
    return "" if all(_project_of(licence) in _FREE_LICENCES for licence in licences) else "licence"


def _project_of(link: str) -> str:
    return link.partition("projects/")[2].partition("/")[0]


def _of_database(item: Mapping[str, Any]) -> Mapping[str, Any]:
    settings = item.get("settings")
    tier = settings.get("tier") if isinstance(settings, dict) else None
    engine = str(item.get("databaseVersion") or "").partition("_")[0]
    return {**_machine(database_machine_of(str(tier or ""))), "engine": engine}


def _of_cluster(item: Mapping[str, Any]) -> Mapping[str, Any]:
    if compile_path("autopilot.enabled")(item):
        return {"mode": "Autopilot"}
    location = str(item.get("location") or "")
    return {"mode": ("Zonal" if _ZONE.fullmatch(location) else "Regional") if location else ""}


def _of_cache(item: Mapping[str, Any]) -> Mapping[str, Any]:
    gib = _number(item.get("memorySizeGb"))
    return {"size": next((name for name, most in REDIS_SIZES.items() if gib is not None and gib <= most), "")}


_DERIVED: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "gcp_compute_instance": _of_instance,
    "gcp_container_cluster": _of_cluster,
    "gcp_redis_instance": _of_cache,
    "gcp_sqladmin_instance": _of_database,
}
"""Facts that no path gives, by kind."""
