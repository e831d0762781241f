"""`tagwarden permissions`: the least IAM and RBAC permissions for a set of policies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any

import orjson
import typer
import yaml

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext
from tagwarden.cli.kinds import PROVIDERS, KindRow, kind_rows
from tagwarden.errors import BadInput
from tagwarden.model.policy import Associated, CleanupPolicy, Mode, OnMalformed, OnMissingExpiry, OnTooLong
from tagwarden.model.resource import ProviderName
from tagwarden.pipeline import Declarations, accounts_of, compile_policies
from tagwarden.providers import aws, kubernetes

CLUSTER_ROLE = "tagwarden-resources"

ProviderChoice = Annotated[
    ProviderName | None,
    typer.Option("--provider", help="AWS: an IAM policy. Kubernetes: a ClusterRole. Default: both."),
]
ModeChoice = Annotated[Mode | None, typer.Option("--mode", help="Audit only reads. Default: the mode of each policy.")]


@dataclass(frozen=True, slots=True)
class Need:
    """The actions of one policy on resources of one provider, as globs of kinds and categories; none: all."""

    globs: tuple[str, ...]
    acts: bool
    tags: bool
    deletes: bool
    associated: bool
    """Whether dependents are deleted with a resource, regardless of their kind."""
    kept: tuple[str, ...] = ()
    """Resources backed up before deletion, as globs of kinds and categories."""


def permissions(
    files: options.OptionalFiles = None,
    policy: options.PolicyName = None,
    provider: ProviderChoice = None,
    mode: ModeChoice = None,
) -> int:
    r"""Print the least permissions that the credentials need: an IAM policy as JSON, a ClusterRole as YAML.

    \b
    tagwarden permissions -f examples/ --provider AWS > iam-policy.json
    tagwarden permissions -f examples/ --provider Kubernetes | kubectl apply -f -
    tagwarden permissions --mode Audit --provider AWS

    Every kind is read regardless of the policies, since a deletion must know its dependents. Writes cover only the
    kinds in the scope of a policy in Enforce, and only the tags, backups and deletions that its rules allow. Without
    files, the output covers a policy for all kinds.
    """
    needs = _needs(files, policy, mode)
    wanted = [provider] if provider else [each for each in PROVIDERS if needs.get(each)]
    if not wanted:
        raise BadInput("the policies cover no account of a provider that needs permissions; name one with --provider")
    texts = []
    for each in wanted:
        if each is ProviderName.AWS:
            texts.append(orjson.dumps(iam_policy(needs.get(each, [])), option=orjson.OPT_INDENT_2).decode() + "\n")
        elif each is ProviderName.KUBERNETES:
            texts.append(yaml.safe_dump(cluster_role(needs.get(each, [])), sort_keys=False))
        else:
            raise BadInput(f"--provider: this version has no provider for {each}; write AWS or Kubernetes")
    # JSON is YAML: the output for both providers is still one stream of YAML documents.
    typer.echo("---\n".join(texts), nl=False)
    return 0


def iam_policy(needs: Sequence[Need]) -> dict[str, Any]:
    """Give the IAM policy for the actions of policies, on all resources: tags, regions and names are not limited."""
    rows = [row for row in kind_rows() if row.provider is ProviderName.AWS]
    can_delete = {row.kind for row in rows if row.can_delete}
    tagged: set[str] = set()
    deleted: set[str] = set()
    kept: set[str] = set()
    for need in needs:
        chosen = {row.kind for row in _chosen(rows, need.globs)}
        if need.tags:
            tagged |= chosen
        if need.deletes:
            going = chosen | aws.belongings_of(chosen)
            deleted |= (going if need.associated else chosen) & can_delete
            # Resources that the vendor deletes along are backed up too, whether or not we would delete them.
            kept |= going & {row.kind for row in _chosen(rows, need.kept) if row.can_back_up} if need.kept else set()
    statements = [
        *aws.permissions(None, aws.AUDIT),
        *(aws.permissions(sorted(tagged), {aws.Access.TAG}) if tagged else ()),
        *(aws.permissions(sorted(deleted), {aws.Access.DELETE, aws.Access.UNDO}) if deleted else ()),
        *(aws.permissions(sorted(kept), {aws.Access.BACKUP}) if kept else ()),
    ]
    return {"Version": "2012-10-17", "Statement": [statement.as_json() for statement in statements]}


def cluster_role(needs: Sequence[Need]) -> dict[str, Any]:
    """Give the ClusterRole for the actions of policies in clusters declared as accounts."""
    acting = [need for need in needs if need.acts]
    globs = sorted({glob for need in acting for glob in need.globs or ("*",)})
    associated = any(need.deletes and need.associated for need in acting)
    rules = kubernetes.permissions(globs, enforce=bool(acting), associated=associated)
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": CLUSTER_ROLE},
        "rules": [rule.as_manifest() for rule in rules],
    }


def _needs(files: Sequence[str] | None, policy: str | None, mode: Mode | None) -> dict[ProviderName, list[Need]]:
    if not files:
        if policy is not None:
            raise BadInput("--policy selects a policy in files; add the files with -f")
        acts = mode is not Mode.AUDIT
        return {
            provider: [Need((), acts, acts, acts, associated=True, kept=("*",))]
            for provider in (ProviderName.AWS, ProviderName.KUBERNETES)
        }
    context = CommandContext(files)
    declarations = context.declarations
    found: dict[ProviderName, list[Need]] = {}
    for name in context.policies(policy):
        for provider in _providers_of(declarations, name):
            found.setdefault(provider, []).append(_need_of(declarations.policies[name], mode))
    return found


def _providers_of(declarations: Declarations, policy: str) -> set[ProviderName]:
    names = accounts_of(compile_policies(declarations, policy))
    return {declarations.accounts[name].spec.provider for name in names}


def _need_of(policy: CleanupPolicy, mode: Mode | None) -> Need:
    spec = policy.spec
    acts = (mode or spec.mode) is Mode.ENFORCE
    rules = spec.rules
    tags = (
        rules.malformed is OnMalformed.FIX
        or rules.too_long is OnTooLong.SHORTEN
        or rules.missing_expiry is OnMissingExpiry.FIX
    )
    deletes = "Delete" in (rules.missing_expiry, rules.missing_owner, rules.untagged, rules.expired)
    return Need(
        globs=spec.scope.kinds,
        acts=acts and (tags or deletes),
        tags=acts and tags,
        deletes=acts and deletes,
        associated=spec.associated is Associated.DELETE,
        kept=spec.backup.kinds if spec.backup is not None else (),
    )


def _chosen(rows: Iterable[KindRow], globs: Sequence[str]) -> list[KindRow]:
    if not globs:
        return [row for row in rows if row.can_delete]
    return [
        row for row in rows if any(fnmatchcase(row.kind, glob) or fnmatchcase(row.category, glob) for glob in globs)
    ]
