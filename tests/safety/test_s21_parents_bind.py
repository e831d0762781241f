"""S21: protection, exclusion, production and a claim of a parent hold for everything that belongs to it."""

from typing import Any

import pytest

from tagwarden.model.resource import ProviderName, Resource
from tests.support.builders import ACCOUNT
from tests.support.decided import CLAIMED, CLUSTER, EXPIRED, PROTECTED, UNTAGGED, decided, fate, fates, made, member

AURORA = ("aurora-1 owns db-1", "db-1 needs aurora-1")
IN_NAMESPACE = ("ns-1 owns web-1",)
IN_NETWORK = ("vpc-1 owns nat-1", "nat-1 needs vpc-1")
ALIVE = {"owner": "alice", "expiration": "2026-09-02T11:00:00Z"}


def scope(*accounts: str, **fields: Any) -> dict[str, Any]:
    return {"accounts": {"names": list(accounts)}, **fields}


@pytest.mark.parametrize("tags", [UNTAGGED, EXPIRED])
@pytest.mark.parametrize(
    ("parent", "spec"),
    [
        (made("aurora-1", PROTECTED), {}),
        (made("aurora-1", ALIVE, protection="deletion protection is on"), {}),
        (made("aurora-1", {**ALIVE, "keep": "x"}), {"scope": scope(ACCOUNT, exclude=[{"tags": {"keep": "*"}}])}),
        (made("aurora-1", ALIVE), {"scope": scope(ACCOUNT, exclude=[{"kinds": ["aws_rds_cluster"]}])}),
        (
            made("aurora-1", ALIVE),
            {"scope": scope(ACCOUNT, kinds=["aws_rds_instance"], exclude=[{"names": ["aurora-*"]}])},
        ),
    ],
)
def test_the_only_instance_of_a_database_cluster_that_must_stay_stays(
    parent: Resource, spec: dict[str, Any], tags: dict[str, str]
) -> None:
    """S21: a protected or excluded Aurora cluster is of no use without its instance, in or outside of the scope."""
    found = decided(parent, made("db-1", tags), edges=AURORA, **spec)

    assert fate("db-1", found) == "Protected"


def test_the_instance_of_a_cluster_that_a_rule_calls_production_stays() -> None:
    """S2, S21: the rule of the account names the cluster, and means its instance too."""
    rules = {"environments": [{"where": 'resource.kind == "aws_rds_cluster"', "environment": "production"}]}
    found = decided(made("aurora-1", UNTAGGED), made("db-1", EXPIRED), edges=AURORA, account=rules)

    assert fate("db-1", found) == "Protected"


def test_an_expired_instance_of_a_claimed_database_cluster_stays() -> None:
    """S8, S21: bob's cluster would be there without anything that answers."""
    found = decided(made("aurora-1", CLAIMED), made("db-1", EXPIRED), edges=AURORA)

    assert fates(found.plan) == {"aurora-1": "Compliant", "db-1": "DependentInUse"}


def test_an_expired_cluster_goes_after_its_instances() -> None:
    """The vendor's order holds: the instance needs the cluster, and the cluster owns the instance."""
    found = decided(made("aurora-1", EXPIRED), made("db-1", UNTAGGED), edges=AURORA)

    assert [action.uid for action in found.plan.actions] == ["db-1", "aurora-1"]


@pytest.mark.parametrize("tags", [UNTAGGED, EXPIRED])
@pytest.mark.parametrize("kinds", [(), ("workload",)])
def test_the_contents_of_an_excluded_namespace_stay(tags: dict[str, str], kinds: tuple[str, ...]) -> None:
    """S7, S21: `tags: {keep: "*"}` on a namespace keeps the Deployment in it, whatever kinds the policy names."""
    excluding = scope(CLUSTER, kinds=list(kinds), exclude=[{"tags": {"keep": "*"}}])
    found = decided(made("ns-1", {"keep": "yes"}), made("web-1", tags), edges=IN_NAMESPACE, scope=excluding)

    assert fate("web-1", found) == "Protected"


def test_an_exclusion_of_namespaces_as_such_says_nothing_of_their_contents() -> None:
    """A policy that never deletes a namespace still cleans up in it."""
    excluding = scope(CLUSTER, exclude=[{"kinds": ["namespace"]}])
    found = decided(made("ns-1", UNTAGGED), made("web-1", EXPIRED), edges=IN_NAMESPACE, scope=excluding)

    assert fates(found.plan) == {"ns-1": "Protected", "web-1": "goes"}


def test_an_exclusion_that_cannot_be_evaluated_on_the_parent_holds() -> None:
    """S7, S21: nobody knows that the namespace is not excluded."""
    excluding = scope(CLUSTER, exclude=[{"where": 'resource.attributes["tier"] == "gold"', "kinds": ["namespace"]}])
    found = decided(made("ns-1", UNTAGGED), made("web-1", EXPIRED), edges=IN_NAMESPACE, scope=excluding)

    assert fate("web-1", found) == "Protected"


def test_what_a_rule_calls_production_is_so_with_its_contents() -> None:
    """S2, S21: a rule that means the namespace means all that is in it."""
    rules = {"environments": [{"where": 'resource.kind == "k8s_namespace"', "environment": "production"}]}
    found = decided(made("ns-1", UNTAGGED), made("web-1", EXPIRED), edges=IN_NAMESPACE, account=rules)

    assert fate("web-1", found) == "Protected"


def test_a_rule_on_the_namespace_of_objects_makes_these_test() -> None:
    """The Namespace object has no namespace, so that it is production by default: its contents go all the same."""
    rules = {
        "environment": "production",
        "environments": [{"where": 'resource.namespace.startsWith("ns-")', "environment": "test"}],
    }
    found = decided(made("ns-1", UNTAGGED), made("web-1", EXPIRED), edges=IN_NAMESPACE, account=rules)

    assert fate("web-1", found) == "goes"


def test_an_expired_content_goes_from_what_merely_holds_it() -> None:
    """An expired subnet in bob's network, an expired Deployment in bob's namespace: each stated its own end."""
    network = decided(
        made("vpc-1", CLAIMED), made("subnet-1", EXPIRED), edges=("vpc-1 owns subnet-1", "subnet-1 needs vpc-1")
    )
    namespace = decided(made("ns-1", CLAIMED), made("web-1", EXPIRED), edges=IN_NAMESPACE)

    assert fate("subnet-1", network) == "goes"
    assert fate("web-1", namespace) == "goes"


def test_the_default_network_binds_none_of_its_contents() -> None:
    """The vendor made it to be filled: an untagged subnet there is a leftover like any other."""
    default = made("vpc-1", UNTAGGED, protection="default VPC of its region")
    found = decided(default, made("subnet-1", UNTAGGED), edges=("vpc-1 owns subnet-1", "subnet-1 needs vpc-1"))

    assert fate("subnet-1", found) == "goes"


def test_a_claim_of_a_container_holds_for_what_says_nothing_itself() -> None:
    """S8, S21: an untagged Deployment in bob's namespace is bob's, even where the policy inherits nothing."""
    inherits_nothing = {"inherit": False}
    found = decided(made("ns-1", CLAIMED), made("web-1", UNTAGGED), edges=IN_NAMESPACE, owner=inherits_nothing)

    assert fate("web-1", found) == "DependentInUse"


def test_a_binding_reaches_over_any_distance() -> None:
    """S21: a parent of the parent binds as well."""
    found = decided(
        made("ns-1", PROTECTED),
        made("cron-1", EXPIRED),
        made("web-1", EXPIRED),
        edges=("ns-1 owns cron-1", "cron-1 owns web-1"),
    )

    assert fate("web-1", found) == "Protected"


@pytest.mark.parametrize("missing", ["Report", "Fix"])
def test_an_owner_without_an_expiry_never_inherits_the_end_of_somebody_elses_parent(missing: str) -> None:
    """S8, S21: bob's NAT gateway in alice's expired network stays, and so does the network."""
    rules = {"untagged": "Delete", "expired": "Delete", "missingExpiry": missing}
    found = decided(made("vpc-1", EXPIRED), made("nat-1", {"owner": "bob"}), edges=IN_NETWORK, rules=rules)

    assert fate("nat-1", found) in ("Report", "Fix")
    assert fate("vpc-1", found) == "DependentInUse"


def test_what_belongs_to_bobs_part_inherits_no_end_of_alices_either() -> None:
    """S21: bob owns the CronJob in alice's expired namespace; the untagged object it made is his."""
    found = decided(
        made("ns-1", EXPIRED),
        made("cron-1", {"owner": "bob"}),
        made("web-1", UNTAGGED),
        edges=("ns-1 owns cron-1", "cron-1 owns web-1"),
    )

    assert "goes" not in fates(found.plan).values()


def test_a_part_with_an_owner_of_its_own_never_inherits_an_end_that_has_passed() -> None:
    """S21: that holds for alice's own gateway too; the default expiry that it gets is the end that she was told of."""
    found = decided(made("vpc-1", EXPIRED), made("nat-1", {"owner": "alice"}), edges=IN_NETWORK)

    assert fates(found.plan)["vpc-1"] == "DependentInUse"
    assert fates(found.plan)["nat-1"] != "goes"


@pytest.mark.parametrize("associated", ["Delete", "Keep"])
@pytest.mark.parametrize("tags", [CLAIMED, PROTECTED])
def test_a_volume_that_would_be_lost_with_its_instance_withholds_it(tags: dict[str, str], associated: str) -> None:
    """S7, S8, S21: delete-on-termination takes the volume, whatever the policy says of associated resources."""
    instance = made("i-1", EXPIRED)
    found = decided(
        instance, member("vol-1", tags, instance), edges=("i-1 owns vol-1", "i-1 needs vol-1"), associated=associated
    )

    assert fate("i-1", found) == ("DependentInUse" if tags is CLAIMED else "ProtectedByGraph")


def test_a_replica_goes_before_its_primary_and_never_alone_from_a_claimed_one() -> None:
    """S21: a replica is a part of its primary, which the vendor deletes last."""
    edges = ("table-1 owns table-2", "table-2 needs table-1")
    both = decided(made("table-1", EXPIRED), made("table-2", UNTAGGED), edges=edges)
    alone = decided(made("table-1", CLAIMED), made("table-2", EXPIRED), edges=edges)

    assert [action.uid for action in both.plan.actions] == ["table-2", "table-1"]
    assert fate("table-2", alone) == "DependentInUse"


@pytest.mark.parametrize(("second", "expected"), [(EXPIRED, "goes"), (CLAIMED, "Compliant")])
def test_an_object_with_several_owners_goes_with_the_last_of_them(second: dict[str, str], expected: str) -> None:
    """S21: the garbage collector keeps it while one of its owners exists, and one claim is enough."""
    edges = ("web-1 owns config-1", "web-2 owns config-1")
    found = decided(
        made("web-1", EXPIRED), made("web-2", second), made("config-1", UNTAGGED), made("ns-1", UNTAGGED), edges=edges
    )

    assert fate("config-1", found) == expected
    assert fate("web-1", found) == "goes"


def test_contents_outside_of_the_kinds_are_judged_again_as_they_were_planned() -> None:
    """S5: a policy for namespaces and workloads judges a ConfigMap right before the action as it did in the plan."""
    kinds = scope(CLUSTER, kinds=["namespace", "workload"])
    found = decided(made("ns-1", EXPIRED), made("config-1", UNTAGGED), edges=("ns-1 owns config-1",), scope=kinds)
    planned = next(each for each in found.plan.resources if each.resource.id == "config-1")

    assert planned.taken_by == "ns-1"
    assert planned.resource.provider is ProviderName.KUBERNETES
    assert found.rejudge(planned.resource, found.plan.generated_at) is not None
