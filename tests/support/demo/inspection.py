"""An independent look at what became of the account and the cluster.

What must still be there is asked of the simulated AWS with boto3 and of the API server with kubectl, and so are the
tags that were to be corrected, without any code of the operator. What the policies have said is read from their plans.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tagwarden.model.plan import Plan, PlannedResource
from tests.support import messy_cluster
from tests.support.aws_seed import Region
from tests.support.aws_seeds import exists
from tests.support.cluster import Cluster
from tests.support.demo.stage import Stage
from tests.support.fake_aws import FakeAWS
from tests.support.messy_account import REGIONS
from tests.support.story import OWNERS, GroupName, Member, Story

CORRECTED: tuple[GroupName, ...] = (
    "other_keys",
    "misspelt_keys",
    "other_forms",
    "malformed",
    "too_long",
    "without_expiry",
)
"""Groups whose tags must state an owner and an expiry within the maximum afterwards."""
MAXIMUM = timedelta(hours=48)
TOLERANCE = timedelta(minutes=10)
"""Resources are made within minutes after the story's own time."""

_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_READS = ("Describe", "List", "Get", "Head", "BatchGet", "Search", "Query", "Scan", "Lookup")


@dataclass
class Verdict:
    """How many of the things that were looked at are as they must be, and a sentence for each that is not."""

    looked_at: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        """How many are as they must be."""
        return self.looked_at - len(self.wrong)

    def note(self, problem: str) -> None:
        """Count one more; an empty problem means that it is right."""
        self.looked_at += 1
        if problem:
            self.wrong.append(problem)


def what_remains(stage: Stage) -> Verdict:
    """Look whether everything that must be gone is gone, and everything else is there."""
    verdict = Verdict()
    regions = {name: Region(stage.aws, name) for name in REGIONS}
    for member in stage.aws_story.members:
        region = regions[member.region or REGIONS[0]]
        verdict.note(_problem(member, is_there=exists(region, member.kind, member.id)))
    for member in stage.cluster_story.members:
        verdict.note(_problem(member, is_there=messy_cluster.exists(stage.cluster, member)))
    return verdict


def what_tags_say(stage: Stage) -> Verdict:
    """Look at the tags that were to be corrected: those of EC2, and the annotations of namespaces."""
    verdict = Verdict()
    for member, tags in [*_ec2_tags(stage.aws, stage.aws_story), *_annotations(stage.cluster, stage.cluster_story)]:
        verdict.note(_mistake(member, tags, stage.aws_story.now))
    return verdict


def what_was_said(stage: Stage, plans: Iterable[Plan]) -> Verdict:
    """Compare what the policies say of each resource with what is to be said of it."""
    verdict = Verdict()
    said: dict[tuple[str, str], PlannedResource] = {}
    for planned in (planned for plan in plans for planned in plan.resources):
        resource = planned.resource
        for name in (resource.name, resource.id):
            said[resource.namespace or resource.region, name] = planned
    for member in (*stage.aws_story.members, *stage.cluster_story.members):
        if member.expected.verdict:
            found = said.get((member.region, member.id)) or said.get((member.region, member.name))
            verdict.note(_misjudgement(member, found))
    return verdict


def writes(aws: FakeAWS) -> list[str]:
    """Give the calls since the last reset that are none for reading, as service:operation."""
    return [
        f"{call.service}:{call.operation}"
        for call in aws.calls()
        if call.operation and not call.operation.startswith(_READS)
    ]


def _problem(member: Member, *, is_there: bool) -> str:
    if is_there == member.expected.survives:
        return ""
    where = f" in {member.region}" if member.region else ""
    became = "is still there and must be gone" if is_there else "is gone and must be there"
    return f"{member.kind} {member.name}{where} ({member.group}) {became}"


def _misjudgement(member: Member, found: PlannedResource | None) -> str:
    name = f"{member.kind} {member.name} ({member.group})"
    if found is None:
        return f"{name} is not spoken of"
    if found.judgement.verdict != member.expected.verdict:
        return f"{name} is {found.judgement.verdict} and must be {member.expected.verdict}"
    if member.expected.withheld and found.withheld is None:
        return f"{name} is not kept back"
    return ""


def _mistake(member: Member, tags: dict[str, str], now: datetime) -> str:
    name = f"{member.kind} {member.name} ({member.group})"
    if tags.get("owner") not in OWNERS:
        return f"{name} has the owner {tags.get('owner')!r}"
    expiry = tags.get("expiration", "")
    if not _CANONICAL.fullmatch(expiry):
        return f"{name} has the expiration {expiry!r}"
    ends = datetime.fromisoformat(expiry)
    if not now < ends <= now + MAXIMUM + TOLERANCE:
        return f"{name} ends at {expiry}"
    return ""


def _ec2_tags(aws: FakeAWS, story: Story) -> Iterator[tuple[Member, dict[str, str]]]:
    for name in REGIONS:
        found = aws.client("ec2", name).get_paginator("describe_tags").paginate().build_full_result()["Tags"]
        tags: dict[str, dict[str, str]] = {}
        for tag in found:
            tags.setdefault(tag["ResourceId"], {})[tag["Key"]] = tag["Value"]
        for member in story.group(*CORRECTED):
            if member.kind.startswith("aws_ec2_") and member.region == name:
                yield member, tags.get(member.id, {})


def _annotations(cluster: Cluster, story: Story) -> Iterator[tuple[Member, dict[str, str]]]:
    for member in story.group(*CORRECTED):
        if member.kind == "k8s_namespace":
            yield member, cluster.get("namespace", member.name)["metadata"].get("annotations", {})
