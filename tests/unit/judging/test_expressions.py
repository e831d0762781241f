"""CEL over a resource: what it offers, what is refused at once, what fails on one resource alone."""

from datetime import UTC, datetime, timedelta

import pytest

from tagwarden.errors import InvalidField
from tagwarden.judging.expressions import FIELDS, Expression, Failed
from tagwarden.model.reasons import Reason
from tagwarden.model.tags import Tags
from tests.support.builders import NOW, a_resource

WHERE = "spec.scope.where"


def holds(source: str, **changes: object) -> bool | Failed:
    resource = a_resource(**changes)
    return Expression(source, WHERE).holds(resource, resource.created, NOW)


@pytest.mark.parametrize(
    "source",
    [
        'resource.name == "web"',
        'resource.region == "eu-central-1"',
        'resource["region"] == "eu-central-1"',
        'resource.kind.startsWith("aws_ec2_")',
        'resource.category == "instance"',
        'resource.namespace == ""',
        'resource.provider == "AWS"',
        'resource.account == "aws-dev"',
        'resource.state == "running"',
        'resource.id.matches("^i-[0-9a-f]+$")',
        'resource.tags.team == "data"',
        '"team" in resource.tags && resource.tags["team"] == "data"',
        "has(resource.tags.team) && !has(resource.tags.owner)",
        "resource.age > duration('23h') && resource.age < duration('25h')",
        'resource.created < timestamp("2026-09-01T00:00:00Z") && resource.created < now',
        "now - resource.created == resource.age",
        "resource.attributes.size > 8 && resource.attributes.encrypted",
        'resource.tags.all(key, key.startsWith("t"))',
    ],
)
def test_an_expression_sees_the_resource(source: str) -> None:
    """Every documented field can be asked."""
    answer = holds(source, tags={"team": "data"}, attributes={"size": 16, "encrypted": True})

    assert True is answer


def test_every_field_has_a_test() -> None:
    """No field is offered that nobody tried."""
    told = "name id region namespace kind category provider account state tags attributes created age"

    assert set(told.split()) == set(FIELDS)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("resource.region ==", "mismatched input"),
        ("resource.zone == 'a'", "unknown field resource.zone; known fields: name"),
        ("region == 'a'", "Undefined variable or function: 'region'"),
        ("resource.name.lower() == 'a'", "Undefined variable or function: 'lower'"),
        ("resource.name", "the result must be true or false"),
        ("resource.age > 3", "No such overload"),
        ("resource.age > duration('1d')", "duration"),
        ("resource.name.matches('(')", "not a valid regex"),
        ("(" * 600 + "true" + ")" * 600, ""),
    ],
)
def test_what_can_work_on_no_resource_is_refused_at_once(source: str, problem: str) -> None:
    """The error names the field, the problem and what to write instead."""
    with pytest.raises(InvalidField) as refused:
        Expression(source, WHERE)

    assert (WHERE, Reason.InvalidExpression) == (refused.value.field, refused.value.reason)
    assert problem in str(refused.value)
    assert str(refused.value).startswith(f"{WHERE}: ")
    assert str(refused.value).endswith(
        "write CEL such as " + 'resource.region != "us-east-1" && resource.age > duration("1h")'
    )


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ('resource.tags.team == "data"', {}),
        ("resource.attributes.size > 8", {"attributes": {"size": "big"}}),
        ("resource.attributes.size", {"attributes": {"size": 8}}),
        ("resource.age > duration('1h')", {"created": None}),
        ("resource.attributes.size / 0 == 1", {"attributes": {"size": 8}}),
    ],
)
def test_an_expression_that_fails_is_neither_true_nor_false(source: str, changes: dict[str, object]) -> None:
    """A failure on one resource is an answer of its own."""
    assert isinstance(holds(source, **changes), Failed)


def test_tags_that_nobody_read_are_not_asked() -> None:
    """S1: `!has(...)` would hold for tags that could not be read."""
    answer = holds("!has(resource.tags.keep)", tags=Tags.unreadable("AccessDenied"))

    assert isinstance(answer, Failed)
    assert "cannot read the tags: AccessDenied" in answer.message


def test_an_expression_that_asks_no_tags_works_without_them() -> None:
    """Only what is named is handed over."""
    assert True is holds('resource.name == "web"', tags=Tags.unreadable("AccessDenied"))


def test_a_name_within_quotes_is_no_field() -> None:
    """Text that looks like a field does not confuse the look for fields."""
    assert True is holds('resource.name != "resource.zone"')


def test_an_answer_is_remembered_only_while_it_stays_the_same() -> None:
    """What depends on the time is asked again."""
    resource = a_resource(created=NOW)
    expression = Expression('resource.region == "eu-central-1" && now > timestamp("2026-09-02T00:00:00Z")', WHERE)

    assert False is expression.holds(resource, NOW, NOW)
    assert True is expression.holds(resource, NOW, NOW + timedelta(days=1))


def test_the_age_counts_from_the_given_creation() -> None:
    """Where the vendor tells no creation time, the first sight counts."""
    expression = Expression("resource.age == duration('48h')", WHERE)

    assert True is expression.holds(a_resource(created=None), datetime(2026, 8, 30, 12, tzinfo=UTC), NOW)


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 120 + "…")])
def test_a_long_expression_is_shown_in_part(length: int, shown: str) -> None:
    with pytest.raises(InvalidField) as found:
        Expression("x" * length, WHERE)
    assert f"'{shown}' is not a valid CEL expression" in str(found.value)
