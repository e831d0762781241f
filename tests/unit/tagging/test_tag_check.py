"""`tagwarden tag check`: the page a developer is sent to."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagwarden.cli.main import main

NOW = ("--now", "2026-08-26T13:00:00Z", "--created", "2026-08-26T12:00:00Z")
POLICY: dict[str, Any] = {
    "apiVersion": "tagwarden.io/v1alpha1",
    "kind": "CleanupPolicy",
    "metadata": {"name": "test-accounts"},
    "spec": {
        "timeZone": "Europe/Berlin",
        "scope": {"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_s3_bucket"], "environments": ["staging"]},
        "lifetime": {"max": "48h", "weeklyCutoff": {"weekday": "Friday", "time": "19:00"}},
        "owner": {"known": {"configMap": {"name": "owners", "key": "owners.txt"}}},
        "limits": {"deletionsPerRun": 5, "deletionsPercent": 5, "deletionsPerHour": 5},
    },
}
OWNERS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "owners"},
    "data": {"owners.txt": "alice\nbob -> alice\n"},
}


def run(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["tag", "check", *arguments])
    out, err = capfdbinary.readouterr()
    return int(ended.value.code or 0), out.decode(), err.decode()


def run_json(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Any:
    status, out, err = run(capfdbinary, *arguments, "--output", "json")
    assert (0, "") == (status, err)
    return json.loads(out)


@pytest.fixture
def policy_file(tmp_path: Path) -> str:
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump_all([POLICY, OWNERS]), encoding="utf-8")
    return str(path)


def test_tags_are_read_with_the_defaults_where_no_policy_is_given(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each on its own, and what they come to."""
    found = run_json(capfdbinary, "owner=alice", "ttl=2d", "Name=web", *NOW)

    assert [("owner", "alice"), ("expiry", "2026-08-28T12:00:00Z"), (None, None)] == [
        (tag["states"], tag["means"]) for tag in found["tags"]
    ]
    assert ("alice", "2026-08-28T12:00:00Z", "Compliant") == (found["owner"], found["expires"], found["verdict"])
    assert found["changes"] is None


def test_a_policy_shortens_and_knows_its_owners(capfdbinary: pytest.CaptureFixture[bytes], policy_file: str) -> None:
    """Whatever its scope: that is not what is asked."""
    found = run_json(capfdbinary, "owner=bob", "expiration=next friday", "--policy", policy_file, *NOW)

    assert ("alice", "2026-08-28T12:00:00Z", "Shorten") == (found["owner"], found["expires"], found["verdict"])
    assert "2026-08-28T12:00:00Z" == found["allowedUntil"]
    assert {"TooLong", "NonCanonicalOwner"} <= {finding["reason"] for finding in found["findings"]}


def test_people_get_a_table(capfdbinary: pytest.CaptureFixture[bytes], policy_file: str) -> None:
    """With the reason why."""
    status, out, _ = run(capfdbinary, "owner=alice", "expiration=01/02/2026", "--policy", policy_file, *NOW)

    assert status == 0
    assert "unreadable" in out
    assert "Tags after repair" in out
    assert "AmbiguousExpiry" in out


def test_markup_and_control_characters_are_shown_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """What people type is no command to a terminal."""
    status, out, _ = run(capfdbinary, "owner=[bold]x[/bold]", "expiration=\x1b[31m", *NOW)

    assert status == 0
    assert "[bold]x[/bold]" in out
    assert "\x1b[31m" not in out


def test_labels_of_kubernetes_are_read_and_stay(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """Annotations are written beside them."""
    path = tmp_path / "policy.yaml"
    policy = {**POLICY, "spec": {**POLICY["spec"], "rules": {"canonical": "Rewrite"}}}
    path.write_text(yaml.safe_dump_all([policy, OWNERS]), encoding="utf-8")
    found = run_json(
        capfdbinary, "owner=alice", "--label", "ttl=2d", "--provider", "Kubernetes", "--policy", str(path), *NOW
    )

    assert {"set": {"expiration": "2026-08-28T12:00:00Z"}, "remove": []} == found["changes"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["owner"], "write KEY=VALUE"),
        (["=alice"], "write KEY=VALUE"),
        (["owner=a", "owner=b"], "given twice"),
        (["owner=alice", "expiration=\udcff2d", "--output", "json"], "not valid UTF-8"),
        (["owner=alice", "\udcff=2d", "--output", "yaml"], "not valid UTF-8"),
        (["owner=alice", "expiration=\udcff2d"], "not valid UTF-8"),
        (["owner=alice", "--label", "x=\udcff", "--provider", "Kubernetes"], "not valid UTF-8"),
        (["owner=a", "--created", "yesterday"], "--created: "),
        (["owner=a", "--now", "yesterday"], "--now: "),
        (["owner=a", "--label", "x=y"], "--provider Kubernetes"),
        (["owner=a", "--policy", "/nowhere.yaml"], "/nowhere.yaml"),
        (["owner=a", "--policy-name", "x"], "no policy x"),
    ],
)
def test_bad_input_says_what_to_write_instead(
    capfdbinary: pytest.CaptureFixture[bytes], arguments: list[str], part: str
) -> None:
    """With status 2."""
    status, out, err = run(capfdbinary, *arguments)

    assert (2, "") == (status, out)
    assert part in err


def test_a_missing_list_of_owners_is_named(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """It may stand in another file."""
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump(POLICY), encoding="utf-8")
    status, _, err = run(capfdbinary, "owner=a", "--policy", str(path))

    assert status == 2
    assert "ConfigMap owners" in err
