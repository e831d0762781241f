"""`tagwarden init`: writes the first account and policy, from the identity at hand."""

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tagwarden.cli import options
from tagwarden.cli.context import duration_of
from tagwarden.cli.first_declarations import LONGEST_NAME, POLICY, account_text, object_name, policy_text
from tagwarden.cli.progress import report_progress
from tagwarden.errors import BadInput, ProviderError
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.providers.base import Access, AmbientAccount
from tagwarden.providers.registry import catalogue_of

POLICY_FILE = "policy.yaml"

_DOMAIN = re.compile(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the files; it is created.")]
ProviderChoice = Annotated[
    ProviderName | None,
    typer.Option("--provider", help="Only this provider. Default: each provider with an identity at hand."),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name", help="Name of the account. Default: the alias or project of the account, or the kubeconfig context."
    ),
]
EnvironmentChoice = Annotated[
    Environment | None,
    typer.Option(
        "--environment", help="Environment of the accounts. Default: asked at a terminal, otherwise production."
    ),
]
OwnerDomain = Annotated[
    str | None, typer.Option("--owner-domain", metavar="DOMAIN", help="Mail domain of valid owners: example.com.")
]
MaxLifetime = Annotated[
    str, typer.Option("--max-lifetime", metavar="DURATION", help="Longest lifetime of a resource, from its creation.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


@dataclass(frozen=True, slots=True)
class _Found:
    """One account to declare."""

    provider: ProviderName
    name: str
    account: AmbientAccount


def init(
    folder: Folder = Path("tagwarden"),
    provider: ProviderChoice = None,
    name: Name = None,
    environment: EnvironmentChoice = None,
    owner_domain: OwnerDomain = None,
    max_lifetime: MaxLifetime = "48h",
    *,
    force: Force = False,
    kubeconfig: options.Kubeconfig = None,
) -> int:
    r"""Write an account and a policy from the identity at hand. The policy is in Audit and changes no resource.

    \b
    tagwarden init
    tagwarden init dev/ --provider AWS --environment test --owner-domain example.com
    tagwarden plan -f tagwarden/

    Identities are your AWS credentials or profile, your Google Cloud application default credentials, and the current
    kubeconfig context. Accounts are production unless you say otherwise: no resource of a production account is
    deleted or shortened.
    """
    _check(name, owner_domain, max_lifetime)
    found = _named(_at_hand(provider, Access(kubeconfig)), name)
    files = [folder / POLICY_FILE, *(folder / f"account-{each.name}.yaml" for each in found)]
    existing = [str(file) for file in files if file.exists()]
    if existing and not force:
        raise BadInput(f"{', '.join(existing)}: already exists; name another folder, or replace it with --force")
    for each in found:
        report_progress(f"{each.provider}: {each.account.description}")
    texts = [
        policy_text([each.name for each in found], owner_domain, max_lifetime),
        *(account_text(each.name, each.provider, each.account, environment or _asked(each.name)) for each in found),
    ]
    _write(folder, dict(zip(files, texts, strict=True)), may_replace=force)
    _show_next_steps(folder, found)
    return 0


def _check(name: str | None, owner_domain: str | None, max_lifetime: str) -> None:
    """Check the options before any request is sent."""
    if name is not None and name != object_name(name):
        raise BadInput(f"--name: {name!r} is not a name; write up to {LONGEST_NAME} lower-case letters, digits and -")
    if owner_domain is not None and not _DOMAIN.fullmatch(owner_domain):
        raise BadInput(f"--owner-domain: {owner_domain!r} is not a domain; write one such as example.com")
    if not duration_of("--max-lifetime", max_lifetime):
        raise BadInput("--max-lifetime: must be at least 1s; write a duration such as 48h")


def _at_hand(provider: ProviderName | None, access: Access) -> list[tuple[ProviderName, AmbientAccount]]:
    """Give the account of each identity; a provider's failure is reported if another provider has an identity."""
    found: list[tuple[ProviderName, AmbientAccount]] = []
    lacking: list[str] = []
    for each in [provider] if provider else ProviderName:
        try:
            found.append((each, catalogue_of(each).ambient_account(access, os.environ)))
        except ProviderError as error:
            lacking.append(f"{each}: {error}")
    if not found:
        raise BadInput("no identity at hand, so no files were written: " + ". ".join(lacking))
    for line in lacking:
        report_progress(f"skipped {line}")
    return found


def _named(found: Sequence[tuple[ProviderName, AmbientAccount]], name: str | None) -> list[_Found]:
    """Give each account the name of the option, or a suggested one that no other account has."""
    if name is not None and len(found) > 1:
        raise BadInput(f"--name names one account, but there are {len(found)}; add --provider {found[0][0]}")
    suggested = [name or object_name(account.name) or provider.lower() for provider, account in found]
    return [
        _Found(provider, own if suggested.count(own) == 1 else f"{own}-{provider.lower()}", account)
        for own, (provider, account) in zip(suggested, found, strict=True)
    ]


def _asked(name: str) -> Environment:
    """Ask at a terminal for the environment of an account; production without a terminal."""
    if not sys.stdin.isatty():
        return Environment.PRODUCTION
    answer: Environment = typer.prompt(
        f"Environment of {name}; in production no resource is deleted",
        default=Environment.PRODUCTION,
        value_proc=_environment_of,
        err=True,
    )
    return answer


def _environment_of(text: str) -> Environment:
    try:
        return Environment(text.strip().lower())
    except ValueError:
        raise typer.BadParameter(f"write {', '.join(Environment)}") from None


def _write(folder: Path, texts: Mapping[Path, str], *, may_replace: bool) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            with file.open("w" if may_replace else "x", encoding="utf-8") as opened:
                opened.write(text)
    except OSError as error:
        raise BadInput(f"{error.filename}: cannot write: {error.strerror}") from error


def _show_next_steps(folder: Path, found: Sequence[_Found]) -> None:
    arguments = dict.fromkeys(argument for each in found for argument in each.account.arguments)
    named = shlex.quote(str(folder))
    for each in found:
        typer.echo(f"wrote {folder / f'account-{each.name}.yaml'}: CloudAccount {each.name}")
    typer.echo(f"wrote {folder / POLICY_FILE}: CleanupPolicy {POLICY}, mode Audit")
    typer.echo("\nNext:")
    typer.echo(f"  tagwarden validate -f {named}")
    typer.echo(f"  {' '.join(('tagwarden plan -f', named, *arguments))}   # reads, and changes nothing")
    typer.echo(f"  edit {folder / POLICY_FILE}: its comments say what to change next")
