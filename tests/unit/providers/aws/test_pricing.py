"""What a product of AWS's Price List costs: one price on demand, or none that can be told."""

from decimal import Decimal
from typing import Any

import pytest

from tagwarden.model.billing import Unit
from tagwarden.providers.aws.pricing import _REGION_PREFIX, _on_demand, priced_kinds
from tagwarden.providers.aws.rows import KINDS
from tests.support.price_list import product


@pytest.mark.parametrize(
    ("usd", "unit", "told"),
    [
        ("0.1150000000", "Hrs", {Unit.HOUR: Decimal("0.115")}),
        ("0.0952", "GB-Mo", {Unit.GIB_MONTH: Decimal("0.0952")}),
        ("51.2", "GiBps-mo", {Unit.MIBPS_MONTH: Decimal("0.05")}),
        ("0.015", "ShardHour", {Unit.HOUR: Decimal("0.015")}),
        ("0.0000000000", "Hrs", {}),
        ("0.008", "LCU-Hrs", {}),
        ("0.1", "Quantity", {}),
        ("", "Hrs", {}),
        ("NaN", "Hrs", {}),
        ("-1", "Hrs", {}),
    ],
)
def test_a_price_has_a_unit_that_is_known(usd: str, unit: str, told: dict[Unit, Decimal]) -> None:
    """What is free here is charged elsewhere, and what is charged by use has another unit."""
    assert told == _on_demand(product("AmazonEC2", "Any", usd, unit))


@pytest.mark.parametrize(
    "terms",
    [
        None,
        {},
        {"Reserved": {"x": {"priceDimensions": {"y": {"unit": "Hrs", "pricePerUnit": {"USD": "1"}}}}}},
        {"OnDemand": {"x": {"priceDimensions": {"y": {"unit": "Hrs", "pricePerUnit": {"CNY": "1"}}}}}},
        {"OnDemand": {"x": {"priceDimensions": {"y": {"unit": "Hrs"}}}}},
        {"OnDemand": {"x": {}}},
    ],
)
def test_what_has_no_price_on_demand_in_dollars_has_none(terms: Any) -> None:
    """Reserved capacity and other currencies are not what people pay by default."""
    assert {} == _on_demand({**product("AmazonEC2", "Any", "1"), "terms": terms})


@pytest.mark.parametrize(
    ("written", "usage"),
    [
        ("NatGateway-Hours", "NatGateway-Hours"),
        ("EUC1-NatGateway-Hours", "NatGateway-Hours"),
        ("EU-NatGateway-Hours", "NatGateway-Hours"),
        ("USW2-EBS:VolumeUsage.gp3", "EBS:VolumeUsage.gp3"),
        ("UGW1-LoadBalancerUsage", "LoadBalancerUsage"),
        ("TS-LoadBalancerUsage", "TS-LoadBalancerUsage"),
        ("CAN1-TS-LoadBalancerUsage", "TS-LoadBalancerUsage"),
        ("RDS:Multi-AZ-GP2-Storage", "RDS:Multi-AZ-GP2-Storage"),
    ],
)
def test_a_usage_type_begins_with_its_region(written: str, usage: str) -> None:
    """But for those of us-east-1; other prefixes are another thing to pay for."""
    assert usage == _REGION_PREFIX.sub("", written)


def test_every_priced_item_can_be_found_in_the_price_list() -> None:
    """A rule names a service and what tells its products apart; the word of each item is in the price list's words."""
    for name in priced_kinds():
        for rule in KINDS[name].billing or ():
            named = [fact for fact in rule.facts if fact.attribute]

            assert rule.products.service
            assert rule.products.where
            assert named or rule.named or any(None in (fact.words or {}).values() for fact in rule.facts), name
