"""The vocabulary in which the facts about Google Cloud's kinds are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.catalogue.links import Link, needs, owned_by, owns
from tagwarden.providers.gcp.details import Detail
from tagwarden.providers.gcp.steps import Step

COMPUTE = "compute.googleapis.com"
KMS = "cloudkms.googleapis.com"
PUBSUB = "pubsub.googleapis.com"
BUCKET = "//storage.googleapis.com/b/{name}"
SERVICE_ACCOUNT = "//iam.googleapis.com/projects/{project}/serviceAccounts/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about one kind.

    `holds` is the permanent loss of a deletion (S19). `links` have paths into an item; the kind of a link is the host
    of names without a host, or a form that completes a short name to a uid. `attributes` are paths too, `told` are
    attributes made of the name of the resource, `{id}`. `labels` is the path to the labels; `has_labels`: Google shows
    labels that the row cannot write. `name` is the path to the short name of an item whose own name is another one.
    `created` is the path to a creation time under another name than usual. `part_when` holds for an item that Google
    creates and deletes along with another resource, so that the item is no resource of its own. `gone` are the states
    of a resource that is still shown after its end. `protected` are paths with the reason why a resource for which the
    path holds is never deleted; `never` is the reason for the whole kind. `service` is the service that a project
    enables, if that is not the host. `permission` begins the names of the permissions, if these do not begin with the
    collection.

    `before_parent`: Google refuses to delete the parent while it holds a resource of this kind, so that each of them is
    deleted first. `steps` are taken after a refusal that asks for them; `keeps_contents`: the contents must be gone
    already, although the API could delete them too. `details` are read for each item of a listing.
    """

    category: str
    holds: Holding = Holding.NOTHING
    links: tuple[Link, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    labels: str = "labels"
    has_labels: bool = False
    name: str = ""
    created: str = ""
    part_when: str = ""
    gone: tuple[str, ...] = ()
    protected: tuple[tuple[str, str], ...] = ()
    never: str = ""
    service: str = ""
    permission: str = ""
    before_parent: bool = False
    steps: tuple[Step, ...] = ()
    keeps_contents: bool = False
    details: tuple[Detail, ...] = ()


OTHER = Facts(category="other", holds=Holding.DATA)


def facts(category: str, *links: Link, **more: object) -> Facts:
    """Write the facts of a kind: its category, its links, and members by name."""
    return Facts(category=category, links=links, **more)  # type: ignore[arg-type]


def within(host: str, path: str) -> tuple[Link, Link]:
    """The resource belongs to the named one, which Google deletes only when the resource is gone."""
    return owned_by(host, path), needs(host, path)


def for_it_alone(host: str, path: str) -> tuple[Link, Link]:
    """The named resource serves nothing but resources of this kind, and is deleted after them."""
    return owns(host, path), needs(host, path)
