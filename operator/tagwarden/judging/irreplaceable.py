"""Kinds that hold data, keys or names that no template restores, and the exceptions of a policy (S19)."""

from collections.abc import Callable
from dataclasses import dataclass

from tagwarden.judging.scope import Matcher, matcher_of
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.policy import CleanupPolicySpec
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.verdict import Finding

IsIrreplaceable = Callable[[ProviderName, str, str], bool]
"""Takes provider, kind and category: whether resources of that kind are irreplaceable."""
CanBackUp = Callable[[Resource], bool]
"""Whether the provider can back up this resource."""

CATEGORIES = frozenset(
    {
        "broker", "bucket", "catalog", "certificate", "database", "directory", "file_system", "image", "key",
        "parameter", "queue", "registry", "search", "secret", "snapshot", "stream", "user_pool", "vault", "volume",
        "zone",
    }
)  # fmt: skip
"""Categories of clouds whose resources hold data or keys, or have names that others depend on."""
CATEGORIES_IN_CLUSTERS = frozenset({"snapshot", "volume"})
"""The same for Kubernetes, where certificates are reissued and images and zones are no objects."""


DIES_WITH_ITS_MANAGER = frozenset({("aws_ec2_instance", "aws_ec2_volume")})
"""Pairs of a manager's kind and a kind that is deleted with its manager by declaration: the launch of an instance
declares that volumes with delete-on-termination are deleted with the instance."""


def by_category(provider: ProviderName, kind: str, category: str) -> bool:
    """Decide by the category alone, for kinds without a catalogue."""
    del kind
    return category in (CATEGORIES_IN_CLUSTERS if provider is ProviderName.KUBERNETES else CATEGORIES)


def never_backed_up(resource: Resource) -> bool:
    """The answer of a provider without backups."""
    del resource
    return False


@dataclass(frozen=True, slots=True)
class Irreplaceable:
    """Irreplaceable kinds under one policy: kinds that may be deleted, and kinds that are backed up."""

    holds: IsIrreplaceable
    can_back_up: CanBackUp
    named: Matcher | None
    backed_up: Matcher | None

    def finding_for(self, provider: ProviderName, kind: str, category: str) -> Finding | None:
        """Give the finding that keeps a resource of that kind without tags; None if the kind may be deleted."""
        if not self.holds(provider, kind, category) or _is_among(self.named, kind, category):
            return None
        return Finding(Reason.Irreplaceable, messages.IRREPLACEABLE(kind=kind, category=category))

    def is_backed_up(self, kind: str, category: str) -> bool:
        """Whether the policy asks for a backup of that kind."""
        return _is_among(self.backed_up, kind, category)


def compile_irreplaceable(spec: CleanupPolicySpec, holds: IsIrreplaceable, can_back_up: CanBackUp) -> Irreplaceable:
    """Compile `rules.irreplaceable` and `backup` of a policy."""
    return Irreplaceable(
        holds=holds,
        can_back_up=can_back_up,
        named=matcher_of(spec.rules.irreplaceable.kinds),
        backed_up=matcher_of(spec.backup.kinds) if spec.backup is not None else None,
    )


def _is_among(matches: Matcher | None, kind: str, category: str) -> bool:
    return matches is not None and (matches(kind) or matches(category))
