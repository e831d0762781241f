"""The operator's settings, read from environment variables named `TAGWARDEN_…`."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tagwarden.default_paths import state_folder
from tagwarden.errors import BadInput
from tagwarden.model.yaml_models import Duration
from tagwarden.providers.endpoints import read_endpoints

_NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")

LONGEST_MARGIN = 2 / 3
"""The longest margin, as a fraction of the Lease."""


class LogFormat(StrEnum):
    """Format of log lines."""

    JSON = "json"
    TEXT = "text"


def own_namespace() -> str:
    """Give the namespace of the Pod of this process; `default` outside a Pod."""
    try:
        return _NAMESPACE_FILE.read_text(encoding="utf-8").strip() or "default"
    except OSError:
        return "default"


class Settings(BaseSettings):
    """Settings of a deployment, each as a variable: `TAGWARDEN_` and the name in capitals. Durations are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="TAGWARDEN_", frozen=True, extra="ignore", use_attribute_docstrings=True, populate_by_name=True
    )

    namespace: Annotated[str, Field(min_length=1)] = Field(default_factory=own_namespace)
    """Namespace of Secrets and ConfigMaps."""
    inventory: Path = Field(default_factory=lambda: state_folder() / "inventory")
    """Folder of snapshots and plans. Unset: below the user's state folder; the image sets a volume."""
    state: str = Field(default_factory=lambda: f"sqlite:///{state_folder() / 'state.db'}")
    """Journal and history: `sqlite:///FILE` or `postgresql+psycopg://…`. Unset: a file beside the inventory."""
    # The command line reads these ten itself, in processes that inherit the environment. They are fields here to be
    # documented, and so that the operator refuses at the start values that would fail every pass.
    prices: Path | None = None
    """Price list, as `tagwarden prices` writes it, for the costs of resources. Unset or unreadable: no costs."""
    lake: str = ""
    """Place of the tables with history: a folder, `s3://BUCKET/PATH` or `gs://BUCKET/PATH`. Unset: below the
    inventory."""
    allowed_endpoints: str = ""
    """Endpoints that accounts may name as endpointURL, separated by commas: `https://HOST` or `https://HOST:PORT`, with
    `*` for any port, or within the host. Ambient credentials are only sent to a host without `*`. Unset: none."""
    deletions_per_hour: Annotated[int, Field(ge=0)] | None = None
    """Maximum deletions of all policies together in any hour. Unset: the limits of each policy."""
    account_deletions_per_hour: Annotated[int, Field(ge=0)] | None = None
    """Maximum deletions of all policies together in one account in any hour. Unset: the limits of each policy."""
    calls_per_second: Annotated[int, Field(ge=1, le=1000)] = 10
    """Maximum requests per second to the vendor of one account while acting; throttling lowers this rate."""
    snapshot_valid: Duration = timedelta(minutes=15)
    """Maximum age of a snapshot behind deletions; older snapshots are collected again first."""
    plan_valid: Duration = timedelta(hours=24)
    """Maximum age of a saved plan at execution."""
    team_key: Annotated[str, Field(min_length=1)] = "team"
    """Tag that names the team of a resource, in reports and pages."""
    teams: Path | None = None
    """CSV file with the columns owner,team, for resources without the tag of the team. Unset: no such file."""
    report: Path | None = None
    """File of HTML to which each pass writes the report of the inventory; its metrics come with it. Unset: none."""
    pages_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of the live pages of the inventory, which ask nobody for a password: behind a proxy that authenticates.
    0: no pages."""
    pages_address: str = "127.0.0.1"
    """Address of the live pages: by default only for a proxy in the same Pod, which asks for localhost."""
    identity: str = ""
    """Name of this process in the Lease; empty: the host name and a random suffix."""
    tick_seconds: Annotated[float, Field(gt=0, le=60)] = 15
    """Time between two checks for due passes. Changes of policies are seen at once; this only limits the delay."""
    jitter_seconds: Annotated[int, Field(ge=0, le=600)] = 30
    """Time over which the passes of one cron instant are spread, so that not all policies start at once."""
    children: Annotated[int, Field(ge=1, le=64)] = 2
    """Number of collections and passes that run at once, each in its own process."""
    pass_seconds: Annotated[float, Field(gt=0)] = 6 * 3600
    """Maximum duration of a collection or a pass; the operator stops longer ones."""
    stop_seconds: Annotated[float, Field(gt=0)] = 7
    """Time for a pass to finish the current action when the operator stops."""
    lease_name: Annotated[str, Field(min_length=1)] = "tagwarden"
    """Name of the Lease of the active operator: a single Lease per cluster, since all releases share the policies."""
    lease_namespace: Annotated[str, Field(min_length=1)] = "default"
    """Namespace of the Lease, the same for all releases."""
    lease_seconds: Annotated[int, Field(ge=3, le=600)] = 30
    """Time from the last renewal of the Lease to the expiry."""
    lease_margin_seconds: Annotated[float, Field(gt=0)] = 10
    """Time before the expiry of the Lease at which acting stops: longer than one action at the vendor, and at most two
    thirds of the Lease, since a longer margin leaves no time to act."""
    health_address: str = "0.0.0.0"  # noqa: S104 - probes and Prometheus come from outside of the Pod
    """Address of `/healthz`, `/readyz` and `/metrics`."""
    health_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of `/healthz`, `/readyz` and `/metrics`; 0 takes any free port."""
    log_format: LogFormat = LogFormat.JSON
    """One JSON object per line, or text for people."""
    log_level: str = "INFO"
    """Minimum severity of logged messages."""

    @field_validator("allowed_endpoints")
    @classmethod
    def _are_endpoints(cls, text: str) -> str:
        """Refuse at the start a list that no pass could parse."""
        try:
            read_endpoints(text)
        except BadInput as error:
            raise ValueError(str(error)) from None
        return text

    @model_validator(mode="after")
    def _one_replica_can_lead(self) -> Self:
        """Refuse a margin that leaves no time to act: the Lease is renewed every sixth of its duration."""
        if self.lease_margin_seconds > self.lease_seconds * LONGEST_MARGIN:
            raise ValueError(
                f"TAGWARDEN_LEASE_MARGIN_SECONDS: {self.lease_margin_seconds:g} leaves no time to act in a Lease of"
                f" {self.lease_seconds} s; write at most two thirds of TAGWARDEN_LEASE_SECONDS"
            )
        return self
