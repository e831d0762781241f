"""One row of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tagwarden.model.outcome import OPEN, ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import TagChanges, Tags, TagState


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry: intent, actor, evidence and outcome of an action (S14).

    `at` is the time of the intent, `finished` the time of the end, None while open; both aware UTC. `tags_before` are
    all tags right before the action, None if unknown. `actor` is the caller in the vendor's words, `approved_by` the
    person who approved the plan, `rule` the rule behind the action; `reason` and `message` describe the end.
    """

    id: str
    at: datetime
    run: str
    policy: str
    generation: int
    plan_hash: str
    snapshots: tuple[str, ...]
    provider: ProviderName
    account: str
    region: str
    kind: str
    category: str
    namespace: str
    uid: str
    resource_id: str
    name: str
    created: datetime | None
    action: ActionType
    rule: Reason
    because: str = ""
    tags_before: Mapping[str, str] | None = None
    changes: TagChanges = field(default_factory=TagChanges)
    actor: str = ""
    approved_by: str = ""
    state: ActionState = ActionState.STARTED
    reason: Reason = Reason.Running
    message: str = ""
    request_id: str = ""
    attempts: int = 0
    finished: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the vendor may still be working on the action."""
        return self.state in OPEN

    @property
    def resource(self) -> Resource:
        """The resource as known from the journal, sufficient to read it again."""
        return Resource(
            uid=self.uid,
            provider=self.provider,
            account=self.account,
            region=self.region,
            kind=self.kind,
            category=self.category,
            id=self.resource_id,
            name=self.name,
            created=self.created,
            tags=_tags(self.tags_before),
            namespace=self.namespace,
        )


@dataclass(frozen=True, slots=True)
class KeptBackup:
    """The stored state of a deleted resource: `body` is the provider's input to recreate the resource."""

    uid: str
    kind: str
    namespace: str
    name: str
    body: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" in {self.namespace}" if self.namespace else "")


def known_tags(tags: Tags) -> Mapping[str, str] | None:
    """Give the values of known tags, None for all others."""
    return dict(tags.values) if tags.state is TagState.KNOWN else None


def _tags(values: Mapping[str, str] | None) -> Tags:
    return Tags.unreadable("known only from the journal") if values is None else Tags.known(values)
