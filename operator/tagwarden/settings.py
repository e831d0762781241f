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
"""The longest margin, as a part of the Lease."""


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    TEXT = "text"


def own_namespace() -> str:
    """Give the namespace of the Pod this runs in; `default` outside of any."""
    try:
        return _NAMESPACE_FILE.read_text(encoding="utf-8").strip() or "default"
    except OSError:
        return "default"


class Settings(BaseSettings):
    """What a deployment may choose; every field is `TAGWARDEN_` and its name in capitals. Durations are seconds."""

    model_config = SettingsConfigDict(
        env_prefix="TAGWARDEN_", frozen=True, extra="ignore", use_attribute_docstrings=True, populate_by_name=True
    )

    namespace: Annotated[str, Field(min_length=1)] = Field(default_factory=own_namespace)
    """Where Secrets and ConfigMaps are."""
    inventory: Path = Field(default_factory=lambda: state_folder() / "inventory")
    """Folder of snapshots and plans. Unset: below the user's state folder; the image sets it to its volume."""
    state: str = Field(default_factory=lambda: f"sqlite:///{state_folder() / 'state.db'}")
    """Journal and history: `sqlite:///FILE` or `postgresql+psycopg://…`. Unset: a file beside the inventory."""
    # These seven are read by the command line itself, whose processes inherit the environment; they are here so that
    # they are documented, and that the operator does not start with what no pass could work with.
    prices: Path | None = None
    """Price list, as `tagwarden prices` writes it, to tell what things cost. Unset or unreadable: costs are unknown."""
    allowed_endpoints: str = ""
    """Endpoints that accounts may name as endpointURL, with commas between them: `https://HOST` or `https://HOST:PORT`,
    with `*` for any port, or within the host. Ambient credentials only go to a host that is written in full. Unset:
    none."""
    deletions_per_hour: Annotated[int, Field(ge=0)] | None = None
    """Most deletions of all policies together in any hour. Unset: what each policy says."""
    account_deletions_per_hour: Annotated[int, Field(ge=0)] | None = None
    """Most deletions in one account in any hour, of all policies together. Unset: what each policy says."""
    calls_per_second: Annotated[int, Field(ge=1, le=1000)] = 10
    """Most calls to one account's vendor in any second while acting; throttling lowers it."""
    snapshot_valid: Duration = timedelta(minutes=15)
    """How old a snapshot may be when deletions rest on it; an older one is collected again first."""
    plan_valid: Duration = timedelta(hours=24)
    """How old a saved plan may be when it is carried out."""
    identity: str = ""
    """Names this process in the Lease; empty: the host name and a random part."""
    tick_seconds: Annotated[float, Field(gt=0, le=60)] = 15
    """How often to ask what is due. A change of a policy is seen at once, this is only how late it can be."""
    jitter_seconds: Annotated[int, Field(ge=0, le=600)] = 30
    """Over how long the passes of one cron instant are spread, so that not all policies start at once."""
    children: Annotated[int, Field(ge=1, le=64)] = 2
    """How many collections and passes run at once, each in a process of its own."""
    pass_seconds: Annotated[float, Field(gt=0)] = 6 * 3600
    """A collection or a pass that takes longer is stopped."""
    stop_seconds: Annotated[float, Field(gt=0)] = 7
    """How long a pass may take to finish its current action when the operator stops."""
    lease_name: Annotated[str, Field(min_length=1)] = "tagwarden"
    """The Lease that the acting operator holds: one for the whole cluster, whose policies all releases share."""
    lease_namespace: Annotated[str, Field(min_length=1)] = "default"
    """Where the Lease is, the same for all releases."""
    lease_seconds: Annotated[int, Field(ge=3, le=600)] = 30
    """How long the Lease outlives its last renewal."""
    lease_margin_seconds: Annotated[float, Field(gt=0)] = 10
    """How long before the Lease ends acting stops; above the time one action takes at the vendor, and at most two
    thirds of the Lease, since nobody could lead otherwise."""
    health_address: str = "0.0.0.0"  # noqa: S104 - probes and Prometheus come from outside of the Pod
    """Where `/healthz`, `/readyz` and `/metrics` listen."""
    health_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Their port; 0 takes any free one."""
    log_format: LogFormat = LogFormat.JSON
    """One JSON object a line, or text for people."""
    log_level: str = "INFO"
    """The least severe level that is logged."""

    @field_validator("allowed_endpoints")
    @classmethod
    def _are_endpoints(cls, text: str) -> str:
        """Refuse at the start what no pass could work with."""
        try:
            read_endpoints(text)
        except BadInput as error:
            raise ValueError(str(error)) from None
        return text

    @model_validator(mode="after")
    def _somebody_can_lead(self) -> Self:
        """Refuse a margin that leaves no time to act: the Lease is renewed every sixth of its duration."""
        if self.lease_margin_seconds > self.lease_seconds * LONGEST_MARGIN:
            raise ValueError(
                f"TAGWARDEN_LEASE_MARGIN_SECONDS: {self.lease_margin_seconds:g} leaves no time to act in a Lease of"
                f" {self.lease_seconds} s; write at most two thirds of TAGWARDEN_LEASE_SECONDS"
            )
        return self
