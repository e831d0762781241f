"""Known owners, and the repairs that a list of them allows."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.errors import BadInput
from tagwarden.model.policy import OwnerRule
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Confidence
from tagwarden.tagging import parse_known_owners
from tagwarden.tagging.owners import OwnerReader


def test_a_list_of_owners_is_read_line_by_line() -> None:
    """With comments, blank lines, and successors who are known too."""
    known = parse_known_owners("# team\nalice\n\n  bob@example.com   # since May\ncarol -> ALICE\ndave -> erin\n")

    assert known == {"alice": None, "bob@example.com": None, "carol": "alice", "dave": "erin", "erin": None}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("alice\nbob\nAlice\n", "line 3: Alice stands on line 1"),
        ("alice ->\n", "line 1"),
        ("-> bob\n", "line 1"),
        ("a -> b -> c\n", "line 1"),
        ("\nalice -> bob\nbob -> alice\n", "line 2: the successors of alice go in a circle"),
        ("alice -> Alice\n", "line 1: the successors of alice go in a circle"),
        ("alice -> bob\nbob -> carol\ncarol -> bob\n", "go in a circle"),
    ],
)
def test_a_list_that_cannot_be_meant_names_the_line(text: str, line: str) -> None:
    """So that it is found among thousands."""
    with pytest.raises(BadInput, match=f"^spec.owner.known: .*{line}"):
        parse_known_owners(text)


@settings(max_examples=200)
@given(st.text())
def test_reading_a_list_never_crashes(text: str) -> None:
    """It is read, or refused with a reason."""
    try:
        known = parse_known_owners(text)
    except BadInput:
        return
    OwnerReader(OwnerRule(), known).read("alice")


def test_successors_are_followed_to_the_last() -> None:
    """People leave one after the other."""
    said = OwnerReader(OwnerRule(), parse_known_owners("a.miller -> bob\nbob -> carol\ncarol\n")).read("A.Miller")

    assert ("carol", Reason.NonCanonicalOwner, Confidence.CERTAIN) == said[:3]


def test_a_typing_error_is_corrected_among_thousands_of_names() -> None:
    """With a clear winner."""
    names = [
        f"employee.{letter}{other}{third}son" for letter in "abcdefghij" for other in "klmnopqrst" for third in "uvwxyz"
    ]
    known = parse_known_owners("\n".join([*names, "christopher.robin"]))
    said = OwnerReader(OwnerRule(), known).read("christohper.robin")

    assert ("christopher.robin", Reason.MalformedOwner, Confidence.LIKELY) == said[:3]


def test_a_typing_error_that_could_be_two_is_neither() -> None:
    """The finding names both."""
    said = OwnerReader(OwnerRule(), parse_known_owners("marlena\nmartena\n")).read("marena")

    assert (None, Reason.AmbiguousOwner) == said[:2]
    assert "marlena" in said.message
    assert "martena" in said.message


def test_a_typing_error_of_somebody_who_left_names_both() -> None:
    """Else nobody would see what the owner has to do with the value."""
    reader = OwnerReader(OwnerRule(), parse_known_owners("carol -> bob\ndave.miller\n"))
    of_carol, of_dave = reader.read("carool").message, reader.read("dave.miler").message

    assert "'carool' is taken for a typing error of carol, who has left, and bob follows" == of_carol
    assert "'dave.miler' is taken for a typing error of dave.miller" == of_dave


def test_a_doubtful_typing_error_of_somebody_who_left_names_who_follows() -> None:
    """The names that are alike are shown, and where they lead."""
    reader = OwnerReader(OwnerRule(), parse_known_owners("marlena -> bob\nmartena\n"))

    assert "'marena' can be marlena (bob follows) or martena" == reader.read("marena").message


def test_two_names_of_one_person_are_no_ambiguity() -> None:
    """Both lead to the same owner."""
    known = parse_known_owners("marlena -> bob\nmartena -> bob\nbob\n")

    assert "bob" == OwnerReader(OwnerRule(), known).read("marena").owner


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("team-a", "team-b"), ("dev1", "dev2"), ("jsmith", "ksmith"), ("j.smith", "k.smith"), ("bob", "bab"),
        ("release-2026", "release-2025"), ("anna.lee", "anna.li"), ("ops", "ops-team"), ("alice", "malice"),
        ("dev-eu-west", "dev-us-west"), ("team-east", "team-west"), ("group-north", "group-south"),
        ("max.mayer", "max.bayer"), ("john.smith", "joan.smith"), ("mark.jones", "mary.jones"), ("amy.lee", "may.lee"),
        ("john.smith", "johns.smith"), ("martina.weber", "martin.weber"), ("andrea.weber", "andreas.weber"),
        ("renate.weber", "renata.weber"), ("mmayer", "mbayer"), ("mmayer@example.com", "mbayer@example.com"),
        ("anna.miller", "amna.niller"), ("tina.stephens", "tara.stephans"), ("robert.wise", "robert.white"),
        ("team-1-2", "team-12"), ("ops/north", "ops/forth"), ("heidelore", "heiderose"),
    ],
)  # fmt: skip
def test_who_only_looks_alike_is_somebody_else(known: str, written: str) -> None:
    """A wrong owner is worse than none."""
    assert OwnerReader(OwnerRule(), parse_known_owners(known)).read(written).owner is None


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("max.mayer", "max.amyer"), ("max.mayer", "max.mayre"), ("max.mayer", "max.mayyer"), ("max.mayer", "max.mayr"),
        ("max.mayer", "max.mayerr"), ("john.smith", "jhon.smith"), ("john.smith", "john.smiht"),
        ("team-north", "team-noth"), ("alice@example.com", "alice@exmaple.com"),
        ("max.mayer", "maxmayer"), ("max.mayer", "max_mayer"), ("mmayer", "mamyer"), ("mmayer", "mmaver"),
        ("christopher.robin", "christofer.robin"),
    ],
)  # fmt: skip
def test_a_slip_of_the_fingers_is_corrected(known: str, written: str) -> None:
    """Within a word, between its first letter and its last, or two letters in the wrong order."""
    assert known == OwnerReader(OwnerRule(), parse_known_owners(known)).read(written).owner


@pytest.mark.parametrize(
    ("written", "owner", "confidence"),
    [("alice@anywhere.org", "alice", Confidence.LIKELY), ("bob", "bob@example.com", Confidence.CERTAIN)],
)
def test_e_mail_and_login_are_one_person_without_a_pattern(written: str, owner: str, confidence: Confidence) -> None:
    """An address of any domain is likely, and no more."""
    said = OwnerReader(OwnerRule(), parse_known_owners("alice\nbob@example.com")).read(written)

    assert (owner, confidence) == (said.owner, said.confidence)


def test_a_known_owner_called_nobody_is_one() -> None:
    """The list knows better than a list of placeholders."""
    assert "unknown" == OwnerReader(OwnerRule(), {"unknown": None}).read("unknown").owner


PLACEHOLDERS = (
    "${var.owner}", "team-${env}", "<owner>", "<your name>", "{{owner}}", "{{ .Values.owner }}", "{owner}", "$(OWNER)",
    "CHANGE_ME", "change-me", "ChangeMe", "unassigned", "not set", "not_set", "N.A.", "n.a", "tbc", "XXX", "--", "???",
    "(none)", "[unknown]", "-none-", "no-owner", "No Owner", "NO.OWNER", "true", "False", "0", "...", "\u2014",
    '"unknown"', "Unassigned",
)  # fmt: skip


@pytest.mark.parametrize("has_list", [False, True])
@pytest.mark.parametrize("pattern", [None, ".*"])
@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_what_is_written_instead_of_an_owner_names_nobody(value: str, pattern: str | None, has_list: bool) -> None:
    """Whatever the policy takes for an owner: it is reported, and counts as stated."""
    known = parse_known_owners("alice\nnone.such\n") if has_list else None
    said = OwnerReader(OwnerRule(pattern=pattern), known).read(value)

    assert (None, Reason.MalformedOwner) == said[:2]


@pytest.mark.parametrize("pattern", [None, ".*"])
@pytest.mark.parametrize(
    "name",
    [
        "tru", "nan", "nora", "noah", "nobody1", "no.ownerson", "chang", "chang.mei", "todor", "falser", "null.a",
        "x", "xx", "xxl-team", "007", "10", "true.north", "nott.set", "unna", "tbcolin", "do", "to", "fal", "none.such",
    ],
)  # fmt: skip
def test_what_people_are_called_names_somebody(name: str, pattern: str | None) -> None:
    """However near it is to what others write where they name nobody."""
    assert (name, None) == OwnerReader(OwnerRule(pattern=pattern), None).read(name)[:2]


@pytest.mark.parametrize(
    "value", ["<" * 256, "<{" * 128, "$(" * 128, '",' * 128, "<@" * 128, "mailto:" * 36, "-" * 256]
)
def test_a_value_made_to_be_slow_is_read_at_once(value: str) -> None:
    """Anybody can write a tag."""
    reader = OwnerReader(OwnerRule(), None)
    begin = time.process_time()
    for _ in range(100):
        reader.read(value)

    assert time.process_time() - begin < 1


ARN = "arn:aws:sts::123456789012:assumed-role/Dev/"


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        ("MAILTO:Alice@example.com", "Alice@example.com"),
        ("<alice@example.com>", "alice@example.com"),
        ("<mailto:alice@example.com>", "alice@example.com"),
        ('"Miller, Alice" <alice@example.com>', "alice@example.com"),
        (f"{ARN}alice@example.com", "alice@example.com"),
        ("arn:aws-us-gov:sts::123456789012:assumed-role/AWSReservedSSO_Dev_0a1b/a.b@c.org", "a.b@c.org"),
        (f"{ARN}i-0123456789abcdef0", f"{ARN}i-0123456789abcdef0"),
        ("arn:aws:iam::123456789012:user/alice@example.com", "arn:aws:iam::123456789012:user/alice@example.com"),
    ],
)
def test_an_e_mail_address_is_read_wherever_it_stands(written: str, owner: str) -> None:
    """Without a list and a pattern; a session that is no address may be any program's."""
    assert owner == OwnerReader(OwnerRule(), None).read(written).owner


@pytest.mark.parametrize(
    ("session", "owner"),
    [
        ("alice", "alice"), ("bob", "bob@example.com"), ("carol", "alice"), ("alice@anywhere.org", "alice"),
        ("botocore-session-1", None), ("alise", None), ("sam@anywhere.org", None),
    ],
)  # fmt: skip
def test_who_assumed_a_role_is_the_owner_where_known(session: str, owner: str | None) -> None:
    """Programs call their sessions what they like, so no typing error is supposed in a name that is no address."""
    known = parse_known_owners("alice\nbob@example.com\ncarol -> alice\n")

    assert owner == OwnerReader(OwnerRule(), known).read(f"{ARN}{session}").owner


WRAPPED = st.lists(
    st.sampled_from([*"<>@\"',;$()- aN/:{}", "mailto:", "MailTo:", ARN, "alice", "none", "\u200b", "\uff20", "\u2167"]),
    max_size=9,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=300) | WRAPPED | st.sampled_from(["\ufdfa" * 200, "\u2167" * 99]),
    st.sampled_from([None, r"^[a-z.]+$", r".*", ""]),
    st.booleans(),
)
def test_reading_an_owner_twice_is_reading_it_once(value: str, pattern: str | None, has_list: bool) -> None:
    """Never a crash, and what was read is canonical."""
    known = parse_known_owners("alice\nbob@example.com\ncarol -> alice") if has_list else None
    reader = OwnerReader(OwnerRule(pattern=pattern), known)
    owner = reader.read(value).owner

    if owner is not None:
        assert (owner, None) == reader.read(owner)[:2]


OWNERS = (
    st.from_regex(r"[A-Za-z0-9._@/+ \n-]{0,9}", fullmatch=True)
    | st.sampled_from(
        [
            "alice",
            "NA",
            "n/a",
            "None",
            "nobody",
            "CHANGE_me",
            "no.owner",
            "0",
            "xxx",
            "True",
            "nobody1",
            "a\nb",
            "alice²",
            "\ud800",
            "-",
            "",
        ]
    )
    | st.sampled_from([255, 256, 257]).map("a".__mul__)
    | st.text(max_size=9)
)


@given(st.lists(OWNERS, max_size=4), st.sampled_from([None, "^[a-z]+$"]), st.sampled_from([None, {"alice": None}]))
def test_many_owners_are_canonical_one_by_one(
    owners: list[str], pattern: str | None, known: dict[str, str | None] | None
) -> None:
    """To ask of many at once is quicker, and no other question."""
    reader = OwnerReader(OwnerRule(pattern=pattern), known)

    assert [bool(reader.is_canonical(owner)) for owner in owners] == [bool(is_) for is_ in reader.are_canonical(owners)]


def test_owners_that_are_all_canonical_are_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be slow and not wrong."""
    reader = OwnerReader(OwnerRule(), None)
    monkeypatch.setattr(reader, "is_canonical", None)

    assert all(reader.are_canonical(["alice", "bob.smith@example.com", "Team/42", "nadia", "x" * 256]))
