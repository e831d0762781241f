"""Passes over one cluster whose plan and acts a test can come between, with the true pipeline and a real API server."""

import weakref
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import ProviderName
from tagwarden.pipeline import Declarations, Pass, PassDependencies, carry_out, make_pass
from tagwarden.providers.kubernetes.provider import KubernetesProvider
from tagwarden.state import Database
from tests.support.builders import a_policy, an_account
from tests.support.cluster import Cluster

NAME = "cluster"


class PassInCluster:
    """One policy over some namespaces; objects may go at once, in whatever number."""

    def __init__(self, cluster: Cluster, folder: Path, *namespaces: str, **spec: Any) -> None:
        kubeconfig = cluster.kubeconfig.read_text(encoding="utf-8")
        self.account: CloudAccount = an_account(
            NAME, provider=ProviderName.KUBERNETES, kubernetes={"namespaces": {"include": list(namespaces)}}
        )
        usual = {
            "scope": {"accounts": {"names": [NAME]}},
            "observations": 1,
            "grace": {"untagged": "0s", "expired": "0s"},
            "limits": {"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100},
        }
        policy: CleanupPolicy = a_policy(**{**usual, **spec})
        self.policy = policy.name
        self.declared = Declarations({policy.name: policy}, {NAME: self.account})
        database = Database(f"sqlite:///{folder}/state.db")
        weakref.finalize(self, database.close)
        self.tools = PassDependencies(
            SnapshotStore(folder),
            PlanStore(folder),
            database,
            lambda account: KubernetesProvider(account, kubeconfig),
            lambda: datetime.now(UTC),
        )

    def plan(self) -> Pass:
        """Collect, judge and plan."""
        return make_pass(self.declared, self.policy, self.tools)

    def act(self, made: Pass) -> dict[str, tuple[str, str]]:
        """Carry a plan out; give the state and the message of each action by `kind/name`."""
        done = carry_out(self.declared, made, self.tools)
        return {f"{each.resource.kind}/{each.resource.name}": (each.state, each.message) for each in done.outcomes}


def doomed(made: Pass) -> set[str]:
    """Name what a plan deletes, or has deleted along, as `kind/name`."""
    return {f"{each.resource.kind}/{each.resource.name}" for each in made.plan.resources if each.goes}
