"""Repairs: what one write does, what it keeps, and that a second pass finds nothing to do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.model.policy import ExpiryRule, OwnerRule
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Finding
from tagwarden.tagging import (
    Reading,
    TagRules,
    changes_for,
    compile_tag_rules,
    encode_instant,
    originals,
    parse_known_owners,
    place_of,
    read_tags,
)

CREATED = datetime(2026, 8, 26, 12, tzinfo=UTC)
KNOWN = parse_known_owners("alice\nbob@example.com\ncarol -> alice\nchristopher\n")
RULES = compile_tag_rules(OwnerRule(), ExpiryRule(), ZoneInfo("Europe/Berlin"), KNOWN)
FREE_RULES = compile_tag_rules(OwnerRule(), ExpiryRule(), ZoneInfo("Europe/Berlin"), None)


def read(tags: Tags, provider: ProviderName = ProviderName.AWS, rules: TagRules = RULES) -> Reading:
    return read_tags(tags, provider, CREATED, rules)


def repaired(tags: Tags, provider: ProviderName = ProviderName.AWS, rules: TagRules = RULES) -> TagChanges | Finding:
    reading = read(tags, provider, rules)
    return changes_for(tags, provider, reading, rules, owner=reading.owner, expires=reading.expires)


def after(tags: Tags, changes: TagChanges) -> Tags:
    """Give the tags after a write; what is written anew is an annotation and no label."""
    return Tags.known(changes.applied_to(tags.values), frozenset(tags.fixed - changes.set.keys()))


def test_canonical_tags_are_left_alone() -> None:
    """Nothing is written that is there."""
    assert TagChanges() == repaired(Tags.known({"owner": "alice", "expiration": "2026-09-01T19:00:00Z"}))


def test_an_alias_is_renamed_and_the_original_kept() -> None:
    """Under a key that tells where it stood."""
    changes = repaired(Tags.known({"Owner": "alice", "ttl": "2d", "Name": "web"}))

    assert changes == TagChanges(
        {
            "expiration": "2026-08-28T12:00:00Z",
            "owner": "alice",
            "tagwarden.io/was-Owner": "alice",
            "tagwarden.io/was-ttl": "2d",
        },
        ("Owner", "ttl"),
    )


def test_a_value_is_rewritten_and_the_original_kept() -> None:
    """Under the canonical key's own name."""
    changes = repaired(Tags.known({"expiration": "friday 7pm"}))

    assert changes == TagChanges(
        {"expiration": "2026-08-28T17:00:00Z", "tagwarden.io/was-expiration": "friday 7pm"}, ()
    )


def test_none_leaves_a_statement_as_it_stands() -> None:
    """A policy may fix one and not the other."""
    tags = Tags.known({"Owner": "alice", "ttl": "2d"})
    changes = changes_for(tags, ProviderName.AWS, read(tags), RULES, owner="alice", expires=None)

    assert changes == TagChanges({"owner": "alice", "tagwarden.io/was-Owner": "alice"}, ("Owner",))


def test_an_expiry_that_nobody_can_read_gives_way_to_what_the_policy_writes() -> None:
    """Whichever key it stood under."""
    tags = Tags.known({"ttl": "May", "janitor/ttl": "soon"})
    changes = changes_for(
        tags, ProviderName.AWS, read(tags), RULES, owner=None, expires=datetime(2026, 9, 1, 19, tzinfo=UTC)
    )

    assert changes == TagChanges(
        {
            "expiration": "2026-09-01T19:00:00Z",
            "tagwarden.io/was-janitor/ttl": "soon",
            "tagwarden.io/was-ttl": "May",
        },
        ("janitor/ttl", "ttl"),
    )


def test_a_suspect_stays_where_it_is() -> None:
    """It was never read, and it may be somebody else's."""
    tags = Tags.known({"expiry": "2d"})
    changes = changes_for(
        tags, ProviderName.AWS, read(tags), RULES, owner=None, expires=datetime(2026, 9, 1, 19, tzinfo=UTC)
    )

    assert changes == TagChanges({"expiration": "2026-09-01T19:00:00Z"})


def test_labels_of_kubernetes_are_superseded_and_never_removed() -> None:
    """Selectors depend on them."""
    tags = Tags.known({"ttl": "2d", "team": "data", "owner": "Alice"}, frozenset({"ttl", "team", "owner"}))
    changes = repaired(tags, ProviderName.KUBERNETES)

    assert changes == TagChanges({"expiration": "2026-08-28T12:00:00Z", "owner": "alice"})
    assert isinstance(changes, TagChanges)
    assert read(after(tags, changes), ProviderName.KUBERNETES).is_canonical


def test_a_label_in_its_own_canonical_form_is_left_alone() -> None:
    """Colons do not fit into labels."""
    tags = Tags.known({"expiration": "2026-09-01T190000Z"}, frozenset({"expiration"}))

    assert TagChanges() == repaired(tags, ProviderName.KUBERNETES)


def test_a_key_with_a_slash_is_kept_in_an_annotation_under_a_valid_key() -> None:
    """Two slashes are none."""
    changes = repaired(Tags.known({"janitor/ttl": "2d"}), ProviderName.KUBERNETES)

    assert isinstance(changes, TagChanges)
    assert {"expiration", "tagwarden.io/was-janitor__2fttl"} == set(changes.set)


def test_google_labels_are_written_in_their_alphabet() -> None:
    """Keys, owners and instants alike."""
    changes = repaired(Tags.known({"created-by": "bob", "ttl": "2d"}), ProviderName.GCP)

    assert changes == TagChanges(
        {
            "expiration": "2026-08-28t120000z",
            "owner": "bob__40example__2ecom",
            "tagwarden__2eio__2fwas-created-by": "bob",
            "tagwarden__2eio__2fwas-ttl": "2d",
        },
        ("created-by", "ttl"),
    )


@pytest.mark.parametrize(("others", "fits"), [(46, True), (47, True), (48, False), (49, False)])
def test_a_write_that_does_not_fit_is_not_done(others: int, fits: bool) -> None:
    """Both the new and the old must fit for a moment, since setting comes before removing."""
    tags = Tags.known({f"key-{number}": "x" for number in range(others)} | {"ttl": "2d"})
    changes = repaired(tags)

    assert fits == isinstance(changes, TagChanges)
    if isinstance(changes, Finding):
        assert Reason.NoFreeTagSlot is changes.reason


def test_tags_of_aws_itself_take_no_slot() -> None:
    """They do not count towards the fifty."""
    tags = Tags.known({f"aws:key-{number}": "x" for number in range(60)} | {"ttl": "2d"})

    assert isinstance(repaired(tags), TagChanges)


def test_an_owner_that_the_place_does_not_take_is_reported() -> None:
    """Nothing is trimmed."""
    tags = Tags.known({"Owner": "alice<script>"})
    changes = repaired(tags, rules=FREE_RULES)

    assert isinstance(changes, Finding)
    assert Reason.TagNotWritable is changes.reason


def test_tags_that_were_not_read_are_not_written() -> None:
    """S1: who knows what stands there."""
    tags = Tags.unreadable("denied")
    changes = changes_for(tags, ProviderName.AWS, read(tags), RULES, owner="alice", expires=None)

    assert isinstance(changes, Finding)


def test_the_original_can_be_told_from_what_was_kept() -> None:
    """Key and value both, in every place."""
    for provider in ProviderName:
        tags = Tags.known({"janitor/ttl": "2d", "created-by": "carol", "expiration": "asap"})
        changes = repaired(tags, provider)

        assert isinstance(changes, TagChanges)
        assert {"janitor/ttl": "2d", "created-by": "carol", "expiration": "asap"} == originals(
            after(tags, changes).values, provider
        )


KEYS = st.sampled_from(
    ["owner", "Owner", "created-by", "onwer", "ownerId", "expiration", "Expiration", "expires", "ttl", "TTL",
     "janitor/ttl", "janitor/expires", "cleanup.kyverno.io/ttl", "resoto:expires", "cloud-nuke-after", "expiratoin",
     "experation", "expiry", "tagwarden.io/was-ttl", "tagwarden.io/was-expiration", "Name", "team"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        ["alice", "Alice", "bob", "bob@example.com", "carol", "christofer", "zoe", "unknown", "", "2d", "48h", "1w2d",
         "2026-09-01T19:00:00Z", "2026-09-01T190000Z", "2026-09-01", "friday 7pm", "never", "May", "01/02/2026", "-2d",
         "1788289200", "2026-09-01 02:30", "1 month", "999999w", "2026-09-01T19:00:00+05:30"]
    ),
    st.text(max_size=12),
)  # fmt: skip


@st.composite
def resources(draw: st.DrawFn) -> tuple[Tags, ProviderName]:
    values = draw(st.dictionaries(KEYS, VALUES, max_size=6))
    provider = draw(st.sampled_from(ProviderName))
    if provider is ProviderName.GCP:
        values = {
            key.lower().replace("/", "-").replace(":", "-").replace(".", "-"): value for key, value in values.items()
        }
    fixed = draw(st.sets(st.sampled_from(sorted(values)))) if values and provider is ProviderName.KUBERNETES else set()
    return Tags.known(values, frozenset(fixed)) if values else Tags.known({}), provider


@settings(max_examples=200, deadline=None)
@given(resources(), st.integers(0, 999_999))
def test_a_second_pass_finds_nothing_to_do(resource: tuple[Tags, ProviderName], microsecond: int) -> None:
    """The same owner and the same instant, and no flip-flop, whatever people write."""
    tags, provider = resource
    created = CREATED + timedelta(microseconds=microsecond)
    reading = read_tags(tags, provider, created, RULES)
    changes = changes_for(tags, provider, reading, RULES, owner=reading.owner, expires=reading.expires)
    if isinstance(changes, Finding):
        return
    written = after(tags, changes)
    again = read_tags(written, provider, created, RULES)

    assert (reading.owner, reading.expires, reading.never) == (again.owner, again.expires, again.never)
    assert TagChanges() == changes_for(written, provider, again, RULES, owner=again.owner, expires=again.expires)
    if reading.owner is not None and reading.expires is not None:
        assert again.is_canonical
    assert reading.is_canonical <= (not changes)
    assert bool(reading.repairs) == bool(changes)


@settings(max_examples=150, deadline=None)
@given(resources(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_whatever_is_written_is_what_is_read_next(resource: tuple[Tags, ProviderName], expires: datetime) -> None:
    """A maximum, a default or an inherited owner too."""
    tags, provider = resource
    expires = expires.replace(microsecond=0)
    changes = changes_for(tags, provider, read(tags, provider), RULES, owner="alice", expires=expires)
    if isinstance(changes, Finding):
        return
    again = read(after(tags, changes), provider)

    assert ("alice", expires, True) == (again.owner, again.expires, again.is_canonical)
    assert after(tags, changes).values[RULES.expiry_key(provider)] in (
        encode_instant(expires, place_of(provider)),
        tags.values.get(RULES.expiry_key(provider)),
    )


@settings(max_examples=200, deadline=None)
@given(resources())
def test_nothing_that_people_wrote_is_lost(resource: tuple[Tags, ProviderName]) -> None:
    """It stands where it stood, or is kept."""
    tags, provider = resource
    changes = repaired(tags, provider)
    if isinstance(changes, Finding):
        return
    written = after(tags, changes).values
    kept = originals(written, provider)
    replaced = {key for key in tags.values if written.get(key) != tags.values[key]} - tags.fixed

    assert {key: tags.values[key] for key in replaced if "was-" not in key} == {
        key: kept[key] for key in replaced if "was-" not in key
    }


@settings(max_examples=100, deadline=None)
@given(resources())
def test_two_operators_write_the_same(resource: tuple[Tags, ProviderName]) -> None:
    """In the same order, whatever order the vendor gave the tags in."""
    tags, provider = resource
    turned = Tags.known(dict(reversed(tags.values.items())), tags.fixed)
    fresh = compile_tag_rules(OwnerRule(), ExpiryRule(), ZoneInfo("Europe/Berlin"), KNOWN)
    one, other = repaired(tags, provider), repaired(turned, provider, fresh)

    assert one == other
    if isinstance(one, TagChanges) and isinstance(other, TagChanges):
        assert list(one.set.items()) == list(other.set.items())
