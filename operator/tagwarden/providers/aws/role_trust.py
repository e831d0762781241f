"""The trust policy of a role: who may assume it.

Sources: IAM roles for service accounts (EKS user guide, "Assign IAM roles to Kubernetes service accounts"), and
"Create IAM role with trust policy required by EKS Pod Identity".
"""

import re
from typing import Any

from tagwarden.errors import BadInput
from tagwarden.providers.base import RoleRequest

POD_IDENTITY = "pod-identity"

_ACCOUNT = re.compile(r"[0-9]{12}")
_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[\w+=,.@/-]+)")
_OIDC = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/(?P<issuer>[\w.:-]+(/[\w.-]+)*)")
_SERVICE_ACCOUNT = re.compile(r"(?P<namespace>[a-z0-9]([-a-z0-9]*[a-z0-9])?)/(?P<name>[a-z0-9]([-.a-z0-9]*[a-z0-9])?)")


def trust_policy(role: RoleRequest) -> dict[str, Any]:
    """Give the trust policy for `role.trust`; raise BadInput that names the option and its forms."""
    if role.external_id and not (_ACCOUNT.fullmatch(role.trust) or _PRINCIPAL.fullmatch(role.trust)):
        raise BadInput("--external-id: only an AWS account or its role states one; write --trust ACCOUNT_ID")
    if role.trust == POD_IDENTITY:
        return _of_pod_identity(*_service_account(role))
    if oidc := _OIDC.fullmatch(role.trust):
        return _of_oidc(role.trust, oidc["issuer"], *_service_account(role))
    if _ACCOUNT.fullmatch(role.trust):
        return _of_principal(f"arn:aws:iam::{role.trust}:root", role.external_id)
    if _PRINCIPAL.fullmatch(role.trust):
        return _of_principal(role.trust, role.external_id)
    raise BadInput(
        f"--trust: {role.trust!r} is not supported; write {POD_IDENTITY}, the ARN of an OIDC provider"
        " (arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC),"
        " an account ID, or the ARN of a role"
    )


def _of_pod_identity(namespace: str, name: str) -> dict[str, Any]:
    service_account = {
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": name,
    }
    principal = {"Service": "pods.eks.amazonaws.com"}
    return _statement(principal, ["sts:AssumeRole", "sts:TagSession"], service_account)


def _of_oidc(provider: str, issuer: str, namespace: str, name: str) -> dict[str, Any]:
    claims = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": f"system:serviceaccount:{namespace}:{name}"}
    return _statement({"Federated": provider}, ["sts:AssumeRoleWithWebIdentity"], claims)


def _of_principal(arn: str, external_id: str) -> dict[str, Any]:
    return _statement({"AWS": arn}, ["sts:AssumeRole"], {"sts:ExternalId": external_id} if external_id else {})


def _statement(principal: dict[str, str], actions: list[str], equal: dict[str, str]) -> dict[str, Any]:
    condition = {"Condition": {"StringEquals": equal}} if equal else {}
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions} | condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def _service_account(role: RoleRequest) -> tuple[str, str]:
    found = _SERVICE_ACCOUNT.fullmatch(role.service_account)
    if found is None:
        raise BadInput(f"--service-account: {role.service_account!r} is not of the form NAMESPACE/NAME")
    return found["namespace"], found["name"]
