"""What a child is told."""

from typing import Any

import yaml

from tagwarden.controller.child_input import assemble, config_maps_of, secrets_of
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import CleanupPolicy

POLICY: dict[str, Any] = {
    "apiVersion": "tagwarden.io/v1alpha1",
    "kind": "CleanupPolicy",
    "metadata": {
        "name": "p",
        "uid": "u",
        "generation": 4,
        "resourceVersion": "77",
        "managedFields": [{"manager": "kubectl"}],
        "annotations": {
            "tagwarden.io/approvedPlan": "h",
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
        },
    },
    "spec": {"scope": {"accounts": {"names": ["a"]}}},
    "status": {"findings": ["x"]},
}


def test_what_was_declared_is_passed_on_without_what_was_said_of_it() -> None:
    """Spec, generation and annotations go to the child; status and bookkeeping stay."""
    found = yaml.safe_load(assemble([POLICY]))

    assert {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {
                "apiVersion": "tagwarden.io/v1alpha1",
                "kind": "CleanupPolicy",
                "metadata": {
                    "name": "p",
                    "uid": "u",
                    "generation": 4,
                    "annotations": {"tagwarden.io/approvedPlan": "h"},
                },
                "spec": {"scope": {"accounts": {"names": ["a"]}}},
            }
        ],
    } == found


def test_the_secrets_of_accounts_are_known() -> None:
    """Each provider may name one."""
    aws = {"provider": "AWS", "aws": {"accountID": "123456789012", "credentialsSecret": {"name": "keys"}}}
    cluster = {"provider": "Kubernetes", "kubernetes": {"kubeconfigSecret": {"name": "config"}}}
    here = {"provider": "Kubernetes", "kubernetes": {}}

    found = [secrets_of(CloudAccount.model_validate({"name": "a", "spec": spec})) for spec in (aws, cluster, here)]

    assert [("keys",), ("config",), ()] == found


def test_the_config_maps_of_policies_are_known() -> None:
    """The list of known owners is in one."""
    spec = {**POLICY["spec"], "owner": {"known": {"configMap": {"name": "owners", "key": "owners.txt"}}}}

    found = config_maps_of(CleanupPolicy.model_validate({"name": "p", "spec": spec}))

    assert ("owners",) == found
