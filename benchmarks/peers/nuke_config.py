"""The rule of benchmarks/deleting.py as a careful user of aws-nuke writes it.

aws-nuke deletes what no filter keeps, and one matching filter keeps. So the rule takes one run for what has neither
owner nor expiry and one for each key under which an expiry can have passed. Kinds whose tags it does not show cannot be
told apart and are left out. Its own filter for dates (`dateOlderThan`) ends the whole run at the first value that is no
date, so what has passed is told by a regular expression over the days that have not.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

KEYS = ("owner", "Owner", "created-by", "expiration", "expires", "ttl")
# Prefixes of its kinds: it sends a kind to an endpoint of its own by them, and to the last one what none begins.
SERVICES = (
    *(
        "sts",
        "ec2",
        "s3",
        "rds",
        "lambda",
        "cloudwatch",
        "elb",
        "iam",
        "autoscaling",
        "sqs",
        "sns",
        "dynamodb",
        "ecs",
        "eks",
    ),
    *("ecr", "kms", "secretsmanager", "efs", "elasticache", "kinesis", "sfn", "apigateway", "cloudformation", ""),
)


def config(account: str, regions: Sequence[str], endpoint: str, filters: dict[str, list[Any]]) -> str:
    """Give a configuration (JSON is YAML) for one run."""
    endpoints = [
        {
            "region": region,
            "tls_insecure_skip_verify": True,
            "services": [{"service": service, "url": endpoint} for service in services],
        }
        for region, services in (*((region, SERVICES) for region in regions), ("global", ("iam", "sts", "")))
    ]
    return json.dumps(
        {
            "regions": [*regions, "global"],
            "account-blocklist": ["999999999999"],
            "endpoints": endpoints,
            "accounts": {account: {"filters": filters}},
        }
    )


def keeps(kinds: Iterable[str], *, now: datetime) -> list[dict[str, list[Any]]]:
    """Give the filters of each run: what they match stays."""
    always = [
        {"property": "tag:tagwarden.io/protect", "value": "true"},
        {"property": "tag:aws:autoscaling:groupName", "type": "regex", "value": ".+"},
        {"property": "tag:aws:cloudformation:stack-name", "type": "regex", "value": ".+"},
        {"property": "IsDefault", "value": "true"},
        {"property": "DefaultVPC", "value": "true"},
        {"property": "DefaultForAz", "value": "true"},
        {"property": "DeletionProtection", "value": "true"},
        # A volume goes with its instance.
        {"property": "State", "value": "in-use"},
    ]
    claims: list[Any] = [{"property": f"tag:{key}", "type": "regex", "value": ".+"} for key in KEYS]
    runs = [[*always, *claims]]
    days = "|".join(f"{now - timedelta(days=back):%Y-%m-%d}" for back in range(1, 30))
    for key in ("expiration", "expires"):
        past = {"property": f"tag:{key}", "type": "regex", "value": f"^({days})", "invert": True}
        runs.append([*always, past])
    return [dict.fromkeys(kinds, run) for run in runs]


def by_date(kinds: Iterable[str]) -> dict[str, list[Any]]:
    """Give the filters that its documentation has for dates in a tag."""
    dated = {"property": "tag:expiration", "type": "dateOlderThan", "value": "0s"}
    return {kind: [dated] for kind in kinds}
