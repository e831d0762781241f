"""The one write that repairs the tags of a resource."""

from typing import NamedTuple

from tagwarden.judging.check import CheckInput
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Confidence, Finding, Repair
from tagwarden.tagging import changes_for
from tagwarden.tagging.size import problem_with_size

STACK = "stack"
"""The category of resources whose tags cannot change without an update of the whole resource."""


class Write(NamedTuple):
    """The changes of one write, with the repairs as explanations."""

    changes: TagChanges
    repairs: tuple[Repair, ...]


def untouched_stack(given: CheckInput) -> Finding | None:
    """Give the reason not to write the tags of a stack; None for other categories, or if the policy updates stacks."""
    if given.context.category != STACK or given.context.rules.updates_stacks:
        return None
    return Finding(Reason.NeedsStackUpdate, messages.NEEDS_STACK_UPDATE())


def write_of(given: CheckInput) -> Write | Finding:
    """Give the write of a Fix or Shorten verdict, or the reason why the write is refused.

    If the policy does not fix malformed tags, the write contains only the expiry that another rule requires.
    """
    resource, reading, policy = given.resource, given.reading, given.policy
    fixes = given.context.rules.fixes
    stated = reading.expires if fixes else None
    changes = changes_for(
        resource.tags,
        resource.provider,
        reading,
        policy.tag_rules,
        owner=reading.owner if fixes else None,
        expires=given.target.expires if given.target else stated,
    )
    if isinstance(changes, Finding):
        return changes
    if resource.provider is ProviderName.KUBERNETES:
        problem = problem_with_size(resource.tags, resource.attributes, changes)
        if problem is not None:
            return problem
    return Write(changes, _repairs(given, changes, reading.repairs if fixes else ()))


def _repairs(given: CheckInput, changes: TagChanges, repairs: tuple[Repair, ...]) -> tuple[Repair, ...]:
    """Give a repair for each written or removed tag: the value read, and the value that the policy sets."""
    target = given.target
    key = given.context.expiry_key
    value = changes.set.get(key)
    if target is None or value is None:
        return repairs
    after, values = (key, value), given.resource.tags.values
    confidence = Confidence.CERTAIN if target.rule is Reason.TooLong else Confidence.ASSUMED
    if not repairs and not changes.remove:
        before = (key, values[key]) if key in values else None
        return (Repair(before, after, target.rule, confidence),)
    read = [repair for repair in repairs if repair.after[0] == key]
    if read and read[0].after == after:
        return repairs
    others = tuple([repair for repair in repairs if repair.after[0] != key])
    told = [repair.before for repair in others]
    # The tag that was read comes first, since the decision is about that tag.
    gone = [(name, values[name]) for name in (key, *changes.remove) if name in values]
    sources = dict.fromkeys([*[repair.before for repair in read], *[tag for tag in gone if tag not in told]]) or (None,)
    return (*others, *[Repair(before, after, target.rule, confidence) for before in sources])
