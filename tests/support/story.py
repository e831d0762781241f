"""What a messy account is made of, and what becomes of each part: the groups, their tags, their members.

The expectations hold for a policy with `owner` and `expiration` as keys and the usual aliases, `lifetime.max: 48h`, no
weekly cut-off, every rule at its strongest (Fix, Shorten, Delete, but `missingOwner: Report`), no grace, one
observation, and limits that are wide enough.

| group                 | verdict     | stays | what it is                                                             |
|-----------------------|-------------|-------|------------------------------------------------------------------------|
| claimed               | Compliant   | yes   | owner and an expiry within the maximum                                 |
| other_keys            | Fix         | yes   | documented aliases: `Owner`, `expires`, `ttl`                          |
| misspelt_keys         | Fix         | yes   | `expriation`, `Onwer`, `expirationn`                                   |
| other_forms           | Fix         | yes   | a readable expiry in another form: `36h`, a time with an offset        |
| malformed             | Fix         | yes   | an expiry nobody can read: `2 dyas`, `31.02.2026`, `next sprint`       |
| too_long              | Shorten     | yes   | an expiry months after the maximum, or `never`                         |
| without_expiry        | Fix         | yes   | an owner and nothing else                                              |
| without_owner         | Report      | yes   | an expiry that nobody answers for                                      |
| unclaimed             | Delete      | no    | no tags, or none that names an owner or an expiry                      |
| expired               | Delete      | no    | an owner and an expiry in the past, also under an alias                |
| protected             | Protected   | yes   | unclaimed or expired, but `tagwarden.io/protect: "true"`               |
| protected_by_vendor   | Protected   | yes   | unclaimed, but with the vendor's deletion protection; default networks |
| in_use                | Delete      | yes   | unclaimed, but something claimed needs it: withheld, DependentInUse    |
| part_of_claimed       | (any)       | yes   | untagged parts of something claimed: volumes, members of a group       |
| part_of_doomed        | (any)       | no    | untagged parts of something that is deleted: gone with it              |
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

GroupName = Literal[
    "claimed",
    "other_keys",
    "misspelt_keys",
    "other_forms",
    "malformed",
    "too_long",
    "without_expiry",
    "without_owner",
    "unclaimed",
    "expired",
    "protected",
    "protected_by_vendor",
    "in_use",
    "part_of_claimed",
    "part_of_doomed",
]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What becomes of a group; `verdict` and `withheld` are empty where several answers are right."""

    verdict: str
    survives: bool
    withheld: str = ""


EXPECTED: dict[GroupName, Expectation] = {
    "claimed": Expectation("Compliant", survives=True),
    "other_keys": Expectation("Fix", survives=True),
    "misspelt_keys": Expectation("Fix", survives=True),
    "other_forms": Expectation("Fix", survives=True),
    "malformed": Expectation("Fix", survives=True),
    "too_long": Expectation("Shorten", survives=True),
    "without_expiry": Expectation("Fix", survives=True),
    "without_owner": Expectation("Report", survives=True),
    "unclaimed": Expectation("Delete", survives=False),
    "expired": Expectation("Delete", survives=False),
    "protected": Expectation("Protected", survives=True),
    "protected_by_vendor": Expectation("Protected", survives=True),
    "in_use": Expectation("Delete", survives=True, withheld="DependentInUse"),
    "part_of_claimed": Expectation("", survives=True),
    "part_of_doomed": Expectation("", survives=False),
}

OWNERS = ("alice", "bob", "carol", "dave", "erin")


@dataclass(frozen=True, slots=True)
class Member:
    """One resource of a group.

    `region` is the namespace for Kubernetes, and empty for what is global; `id` is what the vendor's API takes.
    """

    group: GroupName
    kind: str
    region: str
    id: str
    name: str

    @property
    def expected(self) -> Expectation:
        """What becomes of it."""
        return EXPECTED[self.group]


@dataclass(slots=True)
class Story:
    """Everything that was made on purpose, in the order in which it was made."""

    now: datetime
    members: list[Member] = field(default_factory=list)

    def add(self, member: Member) -> str:
        """Remember a resource and return its id."""
        self.members.append(member)
        return member.id

    def group(self, *names: GroupName) -> list[Member]:
        """Return the members of these groups."""
        return [member for member in self.members if member.group in names]

    def survivors(self) -> list[Member]:
        """Return what must still be there after cleaning."""
        return [member for member in self.members if member.expected.survives]

    def doomed(self) -> list[Member]:
        """Return what must be gone after cleaning."""
        return [member for member in self.members if not member.expected.survives]

    def kinds(self) -> set[str]:
        """Return the kinds of everything."""
        return {member.kind for member in self.members}

    def find(self, identities: Iterable[str]) -> Member | None:
        """Return the member that one of the ids, ARNs or names belongs to."""
        wanted = set(identities)
        return next((member for member in self.members if wanted & {member.id, member.name}), None)


def written(instant: datetime) -> str:
    """Return the canonical form of an instant."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def tags_of(group: GroupName, number: int, now: datetime, owner: str) -> dict[str, str]:
    """Return the tags of the member with that `number`, so that a group shows all of its variants.

    `now` is an aware UTC instant; resources count as made then.
    """
    soon, past = written(now + timedelta(hours=20 + number % 20)), written(now - timedelta(days=1 + number % 9))
    variants: dict[GroupName, tuple[dict[str, str], ...]] = {
        "claimed": ({"owner": owner, "expiration": soon},),
        "other_keys": (
            {"Owner": owner, "expires": soon},
            {"created-by": owner, "expiration": soon},
            {"owner": owner, "ttl": "24h"},
        ),
        "misspelt_keys": (
            {"owner": owner, "expriation": soon},
            {"Onwer": owner, "expiration": soon},
            {"owner": owner, "expirationn": soon},
        ),
        "other_forms": (
            {"owner": owner, "expiration": "36h"},
            {"owner": owner, "expiration": (now + timedelta(hours=22)).strftime("%Y-%m-%dT%H:%M:%S+00:00")},
            {"owner": owner, "expiration": "1d12h"},
        ),
        "malformed": (
            {"owner": owner, "expiration": "2 dyas"},
            {"owner": owner, "expiration": "31.02.2026"},
            {"owner": owner, "expiration": "next sprint"},
            {"owner": owner, "expiration": "May"},
        ),
        "too_long": (
            {"owner": owner, "expiration": written(now + timedelta(days=90))},
            {"owner": owner, "expiration": "2099-12-31T00:00:00Z"},
            {"owner": owner, "expiration": "30d"},
            {"owner": owner, "expiration": "never"},
        ),
        "without_expiry": ({"owner": owner}, {"owner": owner, "project": "checkout"}),
        "without_owner": ({"expiration": soon}, {"expiration": soon, "project": "search"}),
        "unclaimed": ({}, {"project": "checkout"}, {"cost-center": "4711", "stage": "dev"}),
        "expired": ({"owner": owner, "expiration": past}, {"Owner": owner, "expires": past}),
        "protected": (
            {"tagwarden.io/protect": "true"},
            {"owner": owner, "expiration": past, "tagwarden.io/protect": "true"},
        ),
    }
    choices = variants.get(group, ({},))
    return dict(choices[number % len(choices)])
