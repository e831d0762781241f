"""The rule of benchmarks/deleting.py as a careful user of Cloud Custodian writes it, kind by kind.

Delete what has neither owner nor expiry, and what has expired; leave alone what is protected, in use by something
else, or made by an Auto Scaling group or a stack. Kinds without an entry have no action that deletes them, but for
queues: those it asks for at an address of AWS itself, whatever endpoint it is given.
"""

from collections.abc import Mapping
from typing import Any

Filter = Mapping[str, Any] | str

KEYS = ("owner", "Owner", "created-by", "expiration", "expires", "ttl")
NOT_IN_USE: Mapping[str, tuple[Filter, ...]] = {
    "ebs": ({"Attachments": []},),
    "eni": ({"type": "value", "key": "Status", "value": "available"},),
    "network-addr": ({"type": "value", "key": "AssociationId", "value": "absent"},),
    # Its filter `unused` asks for more than moto answers; EC2 and moto refuse to delete a group that is in use.
    "security-group": ({"not": [{"GroupName": "default"}]},),
    "vpc": ({"IsDefault": False},),
    "subnet": ({"DefaultForAz": False},),
    "ami": ({"type": "unused", "value": True},),
    "rds": ({"DeletionProtection": False},),
    # Its schema asks for it.
    "key-pair": ("unused",),
}
DELETE: Mapping[str, str | Mapping[str, Any]] = {
    # What needs something else comes before it.
    "cfn": "delete",
    "eks": "delete",
    "asg": {"type": "delete", "force": True},
    "ec2": {"type": "terminate", "force": True},
    "app-elb": {"type": "delete", "force": True},
    "app-elb-target-group": "delete",
    "elb": "delete",
    "rds": {"type": "delete", "skip-snapshot": True},
    "rds-snapshot": "delete",
    "cache-cluster": {"type": "delete", "skip-snapshot": True},
    "lambda": "delete",
    "nat-gateway": "delete",
    "eni": "delete",
    "network-addr": "release",
    "ebs": "delete",
    "ami": {"type": "deregister", "delete-snapshots": True},
    "ebs-snapshot": "delete",
    "key-pair": "delete",
    "s3": {"type": "delete", "remove-contents": True},
    "sns": "delete",
    "dynamodb-table": "delete",
    "log-group": "delete",
    "alarm": "delete",
    "iam-role": {"type": "delete", "force": True},
    "iam-user": "delete",
    "kms-key": {"type": "schedule-deletion", "days": 7},
    "secrets-manager": "delete",
    "efs": "delete",
    "kinesis": {"type": "delete", "force": True},
    "rest-api": "delete",
    "security-group": "delete",
    "internet-gateway": "delete",
    "subnet": "delete",
    "vpc": "delete-empty",
}
# Of several regions, global kinds are asked in one.
GLOBAL = ("iam-role", "iam-user")


def policies() -> list[dict[str, Any]]:
    """Give one policy for each kind, in the order in which they run."""
    return [
        {
            "name": f"clean-{kind}",
            "resource": f"aws.{kind}",
            "filters": [
                {"tag:tagwarden.io/protect": "absent"},
                {"tag:aws:autoscaling:groupName": "absent"},
                {"tag:aws:cloudformation:stack-name": "absent"},
                *NOT_IN_USE.get(kind, ()),
                {
                    "or": [
                        {"and": [{f"tag:{key}": "absent"} for key in KEYS]},
                        expired("expiration"),
                        expired("expires"),
                    ]
                },
            ],
            "actions": [action],
        }
        for kind, action in DELETE.items()
    ]


def expired(key: str) -> dict[str, Any]:
    """Give the filter for a date in a tag that has passed."""
    return {"type": "value", "key": f"tag:{key}", "value_type": "expiration", "op": "lt", "value": 0}
