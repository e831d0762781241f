"""A cluster of a few manifests, and what a policy that deletes whatever is untagged or expired would take from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tagwarden.model.history import History
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers.kubernetes.assembling import assemble
from tagwarden.providers.kubernetes.catalogue import catalogue, row_of
from tagwarden.providers.kubernetes.discovery import Api
from tagwarden.providers.kubernetes.mentions import Names
from tagwarden.providers.kubernetes.names import group_of
from tagwarden.providers.kubernetes.protected_objects import Protections
from tagwarden.providers.kubernetes.reading import Seen, read_object
from tests.support.builders import ACCOUNT, NOW, a_policy, a_snapshot, an_account
from tests.support.evaluation import LONG_AGO, seen_before

CLAIM = "{owner: alice, expiration: 2026-09-10T19:00:00Z}"
"""Annotations of what somebody claims: alice, and nine days are left."""

_VERBS = frozenset({"create", "delete", "get", "list", "patch"})
_AT_LARGE = frozenset({"Namespace", "ClusterRole", "ClusterRoleBinding", "PersistentVolume"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes, and why something stays, by `kind/id`."""

    decision: Decision

    @property
    def ids(self) -> frozenset[str]:
        """Everything that the plan deletes, by an action of its own or along with something else."""
        planned = self.decision.plan.resources
        return self.acted_on | {each.resource.reference for each in planned if each.taken_by}

    @property
    def acted_on(self) -> frozenset[str]:
        """Everything that has a deletion of its own."""
        resources = self.decision.world.graph.resources
        return frozenset(
            resources[action.uid].reference for action in self.decision.plan.actions if action.type is ActionType.DELETE
        )

    def why(self, reference: str) -> str:
        """Say reason and message of what keeps something; empty where nothing has to."""
        for each in self.decision.plan.resources:
            if each.resource.reference == reference and each.withheld:
                return f"{each.withheld.reason}: {each.withheld.message}"
        uids = {resource.uid: resource for resource in self.decision.world.graph.nodes}
        for judgement in self.decision.judgements:
            if uids[judgement.uid].reference == reference:
                return "; ".join(f"{finding.reason}: {finding.message}" for finding in judgement.findings)
        return ""


def taken_from(
    manifests: str, *, kinds: Iterable[str] = (), failures: Iterable[CollectFailure] = (), **policy: Any
) -> Taken:
    """Give what goes from a cluster of these manifests (YAML documents); fields of the policy as in YAML."""
    snapshot = cluster_of(manifests, failures)
    spec: dict[str, Any] = {
        "scope": {"accounts": {"names": [ACCOUNT]}, "kinds": list(kinds)},
        "limits": {"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
        **policy,
    }
    declared = a_policy(**spec)
    account = an_account(provider=ProviderName.KUBERNETES)
    declarations = Declarations(policies={declared.name: declared}, accounts={account.name: account})
    policy_set = compile_policies(declarations, declared.name)
    return Taken(decide(declarations, policy_set, [snapshot], _seen_often, Budget(), NOW))


def cluster_of(manifests: str, failures: Iterable[CollectFailure] = (), account: str = ACCOUNT) -> Snapshot:
    """Give the snapshot of a cluster of these manifests (YAML documents)."""
    objects = list(_seen(yaml.load_all(manifests, yaml.BaseLoader)))
    resources, edges = assemble(account, objects)
    failures = tuple(failures)
    asked = {row.kind for row in catalogue()} | {each.kind for each in resources} | {each.kind for each in failures}
    return a_snapshot(
        *resources,
        edges=edges,
        failures=failures,
        kinds=asked,
        account=account,
        provider=ProviderName.KUBERNETES,
        mentions={seen.uid: seen.cloud_names for seen in objects if seen.cloud_names},
    )


def _seen_often(_policy: str, resources: Iterable[Resource]) -> Mapping[str, History]:
    return {
        resource.uid: seen_before(
            Reason.Expired if "expiration" in resource.tags.values else Reason.Untagged, agreed=9, since=LONG_AGO
        )
        for resource in resources
    }


def _seen(manifests: Iterable[Mapping[str, Any]]) -> Iterable[Seen]:
    """Read built-in kinds first, as collecting does: custom resources are searched for their names."""
    read: list[Seen] = []
    items = [(_api_of(manifest), _as_served(manifest)) for manifest in manifests if manifest]
    for can_mention in (False, True):
        names = Names((seen.api.kind, seen.namespace, seen.name) for seen in read)
        for api, item in items:
            if api.row.can_mention is can_mention:
                seen = read_object(api, item, Protections(), names)
                assert seen is not None
                read.append(seen)
    return read


def _api_of(manifest: Mapping[str, Any]) -> Api:
    group, object_kind = group_of(manifest["apiVersion"]), manifest["kind"]
    namespaced = object_kind not in _AT_LARGE and "namespace" in manifest["metadata"]
    row = row_of(group, object_kind, f"{object_kind.lower()}s", namespaced=namespaced)
    return Api(row, group, "v1", row.plural, object_kind, namespaced, _VERBS)


def _as_served(manifest: Mapping[str, Any]) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {
        **manifest,
        "metadata": {
            "uid": f"{manifest['kind']}/{metadata.get('namespace', '')}/{metadata['name']}",
            "resourceVersion": "7",
            "creationTimestamp": "2026-08-01T10:00:00Z",
            **metadata,
        },
    }
