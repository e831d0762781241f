"""Judges the tags of one resource that no snapshot holds: in an admission request, a Terraform plan, a question.

The checks are the same as for every other resource. The resource has no parents, no manager, no history and no other
policies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tagwarden.judging.chain import decide
from tagwarden.judging.check_input import gather
from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.judging.governance import governance_of
from tagwarden.judging.inheritance import NOTHING
from tagwarden.judging.kind_context import kind_context
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Confidence, Finding, Repair, Verdict
from tagwarden.tagging import read_tags
from tagwarden.tagging.protection import ProtectionTags

_IN_ORDER = frozenset({Verdict.COMPLIANT, Verdict.PROTECTED})


@dataclass(frozen=True, slots=True)
class TaggedResource:
    """A resource whose tags are judged.

    `kind` and `category` are those of the catalogue (`tagwarden kinds`). `created` is an aware UTC instant; None if
    unknown, then lifetimes count from the time of the judgement. Only expressions and exclusions of the policy read
    `account`, `region`, `namespace` and `name`.
    """

    provider: ProviderName
    kind: str
    category: str
    environment: Environment
    tags: Tags
    created: datetime | None = None
    account: str = ""
    region: str = ""
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class TagSource:
    """The source of an owner or expiry.

    `tag` is the (key, value) that was read or is replaced; None if no tag states the value. `confidence` is
    certain for a documented form, likely for a corrected typing error, assumed for a default or maximum of the policy.
    """

    tag: tuple[str, str] | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class TagJudgement:
    """The judgement of the tags of one resource.

    `owner` and `expires` (aware UTC) hold after the `changes`; each has a source unless None. `never_expires`: the tags
    say so and no maximum replaces it. `allowed_until` is the latest expiry that the policy allows, None without a
    maximum. `changes` is the one write that repairs the tags, None if no write is needed or possible, and `repairs`
    explain the parts. The verdict is the verdict of a first pass: a deletion may be pending.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    owner: str | None
    owner_source: TagSource | None
    expires: datetime | None
    expiry_source: TagSource | None
    never_expires: bool
    allowed_until: datetime | None
    repairs: tuple[Repair, ...]
    changes: TagChanges | None

    @property
    def is_compliant(self) -> bool:
        """Whether the policy asks for no change, no report and no deletion."""
        return self.verdict in _IN_ORDER


def judge_tags(policy: CompiledPolicy, tagged: TaggedResource, now: datetime) -> TagJudgement | None:
    """Judge the tags of one resource at `now` (aware UTC); None if the policy does not govern it.

    The policy counts as covering the account.
    """
    resource = _resource_of(tagged)
    context = kind_context(resource, policy, tagged.environment, now)
    created = tagged.created or now
    governance = None if context is None else governance_of(resource, context, created)
    if context is None or governance is None:
        return None
    reading = read_tags(tagged.tags, tagged.provider, created, policy.tag_rules)
    protecting_tag = ProtectionTags().protecting_tag(tagged.tags.values)
    given = gather(resource, context, governance, None, created, reading, NOTHING, protecting_tag)
    judgement = decide(given)
    owner_key, expiry_key = policy.tag_rules.owner_key(tagged.provider), context.expiry_key
    owner_repairs = [repair for repair in reading.repairs if repair.after[0] == owner_key]
    # A superseded tag is no source. The last repair of an owner belongs to the tag that holds; repairs of overwritten
    # tags come before.
    expiry_repairs = [
        repair
        for repair in reading.repairs
        if repair.after[0] == expiry_key and repair.rule is not Reason.SeveralExpiries
    ]
    written = [repair for repair in judgement.repairs if repair.after[0] == expiry_key]
    return TagJudgement(
        verdict=judgement.verdict,
        findings=judgement.findings,
        owner=judgement.owner,
        owner_source=_source(owner_key, tagged.tags, owner_repairs[-1:]) if judgement.owner is not None else None,
        expires=judgement.expires,
        expiry_source=(
            _source(expiry_key, tagged.tags, expiry_repairs[:1], written) if judgement.expires is not None else None
        ),
        never_expires=given.never and judgement.expires is None,
        allowed_until=policy.lifetime_of(resource).allowed_until(created),
        repairs=judgement.repairs,
        changes=judgement.changes,
    )


def _resource_of(tagged: TaggedResource) -> Resource:
    return Resource(
        uid="",
        provider=tagged.provider,
        account=tagged.account,
        region=tagged.region,
        kind=tagged.kind,
        category=tagged.category,
        id=tagged.name,
        name=tagged.name,
        created=tagged.created,
        tags=tagged.tags,
        namespace=tagged.namespace,
    )


def _source(key: str, tags: Tags, read: Sequence[Repair], written: Sequence[Repair] = ()) -> TagSource:
    """Find the source of a value of this canonical key.

    `read` is the repair of the tag that holds, none if that tag is canonical. `written` are repairs that also replace
    the value, with the confidence of the new value.
    """
    tag = read[0].before if read else ((key, tags.values[key]) if key in tags.values else None)
    decisive = [*written, *read]
    return TagSource(tag, decisive[0].confidence if decisive else Confidence.CERTAIN)
