"""Policies and accounts that people get wrong, each with the sentence that tells them what to write instead.

The same table is held against the API server and against the models that read files without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

POLICY: Mapping[str, Any] = {"scope": {"accounts": {"names": ["aws-dev"]}}}
"""The least that is a policy."""
AWS: Mapping[str, Any] = {"provider": "AWS", "aws": {"accountID": "123456789012"}}
"""The least that is an account of AWS."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One mistake: where it is made, and what is said of it."""

    kind: str
    spec: Mapping[str, Any]
    field: str
    sentence: str


def _policy(field: str, sentence: str, **spec: Any) -> Wrong:
    return Wrong("CleanupPolicy", {**POLICY, **spec}, field, sentence)


def _account(field: str, sentence: str, **spec: Any) -> Wrong:
    return Wrong("CloudAccount", {**AWS, **spec}, field, sentence)


_DURATION = "write whole numbers with the units w, d, h, m, s"
_CRON = "write cron of five fields (minute, hour, day, month, weekday) in quotes"

REFUSED_IN_THE_SAME_WORDS: Mapping[str, Wrong] = {
    "neither names nor labels of accounts": _policy(
        "scope.accounts", "no account is selected; set names: [aws-dev]", scope={"accounts": {}}
    ),
    "an empty list of accounts": _policy(
        "scope.accounts", "no account is selected", scope={"accounts": {"names": [], "labels": {}}}
    ),
    "Enforce without limits": _policy("limits", "mode Enforce needs limits; write limits: {", mode="Enforce"),
    "a minute that does not exist": _policy("schedule", _CRON, schedule="60 * * * *"),
    "cron of four fields": _policy("schedule", _CRON, schedule="0 * * *"),
    "words for a schedule": _policy("schedule", _CRON, schedule="every hour"),
    "a schedule without rest": _policy("schedule", "the interval must be at least 1m", schedule="@every 10s"),
    "a negative duration": _policy("lifetime.max", _DURATION, lifetime={"max": "-2h"}),
    "a duration without unit": _policy("grace.untagged", _DURATION, grace={"untagged": "90"}),
    "units the wrong way round": _policy("lifetime.max", _DURATION, lifetime={"max": "12h1d"}),
    "a backup of nothing": _policy(
        "backup.kinds", "name at least one kind or category", backup={"kinds": [], "keep": "168h"}
    ),
    "a backup for a moment": _policy(
        "backup.keep", "a backup must be kept for at least 1h", backup={"kinds": ["volume"], "keep": "59m"}
    ),
    "a maximum of nothing": _policy("lifetime.max", "max must be at least 1s", lifetime={"max": "0s"}),
    "a default longer than the maximum": _policy(
        "lifetime.default", "default must not exceed max", lifetime={"max": "2d", "default": "48h1s"}
    ),
    "a time after midnight": _policy(
        "lifetime.weeklyCutoff.time",
        'write a time of the 24-hour clock in quotes: "19:00"',
        lifetime={"weeklyCutoff": {"weekday": "Friday", "time": "24:30"}},
    ),
    "no environment": _policy(
        "scope.environments", "name at least one environment", scope={**POLICY["scope"], "environments": []}
    ),
    "an empty exclusion": _policy("scope.exclude[0]", "empty exclusion", scope={**POLICY["scope"], "exclude": [{}]}),
    "an alias that is the key": _policy(
        "owner.aliases",
        "aliases must not contain the key",
        owner={"key": "owner", "aliases": ["team", "owner"]},
    ),
    "an alias given twice": _policy("expiry.aliases", "duplicate alias", expiry={"aliases": ["ttl", "ttl"]}),
    "a key that AWS keeps": _policy("owner.key", "AWS reserves keys that start with aws:", owner={"key": "AWS:owner"}),
    "a key that we keep": _policy("expiry.key", "Tagwarden reserves keys", expiry={"key": "tagwarden.io/expiry"}),
    "one key for both": _policy("expiry.key", "owner and expiry must have different keys", expiry={"key": "owner"}),
    "an alias of one that is the key of the other": _policy(
        "owner.aliases", "owner.aliases must not contain a key of expiry", owner={"aliases": ["ttl"]}
    ),
    "the owner's key as an alias of expiry": _policy(
        "expiry.aliases", "expiry.aliases must not contain the key of owner", expiry={"aliases": ["owner"]}
    ),
    "more than all": _policy(
        "limits.deletionsPercent", "write a whole number from 0 to 100", limits={"deletionsPercent": 101}
    ),
    "a negative limit": _policy(
        "limits.deletionsPerRun", "write a whole number from 0 to 100000", limits={"deletionsPerRun": -1}
    ),
    "a priority out of range": _policy("priority", "write a whole number from -1000000 to 1000000", priority=1_000_001),
    "no observation": _policy("observations", "write a whole number from 1 to 100", observations=0),
    "an account of eleven digits": _account(
        "aws.accountID", "write the 12 digits of the account ID in quotes", aws={"accountID": "12345678901"}
    ),
    "a region by its place": _account(
        "aws.regions[0]",
        "write the name of a region, such as eu-central-1",
        aws={"accountID": "123456789012", "regions": ["Frankfurt"]},
    ),
    "a role by its name": _account(
        "aws.roleARN", "write the ARN of a role", aws={"accountID": "123456789012", "roleARN": "tagwarden"}
    ),
    "an endpoint without scheme": _account(
        "aws.endpointURL",
        "write a URL with its scheme",
        aws={"accountID": "123456789012", "endpointURL": "localhost:4566"},
    ),
    "a provider without its block": Wrong(
        "CloudAccount", {"provider": "AWS"}, "aws", "block aws and provider AWS go together"
    ),
    "the block of another provider": Wrong(
        "CloudAccount",
        {"provider": "Kubernetes", "aws": {"accountID": "123456789012"}},
        "aws",
        "block aws and provider AWS go together",
    ),
    "two blocks": _account("kubernetes", "block kubernetes and provider Kubernetes go together", kubernetes={}),
    "an interval below 15 minutes": _account("interval", "write an interval from 15m to 24h", interval="14m59s"),
    "an interval above a day": _account("interval", "write an interval from 15m to 24h", interval="1d1s"),
    "a project by its number": Wrong(
        "CloudAccount",
        {"provider": "GCP", "gcp": {"projectID": "123456"}},
        "gcp.projectID",
        "write the project ID",
    ),
}

REFUSED_BY_FORM: Mapping[str, Wrong] = {
    "no scope": Wrong("CleanupPolicy", {"mode": "Audit"}, "scope", "Required value"),
    "a weekday in German": _policy(
        "lifetime.weeklyCutoff.weekday",
        'supported values: "Monday", "Tuesday"',
        lifetime={"weeklyCutoff": {"weekday": "Freitag", "time": "19:00"}},
    ),
    "a mode that does not exist": _policy("mode", 'supported values: "Audit", "Enforce"', mode="DryRun"),
    "a rule that does not exist": _policy(
        "rules.untagged", 'supported values: "Report", "Delete"', rules={"untagged": "Stop"}
    ),
    "a field that does not exist": _policy("dryRun", "unknown field", dryRun=True),
    "a typing error deep inside": _policy("lifetime.maximum", "unknown field", lifetime={"maximum": "48h"}),
    "a provider block that does not exist": _account("azure", "unknown field", azure={}),
    "an account id without quotes": _account(
        "aws.accountID", "must be of type string", aws={"accountID": 123456789012}
    ),
    "a provider that does not exist": Wrong(
        "CloudAccount", {"provider": "Azure"}, "provider", 'supported values: "AWS", "GCP", "Kubernetes"'
    ),
}
"""Whatever a schema says without our help; files without a cluster refuse the same in other words."""

ACCEPTED: Mapping[str, Wrong] = {
    "the least": _policy("", ""),
    "labels alone": _policy("", "", scope={"accounts": {"labels": {"team": "data"}}}),
    "names of days and months": _policy("", "", schedule="*/5 8-18 1,15 jan-MAR mon-fri"),
    "the last day of the month": _policy("", "", schedule="0 0 L * *"),
    "every half hour": _policy("", "", schedule="@every 30m"),
    "a name for a schedule": _policy("", "", schedule="@daily"),
    "Enforce with the default limits": _policy("", "", mode="Enforce", limits={}),
    "a default as long as the maximum": _policy("", "", lifetime={"max": "1w2d", "default": "9d"}),
    "one of the default aliases as the key": _policy("", "", owner={"key": "Owner"}, expiry={"key": "ttl"}),
    "no aliases": _policy("", "", owner={"aliases": []}, expiry={"aliases": []}),
    "the least of AWS": _account("", ""),
    "a region of the government": _account("", "", aws={"accountID": "123456789012", "regions": ["us-gov-west-1"]}),
    "this cluster": Wrong("CloudAccount", {"provider": "Kubernetes", "kubernetes": {}}, "", ""),
    "the shortest interval": _account("", "", interval="15m"),
    "the longest interval": _account("", "", interval="1d"),
}
"""Declarations on the right side of each line."""
