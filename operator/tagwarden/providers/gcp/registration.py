"""Google Cloud as the registry knows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import yaml

from tagwarden.errors import BadInput
from tagwarden.model.account import CloudAccount
from tagwarden.model.prices import Price
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers.base import (
    Access,
    AmbientAccount,
    Cost,
    KindInfo,
    PolicyNeeds,
    Progress,
    Provider,
    RoleRequest,
    Secrets,
    matches_any,
)
from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.gcp.backing_up import BACKUPS
from tagwarden.providers.gcp.billing_rules import FREE, RULES
from tagwarden.providers.gcp.dependents import dependents_of
from tagwarden.providers.gcp.row import Row, rows
from tagwarden.providers.gcp.tag_bindings import TAGGED
from tagwarden.providers.secrets import secret_of

_NOTES = (
    "Kinds come from Google's discovery documents. Kinds of the category `other` are judged and labelled, and never",
    "deleted until their managers and users are known. Tags are labels; labels that begin with `goog-` belong to",
    "Google's services and are never written.",
)
_PLACES = {"zone": "compute", "region": "compute"}
"""The services that list places, where it is not the service of the kind."""
_OPERATIONS = {
    "": (),
    "compute": ("compute.globalOperations.get", "compute.regionOperations.get", "compute.zoneOperations.get"),
    "sqladmin": ("cloudsql.instances.get",),
}
"""The permissions to read the operation of a deletion by its family, where it is not `operations.get` of the service:
https://cloud.google.com/iam/docs/permissions-reference"""
_DELETING = {"dropDatabase": "drop"}
"""The verbs of permissions whose methods have another name."""
_READ = ("resourcemanager.projects.get", "serviceusage.services.list")


class GcpCatalogue:
    """The `Catalogue` (see `providers.base`) of Google Cloud."""

    def kinds(self) -> tuple[KindInfo, ...]:
        """Every kind with a row."""
        return tuple(
            KindInfo(
                kind=row.kind,
                provider=ProviderName.GCP,
                category=row.facts.category,
                more_categories=(),
                can_tag=row.takes_labels,
                can_delete=row.is_deletable,
                can_back_up=row.kind in BACKUPS,
                cost=Cost.LIST_PRICE if row.kind in RULES else Cost.FREE if row.kind in FREE else Cost.UNKNOWN,
                permissions=_permissions_of(row, tags=True, deletes=True),
            )
            for _, row in sorted(rows().items())
        )

    def notes(self) -> tuple[str, ...]:
        """The origin of the kinds, and the place of tags."""
        return _NOTES

    def lacks_kind(self, name: str) -> bool:
        """Whether the name begins as Google Cloud's kinds do, and is none of them."""
        return name.startswith("gcp_") and name not in rows()

    def regions(self) -> frozenset[str]:
        """None known beforehand: each API has locations of its own."""
        return frozenset()

    def can_delete(self, kind: str) -> bool:
        """Whether the facts of the kind are known and do not forbid it; other kinds are only labelled."""
        return kind in rows() and rows()[kind].is_deletable

    def can_tag(self, kind: str) -> bool:
        """Whether an API writes labels of the kind; the words in a description are only read."""
        return kind in rows() and rows()[kind].takes_labels

    def can_back_up(self, resource: Resource) -> bool:
        """Whether Google makes a copy of the resource that outlives it."""
        return resource.kind in BACKUPS

    def is_irreplaceable(self, kind: str) -> bool:
        """Whether the kind holds something, or nothing is known about it."""
        return kind not in rows() or rows()[kind].facts.holds is not Holding.NOTHING

    def is_named_only(self, resource: Resource) -> bool:
        """No kind."""
        del resource
        return False

    def dependents_of(self, kind: str, served: frozenset[str]) -> frozenset[str]:
        """Every kind of Google Cloud, since each response may name any resource, and the kinds in clusters (S18)."""
        del served
        return dependents_of(kind)

    def spans_regions(self, kind: str) -> bool:
        """Every kind: any location may name a resource of another one."""
        del kind
        return True

    def untangles(self, kind: str) -> bool:
        """No kind."""
        del kind
        return False

    def permission_formats(self) -> tuple[str, ...]:
        """A custom role."""
        return ("yaml",)

    def permissions(self, needs: Sequence[PolicyNeeds], role: RoleRequest) -> str:
        """A custom role as the YAML that `gcloud iam roles create --file` takes."""
        found = set(_READ)
        for row in rows().values():
            for need in needs:
                governed = not need.kinds or matches_any(need.kinds, row.kind, row.facts.category)
                found.update(
                    _permissions_of(
                        row,
                        tags=governed and need.acts and need.tags,
                        deletes=(governed or need.associated) and need.acts and need.deletes,
                    )
                )
                if need.acts and need.deletes and matches_any(need.backed_up, row.kind, row.facts.category):
                    found.update(_permissions_to_back_up(row))
        document = {
            "title": role.name,
            "description": "The least permissions for the policies",
            "stage": "GA",
            "includedPermissions": sorted(found),
        }
        text: str = yaml.safe_dump(document, sort_keys=False)
        return text

    def prices(
        self, regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None
    ) -> Iterator[Price]:
        """Fetch the on-demand prices of the Cloud Billing Catalog."""
        from tagwarden.providers.gcp.pricing import price_list  # noqa: PLC0415 - belongs to one command

        return price_list(regions, kinds, environ, progress)

    def ambient_account(self, access: Access, environ: Mapping[str, str]) -> AmbientAccount:
        """The project of the Application Default Credentials."""
        del access
        from tagwarden.providers.gcp.ambient import ambient_account  # noqa: PLC0415 - belongs to one command

        return ambient_account(environ)

    def check_account(self, account: CloudAccount) -> None:
        """Accept whatever the schema accepts."""

    def open(self, account: CloudAccount, secrets: Secrets, access: Access) -> Provider:
        """A project with the key file of its Secret, or the ambient identity."""
        from tagwarden.providers.gcp.connection import Connection  # noqa: PLC0415 - google-auth takes time to import
        from tagwarden.providers.gcp.credentials import credentials_of  # noqa: PLC0415
        from tagwarden.providers.gcp.provider import GcpProvider  # noqa: PLC0415

        project = account.spec.gcp
        if project is None:
            raise BadInput(f"CloudAccount {account.name}: spec.gcp is missing")
        secret = (
            secret_of(secrets, account.name, project.credentials_secret.name) if project.credentials_secret else None
        )
        connection = Connection(credentials_of(account, project, secret), project.endpoint_url or "")
        return GcpProvider(account, connection, has_neighbours=access.has_neighbours)


def _asked_in(row: Row) -> tuple[str, ...]:
    """Give the places that are listed before a kind: the API takes no wildcard for them (see `listing`)."""
    if row.aggregated or row.parent or row.wildcard:
        return ()
    return tuple("region" if place == "location" and not row.has_locations else place for place in row.places)


def _permissions_of(row: Row, *, tags: bool, deletes: bool) -> tuple[str, ...]:
    """Give the IAM permissions of a kind, which are named after its collection."""
    api, *names = row.method.split(".")
    places = {"projects", "locations", "global"}
    stem = row.facts.permission or f"{api}.{[name for name in names if name not in places][-1]}"
    service = stem.partition(".")[0]
    found = [
        # Nobody can grant the listing of projects on a project.
        *(() if row.path == "projects" else (f"{stem}.list",)),
        f"{stem}.get",
        *(f"{_PLACES.get(place, service)}.{place}s.list" for place in _asked_in(row)),
    ]
    found += [detail.permission or detail.call for detail in row.facts.details]
    if tags and row.takes_labels:
        by = row.labels.by if row.labels else "update"
        found.append(f"{stem}.setLabels" if by == "setLabels" else f"{stem}.update")
    if ((tags and row.takes_labels) or (deletes and row.is_deletable)) and row.kind in TAGGED:
        found.append(f"{stem}.listEffectiveTags")
    if deletes and row.is_deletable:
        found.append(f"{stem}.{_DELETING.get(row.delete_by, row.delete_by)}")
        found += _OPERATIONS.get(row.operation, (f"{service}.operations.get",))
        for step in row.facts.steps:
            collection = step.call.rpartition(".")[0]
            found += step.permissions or (step.call,)
            found += (f"{collection}.list",) if step.each else ()
    return tuple(sorted(set(found)))


def _permissions_to_back_up(row: Row) -> tuple[str, ...]:
    """Give the IAM permissions to request a backup of a kind, and to read its operation; none without backups."""
    rule = BACKUPS.get(row.kind)
    if rule is None:
        return ()
    into = rows()[rule.into]
    service = rule.permissions[-1].partition(".")[0]
    return (*rule.permissions, *_OPERATIONS.get(into.operation, (f"{service}.operations.get",)))
