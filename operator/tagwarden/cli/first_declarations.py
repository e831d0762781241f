"""The declarations that `tagwarden init` writes: a file per account, and one policy in Audit for all accounts."""

import re
from collections.abc import Sequence
from string import Template
from textwrap import indent

import yaml

from tagwarden.model.policy import API_GROUP, API_VERSION
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.providers.base import AmbientAccount

POLICY = "owner-and-expiry"
"""The name of the policy."""
LONGEST_NAME = 63

_ACCOUNT = Template("""\
# $description
apiVersion: $version
kind: CloudAccount
metadata:
  name: $name
spec:
  provider: $provider
$environment
  interval: 1h # how often the operator reads the account
$block""")

_ENVIRONMENT = {
    Environment.TEST: "  environment: test # a policy in Enforce may delete here",
    Environment.STAGING: "  environment: staging # a policy in Enforce may delete here",
    Environment.PRODUCTION: (
        "  # In production no resource is deleted or shortened. Write `test` only if everything here may be deleted.\n"
        "  environment: production"
    ),
}

_POLICY = Template("""\
# Every resource names its owner and its expiry. Audit shows the findings and changes nothing.
# Next: review `tagwarden plan`, set the rules below to Delete one by one, and set mode to Enforce last.
apiVersion: $version
kind: CleanupPolicy
metadata:
  name: $name
spec:
  mode: Audit # Enforce acts: it corrects tags, shortens expiries, and deletes what the rules say
  schedule: "0 * * * *" # every hour, by the operator
  timeZone: UTC # of the schedule and of dates without an offset, such as Europe/Berlin
  scope:
    accounts:
      names: [$accounts]
    environments: [test, staging, production] # in production tags are corrected, and no resource is deleted
    # kinds: [instance, volume, namespace] # default: every kind; tagwarden kinds lists them
    exclude:
      - tags: {keep: "*"} # a resource with the tag `keep` stays as it is
  owner:
    key: owner
    aliases: [Owner, created-by]
$pattern
  expiry:
    key: expiration
    aliases: [expires, ttl]
    # dateOrder: DMY # how to read 01/02/2026; default: such a date is ambiguous
  lifetime:
    max: $max # from creation; a later expiry is shortened to this
    # default: $max # for a resource with an owner and no expiry; default: the maximum
    # weeklyCutoff: {weekday: Friday, time: "19:00"} # the earlier of the two limits applies
  rules:
    malformed: Fix # a tag with a typing error is corrected, and the original is kept
    missingExpiry: Fix # a resource with an owner and no expiry gets the default lifetime
    tooLong: Shorten
    untagged: Report # Delete: a resource without owner and expiry is deleted after the grace period
    expired: Report # Delete: a resource whose expiry has passed is deleted
    # irreplaceable: {kinds: [volume]} # default: untagged resources with data, keys or names are only reported
  # grace: {untagged: 2h, expired: 0s, repaired: 24h}
  # backup: {kinds: [volume, database], keep: 168h} # snapshots before a deletion, which expire by themselves
  # approval: Required # a person approves each plan with deletions
  limits: # a plan beyond them deletes nothing
    deletionsPerRun: 10
    deletionsPercent: 10
    deletionsPerHour: 20
""")


def object_name(text: str) -> str:
    """Give the nearest name that an object may have: lower-case letters, digits and hyphens, at most 63; or none."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_NAME].rstrip("-")


def account_text(name: str, provider: ProviderName, found: AmbientAccount, environment: Environment) -> str:
    """Give the YAML of the account."""
    return _ACCOUNT.substitute(
        version=f"{API_GROUP}/{API_VERSION}",
        name=_scalar(name),
        provider=provider,
        # A comment is one line, even if an alias or a context has several.
        description=f"{provider}: {' '.join(found.description.split())}",
        environment=_ENVIRONMENT[environment],
        block=indent(found.block, "  "),
    )


def policy_text(accounts: Sequence[str], owner_domain: str | None, max_lifetime: str) -> str:
    """Give the YAML of the policy; `max_lifetime` is a duration."""
    pattern = f"'^[a-z0-9._-]+(@{re.escape(owner_domain or 'example.com')})?$'"
    return _POLICY.substitute(
        version=f"{API_GROUP}/{API_VERSION}",
        name=POLICY,
        accounts=", ".join(map(_scalar, accounts)),
        pattern=f"    pattern: {pattern}" if owner_domain else f"    # pattern: {pattern} # which owners are valid",
        max=max_lifetime,
    )


def _scalar(name: str) -> str:
    """Quote a name that YAML would read as another type, such as `123` or `on`."""
    return str(yaml.safe_dump(name)).splitlines()[0]
