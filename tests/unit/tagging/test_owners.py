"""Known owners, and the repairs that a list of them allows."""

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


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from([None, r"^[a-z.]+$", r".*", ""]), st.booleans())
def test_reading_an_owner_twice_is_reading_it_once(value: str, pattern: str | None, has_list: bool) -> None:
    """Never a crash, and what was read is canonical."""
    known = parse_known_owners("alice\nbob@example.com\ncarol -> alice") if has_list else None
    reader = OwnerReader(OwnerRule(pattern=pattern), known)
    owner = reader.read(value).owner

    if owner is not None:
        assert (owner, None) == reader.read(owner)[:2]


OWNERS = (
    st.from_regex(r"[A-Za-z0-9._@/+ \n-]{0,9}", fullmatch=True)
    | st.sampled_from(["alice", "NA", "n/a", "None", "nobody", "nobody1", "a\nb", "alice²", "\ud800", "-", ""])
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
