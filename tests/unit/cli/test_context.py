"""What a command works with besides its declarations."""

from pathlib import Path

import pytest

from tagwarden.cli.context import CommandContext
from tagwarden.enforcing import EnforceSettings
from tagwarden.errors import BadInput
from tagwarden.settings import Settings


def test_a_mistake_in_the_usual_price_list_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prices decide nothing; whoever names a list wants its costs, and is told what is wrong with it."""
    broken = tmp_path / "prices.csv"
    broken.write_text("provider,region,kind,item,unit,usd\nAWS,eu-central-1,aws_ec2_instance,m5.large,hour,cheap\n")
    monkeypatch.setenv("TAGWARDEN_PRICES", str(broken))

    assert CommandContext(["all.yaml"]).prices is None
    assert f"tagwarden: {broken}:2: " in capsys.readouterr().err
    with pytest.raises(BadInput, match=r"prices\.csv:2: "):
        _ = CommandContext(["all.yaml"], price_list=broken).prices


def test_every_way_to_act_has_the_same_usual_pace() -> None:
    """The setting of the operator, the option, and what the executor itself takes."""
    assert (
        Settings().calls_per_second
        == EnforceSettings().calls_per_second
        == CommandContext(["all.yaml"]).pace.calls_per_second
    )


def test_without_any_price_list_costs_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is said of it here."""
    monkeypatch.delenv("TAGWARDEN_PRICES", raising=False)

    assert CommandContext(["all.yaml"]).prices is None
