"""The demo from beginning to end: a plan without a cluster, then the operator in Audit and Enforce, then a check."""

import json
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tagwarden.model.plan import ActionType
from tagwarden.model.verdict import Verdict
from tagwarden.state import Entry
from tests.support.cluster import KubectlError
from tests.support.demo import google, inspection
from tests.support.demo.commands import AWS_FILES, GOOGLE_FILES, CommandSteps
from tests.support.demo.control_plane_build import ControlPlaneBuild
from tests.support.demo.results import (
    Results,
    by_kind,
    describe_deletions,
    progress,
    read_results,
    telling_metrics,
    varied,
    verdicts_of,
)
from tests.support.demo.screen import Screen
from tests.support.demo.stage import ACCOUNTS, CRDS, FILES, POLICIES, PROJECT, Stage, cloud, declarations, stage
from tests.support.demo.summary import Checks, summary
from tests.support.fake_gcp import TOKEN
from tests.support.go_toolchain import ToolchainError
from tests.support.processes import StartError

STEPS = 10
FIRST_PASS_SECONDS = 300.0
PASS_SECONDS = 900.0
LIMITS = {"deletionsPerRun": 200, "deletionsPercent": 90, "deletionsPerHour": 300}

_COUNTS = {
    "scanned": "all resources",
    "compliant": "owner and expiry are in order",
    "fixed": "tags corrected",
    "shortened": "expiry set to the maximum",
    "deleted": "deleted and looked up again",
    "withheld": "deletion withheld, since another resource needs them",
    "protected": "protected by a tag, by the vendor, or by a protected resource",
    "managed": "decided at the resource that manages them",
    "report": "reported only",
    "pending": "in their grace period",
    "undecidable": "not enough is known",
    "conflict": "several policies claim them",
    "failed": "action failed",
}


def run(*, keep: bool = False) -> int:
    """Run the demo; give 0 if every check passed, else 1."""
    # SIGTERM stops everything that was started, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    screen = Screen(STEPS)
    try:
        with ControlPlaneBuild() as build:
            is_right = _play(build, screen, keep=keep)
    except (StartError, ToolchainError, KubectlError, TimeoutError) as error:
        screen.bad(str(error))
        return 1
    return 0 if is_right else 1


def _play(build: ControlPlaneBuild, screen: Screen, *, keep: bool) -> bool:
    screen.step("Fill a simulated AWS account and a Google Cloud project, as teams leave them")
    screen.say("meanwhile a Kubernetes control plane is built for the operator, once per machine")
    with cloud(screen.say) as clouds:
        commands = CommandSteps(clouds, build, screen)
        screen.step("Plan from the command line: no cluster is needed, and nothing is changed")
        commands.show_plan(AWS_FILES, "test-accounts")
        screen.step("Explain one deletion")
        commands.show_explanation()
        screen.step("Plan the Google Cloud project by the same rules")
        commands.show_plan(GOOGLE_FILES, "gcp-projects")
        screen.step("Start a Kubernetes API server and fill a cluster")
        screen.say(build.progress)
        build.wait(screen)
        with stage(clouds, screen.say) as parts:
            is_right = _run_operator(parts, screen)
            if keep:
                _keep(parts, screen)
            return is_right


def _run_operator(parts: Stage, screen: Screen) -> bool:
    screen.step("Run the operator: policies in Audit show the plan and change nothing")
    _apply(parts, screen)
    parts.operator.start()
    screen.say(f"tagwarden operator, process {parts.operator.pid}, health and metrics on port {parts.operator.port}")
    _wait_for_passes(parts, screen, _has_run, "the first pass of each policy", FIRST_PASS_SECONDS)
    audit_is_right = _show_audit(parts, screen)
    planned = sum(plan.count(ActionType.DELETE) for plan in read_results(parts).plans)
    screen.step("Set mode Enforce with limits, and request a pass")
    _enforce(parts, screen)
    all_ready = _show_status(parts, screen)
    screen.step("Read the journal: every change with its rule")
    results = read_results(parts)
    _show_results(results, screen)
    screen.step("Read the metrics for alerts")
    _show_metrics(parts, screen)
    screen.step("Check the result with boto3, kubectl and in the simulation, independently of the operator")
    checks = Checks(
        inspection.check_verdicts(parts, results.plans),
        inspection.check_remaining(parts),
        google.check_project(parts.gcp),
        inspection.check_tags(parts),
    )
    _show_checks(checks, screen)
    is_right = checks.passed and audit_is_right and all_ready and not results.failed()
    screen.say("")
    screen.say("Summary", "bold")
    for line in summary(planned, results, checks, screen.elapsed):
        screen.say(line)
    screen.say("")
    (screen.good if is_right else screen.bad)("Everything is as expected." if is_right else "Not all is as expected.")
    return is_right


def _apply(parts: Stage, screen: Screen) -> None:
    screen.ran(f"kubectl apply -f {CRDS.name}/", parts.cluster.kubectl("apply", "-f", str(CRDS)))
    parts.cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", str(CRDS))
    for name in FILES:
        screen.ran(f"kubectl apply -f examples/demo/{name}", parts.cluster.apply(declarations(parts, name)))


def _has_run(status: dict[str, Any]) -> bool:
    return "lastRun" in status


def _show_audit(parts: Stage, screen: Screen) -> bool:
    screen.ran("kubectl get tagwarden", parts.cluster.kubectl("get", "tagwarden"))
    for plan in read_results(parts).plans:
        screen.say(describe_deletions(plan), "bold")
        screen.table(("verdict", "resources", "for example"), verdicts_of(plan))
    return all(
        [
            _check_reading("AWS", len(parts.aws.calls()), inspection.writes(parts.aws), screen),
            _check_reading("Google Cloud", len(parts.gcp.calls()), google.writes(parts.gcp), screen),
        ]
    )


def _check_reading(vendor: str, calls: int, written: list[str], screen: Screen) -> bool:
    if written:
        screen.bad(f"Audit has written to the simulated {vendor}: {', '.join(sorted(set(written)))}")
    else:
        screen.good(f"The simulated {vendor} has seen {calls} calls, all of them for reading.")
    return not written


def _enforce(parts: Stage, screen: Screen) -> None:
    request = datetime.now(UTC).isoformat(timespec="seconds")
    # One patch: a pass for the changed spec alone would only take time.
    patch = json.dumps(
        {
            "metadata": {"annotations": {"tagwarden.io/requestedAt": request}},
            "spec": {"mode": "Enforce", "limits": LIMITS},
        }
    )
    for policy in POLICIES:
        command = ("patch", f"cleanuppolicy.tagwarden.io/{policy}", "--type", "merge", "--patch", patch)
        screen.ran(f"kubectl {' '.join(command[:-1])} '{patch}'", parts.cluster.kubectl(*command))
    _wait_for_passes(
        parts, screen, lambda status: status.get("lastHandledRunRequest") == request, "all passes", PASS_SECONDS
    )


def _wait_for_passes(
    parts: Stage, screen: Screen, is_done: Callable[[dict[str, Any]], bool], what: str, seconds: float
) -> None:
    """Wait until the status of every policy `is_done`, and no policy is reconciling."""

    def done() -> bool:
        if not parts.operator.is_running:
            raise StartError(f"the operator has ended; its log says:\n{parts.operator.log[-3000:]}")
        found = [parts.status(policy) for policy in POLICIES]
        return all(is_done(status) and _condition(status, "Reconciling").get("status") == "False" for status in found)

    screen.wait(done, what=what, seconds=seconds, now=lambda: progress(parts))


def _show_status(parts: Stage, screen: Screen) -> bool:
    summaries = {policy: parts.status(policy).get("summary", {}) for policy in POLICIES}
    rows = [
        (count, *(str(counts.get(count, 0)) for counts in summaries.values()), meaning)
        for count, meaning in _COUNTS.items()
        if any(counts.get(count) for counts in summaries.values())
    ]
    screen.table(("resources", *summaries, ""), rows)
    all_ready = True
    for policy in POLICIES:
        status = parts.status(policy)
        ready, compliant = _condition(status, "Ready"), _condition(status, "Compliant")
        is_ready = ready.get("status") == "True"
        all_ready = all_ready and is_ready
        (screen.say if is_ready else screen.bad)(f"{policy}: {_in_words(ready)}")
        screen.say(f"{policy}: {_in_words(compliant)}")
    return all_ready


def _in_words(condition: dict[str, str]) -> str:
    return f"{condition.get('type')}={condition.get('status')}, {condition.get('reason')}: {condition.get('message')}"


def _condition(status: dict[str, Any], name: str) -> dict[str, str]:
    return next((found for found in status.get("conditions", ()) if found["type"] == name), {})


def _show_results(results: Results, screen: Screen) -> None:
    for title, entries in (
        ("Corrected", results.changed(Verdict.FIX)),
        ("Shortened", results.changed(Verdict.SHORTEN)),
    ):
        screen.say(f"{title}: {len(entries)}", "bold")
        screen.table(("resource", "before", "after", "rule"), map(_change, varied(entries)))
    deleted = results.done(ActionType.DELETE)
    screen.say(f"Deleted: {len(deleted)}", "bold")
    screen.say(", ".join(f"{count} {kind}" for kind, count in by_kind(deleted)))
    screen.say("Withheld:", "bold")
    rows = [
        (reason, str(len(found)), f"{planned.resource}: {message}")
        for reason, found in sorted(results.withheld().items())
        for planned, message in found[:1]
    ]
    screen.table(("reason", "resources", "for example"), rows or [("none", "0", "")])
    for entry in results.failed():
        screen.bad(f"{entry.action} {entry.resource}: {entry.state}, {entry.reason}: {entry.message}")


def _change(entry: Entry) -> tuple[str, str, str, str]:
    before, changes = dict(entry.tags_before or {}), entry.changes
    touched = {*changes.remove, *changes.set}
    after = {key: value for key, value in changes.set.items() if not key.startswith("tagwarden.io/")}
    return (
        str(entry.resource),
        ", ".join(f"{key}={value}" for key, value in before.items() if key in touched) or "(nothing)",
        ", ".join(f"{key}={value}" for key, value in after.items()),
        entry.rule,
    )


def _show_metrics(parts: Stage, screen: Screen) -> None:
    answer = parts.operator.get("/metrics")
    text = answer[1] if answer else ""
    screen.ran(f"curl -s http://127.0.0.1:{parts.operator.port}/metrics", "\n".join(telling_metrics(text)), lines=32)


def _show_checks(checks: Checks, screen: Screen) -> None:
    for check, line in checks.lines:
        (screen.bad if check.wrong else screen.good)(line)
        for problem in check.wrong:
            screen.bad(f"  {problem}")


def _keep(parts: Stage, screen: Screen) -> None:
    screen.say("")
    screen.say("Everything is still running. To look around, run in another terminal:", "bold")
    for line in (
        f"export KUBECONFIG={parts.cluster.kubeconfig}",
        f"alias kubectl={parts.cluster.kubectl_path}",
        "kubectl get tagwarden",
        f"kubectl describe cleanuppolicies.tagwarden.io {POLICIES[0]}",
        f"kubectl get cloudaccounts.tagwarden.io {ACCOUNTS[0]} -o yaml",
        f"kubectl annotate cleanuppolicy.tagwarden.io/{POLICIES[0]} --overwrite tagwarden.io/requestedAt=$(date +%s)",
        f"curl -s http://127.0.0.1:{parts.operator.port}/metrics | grep ^tagwarden_",
        f"{sys.executable} -m tagwarden journal --state {parts.state}",
        f"AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing aws --endpoint-url {parts.aws.endpoint} s3 ls",
        f"curl -sH 'Authorization: Bearer {TOKEN}' {parts.gcp.endpoint}/compute/v1/projects/{PROJECT}/global/networks",
    ):
        screen.ran(line, "")
    screen.say("Ctrl-C stops and removes everything.", "bold")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        screen.say("stopping")
