"""An independent check of the account and the cluster after the operator.

Remaining resources are looked up in the simulated AWS with boto3 and in the API server with kubectl, and so are the
corrected tags, without any code of the operator. The verdicts come from the stored plans.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.model.resource import ProviderName
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
"""Groups whose tags must state an owner and an expiry within the maximum after the pass."""
MAXIMUM = timedelta(hours=48)
TOLERANCE = timedelta(minutes=10)
"""Resources are created within minutes after the time of their story."""

_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_READS = ("Describe", "List", "Get", "Head", "BatchGet", "Search", "Query", "Scan", "Lookup")


@dataclass
class Check:
    """The number of checks, and a sentence for each that failed."""

    total: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        """The number of checks that passed."""
        return self.total - len(self.wrong)

    def note(self, problem: str) -> None:
        """Count one check; an empty problem means that it passed."""
        self.total += 1
        if problem:
            self.wrong.append(problem)


def check_remaining(stage: Stage) -> Check:
    """Check that every resource to delete is gone, and every other one is there."""
    check = Check()
    regions = {name: Region(stage.aws, name) for name in REGIONS}
    for member in stage.aws_story.members:
        region = regions[member.region or REGIONS[0]]
        check.note(_problem(member, is_there=exists(region, member.kind, member.id)))
    for member in stage.cluster_story.members:
        check.note(_problem(member, is_there=messy_cluster.exists(stage.cluster, member)))
    return check


def check_tags(stage: Stage) -> Check:
    """Check the corrected tags: those of EC2, and the annotations of namespaces."""
    check = Check()
    for member, tags in _ec2_tags(stage.aws, stage.aws_story):
        check.note(_mistake(member, tags, stage.aws_story.now))
    for member, tags in _annotations(stage.cluster, stage.cluster_story):
        check.note(_mistake(member, tags, stage.cluster_story.now))
    return check


def check_verdicts(stage: Stage, plans: Iterable[Plan]) -> Check:
    """Compare the verdict of each resource with the expected one."""
    check = Check()
    planned_at: dict[tuple[str, str], PlannedResource] = {}
    for planned in (planned for plan in plans for planned in plan.resources):
        resource = planned.resource
        if resource.provider is ProviderName.GCP:
            continue  # in no story, and its name may be that of a resource in one
        for name in (resource.name, resource.id):
            planned_at[resource.namespace or resource.region, name] = planned
    for member in (*stage.aws_story.members, *stage.cluster_story.members):
        if member.expected.verdict:
            found = planned_at.get((member.region, member.id)) or planned_at.get((member.region, member.name))
            check.note(_misjudgement(member, found))
    return check


def writes(aws: FakeAWS) -> list[str]:
    """Give the write calls since the last reset, as service:operation."""
    return [
        f"{call.service}:{call.operation}"
        for call in aws.calls()
        if call.operation and not call.operation.startswith(_READS)
    ]


def _problem(member: Member, *, is_there: bool) -> str:
    if is_there == member.expected.survives:
        return ""
    where = f" in {member.region}" if member.region else ""
    became = "still exists and must be deleted" if is_there else "is deleted and must exist"
    return f"{member.kind} {member.name}{where} ({member.group}) {became}"


def _misjudgement(member: Member, found: PlannedResource | None) -> str:
    name = f"{member.kind} {member.name} ({member.group})"
    if found is None:
        return f"{name} is in no plan"
    if found.judgement.verdict != member.expected.verdict:
        return f"{name} has the verdict {found.judgement.verdict}, expected {member.expected.verdict}"
    if member.expected.withheld and found.withheld is None:
        return f"{name} is not withheld"
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
