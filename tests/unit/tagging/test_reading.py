"""What tags state: which of several holds, what is repaired, and what is never taken."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tagwarden.errors import BadInput
from tagwarden.model.policy import DateOrder, ExpiryRule, OwnerRule
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Confidence
from tagwarden.tagging import (
    LATEST,
    Reading,
    TagPlace,
    canonical_instant,
    canonical_instants,
    changes_for,
    compile_tag_rules,
    encode_instant,
    parse_expiry,
    place_of,
    read_tags,
)
from tagwarden.tagging.expiry import Stated
from tagwarden.tagging.moments import At

CREATED = datetime(2026, 8, 26, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
RULES = compile_tag_rules(OwnerRule(), ExpiryRule(), BERLIN, None)


def read(
    values: Mapping[str, str], provider: ProviderName = ProviderName.AWS, created: datetime | None = CREATED
) -> Reading:
    return read_tags(Tags.known(values), provider, created, RULES)


def reasons(reading: Reading) -> set[Reason]:
    return {finding.reason for finding in reading.owner_findings + reading.expiry_findings}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# -- what is there and what is not ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tags", [Tags.unreadable("denied"), Tags.untaggable(), Tags.known({}), Tags.known({"Name": "web"})]
)
def test_what_has_no_such_tags_states_nothing(tags: Tags) -> None:
    """Whether it is untagged, unreadable or untaggable is for judging to tell (S1)."""
    assert Reading() == read_tags(tags, ProviderName.AWS, CREATED, RULES)


@pytest.mark.parametrize("value", ["", "May", "-2d", "01/02/2026", "x" * 10_000, "\0", "\ud800"])
def test_an_expiry_that_nobody_can_read_is_stated_all_the_same(value: str) -> None:
    """Such a resource is never untagged."""
    reading = read({"expiration": value})

    assert (True, None, False) == (reading.expiry_stated, reading.expires, reading.never)
    assert (False, True) == (reading.is_canonical, reading.is_repaired)


@pytest.mark.parametrize("value", ["", "unknown", "n/a", "x" * 10_000, "\0"])
def test_an_owner_that_nobody_can_read_is_stated_all_the_same(value: str) -> None:
    """Such a resource is never untagged."""
    reading = read({"owner": value})

    assert (True, None) == (reading.owner_stated, reading.owner)
    assert {Reason.MalformedOwner} == reasons(reading)


def test_canonical_tags_have_nothing_to_be_said_about() -> None:
    """The common case."""
    reading = read({"owner": "alice", "expiration": "2026-09-01T19:00:00Z", "Name": "web"})

    assert reading == Reading("alice", True, (), at("2026-09-01T19:00:00Z"), False, True, (), True, (), False)


@pytest.mark.parametrize("missing", ["owner", "expiration"])
def test_one_of_both_may_be_missing(missing: str) -> None:
    """The other is read."""
    values = {"owner": "alice", "expiration": "2026-09-01T19:00:00Z"}
    del values[missing]
    reading = read(values)

    assert (missing != "owner", missing != "expiration") == (reading.owner_stated, reading.expiry_stated)
    assert reading.is_canonical


def test_an_expiry_from_creation_waits_until_the_creation_is_known() -> None:
    """And is not taken for malformed meanwhile."""
    reading = read({"expiration": "2d"}, created=None)

    assert {Reason.UnknownAge} == reasons(reading)
    assert reading.expires is None


def test_an_unknown_age_leaves_instants_readable() -> None:
    """They do not count from anything."""
    assert at("2026-09-01T19:00:00Z") == read({"expiration": "2026-09-01T19:00:00Z"}, created=None).expires


TTL, REFRESHED = "k8s-ttl-controller.twin.sh/ttl", "k8s-ttl-controller.twin.sh/refreshed-at"


@pytest.mark.parametrize(
    ("refreshed", "expires"),
    [
        ("2026-08-30T08:00:00Z", "2026-08-31T08:00:00Z"),
        ("2026-08-30T10:00:00+02:00", "2026-08-31T08:00:00Z"),
        ("2020-01-01T00:00:00Z", "2026-08-27T12:00:00Z"),
        ("lately", None),
        ("2d", None),
    ],
)
def test_k8s_ttl_controller_counts_from_when_it_was_refreshed(refreshed: str, expires: str | None) -> None:
    """That is how people of that tool extend a life; what cannot be read ends none."""
    reading = read({TTL: "1d", REFRESHED: refreshed}, ProviderName.KUBERNETES)

    assert reading.expiry_stated
    assert (at(expires) if expires else None) == reading.expires


def test_a_refreshment_alone_is_no_expiry() -> None:
    """And what was read with one is not remembered for what has none."""
    assert not read({REFRESHED: "2026-08-30T08:00:00Z"}).expiry_stated
    rules = compile_tag_rules(OwnerRule(), ExpiryRule(), BERLIN, None)
    tags = [{TTL: "1d"}, {TTL: "1d", REFRESHED: "2026-08-30T08:00:00Z"}, {TTL: "1d", REFRESHED: "2026-08-31T08:00:00Z"}]
    ends = [read_tags(Tags.known(each), ProviderName.KUBERNETES, CREATED, rules).expires for each in (*tags, *tags)]

    assert [at(f"2026-08-{day}:00Z") for day in ("27T12:00", "31T08:00")] + [at("2026-09-01T08:00:00Z")] == ends[:3]
    assert ends[:3] == ends[3:]


# -- several ----------------------------------------------------------------------------------------------------------


def test_the_canonical_key_holds_where_it_can_be_read() -> None:
    """Earlier ones do not count, and the finding names all."""
    reading = read({"ttl": "1h", "expiration": "2026-09-01T19:00:00Z", "janitor/ttl": "2d"})

    assert at("2026-09-01T19:00:00Z") == reading.expires
    (finding,) = reading.expiry_findings
    assert Reason.SeveralExpiries is finding.reason
    assert all(key in finding.message for key in ("ttl=", "expiration=", "janitor/ttl="))
    assert not reading.is_repaired


@pytest.mark.parametrize("value", ["2026-09-01T19:00:00Z", "never", "6d"])
def test_the_canonical_key_in_another_case_is_the_canonical_key(value: str) -> None:
    """Unless it stands there in two of them: then nobody knows which one is meant, and the earliest holds."""
    alone = read({"expiration": value})
    reading = read({"Expiration": value, "ttl": "1h"})
    twice = read({"Expiration": value, "EXPIRATION": "2d", "ttl": "1h"})

    assert (alone.expires, alone.never) == (reading.expires, reading.never)
    assert CREATED + timedelta(hours=1) == twice.expires


def test_else_the_earliest_that_can_be_read_holds() -> None:
    """A bad absolute tag never hides a good relative one."""
    reading = read({"ttl": "3d", "expires": "2026-09-33", "janitor/ttl": "2d"})

    assert CREATED + timedelta(days=2) == reading.expires
    assert {Reason.SeveralExpiries, Reason.MalformedExpiry} <= reasons(reading)
    assert reading.is_repaired


def test_a_malformed_canonical_key_gives_way_to_an_alias() -> None:
    """In doubt, so that the owner has time to look."""
    reading = read({"expiration": "asap", "ttl": "2d"})

    assert CREATED + timedelta(days=2) == reading.expires
    assert any(repair.confidence is Confidence.LIKELY for repair in reading.repairs)


def test_never_holds_under_the_canonical_key_and_is_outdone_elsewhere() -> None:
    """Never is the latest of all."""
    assert read({"expiration": "never", "ttl": "2d"}).never
    assert CREATED + timedelta(days=2) == read({"expires": "never", "ttl": "2d"}).expires
    assert read({"expires": "never", "ttl": "May"}).never


def test_the_first_alias_that_names_an_owner_holds() -> None:
    """In the order of the policy, and the others stay."""
    reading = read({"created-by": "terraform", "Owner": "alice"})

    assert "alice" == reading.owner
    assert {Reason.SeveralOwners, Reason.NonCanonicalKey} == reasons(reading)
    assert [("Owner", "alice")] == [repair.before for repair in reading.repairs]


KNOWN = compile_tag_rules(
    OwnerRule(), ExpiryRule(), BERLIN, {"alice": None, "bob": None, "sam@example.com": None, "sam@example.org": None}
)


@pytest.mark.parametrize(
    ("owner", "why"),
    [("zoe", Reason.MalformedOwner), ("sam", Reason.AmbiguousOwner), ("Zoe (new)", Reason.MalformedOwner)],
)
@pytest.mark.parametrize("key", ["owner", "OWNER", "Owner"])
@pytest.mark.parametrize("provider", list(ProviderName))
def test_somebody_whom_nobody_knows_is_not_replaced_by_who_made_it(
    provider: ProviderName, key: str, owner: str, why: Reason
) -> None:
    """A new colleague would lose what is hers to the pipeline that made it, and nobody would be told any more."""
    tags = Tags.known({key: owner, "created-by": "bob"})

    reading = read_tags(tags, provider, CREATED, KNOWN)

    assert (None, True, ()) == (reading.owner, reading.owner_stated, reading.repairs)
    assert {why, Reason.SeveralOwners} == reasons(reading)


@pytest.mark.parametrize(
    ("provider", "nobody"),
    [(ProviderName.AWS, "n/a"), (ProviderName.AWS, ""), (ProviderName.GCP, "n__2fa"), (ProviderName.GCP, "tbd")],
)
def test_what_names_nobody_is_overwritten_and_told_of(provider: ProviderName, nobody: str) -> None:
    """Each repair says what stood there."""
    reading = read_tags(Tags.known({"owner": nobody, "created-by": "bob"}), provider, CREATED, KNOWN)

    assert "bob" == reading.owner
    assert [("owner", nobody), ("created-by", "bob")] == [repair.before for repair in reading.repairs]
    assert {("owner", "bob")} == {repair.after for repair in reading.repairs}


def test_a_label_that_stays_is_what_other_expiries_are_given_up_for() -> None:
    """In the form that labels have, for it is never rewritten."""
    tags = Tags.known({"expiration": "2026-09-01T190000Z", "ttl": "2d"}, frozenset({"expiration"}))

    reading = read_tags(tags, ProviderName.KUBERNETES, CREATED, RULES)

    assert [("expiration", "2026-09-01T190000Z")] == [repair.after for repair in reading.repairs]


@pytest.mark.parametrize("key", ["owner-email", "OwnerEmail", "owned-by", "Contact", "maintainer", "business_owner"])
def test_what_others_call_an_owner_is_pointed_out_and_not_read(key: str) -> None:
    """It names somebody, but not as the owner, and nothing is renamed."""
    reading = read({key: "alice@example.com"})

    assert (None, False, True, ()) == (reading.owner, reading.owner_stated, reading.is_canonical, reading.repairs)
    assert reading.owner_guess.startswith(f"{key}='alice@example.com' looks like an owner; write owner")


@pytest.mark.parametrize(
    "tags",
    [{"contact": "n/a"}, {"contact": ""}, {"contact": "bob", "owner": "alice"}, {"contact": "bob", "ownre": "alice"},
     {"example.com/contact": "bob"}, {"created-by": "alice", "maintainer": "bob"}],
)  # fmt: skip
def test_what_resembles_an_owner_says_nothing_where_it_names_nobody_or_another_key_states_one(
    tags: dict[str, str],
) -> None:
    assert "" == read(tags).owner_guess


def test_owners_that_agree_are_one() -> None:
    """There is nothing to be said."""
    assert Reason.SeveralOwners not in reasons(read({"owner": "alice", "Owner": "alice"}))


# -- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["Expiration", "EXPIRATION", " expiration", "expiration ", "expi-ration", "Expires", "TTL", "ttl\u00a0",
     "\u200bttl", "\uff54\uff54\uff4c", "ExPiRaTiOn"],
)  # fmt: skip
def test_case_blanks_and_separators_of_a_key_do_not_matter(key: str) -> None:
    """And it counts as written."""
    reading = read({key: "2d"})

    assert CREATED + timedelta(days=2) == reading.expires
    assert Reason.NonCanonicalKey in reasons(reading)
    assert not reading.is_repaired


@pytest.mark.parametrize("key", ["expiraton", "expiratoin", "experation", "expirationn", "xepiration", "expirs"])
def test_a_typing_error_in_a_key_is_taken_where_nothing_else_could_be_meant(key: str) -> None:
    """As a repair, which has its grace."""
    reading = read({key: "2d"})

    assert CREATED + timedelta(days=2) == reading.expires
    assert Reason.MalformedKey in reasons(reading)
    assert reading.is_repaired


@pytest.mark.parametrize("key", ["onwer", "ownr", "owmer", "Ownner", "creatd-by"])
def test_a_typing_error_in_the_key_of_an_owner_too(key: str) -> None:
    """As a repair."""
    reading = read({key: "alice"})

    assert "alice" == reading.owner
    assert Reason.MalformedKey in reasons(reading)
    assert reading.is_repaired


@pytest.mark.parametrize(
    "key",
    ["ownerId", "owner-id", "owners", "Owners", "ownership", "owned", "home", "tower", "power", "other",
     "order", "created", "created-at", "created-on", "expires-header", "expired", "expirations", "exploration", "tls",
     "ttls", "tl", "title", "aws:owner", "aws:expiration", "aws:cloudformation:stack-name", "kubernetes.io/owner",
     "app.kubernetes.io/created-by", "node.k8s.io/ttl", "goog-owner", "tagwarden.io/was-owner",
     "tagwarden.io/was-expiration", "tagwarden.io/was-janitor/ttl", "tagwarden.io/protect", "example.com/owner", "",
     "x" * 10_000, "expiration2", "owner1"],
)  # fmt: skip
def test_a_real_key_that_looks_similar_is_never_taken(key: str) -> None:
    """It states nothing, so nothing is renamed."""
    assert Reading() == read({key: "2026-09-01T19:00:00Z"})


def test_two_typing_errors_are_reported_and_none_is_taken() -> None:
    """Nobody can tell which is right."""
    reading = read({"expiraton": "2d", "expiratoin": "3d"})

    assert {Reason.AmbiguousKey} == reasons(reading)
    assert (True, None, True) == (reading.expiry_stated, reading.expires, reading.is_repaired)


def test_a_typing_error_beside_a_real_key_is_somebody_elses() -> None:
    """It is left alone."""
    reading = read({"expiration": "2026-09-01T19:00:00Z", "expiraton": "1h"})

    assert reading.is_canonical
    assert () == reading.expiry_findings


def test_a_typing_error_with_a_value_that_nobody_can_read_is_pointed_out() -> None:
    """Two errors at once are a guess."""
    reading = read({"expiraton": "blue"})

    assert {Reason.MalformedKey} == reasons(reading)
    assert (True, None, ()) == (reading.expiry_stated, reading.expires, reading.repairs)


# -- other tools ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("janitor/ttl", "2d", "2026-08-28T12:00:00Z"),
        ("janitor/ttl", "36h", "2026-08-28T00:00:00Z"),
        ("janitor/ttl", "forever", "never"),
        ("janitor/ttl", "2026-09-01", None),
        ("janitor/expires", "2026-09-01T19:00:00Z", "2026-09-01T19:00:00Z"),
        ("janitor/expires", "2026-09-01T19:00", "2026-09-01T19:00:00Z"),
        ("janitor/expires", "2026-09-01", "2026-09-02T00:00:00Z"),
        ("janitor/expires", "2d", None),
        ("cleanup.kyverno.io/ttl", "2d", "2026-08-28T12:00:00Z"),
        ("cleanup.kyverno.io/ttl", "1h30m", "2026-08-26T13:30:00Z"),
        ("cleanup.kyverno.io/ttl", "2026-09-01T190000Z", "2026-09-01T19:00:00Z"),
        ("cleanup.kyverno.io/ttl", "2026-09-01", "2026-09-02T00:00:00Z"),
        ("cleanup.kyverno.io/ttl", "friday", None),
        ("k8s-ttl-controller.twin.sh/ttl", "1h", "2026-08-26T13:00:00Z"),
        ("k8s-ttl-controller.twin.sh/ttl", "2026-09-01T19:00:00Z", None),
        ("cloud-nuke-after", "2026-09-01T19:00:00Z", "2026-09-01T19:00:00Z"),
        ("cloud-nuke-after", "2026-09-01T19:00:00+02:00", "2026-09-01T17:00:00Z"),
        ("cloud-nuke-after", "48h", None),
        ("resoto:expires", "2026-09-05T10:40:11+00:00", "2026-09-05T10:40:11Z"),
        ("resoto:expires", "24h", None),
        ("resoto:expiration", "7 days", "2026-09-02T12:00:00Z"),
        ("resoto:expiration", "never", "never"),
        ("resoto:expiration", "2026-09-01", None),
        ("fix:expires", "2026-09-05T10:40:11+00:00", "2026-09-05T10:40:11Z"),
    ],
)
def test_a_key_of_another_tool_means_what_that_tool_documents(key: str, value: str, expected: str | None) -> None:
    """In UTC, whatever the zone of the policy."""
    reading = read({key: value})

    if expected == "never":
        assert reading.never
    elif expected is None:
        assert (True, None, {Reason.MalformedExpiry}) == (reading.expiry_stated, reading.expires, reasons(reading))
    else:
        assert at(expected) == reading.expires


# -- what other tools got wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7d", "2026-09-02T12:00:00Z"),
        ("tomorrow", "2026-08-27T22:00:00Z"),
        ("2026_09_01", "2026-09-01T22:00:00Z"),
        ("2026-08-29t00-00-00z", "2026-08-29T00:00:00Z"),
        ("Friday", "2026-08-28T22:00:00Z"),
        ("2026-09-01 19:00 EST", "2026-09-02T00:00:00Z"),
        ("May", None),
        ("01/02/2026", None),
        ("-2d", None),
    ],
)
def test_dates_that_other_tools_got_wrong(value: str, expected: str | None) -> None:
    """None is immortal, in the past, in another month or in another zone by mistake."""
    assert (at(expected) if expected else None) == read({"expiration": value}).expires


# -- robustness -------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=20) | st.sampled_from(["owner", "expiration", "ttl", "onwer"]),
        st.text(max_size=40),
        max_size=5,
    ),
    st.sampled_from(ProviderName),
    st.none() | st.datetimes(datetime(1970, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),
)
def test_reading_never_raises(values: dict[str, str], provider: ProviderName, created: datetime | None) -> None:
    """Whatever people write."""
    reading = read_tags(Tags.known(values), provider, created, RULES)

    assert not (reading.expires is not None and reading.never)
    assert reading.expires is None or reading.expires.microsecond == 0


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(r"[0-9]{4}[-W0-9]{6}[T ][0-9:.,]{8}[Zz]", fullmatch=True)
    | st.text("0123456789-:TZW.", min_size=20, max_size=20)
)
@example("9999-12-31T23:59:59Z")
@example("9999-01-01T00:00:00Z")
@example("1999-12-31T23:59:59Z")
def test_the_short_cut_reads_what_the_grammar_reads(text: str) -> None:
    """And nothing that only Python reads."""
    instant = canonical_instant(text)
    read = parse_expiry(text, UTC)

    if instant is not None:
        assert isinstance(read, Stated)
        assert At(instant) == read.moment
        assert text == encode_instant(instant, place_of(ProviderName.AWS))


@given(st.datetimes(datetime(2000, 1, 1), datetime(9998, 12, 31, 23, 59, 59), timezones=st.just(UTC)))
@example(datetime(2000, 1, 1, tzinfo=UTC))
@example(LATEST)
def test_the_short_cut_takes_every_canonical_instant(instant: datetime) -> None:
    """Else it would be slow and not wrong."""
    whole = instant.replace(microsecond=0)

    assert whole == canonical_instant(encode_instant(whole, TagPlace.AWS_TAG))


CANONICAL = st.datetimes(datetime(1999, 12, 31), datetime(3001, 1, 1)).map("{:%Y-%m-%dT%H:%M:%SZ}".format)


@given(
    st.lists(
        CANONICAL
        | CANONICAL.map(lambda text: text[:10])
        | st.tuples(CANONICAL, st.sampled_from(["\0", "\n", " ", "Z", "2"])).map("".join)
        | st.sampled_from(
            ["", "48h", "never", "2026-02-30T00:00:00Z", "2026-09-01T19:00:00z", "\uff12026-09-01T19:00:00Z"]
        ),
        max_size=4,
    )
)
def test_many_instants_are_read_one_by_one(texts: list[str]) -> None:
    """To read many at once is quicker, and no other way of reading."""
    assert [canonical_instant(text) for text in texts] == canonical_instants(texts)


@given(st.lists(CANONICAL, min_size=1, max_size=3), st.data())
def test_many_instants_are_not_read_across_their_ends(lines: list[str], data: st.DataObject) -> None:
    """What looks right one below the other may be divided in any other way."""
    text = "\n".join(lines)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=3).map(sorted))
    texts = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]

    assert [canonical_instant(one) for one in texts] == canonical_instants(texts)


@pytest.mark.parametrize(
    ("owner", "expiry", "field"),
    [
        (OwnerRule(pattern="(a"), ExpiryRule(), "spec.owner.pattern: "),
        (OwnerRule(pattern="(?=a)b"), ExpiryRule(), "spec.owner.pattern: "),
        (OwnerRule(key="goog-owner"), ExpiryRule(), "spec.owner.key: "),
        (OwnerRule(), ExpiryRule(key="GOOG-expiration"), "spec.expiry.key: "),
        (OwnerRule(), ExpiryRule(key="Owner"), "spec.expiry: "),
        (OwnerRule(), ExpiryRule(aliases=("Created By",)), "spec.expiry: "),
        (OwnerRule(), ExpiryRule.model_construct(key="tagwarden.io/was-x"), "spec.expiry: "),
        (OwnerRule.model_construct(aliases=("tagwarden.io/protect",)), ExpiryRule(), "spec.owner: "),
    ],
)
def test_rules_that_cannot_work_name_the_field(owner: OwnerRule, expiry: ExpiryRule, field: str) -> None:
    """Before any tag is read."""
    with pytest.raises(BadInput, match=f"^{field}"):
        compile_tag_rules(owner, expiry, BERLIN, None)


def test_a_pattern_that_would_take_for_ever_takes_no_time() -> None:
    """Nobody can hold a pass up with a tag; the limit of the test would show it."""
    rules = compile_tag_rules(OwnerRule(pattern="^(a+)+$"), ExpiryRule(), BERLIN, None)

    assert read_tags(Tags.known({"owner": "a" * 250 + "!"}), ProviderName.AWS, CREATED, rules).owner is None


ANSWERS = {
    "owner": ("alice", "bob", "Alice ", "none", "x" * 300),
    "created-by": ("alice", "carol@example.com", " bob"),
    "ownr": ("alice", "bob", "tbd"),
    "expiration": (
        "2026-09-01T19:00:00Z", "48h", "friday", "never", "1 month", "whenever", "99999999h", "1787832000",
        "02/03/2026",
    ),
    "ttl": ("48h", "2d", "friday", "1 month", "01/02/2026"),
    "exiration": ("48h", "soon"),
    "janitor/ttl": ("48h", "2026-09-01"),
    "janitor/expires": ("1787832000", "2026-09-01"),
}  # fmt: skip
CREATIONS = (
    CREATED,
    CREATED + timedelta(days=3, microseconds=7),
    datetime(2026, 2, 10, tzinfo=UTC),
    datetime(2026, 2, 20, tzinfo=UTC),
    datetime(9999, 12, 29, tzinfo=UTC),
    None,
)


@pytest.mark.parametrize("provider", ProviderName)
@pytest.mark.parametrize("is_fixed", [False, True])
def test_no_reading_depends_on_what_was_read_before(provider: ProviderName, is_fixed: bool) -> None:
    """What is remembered of keys, owners and durations says for every resource what reading afresh says."""
    owner = OwnerRule(aliases=("created-by",))
    expiry = ExpiryRule(aliases=("ttl",), date_order=DateOrder.MDY)
    said = [(key, value) for key, values in ANSWERS.items() for value in values]
    all_values = [dict(pair) for pair in combinations_with_replacement(said, 2)]
    questions = [
        (Tags.known(values, frozenset(values) if is_fixed else frozenset()), provider, created)
        for values in all_values
        for created in CREATIONS
    ]
    rules = compile_tag_rules(owner, expiry, BERLIN, None)

    afresh = [read_tags(*question, compile_tag_rules(owner, expiry, BERLIN, None)) for question in questions]
    assert afresh == [read_tags(*question, rules) for question in questions]


def test_memory_is_bounded_however_many_values_there_are() -> None:
    """Every memory is emptied or left alone when it is full."""
    rules = compile_tag_rules(OwnerRule(), ExpiryRule(), BERLIN, None)
    for number in range(20_000):
        values = {"owner": f"user{number}", f"key{number}": "x", "expiration": f"value {number}"}
        read_tags(Tags.known(values), ProviderName.AWS, CREATED, rules)
    here = rules.at[ProviderName.AWS]

    assert max(map(len, (here.shapes, here.resolved_owners, here.resolved_expiries))) <= 8_192


def test_a_tag_of_aws_itself_is_read_as_an_alias_and_left_alone() -> None:
    """It cannot be removed, and has no say beside what Tagwarden wrote."""
    rules = compile_tag_rules(OwnerRule(aliases=("aws:createdBy",)), ExpiryRule(), BERLIN, None)
    tags = Tags.known({"aws:createdBy": "alice"})
    reading = read_tags(tags, ProviderName.AWS, CREATED, rules)
    changes = changes_for(tags, ProviderName.AWS, reading, rules, owner=reading.owner, expires=None)

    assert TagChanges({"owner": "alice"}) == changes
    assert read_tags(
        Tags.known({"aws:createdBy": "root", "owner": "bob"}), ProviderName.AWS, CREATED, rules
    ).is_canonical
