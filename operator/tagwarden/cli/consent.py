"""Asks before anything is carried out: where it will happen, how much of it, and whether that is wanted."""

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
    """What will be done in one account.

    `deletions` counts all that goes, also what the vendor deletes along with it; `changes` counts writes of tags.
    `environment` and `identity` say in words which account that is.
    """

    account: str
    environment: str
    identity: str
    deletions: int
    changes: int

    def __str__(self) -> str:
        counts = ((self.deletions, "deletion", "deletions"), (self.changes, "change of tags", "changes of tags"))
        told = ", ".join(f"{count} {one if count == 1 else several}" for count, one, several in counts if count)
        return f"{self.account} ({self.environment}, {self.identity}): {told}"


def effects_of(passes: Iterable[Pass], declarations: Declarations) -> tuple[Effect, ...]:
    """Count for each account, in the order of names, what carrying out these passes will do there."""
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
) -> None:
    """Return only if somebody wants this: who runs the command at a terminal, or who wrote it with `--yes`.

    `confirmed` are the accounts in which deletions are expected; where any is given, no other may be concerned, and at
    a terminal their names have to be typed. `show` shows what is asked about. Raises BadInput where nobody could be
    asked or another account is concerned, typer.Abort where the answer is no.
    """
    deleting = [effect for effect in effects if effect.deletions]
    if confirmed:
        _refuse_others(deleting, confirmed)
    if yes or not effects:
        return
    if not is_terminal:
        if deleting and not confirmed:
            raise BadInput(
                f"this would delete in {'; '.join(map(str, deleting))}, and without a terminal nobody can be asked:"
                " nothing was done. See it with tagwarden plan, then add --yes"
            )
        return
    show()
    typer.echo("This will be done in", err=True)
    for effect in effects:
        typer.echo(f"  {effect}", err=True)
    if confirmed and deleting:
        for effect in deleting:
            _type_name(effect)
    else:
        typer.confirm("Carry it out?", abort=True, err=True)


def _type_name(effect: Effect) -> None:
    prompt = f"Type the name of the account {effect.account} to carry it out"
    if typer.prompt(prompt, err=True, default="", show_default=False).strip() != effect.account:
        raise typer.Abort


def _refuse_others(deleting: Iterable[Effect], confirmed: Sequence[str]) -> None:
    others = [effect for effect in deleting if effect.account not in confirmed]
    if others:
        raise BadInput(
            f"--confirm-account names {', '.join(confirmed)}, but this would delete in {'; '.join(map(str, others))}:"
            " nothing was done"
        )


def _acts(made: Pass, annotations: Mapping[str, str]) -> bool:
    """Whether carrying it out may do anything: not in Audit, and not while it waits for its approval."""
    spec = made.decision.policy_set.policy.spec
    if spec.mode is not Mode.ENFORCE or spec.suspend:
        return False
    return spec.approval is Approval.NONE or not made.plan.deletes or bool(annotations.get(APPROVED_PLAN))


def _may_delete(made: Pass) -> bool:
    """Whether a limit leaves any deletion; the plan that was approved may be another one, so it is not asked."""
    return made.plan.stopped is None or made.decision.policy_set.policy.spec.approval is Approval.REQUIRED


def _whose(made: Pass, account: str) -> tuple[str, str]:
    """Say what an account is for and who it really is, as far as that is known."""
    compiled = made.decision.policy_set.accounts.get(account)
    snapshot = made.decision.world.snapshots.get(account)
    environment = str(compiled.account.spec.environment) if compiled else "not declared"
    return environment, snapshot.identity.account if snapshot else "identity unknown"
