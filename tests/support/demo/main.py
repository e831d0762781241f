"""The demo from beginning to end: Audit first, then Enforce, then an honest look at what became of it."""

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
from tests.support.demo import inspection
from tests.support.demo.results import Results, by_kind, progress, read_results, telling_metrics, varied, verdicts_of
from tests.support.demo.screen import Screen
from tests.support.demo.stage import ACCOUNTS, CRDS, POLICIES, Stage, declarations, stage
from tests.support.go_toolchain import ToolchainError
from tests.support.processes import StartError

STEPS = 8
FIRST_LOOK_SECONDS = 300.0
PASS_SECONDS = 900.0
LIMITS = {"deletionsPerRun": 200, "deletionsPercent": 90, "deletionsPerHour": 300}

_GOALS = {
    "scanned": "all of them",
    "compliant": "nothing to say",
    "fixed": "tags corrected",
    "shortened": "expiry brought down to the maximum",
    "deleted": "deleted, and seen to be gone",
    "withheld": "kept back, for a reason that is given",
    "protected": "protected by a tag, the vendor, or what hangs on them",
    "managed": "judged at what made them",
    "report": "reported only",
    "pending": "waiting for a grace period",
    "undecidable": "not enough is known",
    "conflict": "claimed by several policies",
    "failed": "tried and failed",
}


def run(*, keep: bool = False) -> int:
    """Run the demo; give 0 if everything became what it must, else 1."""
    # Told to stop, it stops what it has started, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    screen = Screen(STEPS)
    try:
        screen.step("Start a Kubernetes API server and a simulated AWS, and fill them the way teams do")
        with stage(screen.say) as parts:
            is_right = _play(parts, screen)
            if keep:
                _keep(parts, screen)
    except (StartError, ToolchainError, KubectlError, TimeoutError) as error:
        screen.bad(str(error))
        return 1
    return 0 if is_right else 1


def _play(parts: Stage, screen: Screen) -> bool:
    screen.step("Apply the CRDs, the accounts and the policies, as anybody would")
    _apply(parts, screen)
    screen.step("Run the operator: in Audit it shows what it would do, and writes nothing")
    parts.operator.start()
    screen.say(f"tagwarden operator, process {parts.operator.pid}, health and metrics on port {parts.operator.port}")
    _wait_for_passes(parts, screen, _has_looked, "the first look at everything", FIRST_LOOK_SECONDS)
    audit_is_right = _show_audit(parts, screen)
    screen.step("Let the policies act: mode Enforce with limits, and a pass at once")
    _enforce(parts, screen)
    screen.step("What the policies say of themselves")
    all_ready = _show_status(parts, screen)
    screen.step("What was done, to what, and why: the journal")
    results = read_results(parts)
    _show_results(results, screen)
    screen.step("What an alert would look at: /metrics")
    _show_metrics(parts, screen)
    screen.step("What became of everything: an independent look, with boto3 and kubectl")
    became_right = _judge(parts, results, screen)
    is_right = became_right and audit_is_right and all_ready and not results.failed()
    (screen.good if is_right else screen.bad)("Everything is as expected." if is_right else "Not all is as expected.")
    return is_right


def _apply(parts: Stage, screen: Screen) -> None:
    screen.ran(f"kubectl apply -f {CRDS.name}/", parts.cluster.kubectl("apply", "-f", str(CRDS)))
    parts.cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", str(CRDS))
    for name in ("accounts.yaml", "policies.yaml"):
        screen.ran(f"kubectl apply -f examples/demo/{name}", parts.cluster.apply(declarations(parts.aws, name)))


def _has_looked(status: dict[str, Any]) -> bool:
    return "lastRun" in status


def _show_audit(parts: Stage, screen: Screen) -> bool:
    screen.ran("kubectl get tagwarden", parts.cluster.kubectl("get", "tagwarden"))
    for plan in read_results(parts).plans:
        pending = {"deletions": 0, "fixes": 0, "shortenings": 0} | parts.status(plan.policy).get("pendingPlan", {})
        screen.say(
            f"{plan.policy}: would delete {pending['deletions']} resources, correct the tags of {pending['fixes']}"
            f" and shorten the life of {pending['shortenings']}; plan {plan.hash[:12]}",
            "bold",
        )
        screen.table(("verdict", "how many", "for example"), verdicts_of(plan))
    written = inspection.writes(parts.aws)
    calls = len(parts.aws.calls())
    if written:
        screen.bad(f"Audit has written to the cloud: {', '.join(sorted(set(written)))}")
    else:
        screen.good(f"The simulated AWS has seen {calls} calls, all of them for reading.")
    return not written


def _enforce(parts: Stage, screen: Screen) -> None:
    request = datetime.now(UTC).isoformat(timespec="seconds")
    # In one patch: a pass that merely looks at the changed spec would only take time.
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
        parts, screen, lambda status: status.get("lastHandledRunRequest") == request, "both passes", PASS_SECONDS
    )


def _wait_for_passes(
    parts: Stage, screen: Screen, is_done: Callable[[dict[str, Any]], bool], what: str, seconds: float
) -> None:
    """Wait until the status of every policy says so, and until nothing is under way any more."""

    def done() -> bool:
        if not parts.operator.is_running:
            raise StartError(f"the operator has ended; its log says:\n{parts.operator.log[-3000:]}")
        found = [parts.status(policy) for policy in POLICIES]
        return all(is_done(status) and _condition(status, "Reconciling").get("status") == "False" for status in found)

    screen.wait(done, what=what, seconds=seconds, now=lambda: progress(parts))


def _show_status(parts: Stage, screen: Screen) -> bool:
    summaries = {policy: parts.status(policy).get("summary", {}) for policy in POLICIES}
    rows = [
        (count, *(str(summary.get(count, 0)) for summary in summaries.values()), meaning)
        for count, meaning in _GOALS.items()
        if any(summary.get(count) for summary in summaries.values())
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
    described = parts.cluster.kubectl("describe", "cleanuppolicies.tagwarden.io", POLICIES[0])
    screen.ran(
        f"kubectl describe cleanuppolicies.tagwarden.io {POLICIES[0]} | sed -n '/^Events:/,$p'",
        described[described.find("Events:") :],
    )
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
    screen.say(f"Deleted, and seen to be gone: {len(deleted)}", "bold")
    screen.say(", ".join(f"{count} {kind}" for kind, count in by_kind(deleted)))
    screen.say("Kept back:", "bold")
    rows = [
        (reason, str(len(found)), f"{planned.resource}: {message}")
        for reason, found in sorted(results.withheld().items())
        for planned, message in found[:2]
    ]
    screen.table(("reason", "how many", "for example"), rows or [("none", "0", "")])
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


def _judge(parts: Stage, results: Results, screen: Screen) -> bool:
    said, remains = inspection.what_was_said(parts, results.plans), inspection.what_remains(parts)
    tags = inspection.what_tags_say(parts)
    for verdict, sentence in (
        (said, "verdicts are what they must be, from compliant to kept back"),
        (remains, "resources are gone or still there, as they must be"),
        (tags, "of those whose tags were to be corrected now name an owner and an end within 48 hours"),
    ):
        line = f"{verdict.right} of {verdict.looked_at} {sentence}."
        if verdict.wrong:
            screen.bad(line)
            for problem in verdict.wrong:
                screen.bad(f"  {problem}")
        else:
            screen.good(line)
    return not (said.wrong or remains.wrong or tags.wrong)


def _keep(parts: Stage, screen: Screen) -> None:
    screen.say("")
    screen.say("Everything is still running. To look around, in another terminal:", "bold")
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
    ):
        screen.ran(line, "")
    screen.say("Ctrl-C ends everything.", "bold")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        screen.say("ending")
