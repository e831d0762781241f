"""`CloudAccount`: a source of resources, as frozen models from which the CRD is generated."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tagwarden.model.boundary import Boundary, Constraint, Duration, seconds_of
from tagwarden.model.policy import Expression, Glob, LabelValue, Name
from tagwarden.model.resource import Environment, ProviderName

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
    """The twelve digits. Credentials that belong to another account are refused."""
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
    """Which regions. None given: every region that is enabled in the account."""
    role_arn: RoleArn | None = Field(default=None, alias="roleARN")
    """A role to assume."""
    external_id: Annotated[str, Field(min_length=2, max_length=1224)] | None = Field(default=None, alias="externalID")
    """The external id that the role asks for."""
    credentials_secret: SecretRef | None = None
    """The Secret with `aws_access_key_id`, `aws_secret_access_key` and, perhaps, `aws_session_token`. Unset: the
    ambient identity (IRSA, environment, instance profile)."""
    endpoint_url: Url | None = Field(default=None, alias="endpointURL")
    """Another endpoint than AWS's own, for simulators and private links."""


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
    """The project's id."""
    impersonate: Annotated[str, Field(max_length=256)] | None = None
    """A service account to impersonate."""
    credentials_secret: SecretRef | None = None
    """The Secret with the key file. Unset: the ambient identity."""
    endpoint_url: Url | None = Field(default=None, alias="endpointURL")
    """Another endpoint than Google's own, for simulators."""


class NamespaceSelector(Boundary):
    """Which namespaces."""

    include: tuple[Glob, ...] = Field(default=(), max_length=256)
    """Globs of the namespaces to look into. None given: all."""
    exclude: tuple[Glob, ...] = Field(default=(), max_length=256)
    """Globs of the namespaces to leave out."""


class KubernetesCluster(Boundary):
    """A Kubernetes cluster."""

    kubeconfig_secret: SecretKey | None = None
    """The Secret with a kubeconfig. Unset: the cluster the operator runs in."""
    namespaces: NamespaceSelector = NamespaceSelector()
    """Which namespaces."""


class EnvironmentRule(Boundary):
    """Resources for which `where` holds belong to `environment`."""

    where: Expression
    """A CEL expression over `resource`: `resource.namespace.startsWith("pr-")`. One that fails means production."""
    environment: Environment
    """The environment of what matches."""


def _block(provider: ProviderName, field: str, example: str) -> Constraint:
    return Constraint(
        f"has(self.{field}) == (self.provider == '{provider}')",
        f"block {field} and provider {provider} go together; write {example}, or remove the block",
        field=field,
    )


class CloudAccountSpec(Boundary):
    """Where resources are found, with which credentials, how often, and what they are for."""

    provider: ProviderName
    """AWS, GCP or Kubernetes; exactly the block of the same name goes with it."""
    environment: Environment = Environment.PRODUCTION
    """What the account is for. Unset means production, where nothing is ever deleted or shortened."""
    environments: tuple[EnvironmentRule, ...] = Field(default=(), max_length=32)
    """Environments of single resources; the first that matches wins."""
    interval: Annotated[
        Duration,
        Constraint(
            f"[{seconds_of('self')}].all(seconds, seconds >= 900 && seconds <= 86400)",
            "write an interval from 15m to 24h",
        ),
    ] = timedelta(hours=1)
    """How often to collect, from 15m to 24h."""
    aws: AwsAccount | None = None
    """The AWS account, where provider is AWS."""
    gcp: GcpProject | None = None
    """The Google Cloud project, where provider is GCP."""
    kubernetes: KubernetesCluster | None = None
    """The cluster, where provider is Kubernetes; `{}` for the one the operator runs in."""

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
        """How old a snapshot may be and still be judged: a collection that failed once is made up for by the next."""
        return 2 * self.spec.interval
