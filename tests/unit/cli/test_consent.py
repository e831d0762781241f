"""Who runs `apply` is told where it acts, and nothing that deletes goes on without a word."""

from collections.abc import Callable

import pytest
import typer

from tagwarden.cli.consent import Effect, obtain_consent
from tagwarden.errors import BadInput

DELETES = Effect("aws-dev", "test", "123456789012", 3, 1)
TAGS = Effect("aws-web", "test", "210987654321", 0, 2)


def ask(
    *effects: Effect,
    yes: bool = False,
    confirmed: tuple[str, ...] = (),
    is_terminal: bool = False,
    show: Callable[[], None] = lambda: None,
) -> None:
    obtain_consent(effects, yes=yes, confirmed=confirmed, is_terminal=is_terminal, show=show)


def test_an_account_is_named_with_what_it_is_for_and_the_counts() -> None:
    """Only those that are not nothing."""
    assert "aws-dev (test, 123456789012): 3 deletions, 1 tag change" == str(DELETES)
    assert "aws-web (test, 210987654321): 2 tag changes" == str(TAGS)


def test_deletions_need_a_word_where_nobody_can_be_asked() -> None:
    """Changes of tags do not: they can be put back."""
    ask(TAGS)
    ask(DELETES, TAGS, yes=True)
    ask(DELETES, TAGS, confirmed=("aws-dev",))
    with pytest.raises(
        BadInput, match=r"no terminal to ask at: aws-dev \(test, 123456789012\): 3 deletions.*add --yes"
    ):
        ask(DELETES, TAGS)


@pytest.mark.parametrize(("yes", "is_terminal"), [(False, False), (True, False), (False, True), (True, True)])
def test_an_account_that_was_not_expected_is_refused_whoever_says_yes(yes: bool, is_terminal: bool) -> None:
    """The names are what was meant."""
    with pytest.raises(BadInput, match="--confirm-account names aws-web, but the plan also deletes in aws-dev"):
        ask(DELETES, TAGS, yes=yes, confirmed=("aws-web",), is_terminal=is_terminal)


def test_at_a_terminal_it_is_shown_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """And asked about tags too."""
    told: list[str] = []
    monkeypatch.setattr(typer, "confirm", lambda text, **_: told.append(text))

    ask(TAGS, is_terminal=True, show=lambda: told.append("shown"))

    assert ["shown", "Carry out these changes?"] == told


def test_a_name_is_typed_for_each_account_that_loses_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong name is a no."""
    other = Effect("aws-old", "test", "333333333333", 1, 0)
    typed = iter(["aws-dev", " aws-old ", "aws-dev", "aws-web"])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(typed))

    ask(DELETES, TAGS, other, confirmed=("aws-dev", "aws-old"), is_terminal=True)
    with pytest.raises(typer.Abort):
        ask(DELETES, other, confirmed=("aws-dev", "aws-old"), is_terminal=True)


def test_nothing_to_do_asks_nothing() -> None:
    """Neither here nor there."""
    ask()
    ask(is_terminal=True)
