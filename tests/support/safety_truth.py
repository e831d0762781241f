"""The world as it really is at one instant, and why a resource must not be deleted then.

These are the safety rules once more, stated as simply as they can be and against the truth. Nothing here calls the
functions that it is to judge: neither which kinds use which, nor the words of protection, nor how claims are inherited.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagState

TEST, PRODUCTION, NETWORKS = "aws-dev", "aws-prod", "aws-net"
"""Two accounts for tests, of which the second only shares its networks, and one for production between them."""
HOME, ELSEWHERE = "eu-central-1", "us-east-1"

CATEGORIES = {
    "aws_ec2_instance": "instance",
    "aws_ec2_volume": "volume",
    "aws_ec2_security_group": "security_group",
    "aws_ec2_subnet": "subnet",
    "aws_ec2_vpc": "network",
    "aws_iam_role": "role",
    "aws_lambda_function": "function",
    "aws_sqs_queue": "queue",
}
GLOBAL = frozenset({"aws_iam_role"})
HOLDS_DATA = frozenset({"aws_ec2_volume", "aws_sqs_queue"})
CONTAINERS = frozenset({"aws_ec2_subnet", "aws_ec2_vpc"})

USES = {
    ("aws_ec2_instance", "aws_ec2_subnet"): EdgeMeaning.NEEDS,
    ("aws_ec2_instance", "aws_ec2_security_group"): EdgeMeaning.NEEDS,
    ("aws_ec2_instance", "aws_ec2_volume"): EdgeMeaning.USES,
    ("aws_ec2_subnet", "aws_ec2_vpc"): EdgeMeaning.NEEDS,
    ("aws_ec2_security_group", "aws_ec2_vpc"): EdgeMeaning.NEEDS,
    ("aws_lambda_function", "aws_iam_role"): EdgeMeaning.USES,
    ("aws_lambda_function", "aws_ec2_security_group"): EdgeMeaning.NEEDS,
    ("aws_lambda_function", "aws_sqs_queue"): EdgeMeaning.USES,
}
"""Which kind uses or needs which, as the vendor's documentation has it."""
OWNS = {("aws_ec2_vpc", "aws_ec2_subnet"), ("aws_ec2_vpc", "aws_ec2_security_group")}
"""Which kind contains which."""

_PROTECTING = frozenset({"tagwardenioprotect", "protect", "donotdelete", "terminationprotected"})


def expiry_of(resource: Resource) -> datetime | None:
    """Give the expiry that the tags state; the worlds here write no other form."""
    text = resource.tags.values.get("expiration")
    return None if text is None else datetime.fromisoformat(text)


def is_production(resource: Resource) -> bool:
    """Whether the resource is for production, by account or by name."""
    return resource.account == PRODUCTION or resource.name.startswith("prod-")


def is_disputed(resource: Resource) -> bool:
    """Whether two policies of the same priority govern it."""
    return resource.name.startswith("shared-")


def is_unreadable(resource: Resource) -> bool:
    """Whether nobody can read its tags."""
    return resource.tags.state is TagState.UNREADABLE


def is_protected(resource: Resource) -> bool:
    """Whether a tag protects it, in whatever spelling."""
    words = {"".join(filter(str.isalnum, key.lower())) for key in resource.tags.values}
    return not _PROTECTING.isdisjoint(words)


def is_silent(resource: Resource) -> bool:
    """Whether it says itself neither whose it is nor until when it is needed."""
    return resource.tags.state is not TagState.UNREADABLE and not {"owner", "expiration"} & resource.tags.values.keys()


@dataclass(frozen=True)
class Truth:
    """All that is there at `now`, by uid, with its edges, and the kinds that the vendor will not list, by account."""

    now: datetime
    living: Mapping[str, Resource]
    edges: tuple[Edge, ...]
    denied: Mapping[str, frozenset[str]]

    def parents_of(self, uid: str) -> Iterator[Resource]:
        """Give what owns or manages a resource."""
        for edge in self.edges:
            if edge.meaning is EdgeMeaning.OWNS and edge.target == uid and edge.source in self.living:
                yield self.living[edge.source]

    def ancestors_of(self, uid: str) -> Iterator[Resource]:
        """Give the parents of a resource, and theirs."""
        found, waiting = {uid}, [uid]
        while waiting:
            for parent in self.parents_of(waiting.pop()):
                if parent.uid not in found:
                    found.add(parent.uid)
                    waiting.append(parent.uid)
                    yield parent

    def users_of(self, uid: str) -> Iterator[Resource]:
        """Give what breaks without a resource, directly or by way of others that do."""
        found, waiting = {uid}, [uid]
        while waiting:
            target = waiting.pop()
            for edge in self.edges:
                is_use = edge.meaning is not EdgeMeaning.OWNS and edge.target == target
                if is_use and edge.source in self.living and edge.source not in found:
                    found.add(edge.source)
                    waiting.append(edge.source)
                    yield self.living[edge.source]

    def has_claim(self, resource: Resource) -> bool:
        """Whether somebody owns a resource, and its expiry has not come; none is no end."""
        expiry = expiry_of(resource)
        return "owner" in resource.tags.values and (expiry is None or expiry > self.now)

    def claimant_of(self, resource: Resource) -> Resource | None:
        """Give what claims a resource: itself, or where it is silent the nearest parents that are not."""
        if self.has_claim(resource):
            return resource
        waiting, found = ([resource] if is_silent(resource) else []), {resource.uid}
        while waiting:
            for parent in self.parents_of(waiting.pop().uid):
                if self.has_claim(parent):
                    return parent
                if is_silent(parent) and parent.uid not in found:
                    found.add(parent.uid)
                    waiting.append(parent)
        return None

    def word_against(self, resource: Resource) -> str:
        """Say why nobody may take away a resource, by its own word and by that of what it belongs to."""
        for each in (resource, *self.ancestors_of(resource.uid)):
            is_itself = each.uid == resource.uid
            whose = "it" if is_itself else f"{each}, to which it belongs,"
            if is_unreadable(each):
                return f"S1: nobody can read the tags of {each}"
            if is_protected(each):
                return f"{'S7' if is_itself else 'S21'}: {whose} is protected"
            # A vendor's word on a network, such as that it is the default one, says nothing of its contents.
            if each.protection and (is_itself or each.kind not in CONTAINERS):
                return f"{'S7' if is_itself else 'S21'}: the vendor protects {each}"
            if is_production(each):
                return f"{'S2' if is_itself else 'S21'}: {whose} is for production"
        claimant = self.claimant_of(resource)
        if claimant is not None:
            return f"{'S8' if claimant.uid == resource.uid else 'S21'}: {claimant} claims it"
        return ""

    def words_of_users(self, uid: str) -> Iterator[str]:
        """Say who would be harmed without a resource, a line each."""
        for user in self.users_of(uid):
            word = self.word_against(user)
            if word:
                yield f"S18: {user} uses it, and of that: {word}"

    def gaps_for(self, resource: Resource) -> Iterator[str]:
        """Say what the vendor would not list that may be the resource or use it, a line each."""
        users = {user for user, used in USES if used == resource.kind}
        for kind in sorted({resource.kind, *users} & self.denied.get(resource.account, frozenset())):
            yield f"S3: {kind} was not listed"

    def obstacles_of(self, uid: str) -> frozenset[str]:
        """Say, a line each, why a resource must not be deleted."""
        resource = self.living.get(uid)
        if resource is None:
            return frozenset()
        word = self.word_against(resource)
        return frozenset({*([word] if word else ()), *self.words_of_users(uid), *self.gaps_for(resource)})
