"""Small builders of values for tests: what a test does not name is ordinary, fixed and valid."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Identity, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.model.world import World
from tagwarden.providers.linking import world_of

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
"""A Tuesday, at noon."""
ACCOUNT = "aws-dev"

_KIND_OF = {
    ProviderName.AWS: "aws_ec2_instance",
    ProviderName.KUBERNETES: "k8s_deployment",
    ProviderName.GCP: "gcp_compute_disk",
}
_CATEGORY_OF = {ProviderName.AWS: "instance", ProviderName.KUBERNETES: "workload", ProviderName.GCP: "volume"}


def account_id_of(name: str) -> str:
    """Give the identity behind an account of tests: twelve digits, the same for the same name."""
    return "123456789012" if name == ACCOUNT else f"{zlib.crc32(name.encode()):012d}"


def a_resource(*, tags: Tags | Mapping[str, str] | None = None, **changes: Any) -> Resource:
    """Give an EC2 instance without tags that is a day old, with these fields changed.

    `tags` may be a plain mapping, which means known tags. `uid` follows `id` unless it is given.
    """
    provider = changes.get("provider", ProviderName.AWS)
    known = tags if isinstance(tags, Tags) else Tags.known(tags or {})
    resource = Resource(
        uid="",
        provider=provider,
        account=ACCOUNT,
        region="" if provider is ProviderName.KUBERNETES else "eu-central-1",
        kind=_KIND_OF[provider],
        category=_CATEGORY_OF[provider],
        id="i-0123456789abcdef0",
        name="web",
        created=NOW - timedelta(days=1),
        tags=known,
        state="running",
    )
    resource = replace(resource, **changes)
    return resource if resource.uid else replace(resource, uid=f"{resource.account}/{resource.kind}/{resource.id}")


def an_identity(name: str, provider: ProviderName = ProviderName.AWS) -> Identity:
    """Give who we are in an account of tests."""
    if provider is ProviderName.GCP:
        return Identity(f"project-{account_id_of(name)}", "tagwarden@example.iam.gserviceaccount.com")
    return Identity(account_id_of(name), f"arn:aws:iam::{account_id_of(name)}:user/tagwarden")


def a_snapshot(
    *resources: Resource,
    edges: Iterable[Edge] = (),
    failures: Iterable[CollectFailure] = (),
    kinds: Iterable[str] | None = None,
    **changes: Any,
) -> Snapshot:
    """Give a complete snapshot of these resources, taken now; `kinds` are those of the resources unless given."""
    failures = tuple(failures)
    asked = kinds if kinds is not None else {resource.kind for resource in resources} | {f.kind for f in failures}
    account = resources[0].account if resources else ACCOUNT
    provider = resources[0].provider if resources else ProviderName.AWS
    snapshot = Snapshot(
        id="snapshot-2",
        account=account,
        provider=provider,
        identity=an_identity(changes.get("account", account), changes.get("provider", provider)),
        taken=NOW,
        duration_seconds=1.5,
        kinds=tuple(sorted(asked)),
        resources=resources,
        edges=tuple(edges),
        failures=failures,
        api_calls=len(resources),
    )
    return replace(snapshot, **changes)


def an_account(
    name: str = ACCOUNT,
    *,
    environment: Environment = Environment.TEST,
    labels: Mapping[str, str] | None = None,
    provider: ProviderName = ProviderName.AWS,
    **spec: Any,
) -> CloudAccount:
    """Give a test account; further fields of the spec as in YAML."""
    blocks: dict[ProviderName, dict[str, Any]] = {
        ProviderName.AWS: {"aws": {"accountID": account_id_of(name)}},
        ProviderName.KUBERNETES: {"kubernetes": {}},
        ProviderName.GCP: {"gcp": {"projectID": f"project-{account_id_of(name)}"}},
    }
    return CloudAccount.model_validate(
        {
            "name": name,
            "labels": dict(labels or {}),
            "spec": {"provider": provider, "environment": environment, **blocks[provider], **spec},
        }
    )


EVERY_KIND_GOES: Mapping[str, Any] = {"untagged": "Delete", "expired": "Delete", "irreplaceable": {"kinds": ["*"]}}
"""Rules that delete what holds data, keys and names for being untagged, too."""


def a_policy(name: str = "test-accounts", *, generation: int = 1, **spec: Any) -> CleanupPolicy:
    """Give a policy that governs the test account and deletes whatever a rule may delete; fields as in YAML.

    Fields given replace the whole field: `a_policy(rules={"expired": "Report"})` has the default rules beside.
    """
    usual: dict[str, Any] = {
        "mode": "Enforce",
        "scope": {"accounts": {"names": [ACCOUNT]}},
        "lifetime": {"max": "48h"},
        "rules": {"untagged": "Delete", "expired": "Delete"},
        "limits": {"deletionsPerRun": 50, "deletionsPercent": 20, "deletionsPerHour": 100},
    }
    return CleanupPolicy.model_validate({"name": name, "generation": generation, "spec": {**usual, **spec}})


def a_world(*snapshots: Snapshot, accounts: Iterable[CloudAccount] | None = None) -> World:
    """Give a world of these snapshots; every account is a test account unless accounts are given."""
    declared = (
        accounts
        if accounts is not None
        else [an_account(snapshot.account, provider=snapshot.provider) for snapshot in snapshots]
    )
    return world_of(snapshots, declared)
