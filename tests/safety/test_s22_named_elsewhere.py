"""What acts outside of its cluster goes only when a policy names the kind, and what it acts on is for tests (S22)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml

from tagwarden.enforcing.preconditions import resource_difference
from tagwarden.judging import compile_policy
from tagwarden.judging.outside_targets import elsewhere_of
from tagwarden.judging.unreadable import UnreadableAccount
from tagwarden.model.account import CloudAccount
from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.outside_targets import ACTS_ON, aws_account, cluster, gcp_project
from tagwarden.model.plan import PlannedResource
from tagwarden.model.resource import Environment, Manager, ProviderName, Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.verdict import Verdict
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.reviewing import review
from tagwarden.planning import Budget
from tagwarden.providers import aws, kubernetes
from tagwarden.providers.kubernetes.outside_targets import effect_of
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, account_id_of, an_account
from tests.support.cluster_world import cluster_of

HERE, THERE, PROJECT = "dev-cluster", "other-cluster", "gcp-dev"
SERVER = "https://abc.gr7.eu-central-1.eks.amazonaws.com"
ID = account_id_of(ACCOUNT)
TABLE = f"arn:aws:dynamodb:eu-central-1:{ID}:table/orders"
CLAIMED = {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"}


@dataclass(frozen=True)
class Remote:
    """An object that acts elsewhere: its kind in full, and what it says of what it acts on."""

    kind: str
    group: str
    body: str
    target: str

    @property
    def name(self) -> str:
        return f"k8s_{self.kind.lower()}.{self.group}"

    def manifest(self) -> str:
        return f"apiVersion: {self.group}/v1\nkind: {self.kind}\nmetadata: {{name: x, namespace: shop}}\n{self.body}\n"


def argo(server: str = SERVER, more: str = "") -> Remote:
    body = f"spec: {{destination: {{server: '{server}'{more}}}}}"
    return Remote("Application", "argoproj.io", body, cluster(server))


ACK = Remote(
    "Table",
    "dynamodb.services.k8s.aws",
    f"status: {{ackResourceMetadata: {{ownerAccountID: '{ID}', arn: '{TABLE}'}}}}",
    aws_account(ID),
)
CROSSPLANE = Remote("Table", "dynamodb.aws.upbound.io", f"status: {{atProvider: {{arn: '{TABLE}'}}}}", aws_account(ID))
CAPI = Remote(
    "Cluster",
    "cluster.x-k8s.io",
    "spec: {controlPlaneEndpoint: {host: abc.gr7.eu-central-1.eks.amazonaws.com, port: 443}}",
    cluster(SERVER),
)
CONNECTOR = Remote(
    "SQLInstance",
    "sql.cnrm.cloud.google.com",
    f"spec: {{projectRef: {{external: projects/project-{account_id_of(PROJECT)}}}}}",
    gcp_project(f"project-{account_id_of(PROJECT)}"),
)
REMOTES = [argo(), ACK, CROSSPLANE, CAPI, CONNECTOR]
each_remote = pytest.mark.parametrize("remote", REMOTES, ids=lambda remote: remote.name)


def accounts(**changes: Any) -> dict[str, CloudAccount]:
    """Declare the cluster of the object, and all that it may act on, with these changes to the latter."""
    targets = {
        THERE: an_account(
            THERE, provider=ProviderName.KUBERNETES, **{**changes, "kubernetes": {"kubeconfigSecret": {"name": "x"}}}
        ),
        ACCOUNT: an_account(ACCOUNT, **changes),
        PROJECT: an_account(PROJECT, provider=ProviderName.GCP, **changes),
    }
    return {HERE: an_account(HERE, provider=ProviderName.KUBERNETES), **targets}


def here(remote: Remote) -> Snapshot:
    return cluster_of(remote.manifest(), account=HERE)


def there(*found: Resource, server: str = SERVER) -> Snapshot:
    kinds = [row.kind for row in kubernetes.catalogue()]
    identity = Identity("uid-there", server=server)
    return a_snapshot(*found, kinds=kinds, account=THERE, provider=ProviderName.KUBERNETES, identity=identity)


def in_cloud(*found: Resource) -> Snapshot:
    return a_snapshot(*found, kinds=[row.kind for row in aws.catalogue()], account=ACCOUNT)


def decided(
    remote: Remote,
    *others: Snapshot,
    kinds: Iterable[str] | None = None,
    declared: dict[str, CloudAccount] | None = None,
    unreadable: tuple[UnreadableAccount, ...] = (),
) -> Decision:
    found = declared if declared is not None else accounts()
    policy = a_policy(
        scope={"accounts": {"names": list(found)}, "kinds": list([remote.name] if kinds is None else kinds)},
        observations=1,
        grace={"untagged": "0s", "expired": "0s"},
        limits={"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
    )
    declarations = Declarations({policy.name: policy}, found, unreadable_accounts=unreadable)
    snapshots = (here(remote), *(others or (there(), in_cloud())))
    return decide(declarations, compile_policies(declarations, policy.name), snapshots, lambda *_: {}, Budget(), NOW)


def fate(decision: Decision, remote: Remote) -> PlannedResource:
    return next(one for one in decision.plan.resources if one.resource.kind == remote.name)


def why(decision: Decision, remote: Remote) -> str:
    """Say why the object stays; empty when it goes."""
    planned = fate(decision, remote)
    return "" if planned.goes else str(planned.withheld or planned.judgement)


@each_remote
def test_what_a_policy_names_goes_where_its_target_is_for_tests(remote: Remote) -> None:
    """Leftovers of test accounts go, whichever way they were made (S22)."""
    assert remote.target
    assert not why(decided(remote), remote)


@each_remote
@pytest.mark.parametrize("globs", [["*"], ["k8s_*.{group}"], ["{start}*"], ["custom_resource", "application"]])
def test_it_stays_while_the_policy_does_not_name_the_kind_in_full(remote: Remote, globs: list[str]) -> None:
    """No glob and no category names what is deleted elsewhere (S22, S24)."""
    kinds = [each.format(group=remote.group, start=remote.name[:-1]) for each in globs]
    decision = decided(remote, kinds=kinds)

    assert not any(one.goes for one in decision.plan.resources if one.resource.kind == remote.name)
    told = [why(decision, remote)] if any(j.uid.startswith(remote.kind) for j in decision.judgements) else []
    assert all(f"list {remote.name} in spec.scope.kinds" in each for each in told)


def test_a_policy_for_all_kinds_says_what_to_do() -> None:
    """The reason names the kind to write (S22)."""
    assert f"list {ACK.name} in spec.scope.kinds" in why(decided(ACK, kinds=["k8s_*"]), ACK)


@each_remote
def test_it_stays_while_its_target_is_not_declared(remote: Remote) -> None:
    """Nobody knows what that account or cluster is for (S22)."""
    declared = {HERE: accounts()[HERE]}

    assert "no CloudAccount declares" in why(decided(remote, in_cloud(), declared=declared), remote)


@each_remote
@pytest.mark.parametrize(
    "changes",
    [
        {"environment": Environment.PRODUCTION},
        {"environment": Environment.STAGING},
        {"environments": [{"where": 'resource.name == "x"', "environment": "production"}]},
    ],
    ids=["production", "staging", "production in part"],
)
def test_it_stays_while_its_target_is_not_all_for_tests(remote: Remote, changes: dict[str, Any]) -> None:
    """An Application that deploys to a production cluster; which rule would match, the object does not tell (S2)."""
    assert "not entirely for tests" in why(decided(remote, declared=accounts(**changes)), remote)


@each_remote
def test_it_stays_while_its_target_is_declared_twice(remote: Remote) -> None:
    """Nobody knows which declaration holds (S22)."""
    declared = accounts()
    twins = {f"{name}-2": declared[name].model_copy(update={"name": f"{name}-2"}) for name in (THERE, ACCOUNT, PROJECT)}

    assert "cannot be trusted" in why(decided(remote, declared={**declared, **twins}), remote)


@each_remote
def test_it_stays_while_an_account_cannot_be_read(remote: Remote) -> None:
    """That one may be the target and say production (S22)."""
    lost = tuple(
        UnreadableAccount("lost", provider, "", "spec.x is new") for provider in (ProviderName.AWS, ProviderName.GCP)
    )

    told = why(decided(remote, unreadable=(*lost, UnreadableAccount("lost", None, "", "spec.x is new"))), remote)

    assert "unreadable CloudAccount lost" in told


@pytest.mark.parametrize(
    "remote",
    [
        argo("https://10.0.0.7:6443"),
        argo("https://kubernetes.internal"),
        argo("https://localhost:6443"),
        argo("http://abc.example.com"),
        argo(more=", name: staging"),
        Remote("Application", "argoproj.io", "spec: {destination: {name: other-cluster}}", ""),
        Remote("AppProject", "argoproj.io", "spec: {}", ""),
        Remote("Table", "dynamodb.services.k8s.aws", "status: {}", ""),
        Remote("Bucket", "s3.aws.upbound.io", "status: {atProvider: {arn: 'arn:aws:s3:::orders'}}", ""),
        replace(ACK, body=f"status: {{ackResourceMetadata: {{ownerAccountID: '999999999999', arn: '{TABLE}'}}}}"),
        Remote("Workspace", "app.terraform.io", "spec: {}", ""),
    ],
    ids=str,
)
def test_it_stays_while_it_does_not_tell_on_what_it_acts(remote: Remote) -> None:
    """An address that means another server elsewhere, a name that Argo CD alone knows, no status yet (S22)."""
    server = (yaml.safe_load(remote.body).get("spec") or {}).get("destination", {}).get("server", SERVER)

    assert "cannot be identified" in why(decided(remote, there(server=server), in_cloud()), remote)


def test_it_stays_while_its_cluster_was_not_collected() -> None:
    """Only a cluster that answered at that address is known to be it (S10, S22)."""
    assert "no CloudAccount declares" in why(decided(argo(), in_cloud()), argo())


def test_a_claim_on_what_it_made_keeps_it() -> None:
    """Bob tagged the table that the object made; to delete the object deletes the table (S8, S22)."""
    made = a_resource(kind="aws_dynamodb_table", category="database", id="orders", uid=TABLE, tags=CLAIMED)

    assert "belongs to bob" in why(decided(ACK, there(), in_cloud(made)), ACK)


def deployed(tags: dict[str, str], manager: Manager | None) -> Resource:
    return a_resource(
        provider=ProviderName.KUBERNETES,
        account=THERE,
        id="shop/web",
        namespace="shop",
        tags=tags if manager else {"app.kubernetes.io/instance": "x", **tags},
        manager=manager,
    )


by_each_mark = pytest.mark.parametrize("manager", [Manager(argo().name, "x"), None], ids=["annotation", "label"])
SHOP = a_resource(
    provider=ProviderName.KUBERNETES, account=THERE, kind="k8s_namespace", category="namespace", id="shop", name="shop"
)


@by_each_mark
@pytest.mark.parametrize(
    ("tags", "message"), [(CLAIMED, "until 2026-09-02"), ({"tagwarden.io/protect": "true"}, "is protected")]
)
def test_a_claim_on_what_it_deployed_keeps_it(manager: Manager | None, tags: dict[str, str], message: str) -> None:
    """Bob claims a Deployment in the other cluster, which Argo CD deletes with its Application (S7, S8, S22)."""
    other = there(SHOP, deployed(tags, manager))

    assert message in why(decided(argo(), other, in_cloud()), argo())


@by_each_mark
def test_what_it_deployed_goes_along(manager: Manager | None) -> None:
    """Nobody claims it, and the plan shows it (S6)."""
    web = deployed({}, manager)

    decision = decided(argo(), there(SHOP, web), in_cloud())

    assert not why(decision, argo())
    assert {fate(decision, argo()).resource.uid} == {
        one.taken_by for one in decision.plan.resources if one.resource.uid == web.uid
    }


def test_what_another_application_deployed_does_not_count() -> None:
    """It names another Application, or its manager is in its own cluster."""
    others = [Manager(argo().name, "y"), Manager(argo().name, "x", "uid-of-its-own"), Manager("k8s_deployment", "x")]
    found = [replace(deployed(CLAIMED, manager), uid=str(number)) for number, manager in enumerate(others)]

    assert not why(decided(argo(), there(SHOP, *found), in_cloud()), argo())


def test_a_target_that_changes_after_the_plan_keeps_it() -> None:
    """The Application was pointed to production between plan and act (S5, S17)."""
    remote = argo()
    decision = decided(remote)
    planned = fate(decision, remote)
    assert planned.goes
    assert planned.evidence is not None

    def now(after: Remote) -> tuple[str, Verdict | None, bool]:
        snapshot = here(after)
        (fresh,) = snapshot.resources
        other = {HERE: snapshot, THERE: there(), ACCOUNT: in_cloud()}
        assert planned.evidence is not None
        looks = tuple(Look(search, other[search.account]) for search in planned.evidence.searches)
        judgement = decision.rejudge(fresh, NOW)
        held = review(decision, planned, FreshEvidence({fresh.uid: fresh}, looks), NOW)
        return resource_difference(planned.resource, fresh), judgement and judgement.verdict, held is None

    assert ("", Verdict.DELETE, True) == now(remote)
    assert ("", Verdict.PROTECTED, False) == now(argo("https://production.example.com"))


@pytest.mark.parametrize(
    ("server", "named"),
    [
        ("https://ABC.example.com", "cluster abc.example.com:443"),
        ("https://abc.example.com:6443/", "cluster abc.example.com:6443"),
        ("abc.example.com:443", "cluster abc.example.com:443"),
        ("https://203.0.112.7", "cluster 203.0.112.7:443"),
        ("https://192.168.0.7", ""),
        ("https://127.0.0.1:6443", ""),
        ("https://kubernetes", ""),
        ("https://kubernetes.default.svc", ""),
        ("https://api.shop.svc.cluster.local", ""),
        ("https://abc.example.com:port", ""),
        ("", ""),
    ],
)
def test_a_server_names_a_cluster_where_it_is_the_same_for_everybody(server: str, named: str) -> None:
    """A private address leads somewhere else from another network (S22)."""
    assert named == cluster(server)


@each_remote
def test_each_row_finds_its_target(remote: Remote) -> None:
    """The paths of the table lead to it."""
    effect = effect_of(remote.name, yaml.safe_load(remote.manifest()))

    assert effect is not None
    assert remote.target == effect.attributes[ACTS_ON]


def test_a_cluster_that_is_not_declared_is_no_target() -> None:
    """Its snapshot is at hand, from before its account was removed: nobody says any more that it is for tests."""
    stray = replace(cluster_of("", account="stray"), identity=Identity("uid", server=SERVER))
    policy = compile_policy(a_policy())

    assert {} == elsewhere_of(policy, {}, [stray]).targets
