"""Price lists are plain files that people may write by hand: each mistake is named with its line."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.errors import BadInput
from tagwarden.inventory import load_prices, write_prices
from tagwarden.model.billing import Charge, Unit
from tagwarden.model.prices import Price, PriceKey
from tagwarden.model.resource import ProviderName
from tests.support.builders import a_resource

HEAD = "provider,region,kind,item,unit,usd\n"
LINE = "AWS,eu-central-1,aws_ec2_volume,gp3,GiB-month,0.0952\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prices.csv"


def test_a_price_is_found_again(file: Path) -> None:
    """By provider, region, kind, item and unit; blank lines and the mark of spreadsheets do no harm."""
    file.write_text(f"\ufeff{HEAD}{LINE}\n{LINE}", encoding="utf-8")
    volume = a_resource(kind="aws_ec2_volume", billing=(Charge("gp3", Unit.GIB_MONTH, 100.0),))

    assert load_prices(file).cost_of(volume) == 9.52


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a price list, whose first line is provider,region,kind,item,unit,usd; see tagwarden prices"),
        (LINE, "not a price list"),
        (f"{HEAD}{LINE}AWS,eu-central-1,gp3\n", ":3: 3 values, where 6 are expected"),
        (f"{HEAD}{LINE.replace('AWS', 'Azure')}", ":2: provider 'Azure'; write one of AWS, GCP, Kubernetes"),
        (f"{HEAD}{LINE.replace('GiB-month', 'GB')}", ":2: unit 'GB'; write one of hour, GiB-month"),
        (f"{HEAD}{LINE.replace('0.0952', 'cheap')}", ":2: usd 'cheap' is no price"),
        (f"{HEAD}{LINE.replace('0.0952', '-1')}", ":2: usd '-1' is no price"),
        (f"{HEAD}{LINE.replace('0.0952', 'nan')}", ":2: usd 'nan' is no price"),
        (f"{HEAD}{LINE.replace('0.0952', 'inf')}", ":2: usd 'inf' is no price"),
        (f"{HEAD}{LINE}{LINE.replace('0.0952', '0.1')}", ":3: aws_ec2_volume gp3 in eu-central-1 has two prices"),
    ],
)
def test_each_mistake_names_its_line(file: Path, text: str, said: str) -> None:
    """Nothing is guessed and nothing passed over: a wrong price list would tell wrong sums."""
    file.write_text(text)

    with pytest.raises(BadInput) as raised:
        load_prices(file)

    assert f"{file}{'' if said.startswith(':') else ': '}{said}" in str(raised.value)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    """So is one that is no text."""
    with pytest.raises(BadInput, match="cannot be read: No such file or directory"):
        load_prices(file)

    file.write_bytes(HEAD.encode() + b"\xff\xfe")

    with pytest.raises(BadInput, match="cannot be read"):
        load_prices(file)


# csv ends a line at any of these, wherever they come from; no vendor has them in a name.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(words, words, words, st.sampled_from(Unit), st.decimals(0, 1000, places=10))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, region: str, kind: str, item: str, unit: Unit, usd: object
) -> None:
    """Commas and quotes in names included."""
    file = tmp_path_factory.mktemp("prices") / "prices.csv"
    text = io.StringIO()
    write_prices([Price(PriceKey(ProviderName.AWS, region, kind, item, unit), f"{usd:f}")], text)
    file.write_text(text.getvalue(), encoding="utf-8", newline="")

    one = a_resource(region=region, kind=kind, billing=(Charge(item, unit, 1),))

    assert load_prices(file).cost_of(one) == pytest.approx(float(str(usd)) * unit.per_month, abs=1e-4)
