"""Writes a role and its managed policies as JSON, Terraform or CloudFormation."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import yaml

from tagwarden.errors import BadInput
from tagwarden.providers.aws.hcl import Expression, attributes
from tagwarden.providers.aws.managed_policies import LONGEST, Document

_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its trust policy and its managed policies; without trust, the policies alone."""

    name: str
    trust: Document | None
    policies: Sequence[Document]

    def __post_init__(self) -> None:
        if not _ROLE_NAME.fullmatch(self.name):
            raise BadInput(f"--role-name: {self.name!r} is not a name; write up to 64 letters, digits and +=,.@_-")

    @property
    def named_policies(self) -> list[tuple[str, Document]]:
        """Each policy with its name: numbered, so that a policy keeps its name when another one is added."""
        return [(f"{self.name}-{number}", policy) for number, policy in enumerate(self.policies, start=1)]

    @property
    def header(self) -> str:
        """A comment that explains the number of policies."""
        return f"# Written by tagwarden permissions. A managed policy holds at most {LONGEST:,} characters.\n"


def _as_json(role: Role) -> str:
    """Give the members that `aws iam create-role` and `aws iam create-policy` take."""
    told = {"Role": {"RoleName": role.name, "AssumeRolePolicyDocument": role.trust}} if role.trust else {}
    policies = [{"PolicyName": name, "PolicyDocument": policy} for name, policy in role.named_policies]
    return orjson.dumps(told | {"Policies": policies}, option=orjson.OPT_INDENT_2).decode() + "\n"


def _as_terraform(role: Role) -> str:
    label = _identifier(role.name)
    blocks = []
    if role.trust:
        blocks.append(_resource("aws_iam_role", label, {"name": role.name, "assume_role_policy": _encoded(role.trust)}))
    for number, (name, policy) in enumerate(role.named_policies, start=1):
        own = f"{label}_{number}"
        blocks.append(_resource("aws_iam_policy", own, {"name": name, "policy": _encoded(policy)}))
        if role.trust:
            attached = {
                "role": Expression(f"aws_iam_role.{label}.name"),
                "policy_arn": Expression(f"aws_iam_policy.{own}.arn"),
            }
            blocks.append(_resource("aws_iam_role_policy_attachment", own, attached))
    return role.header + "\n" + "\n".join(blocks)


def _as_cloudformation(role: Role) -> str:
    resources: dict[str, Any] = {}
    attached: dict[str, Any] = {}
    if role.trust:
        properties = {"RoleName": role.name, "AssumeRolePolicyDocument": role.trust}
        resources["Role"] = {"Type": "AWS::IAM::Role", "Properties": properties}
        attached = {"Roles": [{"Ref": "Role"}]}
    for number, (name, policy) in enumerate(role.named_policies, start=1):
        properties = {"ManagedPolicyName": name} | attached | {"PolicyDocument": policy}
        resources[f"Policy{number}"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
    template: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    if role.trust:
        template["Outputs"] = {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}}
    return role.header + yaml.dump(template, Dumper=_WithoutAliases, sort_keys=False)


class _WithoutAliases(yaml.SafeDumper):
    """Writes equal values in full: CloudFormation takes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


ROLE_FORMATS: Mapping[str, Callable[[Role], str]] = {
    "json": _as_json,
    "terraform": _as_terraform,
    "cloudformation": _as_cloudformation,
}
"""The writers of `--format`, the default first."""


def _resource(kind: str, label: str, values: Mapping[str, Any]) -> str:
    return f'resource "{kind}" "{label}" {{\n{attributes(values)}}}\n'


def _encoded(document: Document) -> Expression:
    return Expression.calling("jsonencode", document)


def _identifier(name: str) -> str:
    """Give a Terraform identifier: letters, digits, `_` and `-`, and no digit first."""
    told = re.sub(r"[^\w-]", "_", name, flags=re.ASCII)
    return told if re.match(r"[A-Za-z_]", told) else f"_{told}"
