"""What holds for whatever world, policy and history comes along."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.judging import CHECKS, compile_account, compile_policy, judge_all
from tagwarden.judging.chain import decide
from tagwarden.judging.evaluator import PolicyEvaluator
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.history import History
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.model.world import World
from tagwarden.providers.linking import world_of
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account

GRACE = timedelta(hours=24)
unhurried = settings(deadline=None, max_examples=60)
SPELLINGS = (
    "48h", "2d", "30d", "P2D", "2 days", "friday", "tomorrow", "2026-09-02T11:00:00Z", "2026-08-31T19:00:00Z",
    "2026-09-30", "2099-01-01T00:00:00Z", "1788350400", "01/02/2026", "May", "-2d", "whenever", "", "never", "25:00",
    "2026-02-30", "2026_09_01", "2026-09-02t110000z", "0", "∞", "2026-08-31T19:00:00", "31.08.2026",
)  # fmt: skip

keys_of_owner = st.sampled_from(["owner", "Owner", "created-by", "ownr", "OWNER "])
keys_of_expiry = st.sampled_from(
    ["expiration", "expires", "ttl", "Expiration", "expiratoin", "exparation", "janitor/ttl"]
)
owners = st.sampled_from(["alice", "Bob", "carol@example.com", "", "  "])
expiries = st.one_of(st.sampled_from(SPELLINGS), st.text(max_size=12))
plain_tags = st.builds(
    lambda owner, expiry, rest: {**owner, **expiry, **rest},
    st.dictionaries(keys_of_owner, owners, max_size=2),
    st.dictionaries(keys_of_expiry, expiries, max_size=2),
    st.dictionaries(
        st.sampled_from(["Name", "team", "tagwarden.io/protect", "app.kubernetes.io/part-of"]),
        st.sampled_from(["true", "false", "tagwarden", "x"]),
        max_size=2,
    ),
)
tags = st.one_of(
    plain_tags.map(Tags.known),
    plain_tags.map(Tags.known),
    plain_tags.map(Tags.known),
    st.just(Tags.unreadable("AccessDenied")),
    st.just(Tags.untaggable()),
)
moments = st.integers(-2_000_000, 3_600).map(lambda seconds: NOW + timedelta(seconds=seconds))


@st.composite
def resources(draw: Callable[[Any], Any]) -> list[Resource]:
    size = draw(st.integers(1, 6))
    return [
        a_resource(
            id=f"i-{number}",
            kind=draw(st.sampled_from(["aws_ec2_instance", "aws_ec2_volume"])),
            tags=draw(tags),
            created=draw(st.one_of(moments, moments, st.none())),
            manager=draw(st.sampled_from([None, None, None, Manager("aws_autoscaling_group", "web")])),
            protection=draw(st.sampled_from(["", "", "", "deletion protection"])),
        )
        for number in range(size)
    ]


policies = st.builds(
    lambda rules, lifetime, observations, grace, inherit, scope: a_policy(
        rules=rules,
        lifetime=lifetime,
        observations=observations,
        grace={"untagged": grace, "expired": grace, "repaired": "24h"},
        owner={"inherit": inherit},
        scope={"accounts": {"names": [ACCOUNT]}, "environments": ["test", "staging", "production"], **scope},
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "malformed": st.sampled_from(["Fix", "Report"]),
            "tooLong": st.sampled_from(["Shorten", "Report"]),
            "missingExpiry": st.sampled_from(["Fix", "Report", "Delete"]),
            "missingOwner": st.sampled_from(["Report", "Delete"]),
            "untagged": st.just("Delete"),
            "expired": st.just("Delete"),
        },
    ),
    st.sampled_from([{}, {"max": "48h"}, {"max": "48h", "weeklyCutoff": {"weekday": "Friday", "time": "19:00"}}]),
    st.integers(1, 3),
    st.sampled_from(["0s", "2h"]),
    st.booleans(),
    st.sampled_from([{}, {"exclude": [{"names": ["nothing"]}]}, {"where": 'resource.region != "us-east-1"'}]),
)
histories = st.one_of(
    st.none(),
    st.builds(
        lambda first, rule, since, agreed, deletions: History(
            first, rule, max(first, since) if rule else None, agreed if rule else 0, "snapshot-1", None, deletions
        ),
        moments,
        st.sampled_from([None, Reason.Expired, Reason.Untagged, Reason.MissingOwner, Reason.MissingExpiry]),
        moments,
        st.integers(1, 9),
        st.sampled_from([0, 0, 0, 1]),
    ),
)


@st.composite
def trials(draw: Callable[[Any], Any]) -> "Trial":
    found = draw(resources())
    ends = st.sampled_from([*(resource.uid for resource in found), "aws_ec2_instance/i-gone", "arn:elsewhere"])
    edges = [Edge(*draw(st.tuples(ends, st.just(EdgeMeaning.OWNS), ends))) for _ in range(draw(st.integers(0, 4)))]
    failures = draw(st.sampled_from([(), (), (CollectFailure("aws_ec2_volume", "", "Throttled", "slow"),)]))
    remembered = {resource.uid: draw(histories) for resource in found}
    return Trial(
        found,
        edges,
        failures,
        {uid: history for uid, history in remembered.items() if history is not None},
        draw(policies),
        draw(st.sampled_from([Environment.TEST, Environment.TEST, Environment.STAGING, Environment.PRODUCTION])),
    )


class Trial:
    """A world, a policy and a memory."""

    def __init__(
        self,
        resources: list[Resource],
        edges: list[Edge],
        failures: tuple[CollectFailure, ...],
        histories: dict[str, History],
        policy: CleanupPolicy,
        environment: Environment,
    ) -> None:
        self.resources, self.edges, self.failures = resources, edges, failures
        self.histories, self.policy, self.environment = histories, policy, environment

    def __repr__(self) -> str:
        return f"Trial({self.resources}, {self.edges}, {self.failures}, {self.histories}, {self.policy.spec})"

    def world(self) -> World:
        snapshot = a_snapshot(
            *self.resources,
            edges=self.edges,
            failures=self.failures,
            kinds=["aws_ec2_instance", "aws_ec2_volume"],
        )
        return world_of([snapshot], [an_account(environment=self.environment)])

    def judged(self) -> list[Judgement]:
        world = self.world()
        accounts = {name: compile_account(account) for name, account in world.accounts.items()}
        return judge_all(world, accounts, compile_policy(self.policy), [], self.histories, NOW)


def resource_of(trial: Trial, judgement: Judgement) -> Resource:
    return next(resource for resource in trial.resources if resource.uid == judgement.uid)


@unhurried
@given(trials())
def test_nothing_outside_of_test_is_deleted_or_shortened(trial: Trial) -> None:
    """S2: for whatever tags, rules and history."""
    if trial.environment is not Environment.TEST:
        verdicts = {judgement.verdict for judgement in trial.judged()}

        assert set() == verdicts & {Verdict.DELETE, Verdict.PENDING, Verdict.SHORTEN}


@unhurried
@given(trials())
def test_unreadable_tags_leave_it_undecided(trial: Trial) -> None:
    """S1: always."""
    for judgement in trial.judged():
        if resource_of(trial, judgement).tags == Tags.unreadable("AccessDenied"):
            assert Verdict.UNDECIDABLE is judgement.verdict


@unhurried
@given(trials())
def test_a_deletion_has_its_history_and_its_complete_list(trial: Trial) -> None:
    """S3, S4, S7, S13: whatever is deleted was agreed upon, is fully listed, and nobody protects or makes it."""
    for judgement in trial.judged():
        if judgement.verdict is not Verdict.DELETE:
            continue
        resource, history = resource_of(trial, judgement), trial.histories.get(judgement.uid)
        agreed = history.agreed if history and history.deletion is judgement.deletion else 0

        assert agreed + 1 >= trial.policy.spec.observations
        assert resource.kind not in {failure.kind for failure in trial.failures}
        assert "true" != resource.tags.values.get("tagwarden.io/protect")
        assert ("", None) == (resource.protection, resource.manager)
        assert not (history and history.deletions)


@unhurried
@given(trials())
def test_what_is_written_leaves_the_grace(trial: Trial) -> None:
    """A shortened, supposed or corrected expiry is never earlier than now + grace.repaired."""
    for judgement in trial.judged():
        changed = judgement.changes and "expiration" in judgement.changes.set
        if not changed or judgement.expires is None:
            continue
        decided = {Reason.TooLong, Reason.MalformedExpiry, Reason.MissingExpiry}
        if any(repair.rule in decided and repair.after[0] == "expiration" for repair in judgement.repairs):
            assert judgement.expires >= NOW + GRACE


@unhurried
@given(trials())
def test_a_verdict_has_what_belongs_to_it_and_nothing_else(trial: Trial) -> None:
    """Only Fix and Shorten write, only Delete and Pending name a rule, only Compliant may stay without a finding."""
    for judgement in trial.judged():
        assert (judgement.verdict in (Verdict.FIX, Verdict.SHORTEN)) == bool(judgement.changes)
        assert (judgement.verdict in (Verdict.DELETE, Verdict.PENDING)) == (judgement.deletion is not None)
        assert judgement.findings or judgement.verdict is Verdict.COMPLIANT
        assert (judgement.verdict is Verdict.PENDING) <= (judgement.withheld is not None)


@unhurried
@given(trials(), st.randoms(use_true_random=False))
def test_the_order_of_a_list_does_not_matter(trial: Trial, chance: Any) -> None:
    """The same world gives the same judgements, in the order of uid."""
    expected = trial.judged()
    chance.shuffle(trial.resources)
    chance.shuffle(trial.edges)

    assert expected == trial.judged()
    assert [judgement.uid for judgement in expected] == sorted(judgement.uid for judgement in expected)


@unhurried
@given(trials())
def test_the_fast_path_agrees_with_the_chain(trial: Trial) -> None:
    """Speed changes nothing: every check of the chain, asked one by one, comes to the same."""
    world = trial.world()
    accounts = {name: compile_account(account) for name, account in world.accounts.items()}
    evaluator = PolicyEvaluator(world, accounts, compile_policy(trial.policy), [], trial.histories, NOW)
    for number, resource in enumerate(world.graph.nodes):
        given = evaluator.check_input_of(resource, number)

        assert (decide(given, CHECKS) if given else None) == evaluator.judge(resource, number)


@unhurried
@given(trials())
def test_applying_a_write_settles_it(trial: Trial) -> None:
    """What was fixed or shortened has nothing more to write, and is not deleted for it."""
    first = {judgement.uid: judgement for judgement in trial.judged()}
    trial.resources = [
        replace(resource, tags=Tags.known(changes.applied_to(resource.tags.values)))
        if (changes := first[resource.uid].changes)
        else resource
        for resource in trial.resources
    ]
    for judgement in trial.judged():
        if first[judgement.uid].changes:
            assert judgement.verdict in (Verdict.COMPLIANT, Verdict.REPORT)


@unhurried
@given(st.text(max_size=30), st.sampled_from(["expiration", "ttl", "expires"]), histories, policies)
def test_no_text_makes_deletable_unless_it_is_a_time_that_has_passed(
    text: str, key: str, history: History | None, policy: CleanupPolicy
) -> None:
    """An expiry is over only where it reads without doubt; everything else is kept for at least the grace."""
    created = NOW - timedelta(days=3)
    resource = a_resource(created=created, tags={"owner": "alice", key: text})
    trial = Trial([resource], [], (), {resource.uid: history} if history else {}, policy, Environment.TEST)

    (judgement,) = trial.judged()

    if judgement.deletion is Reason.Expired:
        assert judgement.expires is not None
        assert judgement.expires <= NOW
        assert {repair.rule for repair in judgement.repairs} <= {Reason.NonCanonicalKey, Reason.NonCanonicalExpiry}
        assert Reason.MalformedExpiry not in {finding.reason for finding in judgement.findings}


@unhurried
@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 29)), policies)
def test_no_creation_time_is_a_crash(created: datetime, policy: CleanupPolicy) -> None:
    """Not even one at the end of the calendar."""
    resource = a_resource(created=created.replace(tzinfo=NOW.tzinfo), tags={"owner": "alice", "expiration": "9000d"})

    assert 1 == len(Trial([resource], [], (), {}, policy, Environment.TEST).judged())
