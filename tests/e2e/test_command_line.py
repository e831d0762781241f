"""The whole way over HTTP, as a user without a cluster goes it: plan, explain, apply, and what remains."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tagwarden.inventory.lake import Lake
from tagwarden.inventory.lake.questions import answer_of, asking
from tests.support import messy_account
from tests.support.aws_seed import Region
from tests.support.aws_seeds import exists
from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import FakeAWS
from tests.support.story import Story

ACCOUNT = "123456789012"
QUERIES = Path(__file__).parents[2] / "examples" / "queries"
WRITES = ("Create", "Delete", "Put", "Tag", "Untag", "Modify", "Terminate", "Release", "Update", "Add", "Remove", "Set")


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    return on(fake_aws, fake_aws.login(ACCOUNT), tmp_path)


@pytest.fixture
def story(fake_aws: FakeAWS) -> Story:
    return messy_account.populate(fake_aws, datetime.now(UTC), login=fake_aws.login(ACCOUNT))


def one_region(aws: FakeAWS) -> dict[str, Any]:
    """Declare the account with one region, which halves the requests of a pass."""
    account = an_account(aws, aws.login(ACCOUNT))
    account["spec"]["aws"] |= {"regions": ["eu-central-1"]}
    return account


def writes(aws: FakeAWS) -> list[str]:
    return [call.operation for call in aws.calls() if call.operation.startswith(WRITES)]


def test_a_messy_account_is_cleaned_as_the_plan_said(fake_aws: FakeAWS, shell: CommandLine, story: Story) -> None:
    """Plan shows what Enforce then does; what is claimed, protected or in use stays; a second pass has nothing left."""
    login = fake_aws.login(ACCOUNT)
    shell.declare("declared/all.yaml", a_policy(), an_account(fake_aws, login))
    fake_aws.forget_calls()

    shown = shell.run("plan", "-f", "declared", "-o", "json")

    assert shown.status == 0, shown.err
    assert [] == shown.json["report"]["problems"]
    assert [] == writes(fake_aws)  # S15
    wrong = []
    for entry in shown.json["resources"]:
        member = story.find((entry["id"], entry["uid"], entry["name"]))
        expected = member.expected.verdict if member and member.region in {entry["region"], ""} else ""
        if expected and entry["verdict"] != expected:
            said = [finding["reason"] for finding in entry["findings"]]
            wrong.append((member.group, entry["kind"], entry["id"], entry["verdict"], said, entry["withheld"]))
    assert [] == wrong

    (shell.folder / "plan.json").write_text(shown.out)
    done = shell.run("apply", "--yes", "-f", "declared", "plan.json", "-o", "json")

    assert done.status == 0, (done.err, [each for each in done.json["outcomes"] if each["state"] == "Failed"])
    assert shown.json["hash"] == done.json["hash"]  # S6
    left = [member for member in story.doomed() if exists(Region(fake_aws, member.region), member.kind, member.id)]
    lost = [
        member for member in story.survivors() if not exists(Region(fake_aws, member.region), member.kind, member.id)
    ]
    assert ([], []) == (left, lost)

    again = shell.run("plan", "-f", "declared", "-o", "json")

    assert again.json["report"]["pending"] is None
    asked_as_an_analyst(shell)


def asked_as_an_analyst(shell: CommandLine) -> None:
    """Every query of `examples/queries` begins with one sentence and is answered."""
    lake = Lake(shell.folder / "state" / "tagwarden" / "inventory" / "lake")
    answers = {}
    for path in sorted(QUERIES.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        assert re.fullmatch(r"-- [A-Z][^\n]*\?", sql.splitlines()[0]), path
        with asking(lake, sql) as connection:
            answers[path.stem] = answer_of(connection, sql).rows
    assert [] == lake.told()
    assert len(answers) >= 20
    # Nothing is unreadable and nothing incomplete in this account, and the policy declares no price list.
    empty = {name for name, rows in answers.items() if not rows}
    assert empty <= {"unreadable_tags", "incomplete_snapshots", "expiring_this_week"}, empty


def test_a_saved_snapshot_replays_to_the_same_bytes_without_any_cloud(
    fake_aws: FakeAWS, shell: CommandLine, story: Story
) -> None:
    """Snapshot, policy and now give byte-identical verdicts and hash, with the cloud gone (S14)."""
    login = fake_aws.login(ACCOUNT)
    declared = str(shell.declare("all.yaml", a_policy(), an_account(fake_aws, login)))
    collected = shell.run("collect", "-f", declared, "-o", "json")
    file = collected.json["accounts"][0]["file"]
    fake_aws.forget_calls()
    replay = ("plan", "-f", declared, "--snapshot", file, "--now", "2030-01-01T00:00:00Z", "-o", "json")

    first, second = shell.run(*replay), shell.run(*replay)

    assert first.status == 0, first.err
    assert first.out == second.out
    assert first.json["resources"]
    assert [] == fake_aws.calls()
    assert len(story.members) <= len(first.json["resources"]) + len(story.group("protected_by_vendor"))


def test_a_saved_plan_is_carried_out_as_it_was_shown(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """`apply plan.json` runs the plan of that file: what came later is not in it (S6)."""
    sqs = fake_aws.client("sqs")
    sqs.create_queue(QueueName="old")
    declared = str(shell.declare("all.yaml", a_policy(), one_region(fake_aws)))
    shown = shell.run("plan", "-f", declared, "-o", "json")
    (shell.folder / "plan.json").write_text(shown.out)
    sqs.create_queue(QueueName="new")

    done = shell.run("apply", "--yes", "-f", declared, "plan.json", "-o", "json")

    assert done.status == 0, done.err
    names = [url.rsplit("/", 1)[-1] for url in sqs.list_queues().get("QueueUrls", [])]
    assert ["new"] == names
    assert "explain" not in done.err


def test_a_plan_is_named_by_the_beginning_of_its_hash(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """`apply HASH` carries out the stored plan of that hash, whole; six digits approve a plan (S6)."""
    sqs = fake_aws.client("sqs")
    sqs.create_queue(QueueName="old")
    policy = a_policy(approval="Required")
    declared = str(shell.declare("all.yaml", policy, one_region(fake_aws)))
    shown = shell.run("plan", "-f", declared, "-o", "json")
    short = shown.json["hash"][:8]
    sqs.create_queue(QueueName="new")

    unknown = shell.run("apply", "--yes", "-f", declared, "--approve", "0" * 8)
    done = shell.run("apply", "--yes", "-f", declared, short, "--approve", short[:6], "-o", "csv")
    told = shell.run("journal", "--plan", short, "-o", "name")

    assert 2 == unknown.status
    assert unknown.err.startswith("tagwarden: --approve: no stored plan begins with 00000000; ")
    assert done.status == 0, done.err
    assert "new" == sqs.list_queues()["QueueUrls"][0].rsplit("/", 1)[-1]
    assert ["Verified"] == [row["state"] for row in csv.DictReader(io.StringIO(done.out))]
    assert [entry["uid"] for entry in shown.json["resources"] if entry["actions"]] == told.out.split()


def test_what_was_done_is_found_by_its_kind(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Globs narrow the journal; one that matches nothing is told with what there is."""
    fake_aws.client("sqs").create_queue(QueueName="orders")
    declared = str(shell.declare("all.yaml", a_policy(), one_region(fake_aws)))
    shell.run("apply", "--yes", "-f", declared, "-q")

    found = shell.run("journal", "--kind", "aws_sqs_*", "--region", "EU-*", "-o", "csv")
    missed = shell.run("journal", "--kind", "aws_sns_*")

    assert ["orders"] == [row["name"] for row in csv.DictReader(io.StringIO(found.out))]
    assert (0, "no entries\n") == (missed.status, missed.out)
    assert "tagwarden: no entry of kind aws_sns_*; kinds in the journal: aws_sqs_queue\n" == missed.err


def test_collecting_is_one_line_an_account(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """A log is not filled with a line for each kind and region; names are those that `--account` takes."""
    declared = str(shell.declare("all.yaml", one_region(fake_aws)))

    collected = shell.run("collect", "-f", declared, "-o", "name")

    assert (0, "aws-dev\n") == (collected.status, collected.out)
    assert re.fullmatch(r"aws-dev: \d+ resources of \d+ kinds, \d+ requests, [\d.]+ s\n", collected.err)


def test_an_approved_plan_is_carried_out_though_the_clock_moved(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """The approved hash runs, with the expiries that were shown, since nothing but the time has changed (S6)."""
    sqs = fake_aws.client("sqs")
    sqs.create_queue(QueueName="unclaimed")
    sqs.create_queue(QueueName="endless", tags={"owner": "alice", "expiration": "never"})
    policy = a_policy(approval="Required", grace={"untagged": "0s", "repaired": "72h"})
    declared = str(shell.declare("all.yaml", policy, one_region(fake_aws)))

    waits = shell.run("apply", "-f", declared, "-o", "json").json
    names = len(sqs.list_queues()["QueueUrls"])
    runs = shell.run("apply", "--yes", "-f", declared, "--approve", waits["hash"], "-o", "json").json

    assert ("NotApproved", 2) == (waits["report"]["held"]["reason"], names)
    assert waits["hash"] == runs["hash"]
    assert ["Verified", "Verified"] == [outcome["state"] for outcome in runs["outcomes"]]
    assert ["endless"] == [url.rsplit("/", 1)[-1] for url in sqs.list_queues()["QueueUrls"]]


def test_a_pass_that_leaves_nothing_open_exits_with_0(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """With --check what would be done is open, what was done is not; the report says so without any resource."""
    tags = {"Owner": "alice", "ttl": "36h"}
    fake_aws.client("sqs").create_queue(QueueName="elsewhere", tags=tags)
    policy = a_policy(rules={"canonical": "Rewrite"})
    declared = str(shell.declare("all.yaml", policy, one_region(fake_aws)))

    told = [
        shell.run(*command, "-f", declared, "--check", "-o", "report")
        for command in (("plan",), ("apply", "--dry-run"), ("apply",), ("plan",))
    ]

    assert [(3, 1), (3, 1), (0, 0), (0, 0)] == [(each.status, each.json["openCount"]) for each in told]
    assert [1, 1, 0, 0] == [each.json["pending"]["fixes"] if each.json["pending"] else 0 for each in told]
    assert [0, 0, 1, 0] == [each.json["summary"]["fixed"] for each in told]
    assert not any("resources" in each.json for each in told)


def test_a_changed_world_needs_a_new_approval(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """What nobody was shown is not deleted under another plan's approval, and the refusal says what came (S6)."""
    sqs = fake_aws.client("sqs")
    sqs.create_queue(QueueName="shown")
    policy = a_policy(approval="Required")
    declared = str(shell.declare("all.yaml", policy, one_region(fake_aws)))
    shown = shell.run("plan", "-f", declared, "-o", "json").json
    sqs.create_queue(QueueName="came-later")

    refused = shell.run("apply", "--yes", "-f", declared, "--approve", shown["hash"], "-o", "json").json

    assert "ApprovalOutdated" == refused["report"]["held"]["reason"]
    assert "came-later" in refused["report"]["held"]["message"]
    assert 2 == len(sqs.list_queues()["QueueUrls"])


def test_explain_tells_the_whole_story_of_a_deleted_resource(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Verdict, rule, plan, actor and outcome are told after the resource has gone (S14)."""
    fake_aws.client("sqs").create_queue(QueueName="orders")
    declared = str(shell.declare("all.yaml", a_policy(), an_account(fake_aws, fake_aws.login(ACCOUNT))))
    shell.run("apply", "--yes", "-f", declared)

    told = shell.run("explain", "aws_sqs_queue/orders", "-o", "json")

    assert told.status == 0, told.err
    assert "Delete" == told.json["decisions"][0]["verdict"]
    (entry,) = told.json["journal"]
    assert ("Delete", "Verified", "Untagged") == (entry["action"], entry["state"], entry["rule"])
    assert entry["actor"]


def test_audit_never_writes(fake_aws: FakeAWS, shell: CommandLine, story: Story) -> None:
    """A policy in Audit is shown by `apply` too, and nothing is written (S15)."""
    declared = str(shell.declare("all.yaml", a_policy(mode="Audit"), an_account(fake_aws, fake_aws.login(ACCOUNT))))
    fake_aws.forget_calls()

    done = shell.run("apply", "-f", declared)

    assert done.status == 0, done.err
    assert [] == writes(fake_aws)
    assert "Audit" in done.out
    assert story.members


def test_a_wrong_policy_leaves_the_others_alone(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """One line for the wrong one, the plan of the right one, and a status that tells (S12)."""
    wrong = a_policy("wrong", timeZone="Mars/Base", priority=-1)
    declared = str(shell.declare("all.yaml", a_policy(), wrong, one_region(fake_aws)))

    planned = shell.run("plan", "-f", declared, "-o", "json", "--diff")

    assert 2 == planned.status
    assert "wrong: spec.timeZone" in planned.err
    assert "test-accounts" == planned.json["policy"]


def test_check_tells_by_its_status_that_something_is_not_compliant(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """A pipeline can fail on an untagged resource."""
    declared = str(shell.declare("all.yaml", a_policy(), one_region(fake_aws)))

    empty = shell.run("plan", "-f", declared, "--check")
    fake_aws.client("sqs").create_queue(QueueName="orders")
    messy = shell.run("plan", "-f", declared, "--check")

    assert (0, 3) == (empty.status, messy.status), (empty.out, messy.out)


def test_another_account_than_the_declared_one_is_refused(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Credentials of another account change nothing anywhere (S10)."""
    fake_aws.client("sqs").create_queue(QueueName="orders")
    login = fake_aws.login(ACCOUNT)
    account = an_account(fake_aws, login)
    account["spec"]["aws"]["accountID"] = "999999999999"
    declared = str(shell.declare("all.yaml", a_policy(), account))
    fake_aws.forget_calls()

    refused = shell.run("apply", "-f", declared)

    assert 1 == refused.status
    assert "999999999999" in refused.err
    assert ACCOUNT in refused.err
    assert 1 == len(refused.err.strip().splitlines())
    assert [] == writes(fake_aws)


def test_an_endpoint_that_is_down_is_one_line(shell: CommandLine, fake_aws: FakeAWS) -> None:
    """No traceback, and the address that does not answer."""
    account = one_region(fake_aws)
    account["spec"]["aws"]["endpointURL"] = "http://127.0.0.1:9"
    declared = str(shell.declare("all.yaml", a_policy(), account))

    failed = shell.run("plan", "-f", declared, "--quiet")

    assert 1 == failed.status
    assert 1 == len(failed.err.strip().splitlines()), failed.err
    assert "127.0.0.1:9" in failed.err


def test_no_credentials_say_what_to_set(shell: CommandLine, fake_aws: FakeAWS) -> None:
    """Whoever is not logged in is told so in one line."""
    declared = str(shell.declare("all.yaml", a_policy(), one_region(fake_aws)))
    without = {key: value for key, value in shell.environment.items() if not key.startswith("AWS_ACCESS_KEY")}
    without = {key: value for key, value in without.items() if key != "AWS_SECRET_ACCESS_KEY"}

    failed = CommandLine(shell.folder, without).run("plan", "-f", declared, "--quiet")

    assert 1 == failed.status
    assert 1 == len(failed.err.strip().splitlines()), failed.err
    assert "credential" in failed.err.lower()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: [", "not YAML"),
        ("apiVersion: tagwarden.io/v1alpha1\nkind: CleanupPolicy\nmetadata: {name: p}\n", "spec.scope: is required"),
        (
            (
                "apiVersion: tagwarden.io/v1alpha1\nkind: CleanupPolicy\nmetadata: {name: p}\n"
                "spec: {schedul: x, scope: {accounts: {names: [a]}}}\n"
            ),
            "did you mean schedule?",
        ),
        (
            (
                "apiVersion: tagwarden.io/v1alpha1\nkind: CleanupPolicy\nmetadata: {name: p}\n"
                "spec: {observations: many, scope: {accounts: {names: [a]}}}\n"
            ),
            "spec.observations",
        ),
        (
            (
                "apiVersion: tagwarden.io/v1alpha1\nkind: CleanupPolicy\nmetadata: {name: p}\n"
                "spec: {timeZone: Mars/Base, scope: {accounts: {names: [aws-dev]}}}\n"
            ),
            "CleanupPolicy p: spec.timeZone: 'Mars/Base'",
        ),
        (f"a: {'[' * 3000}\n", "nested too deeply"),
        ("a: 1\na: 2\n", "duplicate key"),
        ("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n", "no CleanupPolicy"),
    ],
)
def test_bad_input_names_file_and_field_and_changes_nothing(
    shell: CommandLine, fake_aws: FakeAWS, text: str, said: str
) -> None:
    """Exit status 2 and one clear line; the cloud is not even asked."""
    path = shell.folder / "policy.yaml"
    path.write_text(text)
    fake_aws.forget_calls()

    refused = shell.run("plan", "-f", str(path))

    assert 2 == refused.status, refused
    assert said in refused.err
    assert 1 == len(refused.err.strip().splitlines()), refused.err
    assert "" == refused.out
    assert [] == fake_aws.calls()


@pytest.mark.parametrize("arguments", [("plan", "-f", "nowhere.yaml"), ("plan",), ("plam",), ("plan", "--outpt", "x")])
def test_a_mistaken_command_is_one_line_and_status_2(shell: CommandLine, arguments: tuple[str, ...]) -> None:
    """A typing error in the command itself is told like any other."""
    refused = shell.run(*arguments)

    assert 2 == refused.status
    assert 1 == len(refused.err.strip().splitlines()), refused.err


def test_a_policy_that_governs_nothing_says_why(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """An account that names no environment is production (S2), which must not look like an account in order."""
    login = fake_aws.login(ACCOUNT)
    fake_aws.client("sqs", login=login).create_queue(QueueName="nobodys")
    account = an_account(fake_aws, login)
    del account["spec"]["environment"]
    declared = str(shell.declare("all.yaml", a_policy(), account))

    shown = shell.run("plan", "-f", declared)

    assert 0 == shown.status
    assert "spec.scope.environments is test, and aws-dev is production" in " ".join(shown.out.split())
