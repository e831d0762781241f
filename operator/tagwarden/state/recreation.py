"""Detects recreated resources from the journal and the current resources (S13). Pure.

A resource that names its manager is not deleted for itself, so recreated resources come from generators that leave no
reference: the same name in the same place, or another name of the same pattern (`web-7d9f6c5b8-x2x4z`). A resource that
a person creates anew is not a loop: a developer's daily `test-1` has new tags.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagState

AT_ONCE = timedelta(minutes=15)
"""Time after a deletion within which an automatic manager recreates a resource."""

ANSWERED = timedelta(minutes=2)
"""A generator recreates within this time: with names that are always new, only the time reveals a recreation."""

REPEATEDLY = 2
"""Number of recreations that form a loop; a single one may be chance, or intended."""

_EXACT = 2
"""The likeness of a resource that is recreated at once with the same tags."""
_WAS = "tagwarden.io/was-"
_SEGMENT = re.compile(r"[-_.]")
# Kubernetes generates names from letters and digits that form no words; others use digits, or hexadecimal numbers.
_GENERATED = re.compile(
    r"[bcdfghjklmnpqrstvwxz2456789]{5}|[bcdfghjklmnpqrstvwxz2456789]{8,10}|(?=\w*\d)[0-9a-zA-Z]{6,}"
)

Place = tuple[str, str, str, str]
"""Account, region, kind and namespace."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A confirmed deletion: `begun` and `ended` from the journal, `tags` right before the deletion, if known."""

    place: Place
    name: str
    uid: str
    created: datetime | None
    tags: Mapping[str, str] | None
    run: str
    begun: datetime
    ended: datetime


def returns(resources: Iterable[Resource], deleted: Sequence[Deleted]) -> Mapping[str, int]:
    """Count, by uid, the recreations of the current resources; only loops count.

    An identical resource (name, and no new tags) that exists again at once is a loop at the first recreation (S13). The
    same name with other tags, or after a longer time, is a loop at the second. Generated names are a loop if at least
    half of all deletions, of more than one run, were followed at once by one new resource each.
    """
    by_name: defaultdict[tuple[Place, str], list[Deleted]] = defaultdict(list)
    by_stem: defaultdict[tuple[Place, str], list[Deleted]] = defaultdict(list)
    for one in sorted(deleted, key=lambda one: one.begun):
        by_name[one.place, one.name].append(one)
        if (stem := stem_of(one.name)) is not None:
            by_stem[one.place, stem].append(one)
    places = {one.place for one in deleted}
    counts: dict[str, int] = {}
    families: defaultdict[tuple[Place, str], list[Resource]] = defaultdict(list)
    for resource in resources:
        place = place_of(resource)
        if place not in places:
            continue
        if found := _returns_of_name(resource, by_name.get((place, resource.name), ())):
            counts[resource.uid] = found
        elif (stem := stem_of(resource.name)) is not None and (place, stem) in by_stem:
            families[place, stem].append(resource)
    for key, members in families.items():
        counts.update(_returns_of_family(members, by_stem[key]))
    return counts


def place_of(resource: Resource) -> Place:
    """Give place and kind of a resource."""
    return resource.account, resource.region, resource.kind, resource.namespace


def stem_of(name: str) -> str | None:
    """Give a name without its generated suffix; None without a suffix."""
    parts = _SEGMENT.split(name)
    kept = len(parts)
    while kept > 1 and _GENERATED.fullmatch(parts[kept - 1]):
        kept -= 1
    return "-".join(parts[:kept]) if kept < len(parts) and parts[0] else None


def _returns_of_name(resource: Resource, before: Sequence[Deleted]) -> int:
    """Count along the chain of deleted resources with this name, each followed by the next."""
    if not resource.name:
        return 0
    tags = resource.tags.values if resource.tags.state is TagState.KNOWN else None
    chain = [each for each in before if (each.uid, each.created) != (resource.uid, resource.created)]
    chain = [each for each in chain if resource.created is None or resource.created >= each.begun]
    if not chain:
        return 0
    followers = [*((each.created, each.tags) for each in chain[1:]), (resource.created, tags)]
    kinds = [_likeness(gone, *follower) for gone, follower in zip(chain, followers, strict=True)]
    count = sum(1 for likeness in kinds if likeness)
    is_loop = kinds[-1] == _EXACT or (kinds[-1] > 0 and count >= REPEATEDLY)
    return count if is_loop else 0


def _likeness(gone: Deleted, created: datetime | None, tags: Mapping[str, str] | None) -> int:
    """Rate the likelihood that a later resource is a recreated one, by time and tags."""
    is_prompt = created is None or created <= gone.ended + AT_ONCE
    return int(is_prompt) + int(_says_nothing_new(gone.tags, tags))


def _says_nothing_new(before: Mapping[str, str] | None, now: Mapping[str, str] | None) -> bool:
    """Whether every tag equals a tag of the deleted resource, before or after Tagwarden's repair."""
    if before is None or now is None:
        return False
    return all(value in (before.get(key), before.get(_WAS + key)) for key, value in now.items())


def _returns_of_family(members: Sequence[Resource], deleted: Sequence[Deleted]) -> Iterator[tuple[str, int]]:
    """Match each deletion with the first unmatched later creation; give the matched members if these form a loop."""
    known = [(each.created, each.uid) for each in members] + [(each.created, each.uid) for each in deleted]
    births = sorted({(created, uid) for created, uid in known if created is not None})
    times = [created for created, _ in births]
    taken: set[int] = set()
    answers: set[str] = set()
    for gone in deleted:
        for number in range(bisect_left(times, gone.begun), len(births)):
            if times[number] > gone.ended + ANSWERED:
                break
            if number not in taken and births[number][1] != gone.uid:
                taken.add(number)
                answers.add(births[number][1])
                break
    is_loop = len(answers) >= REPEATEDLY and 2 * len(answers) >= len(deleted) and len({one.run for one in deleted}) > 1
    for member in members if is_loop else ():
        if member.uid in answers:
            yield member.uid, len(answers)
