"""`CloudAccount`, a source of resources, as frozen models, from which the CRD is generated."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tagwarden.model.policy import Expression, Glob, LabelValue, Name
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.model.yaml_models import Boundary, Constraint, Duration, seconds_of

Url = Annotated[
    str,
    Field(max_length=1024),
    Constraint("self.matches('^https?://[^ ]+$')", "write a URL with its scheme, such as https://localhost:4566"),
]


RoleArn = Annotated[
    str,
    Field(max_length=2048),
    Constraint(
        "self.matches('^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$')",
        "write the ARN of a role, such as arn:aws:iam::123456789012:role/tagwarden",
    ),
]


class SecretRef(Boundary):
    """A Secret in the operator's namespace."""

    name: Name
    """Name of the Secret."""


class SecretKey(Boundary):
    """One key of a Secret in the operator's namespace."""

    name: Name
    """Name of the Secret."""
    key: Name = "kubeconfig"
    """Key within the Secret."""


class AwsAccount(Boundary):
    """An AWS account."""

    account_id: Annotated[
        str,
        Field(alias="accountID", max_length=12),
        Constraint("self.matches('^[0-9]{12}$')", 'write the 12 digits of the account ID in quotes: "123456789012"'),
    ]
    """The 12-digit account ID. Credentials of another account are refused."""
    regions: tuple[
        Annotated[
            str,
            Field(max_length=32),
            Constraint(
                "self.matches('^[a-z]{2,5}(-[a-z]+)+-[0-9]+$')", "write the name of a region, such as eu-central-1"
            ),
        ],
        ...,
    ] = Field(default=(), max_length=64)
    """Regions to collect. Unset: every enabled region of the account."""
    role_arn: RoleArn | None = Field(default=None, alias="roleARN")
    """A role to assume."""
    external_id: Annotated[str, Field(min_length=2, max_length=1224)] | None = Field(default=None, alias="externalID")
    """The external ID that the role requires."""
    credentials_secret: SecretRef | None = None
    """The Secret with `aws_access_key_id`, `aws_secret_access_key` and optionally `aws_session_token`. Unset: the
    ambient identity (IRSA, environment, instance profile)."""
    endpoint_url: Url | None = Field(default=None, alias="endpointURL")
    """An alternative AWS endpoint, for simulators and private links."""


class Source(StrEnum):
    """Where the resources of a project are read."""

    DIRECT = "Direct"
    ASSET_INVENTORY = "AssetInventory"


class GcpProject(Boundary):
    """A Google Cloud project."""

    project_id: Annotated[
        str,
        Field(alias="projectID", max_length=30),
        Constraint(
            "self.matches('^[a-z][a-z0-9-]{4,28}[a-z0-9]$')",
            "write the project ID, not the name or number, such as my-dev-123",
        ),
    ]
    """The project ID."""
    impersonate: Annotated[str, Field(max_length=256)] | None = None
    """A service account to impersonate."""
    credentials_secret: SecretRef | None = None
    """The Secret with the key file. Unset: the ambient identity."""
    endpoint_url: Url | None = Field(default=None, alias="endpointURL")
    """An alternative Google Cloud endpoint, for simulators."""
    source: Source = Source.DIRECT
    """Where resources are read. Direct: each kind by its own API. AssetInventory: by one sweep of Cloud Asset
    Inventory, which may be hours old, and directly what it lacks. Resources are always read directly before they
    change."""


class NamespaceSelector(Boundary):
    """Selects namespaces."""

    include: tuple[Glob, ...] = Field(default=(), max_length=256)
    """Namespaces to collect, as globs. Unset: all."""
    exclude: tuple[Glob, ...] = Field(default=(), max_length=256)
    """Namespaces to skip, as globs."""


class KubernetesCluster(Boundary):
    """A Kubernetes cluster."""

    kubeconfig_secret: SecretKey | None = None
    """The Secret with a kubeconfig. Unset: the cluster of the operator."""
    namespaces: NamespaceSelector = NamespaceSelector()
    """Namespaces to collect."""


class EnvironmentRule(Boundary):
    """Assigns resources that match `where` to `environment`."""

    where: Expression
    """A CEL expression, such as `resource.namespace.startsWith("pr-")`. A failed expression means production."""
    environment: Environment
    """The environment of matching resources."""


def _block(provider: ProviderName, field: str, example: str) -> Constraint:
    return Constraint(
        f"has(self.{field}) == (self.provider == '{provider}')",
        f"block {field} and provider {provider} go together; write {example}, or remove the block",
        field=field,
    )


class CloudAccountSpec(Boundary):
    """Provider, credentials, environment and collection interval of an account."""

    provider: ProviderName
    """AWS, GCP or Kubernetes; set exactly the block of the same name."""
    environment: Environment = Environment.PRODUCTION
    """The environment of the account. Unset: production, where resources are never deleted or shortened."""
    environments: tuple[EnvironmentRule, ...] = Field(default=(), max_length=32)
    """Environments of single resources; the first matching rule applies."""
    interval: Annotated[
        Duration,
        Constraint(
            f"[{seconds_of('self')}].all(seconds, seconds >= 900 && seconds <= 86400)",
            "write an interval from 15m to 24h",
        ),
    ] = timedelta(hours=1)
    """Time between two collections, from 15m to 24h."""
    aws: AwsAccount | None = None
    """The AWS account, where provider is AWS."""
    gcp: GcpProject | None = None
    """The Google Cloud project, where provider is GCP."""
    kubernetes: KubernetesCluster | None = None
    """The cluster, where provider is Kubernetes; `{}` for the cluster of the operator."""

    constraints = (
        _block(ProviderName.AWS, "aws", 'provider: AWS with aws: {accountID: "123456789012"}'),
        _block(ProviderName.GCP, "gcp", "provider: GCP with gcp: {projectID: my-dev-123}"),
        _block(ProviderName.KUBERNETES, "kubernetes", "provider: Kubernetes with kubernetes: {}"),
    )


class CloudAccount(Boundary):
    """An account with its name and its labels."""

    name: Name
    labels: dict[str, LabelValue] = Field(default_factory=dict)
    generation: int = 0
    spec: CloudAccountSpec

    @property
    def stale_after(self) -> timedelta:
        """Maximum age of a snapshot for judging: one failed collection is tolerated."""
        return 2 * self.spec.interval
