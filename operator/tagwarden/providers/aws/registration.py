"""The entry of AWS in the registry of providers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tagwarden.model.account import CloudAccount
from tagwarden.model.prices import Price
from tagwarden.model.resource import Resource
from tagwarden.providers.aws import catalogue
from tagwarden.providers.aws.backing_up import can_back_up
from tagwarden.providers.aws.dependents import dependents_of, spans_regions, untangles
from tagwarden.providers.aws.irreplaceable import is_irreplaceable
from tagwarden.providers.aws.managed_policies import managed_policies
from tagwarden.providers.aws.needed_statements import needed_statements
from tagwarden.providers.aws.provider import AwsProvider
from tagwarden.providers.aws.regions import check_regions, known_regions
from tagwarden.providers.aws.role_formats import ROLE_FORMATS, Role
from tagwarden.providers.aws.role_trust import trust_policy
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.base import (
    Access,
    AmbientAccount,
    KindInfo,
    PolicyNeeds,
    Progress,
    Provider,
    RoleRequest,
    Secrets,
)
from tagwarden.providers.secrets import secret_of

_PREFIX = "aws_"


class AwsCatalogue:
    """AWS's `Catalogue` (see `providers.base`): every fact comes from the rows."""

    def kinds(self) -> tuple[KindInfo, ...]:
        """Give every AWS kind."""
        return catalogue()

    def notes(self) -> tuple[str, ...]:
        """Describe the listed regions."""
        return ("In every region that is enabled, or in those that the account names.",)

    def lacks_kind(self, name: str) -> bool:
        """Whether no row has this name; the rows describe all AWS kinds."""
        return name.lower().startswith(_PREFIX) and name not in KINDS

    def regions(self) -> frozenset[str]:
        """Give every region of every partition."""
        return known_regions()

    def can_delete(self, kind: str) -> bool:
        """Whether the row of the kind declares a deletion."""
        return kind in KINDS and KINDS[kind].delete is not None

    def can_tag(self, kind: str) -> bool:
        """Whether the row of the kind declares how tags are written."""
        return kind in KINDS and KINDS[kind].writing is not None

    def can_back_up(self, resource: Resource) -> bool:
        """Whether a backup rule of the kind fits the resource."""
        return can_back_up(resource)

    def is_irreplaceable(self, kind: str) -> bool:
        """Whether the row of the kind declares a loss."""
        return is_irreplaceable(kind)

    def is_named_only(self, resource: Resource) -> bool:
        """False: the foundations of an account are protected individually."""
        del resource
        return False

    def dependents_of(self, kind: str, served: frozenset[str]) -> frozenset[str]:
        """The AWS kinds, and the Kubernetes kinds that name AWS resources."""
        del served  # `IN_CLUSTERS` names the relevant custom resources
        return dependents_of(kind)

    def spans_regions(self, kind: str) -> bool:
        """Whether a global kind has users of regional kinds."""
        return spans_regions(kind)

    def untangles(self, kind: str) -> bool:
        """Whether the row of the kind declares steps that cut references within the kind."""
        return kind in untangles(kind)

    def permission_formats(self) -> tuple[str, ...]:
        """JSON for the AWS command line, Terraform and CloudFormation."""
        return tuple(ROLE_FORMATS)

    def permissions(self, needs: Sequence[PolicyNeeds], role: RoleRequest) -> str:
        """Managed policies within AWS's limit of characters, and with trust a role that they are attached to."""
        trust = trust_policy(role) if role.trust else None
        return ROLE_FORMATS[role.format](Role(role.name, trust, managed_policies(needed_statements(needs))))

    def prices(
        self, regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None
    ) -> Iterator[Price]:
        """Fetch the on-demand prices of the AWS Price List (`pricing:GetProducts`)."""
        # Only one command needs the client of the Price List.
        from tagwarden.providers.aws.pricing import price_list  # noqa: PLC0415

        return price_list(regions, kinds, environ, progress)

    def ambient_account(self, access: Access, environ: Mapping[str, str]) -> AmbientAccount:
        """The account of the credentials that the AWS command line would use, by its alias where that is readable."""
        from tagwarden.providers.aws.ambient import ambient_account  # noqa: PLC0415 - belongs to one command

        del access
        return ambient_account(environ)

    def check_account(self, account: CloudAccount) -> None:
        """Raise InvalidField for a region that does not exist."""
        if account.spec.aws is not None:
            check_regions(account.spec.aws)

    def open(self, account: CloudAccount, secrets: Secrets, access: Access) -> Provider:
        """Open an account with the credentials of the Secret, or the ambient credentials."""
        del access  # endpoints are checked in the same way for all providers
        reference = account.spec.aws.credentials_secret if account.spec.aws else None
        secret = secret_of(secrets, account.name, reference.name) if reference else None
        return AwsProvider(account, secret)
