"""`CloudAccount`: a source of resources, as frozen models from which the CRD is generated."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tagwarden.model.policy import Boundary, Duration, Expression, Glob, Name
from tagwarden.model.resource import Environment, Provider

Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=1024)]
RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", max_length=2048)]


class SecretRef(Boundary):
    """A Secret in the operator's namespace."""

    name: Name


class SecretKey(Boundary):
    """One key of a Secret in the operator's namespace."""

    name: Name
    key: Name = "kubeconfig"


class AwsAccount(Boundary):
    """An AWS account. No `credentialsSecret`: the ambient identity; no `regions`: every enabled one.

    The Secret holds `aws_access_key_id`, `aws_secret_access_key` and, optionally, `aws_session_token`.
    """

    account_id: Annotated[str, Field(alias="accountID", pattern=r"^[0-9]{12}$")]
    regions: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=32)], ...] = Field(
        default=(), max_length=64
    )
    role_arn: RoleArn | None = Field(default=None, alias="roleARN")
    external_id: Annotated[str, Field(min_length=2, max_length=1224)] | None = Field(default=None, alias="externalID")
    credentials_secret: SecretRef | None = None
    endpoint_url: Url | None = Field(default=None, alias="endpointURL")


class GcpProject(Boundary):
    """A Google Cloud project. No `credentialsSecret`: the ambient identity."""

    project_id: Annotated[str, Field(alias="projectID", pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
    impersonate: Annotated[str, Field(max_length=256)] | None = None
    credentials_secret: SecretRef | None = None
    endpoint_url: Url | None = Field(default=None, alias="endpointURL")


class NamespaceSelector(Boundary):
    """Which namespaces; globs."""

    include: tuple[Glob, ...] = Field(default=(), max_length=256)
    exclude: tuple[Glob, ...] = Field(default=(), max_length=256)


class KubernetesCluster(Boundary):
    """A Kubernetes cluster. No `kubeconfigSecret`: the one the operator runs in."""

    kubeconfig_secret: SecretKey | None = None
    namespaces: NamespaceSelector = NamespaceSelector()


class EnvironmentRule(Boundary):
    """Resources for which `where` holds belong to `environment`; the first match wins."""

    where: Expression
    environment: Environment


class CloudAccountSpec(Boundary):
    """What `CloudAccount.spec` says. An unset environment means production (S2)."""

    provider: Provider
    environment: Environment = Environment.PRODUCTION
    environments: tuple[EnvironmentRule, ...] = Field(default=(), max_length=32)
    interval: Duration = timedelta(hours=1)
    aws: AwsAccount | None = None
    gcp: GcpProject | None = None
    kubernetes: KubernetesCluster | None = None


class CloudAccount(Boundary):
    """An account with its name and its labels."""

    name: Name
    labels: dict[str, str] = Field(default_factory=dict)
    generation: int = 0
    spec: CloudAccountSpec
