"""All annotations of a Kubernetes object together have a limit, which is looked at before writing."""

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.tagging.size import ATTRIBUTE, LARGEST, problem_with_size, size_of

WRITE = TagChanges({"expiration": "2026-09-01T19:00:00Z"})
ROOM = size_of(WRITE.set)


@pytest.mark.parametrize(("held", "fits"), [(0, True), (LARGEST - ROOM, True), (LARGEST - ROOM + 1, False)])
def test_a_write_must_fit_beside_what_is_there(held: int, fits: bool) -> None:
    """To the byte, also where the copy that kubectl keeps takes all the room and is no tag."""
    problem = problem_with_size(Tags.known({}), {ATTRIBUTE: held}, WRITE)

    assert fits == (problem is None)


def test_the_refusal_has_a_name_and_says_how_much_is_there() -> None:
    """For whoever has to make room."""
    problem = problem_with_size(Tags.known({"note": "x" * LARGEST}), {}, WRITE)

    assert problem is not None
    assert Reason.TagNotWritable is problem.reason
    assert "262144" in problem.message


def test_what_the_write_replaces_and_removes_makes_room() -> None:
    """And counts in bytes, of which an umlaut has two."""
    tags = Tags.known({"expiration": "ü" * 100, "ttl": "x" * 100})
    changes = TagChanges(WRITE.set, ("ttl",))
    held = {ATTRIBUTE: LARGEST}

    assert problem_with_size(tags, held, changes) is None
    assert problem_with_size(tags, held, TagChanges({**WRITE.set, "was": "x" * 400}, ("ttl",))) is not None


def test_labels_are_no_annotations() -> None:
    """They are read as tags and have limits of their own."""
    tags = Tags.known({"team": "x" * LARGEST}, frozenset({"team"}))

    assert problem_with_size(tags, {}, WRITE) is None
