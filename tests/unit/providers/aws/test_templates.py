"""Templates are filled with what is known of a resource, tags written the way each service takes them."""

import pytest

from tagwarden.providers.aws.row import KEY_PAIRS, KEYS, KMS_PAIRS, LOWER_PAIRS, MAPPING, PAIRS, TagForm
from tagwarden.providers.aws.templates import fill, placeholders, tags_in, written

TAGS = {"owner": "ann", "empty": ""}


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


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (PAIRS, [{"Key": "owner", "Value": "ann"}, {"Key": "empty", "Value": ""}]),
        (LOWER_PAIRS, [{"key": "owner", "value": "ann"}, {"key": "empty", "value": ""}]),
        (KMS_PAIRS, [{"TagKey": "owner", "TagValue": "ann"}, {"TagKey": "empty", "TagValue": ""}]),
        (MAPPING, {"owner": "ann", "empty": ""}),
    ],
)
def test_tags_read_back_as_they_were_written(form: TagForm, expected: object) -> None:
    """Each form is read and written."""
    assert expected == written(TAGS, form, {})
    assert TAGS == tags_in(expected, form)


def test_keys_are_written_alone() -> None:
    """Removing takes names, or objects with a name, with what else the service wants to know."""
    group = TagForm(value="", extra={"ResourceId": "{id}"})

    assert ["owner", "empty"] == written(TAGS, KEYS, {})
    assert [{"Key": "owner"}, {"Key": "empty"}] == written(TAGS, KEY_PAIRS, {})
    assert [{"ResourceId": "web", "Key": "owner"}] == written({"owner": ""}, group, {"id": "web"})


@pytest.mark.parametrize("found", [None, [], {}])
def test_nothing_is_no_tags(found: object) -> None:
    """Services leave out the member where there are no tags."""
    assert {} == tags_in(found, MAPPING)


def test_a_tag_without_a_value_has_an_empty_one() -> None:
    """Services leave out an empty value too."""
    assert {"owner": ""} == tags_in([{"Key": "owner"}], PAIRS)
