"""`tagwarden tag check`: how tags are parsed, repaired and shortened, and why. No account is read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from tagwarden.cli import options
from tagwarden.cli.context import now_utc
from tagwarden.cli.options import Output, parse_now
from tagwarden.cli.output import answer, console
from tagwarden.errors import BadInput
from tagwarden.judging import CompiledPolicy, TaggedResource, TagJudgement, compile_policy, judge_tags
from tagwarden.model.policy import AccountSelector, CleanupPolicy, CleanupPolicySpec, Scope
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.model.tags import Tags
from tagwarden.pipeline import Declarations, load_declarations
from tagwarden.tagging import TagDescription, TagPlace, describe_tags, encode_instant, parse_known_owners, place_of

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, help=__doc__
)

_EXAMPLE = "example"
_KINDS: Mapping[ProviderName, tuple[str, str]] = {
    ProviderName.AWS: ("aws_ec2_instance", "instance"),
    ProviderName.GCP: ("gcp_compute_instance", "instance"),
    ProviderName.KUBERNETES: ("k8s_deployment", "workload"),
}
"""Kind and category of the example resource of each provider."""


@app.callback()
def tag() -> None:
    """Check tags."""


# A line with only \b preserves the following lines.
@app.command(
    help="Show how tags are parsed and repaired, and a policy's verdict on them.\n\n\b\n"
    'tagwarden tag check owner=alice "expiration=friday 7pm"\n'
    "tagwarden tag check Owner=alice ttl=7d -f examples/ --created 2026-09-01T09:00:00Z"
)
def check(
    tags: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="The tags of one resource.")],
    *,
    file: Annotated[
        list[str] | None,
        typer.Option("--policy", "-f", help="File or folder with the policy; default: a policy with default values."),
    ] = None,
    policy_name: Annotated[
        str | None, typer.Option("--policy-name", help="Name of the policy, when the files hold several.")
    ] = None,
    created: Annotated[
        str | None, typer.Option("--created", help="Creation time of the resource (RFC 3339); default: an hour ago.")
    ] = None,
    now: Annotated[str | None, typer.Option("--now", help="Time of the check (RFC 3339).")] = None,
    provider: Annotated[ProviderName, typer.Option("--provider", help="Provider of the resource.")] = ProviderName.AWS,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="Kubernetes label KEY=VALUE; labels are read and never changed.")
    ] = None,
    output: options.OutputFormat = Output.TABLE,
) -> int:
    """Show how tags are parsed and repaired, and a policy's verdict."""
    at = parse_now(now) or now_utc()
    born = _created(created, at)
    labels = _pairs(label or [])
    if labels and provider is not ProviderName.KUBERNETES:
        raise BadInput("--label: only Kubernetes resources have labels; add --provider Kubernetes")
    found = Tags.known({**labels, **_pairs(tags)}, frozenset(labels.keys() - _pairs(tags).keys()))
    declared = load_declarations(file) if file else Declarations()
    policy = _compiled(_choose(declared, policy_name), declared)
    answered = _Answer(policy, provider, born, at, found)
    if output is Output.TABLE:
        _show(answered)
    else:
        answer(answered.as_json(), output)
    return 0


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise BadInput(f"{text!r} is not a tag; write KEY=VALUE, quoted if it contains spaces")
        if not _is_unicode(text):
            raise BadInput(f"{text!r} is not valid UTF-8; tags must be UTF-8")
        if key in pairs:
            raise BadInput(f"{key} is given twice; give each key once")
        pairs[key] = value
    return pairs


def _is_unicode(text: str) -> bool:
    """Whether the text can be encoded: Python decodes bytes that are not UTF-8 as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _created(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now - timedelta(hours=1)
    try:
        created = parse_now(text)
    except BadInput as error:
        raise BadInput(str(error).replace("--now", "--created", 1)) from None
    return created or now


def _choose(declared: Declarations, name: str | None) -> CleanupPolicy:
    """Choose the named policy, the only policy, or the defaults where no file was given."""
    policies = declared.policies
    if name is not None:
        if name not in policies:
            raise BadInput(f"--policy-name: no policy {name}; there are: {', '.join(policies) or 'none'}")
        return policies[name]
    if len(policies) > 1:
        raise BadInput(f"the files hold several policies; add --policy-name with one of {', '.join(policies)}")
    return next(
        iter(policies.values()),
        CleanupPolicy(
            name="defaults", spec=CleanupPolicySpec(scope=Scope(accounts=AccountSelector(names=(_EXAMPLE,))))
        ),
    )


def _compiled(policy: CleanupPolicy, declared: Declarations) -> CompiledPolicy:
    """Compile the policy for one example resource in a test account, without the scope."""
    scope = Scope(accounts=AccountSelector(names=(_EXAMPLE,)), environments=(Environment.TEST,))
    aimed = policy.model_copy(update={"spec": policy.spec.model_copy(update={"scope": scope, "suspend": False})})
    known = policy.spec.owner.known
    if known is None:
        return compile_policy(aimed)
    reference = known.config_map
    text = declared.config_maps.get(reference.name, {}).get(reference.key)
    if text is None:
        raise BadInput(
            f"CleanupPolicy {policy.name}: the ConfigMap {reference.name} with key {reference.key}, which lists the "
            "known owners, is not in the files; add its file with another --policy"
        )
    return compile_policy(aimed, parse_known_owners(text))


class _Answer:
    """The results: each single tag, and the policy's judgement of all tags."""

    def __init__(
        self, policy: CompiledPolicy, provider: ProviderName, created: datetime, now: datetime, tags: Tags
    ) -> None:
        self.policy = policy
        self.provider = provider
        self.created = created
        self.now = now
        self.tags = tags
        self.lines: tuple[TagDescription, ...] = describe_tags(tags, provider, created, policy.tag_rules)
        self.judgement = _judge(policy, provider, created, now, tags)

    @property
    def tags_after(self) -> Mapping[str, str]:
        """The tags after repair."""
        changes = self.judgement.changes
        return self.tags.values if changes is None else changes.applied_to(self.tags.values)

    def instant(self, moment: datetime | None) -> str | None:
        """Format a time as RFC 3339 in UTC."""
        return None if moment is None else encode_instant(moment, TagPlace.AWS_TAG)

    def as_json(self) -> dict[str, Any]:
        """Give the results as JSON values."""
        judgement = self.judgement
        changes = judgement.changes
        return {
            "policy": self.policy.name,
            "provider": self.provider.value,
            "place": place_of(self.provider).value,
            "created": self.instant(self.created),
            "now": self.instant(self.now),
            "tags": [
                {
                    "key": line.key,
                    "value": line.value,
                    "states": line.states and line.states.value,
                    "keyIs": line.key_is,
                    "form": line.form or None,
                    "means": line.means or None,
                    "reason": line.reason and line.reason.value,
                    "message": line.problem or None,
                }
                for line in self.lines
            ],
            "owner": judgement.owner,
            "expires": self.instant(judgement.expires),
            "allowedUntil": self.instant(self.judgement.allowed_until),
            "verdict": judgement.verdict.value,
            "findings": [{"reason": each.reason.value, "message": each.message} for each in judgement.findings],
            "repairs": [
                {
                    "before": each.before and {"key": each.before[0], "value": each.before[1]},
                    "after": {"key": each.after[0], "value": each.after[1]},
                    "rule": each.rule.value,
                    "confidence": each.confidence.value,
                }
                for each in judgement.repairs
            ],
            "changes": {"set": dict(changes.set), "remove": list(changes.remove)} if changes else None,
            "tagsAfter": dict(self.tags_after),
        }


def _judge(
    policy: CompiledPolicy, provider: ProviderName, created: datetime, now: datetime, tags: Tags
) -> TagJudgement:
    kind, category = _KINDS[provider]
    found = judge_tags(policy, TaggedResource(provider, kind, category, Environment.TEST, tags, created), now)
    if found is None:
        raise BadInput(f"CleanupPolicy {policy.name}: the policy does not govern a resource with these tags")
    return found


def _show(answered: _Answer) -> None:
    screen = console()
    judgement = answered.judgement
    table = Table("Tag", "Key", "Means", "Why", box=None, pad_edge=False)
    for line in answered.lines:
        means = line.means or ("[bold yellow]unreadable[/bold yellow]" if line.problem else "-")
        why = line.problem or (f"form: {line.form}" if line.form else "")
        table.add_row(f"{_plain(line.key)}={_plain(line.value)}", _plain(line.key_is), means, _plain(why))
    screen.print(table)
    screen.print()
    summary = Table("", "", box=None, pad_edge=False, show_header=False)
    summary.add_row("Policy", f"{_plain(answered.policy.name)} ({answered.policy.spec.time_zone})")
    summary.add_row("Created", answered.instant(answered.created))
    summary.add_row("Allowed until", answered.instant(judgement.allowed_until) or "no maximum")
    summary.add_row("Owner", _plain(judgement.owner or "-"))
    summary.add_row("Expires", answered.instant(judgement.expires) or "-")
    summary.add_row("Verdict", f"[bold]{judgement.verdict}[/bold]")
    screen.print(summary)
    for finding in judgement.findings:
        screen.print(f"  {finding.reason}: {_plain(finding.message)}")
    changes = judgement.changes
    if changes:
        screen.print("\nTags after repair")
        for key, value in answered.tags_after.items():
            mark = "[green]+[/green]" if changes.set.get(key) == value else " "
            screen.print(f"  {mark} {_plain(key)}={_plain(value)}")
        for key in changes.remove:
            screen.print(f"  [red]-[/red] {_plain(key)}")
    elif judgement.changes is None or not judgement.changes:
        screen.print("\nThe tags need no repair.")


def _plain(text: str) -> str:
    """Escape markup and terminal control sequences in user input."""
    shown = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return shown.replace("[", "\\[")
