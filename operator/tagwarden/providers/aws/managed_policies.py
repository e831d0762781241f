"""Splits the statements of an IAM policy into managed policies that AWS accepts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from tagwarden.providers.aws.iam import Statement

LONGEST = 6144
"""Characters of a managed policy, without white space (IAM and AWS STS quotas)."""

Document = dict[str, Any]


def managed_policies(statements: Iterable[Statement], longest: int = LONGEST) -> tuple[Document, ...]:
    """Give the policy documents, each of at most `longest` characters, with the actions in the given order.

    A statement that does not fit continues in the next policy under the same Sid, which is unique only within a policy.
    """
    policies: list[list[Statement]] = [[]]
    for statement in statements:
        for action in statement.actions:
            grown = _with_action(policies[-1], statement.sid, action)
            if policies[-1] and size_of(_document(grown)) > longest:
                policies.append([Statement(statement.sid, (action,))])
            else:
                policies[-1] = grown
    return tuple(_document(policy) for policy in policies if policy)


def size_of(document: Document) -> int:
    """Count the characters of a policy as AWS does: without white space."""
    return sum(not character.isspace() for character in orjson.dumps(document).decode())


def _with_action(policy: Sequence[Statement], sid: str, action: str) -> list[Statement]:
    if policy and policy[-1].sid == sid:
        return [*policy[:-1], replace(policy[-1], actions=(*policy[-1].actions, action))]
    return [*policy, Statement(sid, (action,))]


def _document(statements: Iterable[Statement]) -> Document:
    return {"Version": "2012-10-17", "Statement": [statement.as_json() for statement in statements]}
