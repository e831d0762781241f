"""Codecs: whatever is written in a place reads back, and what a place refuses is said before it is asked."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.tagging import (
    LIMITS,
    TagPlace,
    decode_instant,
    decode_key,
    decode_value,
    encode_instant,
    encode_key,
    encode_reference,
    encode_value,
    parse_expiry,
    place_of,
    problem_with_tag,
)
from tagwarden.tagging.expiry import Stated
from tagwarden.tagging.moments import At
from tagwarden.tagging.tag_limits import alphabet_under, place_of_key
from tagwarden.tagging.zones import format_instant

INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 2),
    max_value=datetime(9998, 12, 30),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))]),
)
PLACES = st.sampled_from(TagPlace)
KEYS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=40)
TRICKY = st.text(st.sampled_from("aZ09_-./:x@ ü"), min_size=1, max_size=12)


@given(INSTANTS, PLACES)
def test_any_instant_written_reads_back_equal(instant: datetime, place: TagPlace) -> None:
    """Up to the whole second, rounded up."""
    whole = instant.replace(microsecond=0) + timedelta(seconds=1 if instant.microsecond else 0)
    read = parse_expiry(encode_instant(instant, place), UTC)

    assert isinstance(read, Stated)
    assert At(whole.astimezone(UTC)) == read.moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_are_written_as_iso_8601_does(instant: datetime) -> None:
    """In every year there is, with a fraction of a second cut off."""
    assert instant.isoformat()[:19] + "Z" == format_instant(instant)


@given(INSTANTS, PLACES)
def test_any_instant_written_fits_the_place(instant: datetime, place: TagPlace) -> None:
    """Its alphabet and its length."""
    assert problem_with_tag("expiration", encode_instant(instant, place), place) is None


@given(KEYS | TRICKY, PLACES)
def test_any_key_maps_back(key: str, place: TagPlace) -> None:
    """From what is written to what it stands for."""
    assert key == decode_key(encode_key(key, place), place)


@given(TRICKY, TRICKY, PLACES)
def test_two_keys_are_never_written_the_same(one: str, other: str, place: TagPlace) -> None:
    """Else the original could not be told."""
    assert (one == other) == (encode_key(one, place) == encode_key(other, place))


@example("a..b/c", TagPlace.KUBERNETES_ANNOTATION)
@example("a-.b/c", TagPlace.KUBERNETES_ANNOTATION)
@given(KEYS | TRICKY, st.sampled_from([TagPlace.GCP_LABEL, TagPlace.KUBERNETES_ANNOTATION]))
def test_any_key_is_written_in_the_alphabet_of_its_place(key: str, place: TagPlace) -> None:
    """Where it is not too long."""
    problem = problem_with_tag(encode_key(key, place), "", place)

    assert problem is None or len(encode_key(key, place)) > 60


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20), PLACES)
def test_any_value_maps_back(value: str, place: TagPlace) -> None:
    """Owners with an @ too."""
    assert value == decode_value(encode_value(value, place), place)


@pytest.mark.parametrize("key", ["owner", "expiration", "cost-center", "a_b"])
@pytest.mark.parametrize("place", TagPlace)
def test_a_key_that_the_place_allows_stays_as_it_is(key: str, place: TagPlace) -> None:
    """Nobody likes to read escapes."""
    assert key == encode_key(key, place)


@pytest.mark.parametrize(
    ("key", "value", "place", "part"),
    [
        ("aws:owner", "x", TagPlace.AWS_TAG, "reserved by the vendor"),
        ("AWS:owner", "x", TagPlace.AWS_TAG, "reserved by the vendor"),
        ("k" * 129, "x", TagPlace.AWS_TAG, "129 characters"),
        ("owner", "x" * 257, TagPlace.AWS_TAG, "257 characters"),
        ("owner", "a<b", TagPlace.AWS_TAG, "the value is not valid"),
        ("owner!", "x", TagPlace.AWS_TAG, "the key is not valid"),
        ("goog-owner", "x", TagPlace.GCP_LABEL, "reserved by the vendor"),
        ("Owner", "x", TagPlace.GCP_LABEL, "the key is not valid"),
        ("9owner", "x", TagPlace.GCP_LABEL, "the key is not valid"),
        ("o" * 64, "x", TagPlace.GCP_LABEL, "64 characters"),
        ("owner", "alice@example.com", TagPlace.GCP_LABEL, "the value is not valid"),
        ("a/b/c", "x", TagPlace.KUBERNETES_ANNOTATION, "the key is not valid"),
        ("Example.com/owner", "x", TagPlace.KUBERNETES_ANNOTATION, "the key is not valid"),
        ("o" * 64, "x", TagPlace.KUBERNETES_ANNOTATION, "the key is not valid"),
        ("owner-", "x", TagPlace.KUBERNETES_ANNOTATION, "the key is not valid"),
        ("owner", "2026-09-01T19:00:00Z", TagPlace.KUBERNETES_LABEL, "the value is not valid"),
        ("owner", "x" * 64, TagPlace.KUBERNETES_LABEL, "64 characters"),
    ],
)
def test_what_a_place_refuses_is_said_with_the_reason(key: str, value: str, place: TagPlace, part: str) -> None:
    """Before anything is written."""
    problem = problem_with_tag(key, value, place)

    assert problem is not None
    assert Reason.TagNotWritable is problem.reason
    assert part in problem.message


@given(
    st.one_of(
        KEYS, TRICKY, st.sampled_from(["owner", "aws:x", "AWS:y", "goog-z", "tagwarden.io/was-owner", "k" * 129])
    ),
    st.one_of(KEYS, TRICKY, st.sampled_from(["", "alice", "v" * 63, "v" * 64, "v" * 256, "v" * 257])),
    PLACES,
    st.booleans(),
)
def test_what_is_known_of_a_key_refuses_the_values_that_the_place_refuses(
    key: str, value: str, place: TagPlace, is_original: bool
) -> None:
    """So that a key has to be asked about only once."""
    longest = LIMITS[place].value or len(value)
    fits = len(value) <= longest and alphabet_under(key, place, is_original=is_original).fullmatch(value) is not None

    assert fits == (problem_with_tag(key, value, place, is_original=is_original) is None)


@pytest.mark.parametrize(
    ("provider", "place"),
    [
        (ProviderName.AWS, TagPlace.AWS_TAG),
        (ProviderName.GCP, TagPlace.GCP_LABEL),
        (ProviderName.KUBERNETES, TagPlace.KUBERNETES_ANNOTATION),
    ],
)
def test_each_provider_has_the_place_where_we_write(provider: ProviderName, place: TagPlace) -> None:
    """On Kubernetes annotations, since selectors depend on labels."""
    assert place is place_of(provider)


def test_a_key_that_must_not_change_is_a_label() -> None:
    """Only Kubernetes has such keys."""
    tags = Tags.known({"owner": "a", "team": "b"}, frozenset({"team"}))

    assert TagPlace.KUBERNETES_LABEL is place_of_key(ProviderName.KUBERNETES, tags, "team")
    assert TagPlace.KUBERNETES_ANNOTATION is place_of_key(ProviderName.KUBERNETES, tags, "owner")


def test_limits_are_those_of_the_vendors() -> None:
    """As documented in 2026."""
    assert (50, 128, 256) == (
        LIMITS[TagPlace.AWS_TAG].tags,
        LIMITS[TagPlace.AWS_TAG].key,
        LIMITS[TagPlace.AWS_TAG].value,
    )
    assert (64, 63, 63) == (
        LIMITS[TagPlace.GCP_LABEL].tags,
        LIMITS[TagPlace.GCP_LABEL].key,
        LIMITS[TagPlace.GCP_LABEL].value,
    )


@given(INSTANTS, PLACES)
def test_a_written_instant_decodes_to_the_same_second(instant: datetime, place: TagPlace) -> None:
    """In the form of its place, rounded up as it was written."""
    found = decode_instant(encode_instant(instant, place), place)

    assert found is not None
    assert timedelta(0) <= found - instant < timedelta(seconds=1)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-09-01", "2026-09-01T19:00:00", "2026-13-01t190000z"])
def test_no_other_text_decodes_to_an_instant(text: str) -> None:
    """Neither words nor times without an offset."""
    assert {None} == {decode_instant(text, place) for place in TagPlace}


@given(st.text(max_size=300), PLACES)
def test_a_reference_fits_every_place(uid: str, place: TagPlace) -> None:
    """A uid where the place has room, else a digest that the place takes, and that differs for other uids."""
    written = encode_reference(uid, place)

    if place in {TagPlace.AWS_TAG, TagPlace.KUBERNETES_ANNOTATION}:
        assert uid == written
    else:
        assert problem_with_tag("tagwarden", written, place) is None
        assert written != encode_reference(f"{uid}x", place)
