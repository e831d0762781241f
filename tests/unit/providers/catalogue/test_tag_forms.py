"""Tags are written the way each service takes them, and read back the same."""

import pytest

from tagwarden.providers.catalogue.tag_forms import KEYS, MAPPING, TagForm, tags_in, written

TAGS = {"owner": "ann", "empty": ""}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (TagForm("Key", "Value"), [{"Key": "owner", "Value": "ann"}, {"Key": "empty", "Value": ""}]),
        (TagForm("key", "value"), [{"key": "owner", "value": "ann"}, {"key": "empty", "value": ""}]),
        (MAPPING, {"owner": "ann", "empty": ""}),
    ],
)
def test_tags_read_back_as_they_were_written(form: TagForm, expected: object) -> None:
    """Each form is read and written."""
    assert expected == written(TAGS, form, {})
    assert TAGS == tags_in(expected, form)


def test_keys_are_written_alone() -> None:
    """Removing takes names, or objects with a name, with what else the service wants to know."""
    group = TagForm("Key", extra={"ResourceId": "{id}"})

    assert ["owner", "empty"] == written(TAGS, KEYS, {})
    assert [{"Key": "owner"}, {"Key": "empty"}] == written(TAGS, TagForm("Key"), {})
    assert [{"ResourceId": "web", "Key": "owner"}] == written({"owner": ""}, group, {"id": "web"})


@pytest.mark.parametrize("found", [None, [], {}])
def test_nothing_is_no_tags(found: object) -> None:
    """Services leave out the member where there are no tags."""
    assert {} == tags_in(found, MAPPING)


def test_a_tag_without_a_value_has_an_empty_one() -> None:
    """Services leave out an empty value too."""
    assert {"owner": ""} == tags_in([{"Key": "owner"}], TagForm("Key", "Value"))
