"""The AWS account of the ambient credentials: environment, profile, web identity or instance."""

from collections.abc import Mapping
from contextlib import suppress

from tagwarden.errors import CredentialsInvalid, ProviderError
from tagwarden.model.account import AwsAccount
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients
from tagwarden.providers.aws.errors import LOG_IN, ours
from tagwarden.providers.base import AmbientAccount

_ANY_ACCOUNT = "000000000000"  # the response names the account
_BLOCK = """\
aws:
  accountID: "{account}"
  # regions: [{region}] # default: every enabled region of the account
  # roleARN: arn:{partition}:iam::{account}:role/tagwarden # default: the identity of whoever runs tagwarden
"""


def ambient_account(environ: Mapping[str, str]) -> AmbientAccount:
    """Get the account from STS, and its alias from IAM where `iam:ListAccountAliases` is allowed."""
    try:
        with ours("sts:GetCallerIdentity"):
            calls = Calls(Clients(AwsAccount(account_id=_ANY_ACCOUNT), None, environ))
        home = calls.clients.home_region
        caller = calls.call("sts", home, "GetCallerIdentity", {})
    except CredentialsInvalid as error:
        problem = "no credentials found" if error.code == "NoCredentialsError" else str(error).rstrip(".")
        raise CredentialsInvalid(f"{problem}; {LOG_IN}") from error
    account, arn = str(caller["Account"]), str(caller["Arn"])
    alias = _alias_of(calls)
    return AmbientAccount(
        name=alias or f"aws-{account}",
        description=f"account {account}{f' ({alias})' if alias else ''}, as {arn}",
        block=_BLOCK.format(account=account, region=home, partition=arn.split(":")[1]),
    )


def _alias_of(calls: Calls) -> str:
    """Give the alias of the account; empty where it has none or it is unreadable."""
    with suppress(ProviderError):
        answer = calls.call("iam", calls.clients.global_region, "ListAccountAliases", {})
        return next(iter(answer.get("AccountAliases") or ()), "")
    return ""
