"""The beginning of a plan's hash stands for the hash while only one plan begins so."""

import pytest

from tagwarden.cli.lookup import is_plan_hash, plan_hash
from tagwarden.errors import BadInput

ONE, TWO, OTHER = "a1b2c3d4" + "0" * 56, "a1b2c3e5" + "0" * 56, "f" * 64


@pytest.mark.parametrize(
    ("text", "whole"), [("a1b2c3d", ONE), ("A1B2C3E5", TWO), ("ffffff", OTHER), (ONE, ONE), ("9" * 64, "9" * 64)]
)
def test_a_beginning_is_completed(text: str, whole: str) -> None:
    """In any case; a whole hash needs no stored plan."""
    assert whole == plan_hash("--plan", text, [ONE, TWO, OTHER, ONE])


def test_an_ambiguous_beginning_tells_the_plans_apart() -> None:
    """In as many digits as that takes."""
    with pytest.raises(BadInput, match=r"^--plan: a1b2c3 begins 2 plans: a1b2c3d, a1b2c3e; write more digits$"):
        plan_hash("--plan", "a1b2c3", [ONE, TWO, OTHER])


@pytest.mark.parametrize("text", ["", "a1b2c", "g" * 6, "plan.json", "a" * 65])
def test_other_texts_are_no_hashes(text: str) -> None:
    """Five digits are too few: a file may be called so."""
    assert not is_plan_hash(text)
    with pytest.raises(BadInput, match="is not the hash of a plan; write 6 to 64 hexadecimal digits"):
        plan_hash("--approve", text, [ONE])
