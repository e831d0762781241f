"""Filters select what is shown of a plan: alternatives within an option, all options together."""

import re
from collections.abc import Sequence

import pytest

from tagwarden.cli.filters import NO_FILTERS, of_plans
from tagwarden.model.plan import Plan
from tests.unit.cli.conftest import Tagwarden
from tests.unit.planning.scenes import claimed, doomed, fixable, plan_of, unclaimed

PLAN: Plan = plan_of(
    [
        doomed("doomed"),
        claimed("claimed", kind="aws_ec2_volume"),
        fixable("fixable", region=""),
        unclaimed("unclaimed", kind="aws_sqs_queue", region="us-east-1"),
    ]
)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"kind": ["aws_ec2_*"]}, "claimed doomed fixable"),
        ({"kind": ["aws_ec2_volume", "aws_sqs_queue"]}, "claimed unclaimed"),
        ({"kind": ["aws_ec2_*"], "owner": ["bob"]}, "claimed fixable"),
        ({"owner": ["-"]}, "unclaimed"),
        ({"region": ["us-*"]}, "unclaimed"),
        ({"region": ["-"]}, "fixable"),
        ({"verdict": ["delete", "FIX"]}, "doomed fixable"),
        ({"reason": ["Malformed*"]}, "fixable"),
        ({"reason": ["Expired"]}, "doomed"),
        ({"kind": None, "owner": []}, "claimed doomed fixable unclaimed"),
    ],
)
def test_options_are_joined_and_values_are_alternatives(given: dict[str, Sequence[str]], names: str) -> None:
    """Globs match in any case; a dash is for none, as in the table."""
    filters = of_plans(**given)

    assert names.split() == sorted(planned.resource.id for planned in PLAN.resources if filters.shows(planned))
    assert [] == list(filters.complaints(PLAN.resources))


def test_a_glob_that_matches_nothing_is_told_with_the_values_there_are() -> None:
    """Also beside one that matches something: it is a typing error."""
    filters = of_plans(kind=["aws_ec2_volum", "aws_ec2_volume"], owner=["alcie"])

    assert [
        "no resource of kind aws_ec2_volum; kinds in the plan: aws_ec2_instance, aws_ec2_volume, aws_sqs_queue",
        "no resource of owner alcie; owners in the plan: -, alice, bob",
    ] == list(filters.complaints(PLAN.resources))


def test_filters_that_match_nothing_together_are_told() -> None:
    """Each of them matches something."""
    filters = of_plans(kind=["aws_sqs_queue"], owner=["bob"])

    assert ["no resource matches all of --kind aws_sqs_queue --owner bob"] == list(filters.complaints(PLAN.resources))


def test_many_values_are_counted() -> None:
    """Twelve are named."""
    many = plan_of([claimed(f"i-{number}", kind=f"aws_kind_{number:02}") for number in range(15)])

    (complaint,) = of_plans(kind=["x"]).complaints(many.resources)

    assert complaint.endswith("aws_kind_11 and 3 more")


def test_without_filters_there_is_nothing_to_say() -> None:
    """Whatever the plan is."""
    assert not NO_FILTERS
    assert [] == list(NO_FILTERS.complaints(PLAN.resources))


@pytest.mark.parametrize("option", ["--region", "--kind", "--owner", "--verdict", "--reason"])
def test_apply_takes_no_filters_and_says_why(tagwarden: Tagwarden, option: str) -> None:
    """S6: a plan is carried out whole, as it was shown and approved; nothing is read for the refusal."""
    refused = tagwarden("apply", "-f", "nowhere.yaml", option, "x")

    assert (2, "") == (refused.status, refused.out)
    assert "apply takes no filters: it carries out whole plans" in refused.err
    assert 1 == len(refused.err.splitlines())
    assert option not in re.sub(r"such\s+as\s+--kind", "", tagwarden("apply", "--help").out)
