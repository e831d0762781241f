"""What the schema cannot see of a policy is found when it is compiled."""

from typing import Any

import pytest

from tagwarden.errors import InvalidField
from tagwarden.judging import compile_policy
from tagwarden.model.reasons import Reason
from tests.support.builders import a_policy

ACCOUNTS = {"names": ["aws-dev"]}


@pytest.mark.parametrize(
    ("spec", "field", "reason"),
    [
        ({"timeZone": "Europe/Berln"}, "spec.timeZone", Reason.InvalidTimeZone),
        ({"timeZone": "../etc/passwd"}, "spec.timeZone", Reason.InvalidTimeZone),
        ({"timeZone": "Europe"}, "spec.timeZone", Reason.InvalidTimeZone),
        ({"timeZone": "CEST"}, "spec.timeZone", Reason.InvalidTimeZone),
        ({"schedule": "0 0 30 2 *"}, "spec.schedule", Reason.InvalidSchedule),
        ({"scope": {"accounts": ACCOUNTS, "where": "resource."}}, "spec.scope.where", Reason.InvalidExpression),
        (
            {"scope": {"accounts": ACCOUNTS, "exclude": [{"names": ["a"]}, {"where": "1"}]}},
            "spec.scope.exclude[1].where",
            Reason.InvalidExpression,
        ),
        ({"owner": {"pattern": "^(a"}}, "spec.owner.pattern", Reason.InvalidSpec),
    ],
)
def test_a_wrong_field_is_named(spec: dict[str, Any], field: str, reason: Reason) -> None:
    """The message begins with the path as it is written in YAML; the reason is for the condition."""
    with pytest.raises(InvalidField) as refused:
        compile_policy(a_policy(**spec))

    assert (field, reason) == (refused.value.field, refused.value.reason)
    assert str(refused.value).startswith(f"{field}: ")


def test_a_policy_compiles_with_all_it_may_say() -> None:
    """The example of the design works as it stands."""
    policy = a_policy(
        timeZone="Europe/Berlin",
        scope={
            "accounts": {"names": ["aws-dev"], "labels": {"team": "data"}},
            "environments": ["test"],
            "kinds": ["aws_ec2_*", "instance", "k8s_*"],
            "where": 'resource.region != "us-east-1" && resource.age > duration("1h")',
            "exclude": [{"regions": ["us-*"], "tags": {"keep": "*"}, "where": "resource.name != 'x'"}],
        },
        owner={"pattern": r"^[a-z0-9._-]+(@example\.com)?$"},
        lifetime={"max": "48h", "weeklyCutoff": {"weekday": "Friday", "time": "19:00"}, "default": "24h"},
    )

    assert "test-accounts" == compile_policy(policy, {"alice": None, "bob": "alice"}).name
