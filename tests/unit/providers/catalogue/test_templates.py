"""Templates are filled with facts of a resource."""

import pytest

from tagwarden.providers.catalogue.templates import fill, placeholders, without_missing


def test_a_lone_placeholder_becomes_the_value_itself() -> None:
    """Lists and objects are handed over whole, everything else is text."""
    template = {"Names": "{ids}", "Arn": "arn:{partition}:s3:::{id}", "Deep": [{"Key": "{item.Key}"}], "Days": 7}
    values = {"ids": ["a", "b"], "partition": "aws", "id": "x", "item": {"Key": "k"}}

    assert {"Names": ["a", "b"], "Arn": "arn:aws:s3:::x", "Deep": [{"Key": "k"}], "Days": 7} == fill(template, values)
    assert {"ids", "partition", "id", "item"} == placeholders(template)


def test_an_unknown_placeholder_is_an_error() -> None:
    """A call is never sent with a hole in it."""
    with pytest.raises(KeyError, match="cluster"):
        fill({"cluster": "{cluster}"}, {"id": "x"})


def test_braces_of_a_path_are_no_placeholders() -> None:
    """JMESPath writes objects in braces."""
    path = "Records[?Name == '{name}'].{Action: 'DELETE', Record: @}"

    assert "Records[?Name == 'a.'].{Action: 'DELETE', Record: @}" == fill(path, {"name": "a."})


def test_missing_values_are_left_out() -> None:
    """An API refuses a member that is null."""
    assert {"Id": "x", "Deep": [{"On": False}]} == without_missing({"Id": "x", "No": None, "Deep": [{"On": False}]})
