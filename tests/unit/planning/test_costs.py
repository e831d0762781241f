from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.model.billing import Billing, Charge, Unit
from tagwarden.model.plan import Plan
from tagwarden.model.prices import PriceKey
from tagwarden.model.resource import ProviderName
from tagwarden.planning import (
    Prices,
    by_importance,
    describe_cost,
    describe_savings,
    plan_from_json,
    plan_json,
    savings,
)
from tests.support.builders import a_resource
from tests.unit.planning.scenes import doomed, plan_of, unclaimed

HOURLY = Charge("m5.large", Unit.HOUR, 1)
STORED = Charge("gp3", Unit.GIB_MONTH, 100)
PRICES = Prices(
    {
        PriceKey(ProviderName.AWS, "eu-central-1", "aws_ec2_instance", "m5.large", Unit.HOUR): 0.1,
        PriceKey(ProviderName.AWS, "eu-central-1", "aws_ec2_instance", "gp3", Unit.GIB_MONTH): 0.08,
    }
)


@pytest.mark.parametrize(
    ("billing", "cost"),
    [
        ((HOURLY,), 73.0),
        ((STORED,), 8.0),
        ((HOURLY, STORED), 81.0),
        ((HOURLY._replace(quantity=3),), 219.0),
        ((), 0.0),
        (None, None),
        ((HOURLY, Charge("x2.large", Unit.HOUR, 1)), None),
        ((HOURLY._replace(unit=Unit.GIB_MONTH),), None),
    ],
)
def test_a_month_has_730_hours(billing: Billing, cost: float | None) -> None:
    """What is not known in one part is not known at all; what is known to cost nothing costs nothing."""
    assert cost == PRICES.cost_of(a_resource(billing=billing))


def test_prices_are_of_one_region() -> None:
    """Another region has other prices, and no price there is no price."""
    assert PRICES.cost_of(a_resource(region="us-east-1", billing=(HOURLY,))) is None


def a_plan(prices: Prices | None = PRICES) -> Plan:
    """Give a plan that deletes what has a price, what has none and what goes along."""
    things = [
        doomed("a", billing=(HOURLY,)),
        unclaimed("disk", billing=(STORED,)),
        doomed("dark"),
        doomed("free", billing=()),
        unclaimed("stays", billing=(HOURLY,)),
    ]
    return plan_of(things, "a owns disk", prices=prices)


def test_savings_are_of_all_that_goes() -> None:
    """With what goes along, and without what stays; how much of it has a price is said."""
    told = "saves 81.00 USD a month by list prices, for 3 of 4 resources with a known price"
    assert told == describe_savings(a_plan())


def test_without_a_price_list_nothing_is_said_to_cost_nothing() -> None:
    """Unknown is unknown, in the sum as in each line."""
    plan = a_plan(None)

    assert "cost unknown: no price list; see tagwarden prices" == describe_savings(plan)
    assert {None} == {planned.cost for planned in plan.resources}
    assert {"unknown: no price list; see tagwarden prices"} == {describe_cost(plan, each) for each in plan.resources}


def test_where_no_price_is_known_the_sum_is_unknown() -> None:
    """Nothing known is not nothing."""
    assert "saves an unknown amount" == str(savings([None, None]))
    assert "saves 0.00 USD a month by list prices" == str(savings([]))


def test_each_unknown_cost_says_why() -> None:
    """A missing price, another than a kind that is charged by use."""
    plan = plan_of([doomed("a", billing=(Charge("x2.large", Unit.HOUR, 1),)), doomed("b")], prices=PRICES)

    told = [describe_cost(plan, planned) for planned in plan.resources]

    assert [
        "unknown: the price list lacks a price for x2.large by hour in eu-central-1",
        "unknown: charged by usage, or by properties that the vendor does not report",
    ] == told


def test_a_price_is_no_part_of_the_hash() -> None:
    """What is done is the same, whatever it costs (S6)."""
    dear = Prices({PriceKey(ProviderName.AWS, "eu-central-1", "aws_ec2_instance", "m5.large", Unit.HOUR): 99.0})

    assert a_plan(None).hash == a_plan().hash == a_plan(dear).hash


@given(st.floats(0, 1e6), st.booleans())
def test_a_saved_plan_keeps_its_costs(usd: float, has_prices: bool) -> None:
    """Loaded again it is equal, with what it was shown to save."""
    prices = Prices({PriceKey(ProviderName.AWS, "eu-central-1", "aws_ec2_instance", "m5.large", Unit.HOUR): usd})
    plan = a_plan(prices if has_prices else None)

    assert plan == plan_from_json(plan_json(plan))


def test_the_dearest_comes_first() -> None:
    """With what goes along; where no cost is known, what most goes with."""
    plan = plan_of(
        [
            doomed("a"),
            doomed("b", billing=(STORED,)),
            doomed("c"),
            unclaimed("c-disk", billing=(HOURLY,)),
        ],
        "c owns c-disk",
        prices=PRICES,
    )

    assert ["c", "c-disk", "b", "a"] == [planned.resource.id for planned in by_importance(plan)]


def test_what_most_hangs_on_is_not_behind_what_costs_a_little() -> None:
    """An unknown cost does not sink what would take much along."""
    followers = [unclaimed(f"part-{number}") for number in range(9)]
    edges = [f"root owns part-{number}" for number in range(9)]
    plan = plan_of([doomed("a", billing=(STORED,)), doomed("root"), *followers], *edges, prices=PRICES)

    assert ["root", "a"] == [planned.resource.id for planned in by_importance(plan)][:2]


def test_costs_of_equal_billing_are_looked_up_once() -> None:
    """The plan of an account with few types does not multiply a hundred thousand times."""
    one, other = a_resource(id="i-1", billing=(HOURLY,)), a_resource(id="i-2", billing=(HOURLY,))

    assert PRICES.cost_of(one) == PRICES.cost_of(replace(other, name="another"))
