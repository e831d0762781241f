"""`tagwarden permissions`: the least IAM and RBAC permissions for a set of policies."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext
from tagwarden.errors import BadInput
from tagwarden.model.policy import Associated, CleanupPolicy, Mode, OnMalformed, OnMissingExpiry, OnTooLong
from tagwarden.model.resource import ProviderName
from tagwarden.pipeline import Declarations, accounts_of, compile_policies
from tagwarden.providers.base import PolicyNeeds, RoleRequest
from tagwarden.providers.registry import catalogue_of

ProviderChoice = Annotated[
    ProviderName | None,
    typer.Option("--provider", help="AWS: IAM policies. GCP: a custom role. Kubernetes: a ClusterRole. Default: all."),
]
ModeChoice = Annotated[Mode | None, typer.Option("--mode", help="Audit only reads. Default: the mode of each policy.")]

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="AWS: json, terraform or cloudformation. GCP and Kubernetes: yaml. Default: json and yaml.",
        show_default=False,
    ),
]
RoleName = Annotated[str, typer.Option("--role-name", help="Name of the AWS role, and of its policies with a number.")]
Trust = Annotated[
    str,
    typer.Option(
        "--trust",
        help="Write the AWS role too, for: pod-identity, the ARN of an OIDC provider (IRSA), an account ID, or the ARN"
        " of a role.",
        show_default=False,
    ),
]
ServiceAccount = Annotated[
    str,
    typer.Option(
        "--service-account", metavar="NAMESPACE/NAME", help="The operator's, for pod-identity and OIDC providers."
    ),
]
ExternalId = Annotated[
    str, typer.Option("--external-id", help="The external ID that a trusted account must state.", show_default=False)
]


def permissions(
    files: options.OptionalFiles = None,
    policy: options.PolicyName = None,
    provider: ProviderChoice = None,
    mode: ModeChoice = None,
    format_: Format = None,
    role_name: RoleName = "tagwarden",
    trust: Trust = "",
    service_account: ServiceAccount = "tagwarden/tagwarden",
    external_id: ExternalId = "",
) -> int:
    r"""Print the least permissions that the credentials need: IAM policies, a custom role, a ClusterRole.

    \b
    tagwarden permissions -f examples/ --format terraform --trust pod-identity > role.tf
    tagwarden permissions -f examples/ --format cloudformation --trust 123456789012 > role.yaml
    tagwarden permissions -f examples/gcp/ --provider GCP > role.yaml
    tagwarden permissions -f examples/ --provider Kubernetes | kubectl apply -f -
    tagwarden permissions --mode Audit --provider AWS

    Every kind is read regardless of the policies, since a deletion must know its dependents. Writes cover only the
    kinds in the scope of a policy in Enforce, and only the tags, backups and deletions that the rules allow. Without
    files, the output covers a policy for all kinds. AWS permissions are split into managed policies of at most 6,144
    characters each; with --trust, a role with these policies is included.
    """
    needs = _needs(files, policy, mode)
    wanted = [provider] if provider else [each for each in ProviderName if needs.get(each)]
    if not wanted:
        raise BadInput("the policies cover no account of a provider that needs permissions; name one with --provider")
    texts = [
        catalogue_of(each).permissions(
            needs.get(each, []), RoleRequest(written, role_name, trust, service_account, external_id)
        )
        for each, written in _formats(wanted, format_).items()
    ]
    # JSON is YAML: the output for all providers is still one stream of YAML documents.
    typer.echo("---\n".join(texts), nl=False)
    return 0


def _formats(wanted: Sequence[ProviderName], format_: str | None) -> dict[ProviderName, str]:
    """Give the format of each provider: the given format where the provider has that, else the default."""
    offered = {each: catalogue_of(each).permission_formats() for each in wanted}
    if format_ is None:
        return {each: formats[0] for each, formats in offered.items()}
    found = {each: format_ for each, formats in offered.items() if format_ in formats}
    if not found:
        known = "; ".join(f"{each}: {', '.join(formats)}" for each, formats in offered.items())
        raise BadInput(f"--format: {format_!r} is not a format of permissions ({known})")
    return found


def _needs(files: Sequence[str] | None, policy: str | None, mode: Mode | None) -> dict[ProviderName, list[PolicyNeeds]]:
    if not files:
        if policy is not None:
            raise BadInput("--policy selects a policy in files; add the files with -f")
        acts = mode is not Mode.AUDIT
        everything = PolicyNeeds((), acts, acts, acts, associated=True, backed_up=("*",))
        return {provider: [everything] for provider in ProviderName}
    context = CommandContext(files)
    declarations = context.declarations
    found: dict[ProviderName, list[PolicyNeeds]] = {}
    for name in context.policies(policy):
        for provider in _providers_of(declarations, name):
            found.setdefault(provider, []).append(_need_of(declarations.policies[name], mode))
    return found


def _providers_of(declarations: Declarations, policy: str) -> set[ProviderName]:
    names = accounts_of(compile_policies(declarations, policy))
    return {declarations.accounts[name].spec.provider for name in names}


def _need_of(policy: CleanupPolicy, mode: Mode | None) -> PolicyNeeds:
    spec = policy.spec
    acts = (mode or spec.mode) is Mode.ENFORCE
    rules = spec.rules
    tags = (
        rules.malformed is OnMalformed.FIX
        or rules.too_long is OnTooLong.SHORTEN
        or rules.missing_expiry is OnMissingExpiry.FIX
    )
    deletes = "Delete" in (rules.missing_expiry, rules.missing_owner, rules.untagged, rules.expired)
    return PolicyNeeds(
        kinds=spec.scope.kinds,
        acts=acts and (tags or deletes),
        tags=acts and tags,
        deletes=acts and deletes,
        associated=spec.associated is Associated.DELETE,
        backed_up=spec.backup.kinds if spec.backup is not None else (),
    )
