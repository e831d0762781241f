"""A plan is carried out as it was shown, where mode and approval allow it, and each deletion is decided once more."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tagwarden.errors import AccessDenied, BadInput, DependencyViolation
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.policy import APPROVED_PLAN, CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import Tags
from tagwarden.pipeline import Declarations, Pass, carry_out, make_pass
from tagwarden.pipeline.pass_values import run_id
from tagwarden.pipeline.shown_plans import adopt_plan
from tagwarden.state import Journal
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, an_account
from tests.support.enforcement import an_entry
from tests.support.fake_provider import failing
from tests.unit.pipeline.stage import Stage

LIMITS = {"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 10}
EXPIRED = {"owner": "ann", "expiration": "2026-08-31T00:00:00Z"}
CLAIMED = {"owner": "ann", "expiration": "never"}
HOUR = timedelta(hours=1)


def instance(name: str, tags: dict[str, str] = EXPIRED, **fields: Any) -> Resource:
    return a_resource(**{"uid": name, "id": name, "name": name, "tags": tags, **fields})


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """One account with one expired instance."""
    found = Stage(tmp_path, ACCOUNT)
    found.world.add(instance("old"))
    return found


def policy(**spec: Any) -> CleanupPolicy:
    return a_policy(**{"observations": 1, "limits": LIMITS, **spec})


def declared(stage: Stage, cleanup: CleanupPolicy | None = None, **annotations: str) -> Declarations:
    cleanup = cleanup or policy()
    return Declarations(
        policies={cleanup.name: cleanup},
        accounts={name: an_account(name) for name in stage.providers},
        annotations={cleanup.name: annotations},
    )


def made(stage: Stage, declarations: Declarations, **more: Any) -> Pass:
    return make_pass(declarations, "test-accounts", stage.tools, **more)


def told(done: Pass) -> dict[str, tuple[str, str]]:
    return {each.resource.id: (str(each.state), str(each.reason)) for each in done.outcomes}


@pytest.mark.parametrize("spec", [{"mode": "Audit"}, {"suspend": True}])
def test_s15_a_policy_that_does_not_enforce_only_shows(stage: Stage, spec: dict[str, Any]) -> None:
    """S15: its plan is the same, and nothing of it is done."""
    declarations = declared(stage, policy(**spec))
    shown = made(stage, declarations)

    done = carry_out(declarations, shown, stage.tools)

    assert shown.plan.deletes
    assert (shown, (), {"old"}) == (done, done.outcomes, stage.world.uids)


def test_what_was_done_is_told(stage: Stage) -> None:
    """With what the hour still allows, and how long each part took."""
    declarations = declared(stage)

    done = carry_out(declarations, made(stage, declarations), stage.tools)

    assert {"old": ("Verified", "Expired")} == told(done)
    assert (9, {"collect", "decide", "enforce"}) == (done.deletions_left, set(done.phases))
    assert run_id(done.plan) == done.run == "test-accounts.20260901T120000.000000Z"
    assert 9 == made(stage, declarations).deletions_left


def test_s15_a_dry_run_does_nothing_and_uses_no_approval(stage: Stage) -> None:
    """S15: the approval is still there for the real run."""
    waiting = policy(approval="Required")
    plan = made(stage, declared(stage, waiting)).plan
    declarations = declared(stage, waiting, **{APPROVED_PLAN: plan.hash})

    dry = carry_out(declarations, made(stage, declarations), stage.tools, dry_run=True)
    real = carry_out(declarations, made(stage, declarations), stage.tools)

    assert [("Skipped", "AuditMode"), ("Verified", "Expired")] == [told(dry)["old"], told(real)["old"]]


def test_s14_the_journal_says_who_approved_only_of_the_approved_plan(stage: Stage) -> None:
    """S14: an approval of another plan approves nothing."""
    waiting = policy(approval="Required")
    plan = made(stage, declared(stage, waiting)).plan
    declarations = declared(stage, waiting, **{APPROVED_PLAN: plan.hash})
    done = carry_out(declarations, made(stage, declarations), stage.tools)
    stage.world.add(instance("second"))
    free = declared(stage, policy(), **{APPROVED_PLAN: plan.hash})
    carry_out(free, made(stage, free), stage.tools)

    by = {each.resource_id: each.approved_by for each in Journal(stage.tools.database).entries()}
    assert {ActionState.VERIFIED} == {each.state for each in done.outcomes}
    assert {"old": f"annotation {APPROVED_PLAN}", "second": ""} == by


def acted(stage: Stage, change: Any = None, *, spec: dict[str, Any] | None = None) -> Pass:
    """Plan, let something happen, and carry the plan out."""
    declarations = declared(stage, policy(**(spec or {})))
    shown = made(stage, declarations)
    if change is not None:
        change()
    return carry_out(declarations, shown, stage.tools)


def message_of(done: Pass) -> str:
    (outcome,) = done.outcomes
    return outcome.message


@pytest.mark.parametrize("meaning", [EdgeMeaning.NEEDS, EdgeMeaning.USES])
def test_s17_a_user_that_came_since_the_plan_keeps_it(stage: Stage, meaning: EdgeMeaning) -> None:
    """S17: whether it is claimed or would be deleted itself: nobody looked for its own users."""
    for tags in (CLAIMED, EXPIRED):
        edge = Edge("user", meaning, "old")

        done = acted(stage, lambda tags=tags, edge=edge: stage.world.add(instance("user", tags), edges=[edge]))

        assert ("Withheld", {"old", "user"}) == (told(done)["old"][0], stage.world.uids)
        assert "user" in message_of(done)
        stage.world.remove("user")
        stage.world.state.edges.clear()


def test_s6_what_would_go_along_unshown_keeps_it(stage: Stage) -> None:
    """S6: a part that the plan did not show."""
    part = instance("part", {}, manager=Manager("aws_ec2_instance", "old", "old"))

    done = acted(stage, lambda: stage.world.add(part, edges=[Edge("old", EdgeMeaning.OWNS, "part")]))

    assert ("Withheld", {"old", "part"}) == (told(done)["old"][0], stage.world.uids)
    assert "part" in message_of(done)


def test_s21_a_parent_that_came_since_the_plan_keeps_it(stage: Stage) -> None:
    """S21: whoever claims the parent claims what belongs to it."""
    edge = Edge("team", EdgeMeaning.OWNS, "old")

    done = acted(stage, lambda: stage.world.add(instance("team", CLAIMED), edges=[edge]))

    assert "Withheld" == told(done)["old"][0]
    assert {"old", "team"} == stage.world.uids


def test_s3_users_that_cannot_be_listed_keep_it(stage: Stage) -> None:
    """S3: nobody knows who uses it."""
    failure = CollectFailure("aws_ec2_instance", "eu-central-1", "ServerFault", "broken")

    done = acted(stage, lambda: stage.world.failures.update({ACCOUNT: (failure,)}))

    assert "Withheld" == told(done)["old"][0]
    assert {"old"} == stage.world.uids


def test_s5_what_its_owner_extends_at_the_last_moment_stays(stage: Stage) -> None:
    """S5: it is judged again by its tags of now."""
    done = acted(stage, lambda: stage.world.change("old", tags=Tags.known(CLAIMED)))

    assert {"old": ("Withheld", "Changed")} == told(done)


@pytest.mark.parametrize(("minutes", "collections"), [(15, 0), (16, 1)])
def test_s17_deletions_rest_on_snapshots_of_a_quarter_of_an_hour(stage: Stage, minutes: int, collections: int) -> None:
    """S17: an approval may come later; then the accounts are listed again first."""
    asked: list[str] = []

    def wait() -> None:
        stage.clock.now += timedelta(minutes=minutes)
        stage.world.before = lambda operation, _: asked.append(operation)

    done = acted(stage, wait)

    assert {"old": ("Verified", "Expired")} == told(done)
    assert collections == asked.count("collect")


def test_s3_an_account_that_cannot_be_listed_again_loses_nothing(stage: Stage) -> None:
    """S3: what came since is not known."""

    def wait() -> None:
        stage.clock.now += HOUR
        stage.world.before = lambda operation, _: denied() if operation == "collect" else None

    def denied() -> None:
        raise AccessDenied("no")

    done = acted(stage, wait)

    assert ("Withheld", {"old"}) == (told(done)["old"][0], stage.world.uids)


def test_s12_an_account_that_cannot_be_opened_stops_no_other(tmp_path: Path) -> None:
    """S12: its actions are withheld with the reason."""
    stage = Stage(tmp_path, ACCOUNT, "other")
    stage.world.add(instance("old"), instance("there", account="other"))
    lines: list[str] = []
    spec = {"scope": {"accounts": {"names": [ACCOUNT, "other"]}}}

    def lose() -> None:
        del stage.providers["other"]
        opened = stage.tools.open_account

        def open_account(account: Any) -> Any:
            if account.name == "other":
                raise BadInput("Secret login was not found")
            return opened(account)

        stage.tools = replace(stage.tools, open_account=open_account, progress=lines.append)

    declarations = declared(stage, policy(**spec))
    shown = made(stage, declarations)
    lose()
    done = carry_out(declarations, shown, stage.tools)

    assert {"old": ("Verified", "Expired"), "there": ("Withheld", "ProviderUnavailable")} == told(done)
    assert "other: Secret login was not found" in lines


def test_s11_what_a_killed_pass_left_open_is_settled_first(stage: Stage) -> None:
    """S11: before anything else is done, also where the plan has nothing to do in that account."""
    journal = Journal(stage.tools.database)
    journal.begin(an_entry(uid="gone", account=ACCOUNT, at=NOW - HOUR))
    stage.world.remove("old")

    done = acted(stage)

    assert ((), []) == (done.outcomes, journal.open_entries())


@pytest.mark.parametrize("limit", ["policy", "operator", "account"])
def test_s9_limits_of_the_hour_hold_across_passes(stage: Stage, limit: str) -> None:
    """S9: what was deleted since the plan was made counts, whoever deleted it."""
    journal = Journal(stage.tools.database)
    if limit != "policy":
        stage.tools = replace(stage.tools, **{f"{limit}_per_hour": 10})

    def delete_others() -> None:
        name = "test-accounts" if limit == "policy" else "another"
        for number in range(10):
            ended = {"state": ActionState.VERIFIED, "finished": NOW}
            journal.record(an_entry(str(number), uid=str(number), policy=name, account=ACCOUNT, **ended))

    done = acted(stage, delete_others)

    assert {"old": ("Withheld", "LimitPerHour")} == told(done)


def test_what_holds_a_resource_is_named_from_the_snapshot(stage: Stage) -> None:
    """Where the vendor refuses without saying for whom."""
    stage.world.add(instance("user"), edges=[Edge("user", EdgeMeaning.NEEDS, "old")])
    stage.tools = replace(stage.tools, sleep=lambda seconds: None)
    stage.world.before = failing("delete", *[DependencyViolation("in use")] * 9, uid="old")

    done = acted(stage)

    assert ("Verified", "DependencyViolation") == (told(done)["user"][0], told(done)["old"][1])
    assert any("blocked by aws_ec2_instance user" in each.message for each in done.outcomes)


def test_a_policy_that_covers_no_account_is_a_mistake(stage: Stage) -> None:
    """It names the accounts there are."""
    cleanup = policy(scope={"accounts": {"names": ["absent"]}})

    with pytest.raises(BadInput, match=rf"matches none of the accounts \({ACCOUNT}\)"):
        made(stage, declared(stage, cleanup))


def test_a_question_about_another_time_stores_nothing(stage: Stage) -> None:
    """Neither a plan nor a history: it would count as an observation (S4)."""
    later = made(stage, declared(stage), now=NOW + HOUR)
    found = made(stage, declared(stage))

    assert stage.tools.plans.find("test-accounts", later.plan.hash) is None or later.plan.hash == found.plan.hash
    assert {} == later.decision.histories == found.decision.histories
    assert stage.tools.plans.find("test-accounts", found.plan.hash) is not None


def test_snapshots_that_are_not_there_cannot_be_judged(stage: Stage) -> None:
    """S3: what to do is said."""
    with pytest.raises(BadInput, match=f"account {ACCOUNT}: no snapshot yet; collect first"):
        made(stage, declared(stage), stored=True)


def test_gaps_of_a_snapshot_are_told(stage: Stage) -> None:
    """One line each, with place and reason."""
    stage.world.failures = {
        ACCOUNT: (
            CollectFailure("aws_ec2_volume", "eu-central-1", "AccessDenied", "no"),
            CollectFailure("aws_iam_role", "", "AccessDenied", "no"),
        )
    }

    assert (
        f"account {ACCOUNT}: aws_ec2_volume in eu-central-1: no",
        f"account {ACCOUNT}: aws_iam_role in global: no",
    ) == made(stage, declared(stage)).problems


def test_s6_a_saved_plan_is_carried_out_as_it_was_shown(stage: Stage) -> None:
    """S6: what came since is not part of it, and it is judged by the snapshots of the plan."""
    declarations = declared(stage)
    plan = made(stage, declarations).plan
    stage.world.add(instance("new"))

    done = carry_out(declarations, adopt_plan(declarations, plan, stage.tools), stage.tools)

    assert plan == done.plan
    assert {"old": ("Verified", "Expired")} == told(done)
    assert {"new"} == stage.world.uids


def test_s6_a_saved_plan_of_another_time_or_word_is_refused(stage: Stage) -> None:
    """S6, S17: too old, its policy or account gone or changed, or its snapshots not here; each with what to do."""
    declarations = declared(stage)
    plan = made(stage, declarations).plan
    other = declared(stage, policy(rules={"expired": "Report"}))

    for changed, said, wanted in (
        (plan, Declarations(accounts=declarations.accounts), "belongs to CleanupPolicy test-accounts, which is not"),
        (plan, other, "CleanupPolicy test-accounts changed since the plan"),
        (replace(plan, snapshots=("absent",)), declarations, "snapshots of the plan are not stored here: absent"),
    ):
        with pytest.raises(BadInput, match=wanted):
            adopt_plan(said, changed, stage.tools)
    stage.clock.now += timedelta(hours=24)
    adopt_plan(declarations, plan, stage.tools)
    stage.clock.now += timedelta(seconds=1)
    with pytest.raises(BadInput, match="is older than 1d"):
        adopt_plan(declarations, plan, stage.tools)


def test_s2_an_account_that_is_not_declared_any_more_is_production(stage: Stage) -> None:
    """S2: asked again right before a deletion."""
    decision = made(stage, declared(stage)).decision

    assert Environment.TEST is decision.environment_of(instance("old"), NOW)
    assert Environment.PRODUCTION is decision.environment_of(instance("old", account="absent"), NOW)


def test_a_plan_that_repairs_and_deletes_nothing_needs_no_fresh_snapshots(tmp_path: Path) -> None:
    """Only deletions rest on what was not there."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(instance("odd", {"Owner": "ann", "ttl": "36h"}))
    asked: list[str] = []

    def wait() -> None:
        stage.clock.now += HOUR
        stage.world.before = lambda operation, _: asked.append(operation)

    done = acted(stage, wait, spec={"rules": {"canonical": "Rewrite"}})

    assert [ActionType.SET_TAGS] == [each.action.type for each in done.outcomes]
    assert 0 == asked.count("collect")
    assert Reason.Changed not in {each.reason for each in done.outcomes}
