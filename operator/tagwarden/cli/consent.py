"""Asks for confirmation before a plan is carried out, with the number of changes per account."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import typer

from tagwarden.errors import BadInput
from tagwarden.model.plan import ActionType
from tagwarden.model.policy import APPROVED_PLAN, Approval, Mode
from tagwarden.pipeline import Declarations, Pass


@dataclass(frozen=True, slots=True)
class Effect:
    """The changes planned in one account.

    `deletions` counts every resource to be deleted, including resources that the vendor deletes along; `changes` counts
    tag writes. `environment` and `identity` describe the account in words.
    """

    account: str
    environment: str
    identity: str
    deletions: int
    changes: int

    def __str__(self) -> str:
        counts = ((self.deletions, "deletion", "deletions"), (self.changes, "tag change", "tag changes"))
        told = ", ".join(f"{count} {one if count == 1 else several}" for count, one, several in counts if count)
        return f"{self.account} ({self.environment}, {self.identity}): {told}"


def effects_of(passes: Iterable[Pass], declarations: Declarations) -> tuple[Effect, ...]:
    """Count the planned changes of these passes per account, sorted by account name."""
    deletions: Counter[str] = Counter()
    changes: Counter[str] = Counter()
    whose: dict[str, tuple[str, str]] = {}
    for made in passes:
        if not _acts(made, declarations.annotations.get(made.plan.policy, {})):
            continue
        for planned in made.plan.resources:
            account = planned.resource.account
            deletions[account] += planned.goes and _may_delete(made)
            changes[account] += any(action.type is ActionType.SET_TAGS for action in planned.actions)
            whose.setdefault(account, _whose(made, account))
    concerned = sorted((+deletions).keys() | (+changes).keys())
    return tuple(Effect(name, *whose[name], deletions[name], changes[name]) for name in concerned)


def obtain_consent(
    effects: Sequence[Effect],
    *,
    yes: bool,
    confirmed: Sequence[str],
    is_terminal: bool,
    show: Callable[[], None],
) -> bool:
    """Return only after a confirmation, at the terminal or by `--yes`. Gives whether the plans were shown for that.

    `confirmed` are the accounts in which deletions are expected; if any is given, deletions in other accounts are
    refused and, at a terminal, each account name must be typed. `show` prints the plans in question. Raises BadInput
    when a question needs a terminal or another account has deletions, typer.Abort for the answer no.
    """
    deleting = [effect for effect in effects if effect.deletions]
    if confirmed:
        _refuse_others(deleting, confirmed)
    if yes or not effects:
        return False
    if not is_terminal:
        if deleting and not confirmed:
            raise BadInput(
                f"deletions need confirmation, and there is no terminal to ask at: {'; '.join(map(str, deleting))};"
                " no changes were made. Review the plan with tagwarden plan, then add --yes"
            )
        return False
    show()
    typer.echo("Planned changes:", err=True)
    for effect in effects:
        typer.echo(f"  {effect}", err=True)
    if confirmed and deleting:
        for effect in deleting:
            _type_name(effect)
    else:
        typer.confirm("Carry out these changes?", abort=True, err=True)
    return True


def _type_name(effect: Effect) -> None:
    prompt = f"Type the account name {effect.account} to confirm"
    if typer.prompt(prompt, err=True, default="", show_default=False).strip() != effect.account:
        raise typer.Abort


def _refuse_others(deleting: Iterable[Effect], confirmed: Sequence[str]) -> None:
    others = [effect for effect in deleting if effect.account not in confirmed]
    if others:
        raise BadInput(
            f"--confirm-account names {', '.join(confirmed)}, but the plan also deletes in"
            f" {'; '.join(map(str, others))}; no changes were made"
        )


def _acts(made: Pass, annotations: Mapping[str, str]) -> bool:
    """Whether the pass may change anything: not in Audit, and not while the plan waits for approval."""
    spec = made.decision.policy_set.policy.spec
    if spec.mode is not Mode.ENFORCE or spec.suspend:
        return False
    return spec.approval is Approval.NONE or not made.plan.deletes or bool(annotations.get(APPROVED_PLAN))


def _may_delete(made: Pass) -> bool:
    """Whether a limit allows any deletion; approvals are ignored, since an approval may name another plan."""
    return made.plan.stopped is None or made.decision.policy_set.policy.spec.approval is Approval.REQUIRED


def _whose(made: Pass, account: str) -> tuple[str, str]:
    """Describe the environment and the verified identity of an account, as far as known."""
    compiled = made.decision.policy_set.accounts.get(account)
    snapshot = made.decision.world.snapshots.get(account)
    environment = str(compiled.account.spec.environment) if compiled else "not declared"
    return environment, snapshot.identity.account if snapshot else "identity unknown"
