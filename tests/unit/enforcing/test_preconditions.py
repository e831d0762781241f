"""Right before an action the resource, its verdict and its environment must be as the plan has them (S2, S5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tagwarden.enforcing import EnforceSettings
from tagwarden.enforcing.preconditions import (
    forbidden_in,
    has_changes,
    is_harmful,
    is_same,
    resource_difference,
    verdict_difference,
)
from tagwarden.model.outside_targets import RELEASED_FROM
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Presence
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld
from tests.support.builders import NOW, a_resource
from tests.support.enforcement import expired, planned_deletion, planned_write

GROUP = Manager("aws_autoscaling_group", "web", "arn:aws:group")
IN_CLUSTER = Manager("k8s_ingress", "web", "cluster/web")


@pytest.mark.parametrize(
    "changes", [{"uid": "other"}, {"account": "other"}, {"kind": "aws_ec2_volume"}, {"created": NOW}, {"created": None}]
)
def test_s5_another_resource_of_the_name_is_another(changes: dict[str, Any]) -> None:
    """S5: by uid, account, kind and time of creation; its state or tags make it no other."""
    assert not is_same(a_resource(), a_resource(**changes))
    assert is_same(a_resource(), a_resource(state="stopped", tags={"a": "b"}, version="7"))


@pytest.mark.parametrize(
    ("planned", "fresh", "told"),
    [
        ({}, {}, ""),
        ({}, {"state": "stopped", "version": "7"}, ""),
        ({"tags": {"a": "1", "b": "1"}}, {"tags": {"b": "2", "c": "1"}}, "a removed, b changed from 1 to 2, c=1 added"),
        ({}, {"tags": Tags.unreadable("denied")}, "tags changed from known to unreadable: denied"),
        ({"tags": Tags.unreadable("denied")}, {"tags": {}}, "tags changed from unreadable to known"),
        ({}, {"protection": "termination protection"}, "now protected: termination protection"),
        ({"protection": "one"}, {"protection": "two"}, ""),
        ({"protection": "one"}, {"protection": ""}, ""),
        ({"attributes": {RELEASED_FROM: "one"}}, {"protection": "one"}, ""),
        ({"attributes": {RELEASED_FROM: "one"}}, {"protection": "two"}, "now protected: two"),
        ({"manager": GROUP}, {}, "manager changed from aws_autoscaling_group web to none"),
        ({}, {"manager": GROUP}, "manager changed from none to aws_autoscaling_group web"),
        ({"manager": GROUP}, {"manager": GROUP}, ""),
        ({"manager": GROUP}, {"manager": replace(GROUP, reference="")}, ""),
        ({"manager": GROUP}, {"manager": replace(GROUP, reference="arn:aws:other")}, "manager changed"),
        ({"manager": GROUP}, {"manager": replace(GROUP, name="db")}, "manager changed"),
        ({"manager": GROUP}, {"manager": replace(GROUP, kind="aws_ecs_service")}, "manager changed"),
        ({"manager": GROUP}, {"manager": replace(GROUP, presence=Presence.GONE)}, "which no longer exists"),
        ({"manager": IN_CLUSTER}, {"manager": replace(GROUP, kind="k8s_ingress")}, ""),
        ({"manager": replace(GROUP, kind="k8s_ingress")}, {"manager": IN_CLUSTER}, "manager changed"),
        ({}, {"created": None}, "replaced by another resource of the same name (created at an unknown time, planned "),
    ],
)
def test_s5_what_matters_of_a_resource_is_compared(planned: dict[str, Any], fresh: dict[str, Any], told: str) -> None:
    """S5: tags, protection and manager; an action is withheld where one of them moved, and says which."""
    found = resource_difference(a_resource(**planned), a_resource(**fresh))

    assert told in found
    assert bool(told) is bool(found)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (Tags.known({"owner": "alice"}), True),
        (Tags.known({"owner": "bob"}), False),
        (Tags.known({}), False),
        (Tags.known({"owner": "alice", "ttl": "2d"}), False),
        (Tags.known({"owner": "alice", "ttl": "2d"}, frozenset({"ttl"})), True),
        (Tags.unreadable("denied"), False),
    ],
)
def test_s11_a_write_is_done_where_every_tag_is_as_it_was_to_be(tags: Tags, expected: bool) -> None:
    """S11: what was set is there, and what was removed is gone, but for a label that is never touched."""
    assert expected is has_changes(a_resource(tags=tags), TagChanges({"owner": "alice"}, ("ttl",)))


@pytest.mark.parametrize(
    ("fresh", "is_associated", "told"),
    [
        ({}, False, ""),
        ({"verdict": Verdict.REPORT}, False, "verdict changed from Delete to Report: why"),
        ({"verdict": Verdict.PENDING}, False, "verdict changed from Delete to Pending: why"),
        ({"verdict": Verdict.PENDING}, True, ""),
        ({"verdict": Verdict.PROTECTED}, True, "verdict changed from Delete to Protected: why"),
        ({"withheld": Withheld(Reason.Irreplaceable, "data")}, False, "now withheld: data"),
        ({"withheld": Withheld(Reason.Irreplaceable, "")}, True, "now withheld: Irreplaceable"),
    ],
)
def test_s5_the_verdict_of_now_counts(fresh: dict[str, Any], is_associated: bool, told: str) -> None:
    """S5: what goes along with another may meanwhile be condemned itself, and nothing else may change."""
    planned = Judgement("uid", Verdict.DELETE, findings=(Finding(Reason.Untagged, "why"),))

    assert told == verdict_difference(planned, planned._replace(**fresh), is_associated=is_associated)


def test_s5_what_was_withheld_already_is_no_change() -> None:
    """S5: and what no policy governs any more is not deleted by one."""
    planned = Judgement("uid", Verdict.DELETE, withheld=Withheld(Reason.Irreplaceable, "data"))

    assert "" == verdict_difference(planned, planned, is_associated=False)
    assert "no longer governed by the policy" == verdict_difference(planned, None, is_associated=True)


@pytest.mark.parametrize(
    ("verdict", "reason", "finding", "expected"),
    [
        (Verdict.FIX, Reason.NonCanonicalExpiry, Reason.NonCanonicalExpiry, False),
        (Verdict.SHORTEN, Reason.NonCanonicalExpiry, Reason.NonCanonicalExpiry, True),
        (Verdict.FIX, Reason.TooLong, Reason.NonCanonicalExpiry, True),
        (Verdict.FIX, Reason.NonCanonicalExpiry, Reason.TooLong, True),
    ],
)
def test_s2_a_shorter_life_is_harm(verdict: Verdict, reason: Reason, finding: Reason, expected: bool) -> None:
    """S2: whichever part of the plan says so; a deletion is harm, and so is the backup before it."""
    written = planned_write(expired(), TagChanges({"a": "b"}), verdict=verdict, reason=reason)
    written = replace(written, judgement=written.judgement._replace(findings=(Finding(finding, ""),)))
    deleted = planned_deletion(expired())
    (action,) = deleted.actions

    assert expected is is_harmful(written.actions[0], written)
    assert is_harmful(action, deleted)
    assert is_harmful(replace(action, type=ActionType.BACKUP), deleted)


@pytest.mark.parametrize("environment", list(Environment))
def test_s2_production_is_never_harmed(environment: Environment) -> None:
    """S2: not even where somebody sets it so; every other environment only where it is set."""
    every = EnforceSettings(environments=frozenset(Environment))
    deleted = forbidden_in(environment, ActionType.DELETE, EnforceSettings())
    shortened = forbidden_in(environment, ActionType.SET_TAGS, EnforceSettings())

    assert (environment is Environment.TEST) is (deleted is None)
    assert (environment is Environment.PRODUCTION) is (forbidden_in(environment, ActionType.DELETE, every) is not None)
    if deleted is not None and shortened is not None:
        assert (f"resources of environment {environment} are not deleted", Reason.Production) == (
            deleted.message,
            deleted.reason,
        )
        assert f"the expiry of resources of environment {environment} is not shortened" == shortened.message


def test_waits_are_as_long_as_the_action_may_take() -> None:
    """Each kind of action has a limit of its own."""
    limits = {"deletion_limit": timedelta(1), "backup_limit": timedelta(2), "tags_limit": timedelta(3)}
    settings = EnforceSettings(**limits)

    assert [timedelta(1), timedelta(2), timedelta(3)] == [
        settings.limit_of(each) for each in (ActionType.DELETE, ActionType.BACKUP, ActionType.SET_TAGS)
    ]
