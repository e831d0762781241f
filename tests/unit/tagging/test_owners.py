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
    ("text", "known"),
    [
        ("bob\ncarol -> bob\t# left", {"bob": None, "carol": "bob"}),
        ("bob\u00a0# left\n\t# all\n#\n", {"bob": None}),
        ("carol\t->\tbob\r\ndave", {"carol": "bob", "dave": None, "bob": None}),
        ("Alice   Miller", {"Alice Miller": None}),
        ("\ufeffalice\n@platform/team-1\narn:aws:iam::123456789012:user/bob", {
            "alice": None, "@platform/team-1": None, "arn:aws:iam::123456789012:user/bob": None}),
        ("jose\u0301 -> Zoe\u0308", {"jos\u00e9": "Zo\u00eb", "Zo\u00eb": None}),
        ("\uff41lice", {"alice": None}),
    ],
)  # fmt: skip
def test_a_list_is_read_as_editors_save_it(text: str, known: dict[str, str | None]) -> None:
    """Whatever they end lines with, and however they compose letters."""
    assert known == parse_known_owners(text)


def test_a_name_with_an_accent_is_known_however_it_is_composed() -> None:
    """In the list as in the value."""
    reader = OwnerReader(OwnerRule(), parse_known_owners("jose\u0301\n"))

    assert ["jos\u00e9"] * 2 == [reader.read(value).owner for value in ("jose\u0301", "jos\u00e9")]


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("alice \u2192 bob", "write one name per line, or carol -> bob"), ("alice => bob", "carol -> bob"),
        ("alice --> bob", "carol -> bob"), ("alice <- bob", "carol -> bob"), ("alice: bob", "carol -> bob"),
        ("alice =", "carol -> bob"), ("alice ->", "carol -> bob"), ("-> bob", "carol -> bob"), ("->", "carol -> bob"),
        ("a -> b -> c", "carol -> bob"), ("alice, bob", "one name per line"), ("alice; bob", "one name per line"),
        ("- alice", "start with the name"), ("* alice", "start with the name"),
        ("carol -> - bob", "start with the name"), ("alice# x", "put a space before the #"),
        ("carol -> none", "'none' is not a person or team; name one, or remove the line"),
        ("Nobody", "not a person or team"),
        ("carol -> ${var.owner}", "not a person or team"),
        ("n/a", "not a person or team"), ("---", "not a person or team"),
        ("ali\x00ce", "unprintable"), ("alice\u2028bob", "unprintable"), ("alice\x0bbob", "unprintable"),
        ("'alice'", "write alice"), ("alice,", "write alice"), ("mailto:a@example.com", "write a@example.com"),
        ("Alice Miller <a@example.com>", "write a@example.com"), ("<a@example.com>", "write a@example.com"),
        ("a" * 257, "an owner has at most 256 characters"), ("','" * 99_999, "an owner has at most"),
    ],
)  # fmt: skip
def test_a_line_that_names_no_owner_is_refused(line: str, advice: str) -> None:
    """With its number, and what to write instead: quietly passed over, it would make somebody nobody."""
    with pytest.raises(BadInput, match=r"^spec\.owner\.known: line 3: ") as refused:
        parse_known_owners(f"# team\nzoe\n{line}\nyan\n")

    assert advice in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["", "\n", "# alice\n  # bob\n", "\u200b"])
def test_a_list_of_nobody_is_refused(text: str) -> None:
    """It would make every owner malformed at once."""
    with pytest.raises(BadInput, match=r"^spec\.owner\.known: the list is empty; write .* remove spec\.owner\.known"):
        parse_known_owners(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("alice\nbob\nAlice\n", "line 3: duplicate of Alice on line 1"),
        ("jos\u00e9\njose\u0301\n", "line 2: duplicate of jos\u00e9 on line 1"),
        ("\nalice -> bob\nbob -> alice\n", "line 2: the successors of alice form a cycle"),
        ("alice -> Alice\n", "line 1: the successors of alice form a cycle"),
        ("alice -> bob\nbob -> carol\ncarol -> bob\n", "form a cycle"),
    ],
)
def test_a_list_that_cannot_be_meant_names_the_line(text: str, line: str) -> None:
    """So that it is found among thousands."""
    with pytest.raises(BadInput, match=f"^spec.owner.known: .*{line}"):
        parse_known_owners(text)


@settings(max_examples=500)
@given(st.text() | st.text("abÀ\u0300-->>\n@.,'\"#\t :", max_size=12))
def test_everybody_on_a_list_is_known(text: str) -> None:
    """It is read, or refused with a reason; and the reading of values finds whoever is on it, however it is cased."""
    try:
        known = parse_known_owners(text)
    except BadInput:
        return
    reader = OwnerReader(OwnerRule(), known)

    assert None not in [reader.read(name).owner for each in known for name in (each, each.casefold())]


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

    assert "'carool' corrected to carol, succeeded by bob" == of_carol
    assert "'dave.miler' corrected to dave.miller" == of_dave


def test_a_doubtful_typing_error_of_somebody_who_left_names_who_follows() -> None:
    """The names that are alike are shown, and where they lead."""
    reader = OwnerReader(OwnerRule(), parse_known_owners("marlena -> bob\nmartena\n"))

    assert "'marena' can mean marlena (succeeded by bob) or martena" == reader.read("marena").message


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
        ("josemanuel.diaz", "josemiguel.diaz"), ("hansdieter", "hanspeter"), ("christopher.robin", "christofer.robin"),
        ("carlo.christensen", "carlo.christiansen"), ("christian", "christina"), ("kristina.berg", "kristian.berg"),
        ("max.marion", "max.marino"), ("max.mayer", "max.mayre"),
    ],
)  # fmt: skip
def test_who_only_looks_alike_is_somebody_else(known: str, written: str) -> None:
    """A wrong owner is worse than none."""
    assert OwnerReader(OwnerRule(), parse_known_owners(known)).read(written).owner is None


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("max.mayer", "max.amyer"), ("max.mayer", "max.mayyer"), ("max.mayer", "max.mayr"),
        ("max.mayer", "max.mayerr"), ("john.smith", "jhon.smith"), ("john.smith", "john.smtih"),
        ("team-north", "team-noth"), ("alice@example.com", "alice@exmaple.com"),
        ("max.mayer", "maxmayer"), ("max.mayer", "max_mayer"), ("mmayer", "mamyer"), ("mmayer", "mmaver"),
        ("christopher.robin", "christoher.robin"),
    ],
)  # fmt: skip
def test_a_slip_of_the_fingers_is_corrected(known: str, written: str) -> None:
    """One, within a word, between its first letter and its last, or two letters in the wrong order."""
    assert known == OwnerReader(OwnerRule(), parse_known_owners(known)).read(written).owner


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("christina.weber\nchristine.mayer", "christine.weber"), ("michelle.miller\nbob.Michele", "michele.miller"),
        ("bo.jonsson@example.com\nkarl.jansson@example.com", "bo.jansson@example.com"),
        ("anna.berankova\ndenisa.beranova -> bob", "anna.beranova"),
    ],
)  # fmt: skip
def test_a_word_in_the_name_of_another_known_owner_is_no_slip(known: str, written: str) -> None:
    """It is what people are called: a colleague who is not on the list."""
    assert OwnerReader(OwnerRule(), parse_known_owners(known)).read(written).owner is None


def test_a_slip_beside_a_word_that_others_bear_is_corrected() -> None:
    """Only the word that differs has to be nobody's."""
    known = parse_known_owners("max.mayer\nmax.miller\nanna.mayer\n")

    assert "max.mayer" == OwnerReader(OwnerRule(), known).read("max.mayyer").owner


@pytest.mark.parametrize(
    ("known", "written", "hint"),
    [
        ("bob", "zoe", ""), ("bob", "bub", "; similar owners: bob"), ("al", "ad", ""), ("alice", "elise", ""),
        ("alice", "blice", "; similar owners: alice"), ("alice", "alicia", "; similar owners: alice"),
        ("christopher", "christofer", "; similar owners: christopher"), ("christopher", "kristofer", ""),
    ],
)  # fmt: skip
def test_a_hint_names_only_who_is_close(known: str, written: str, hint: str) -> None:
    """By a third of the letters and by two at most: who is not would only puzzle."""
    said = OwnerReader(OwnerRule(), parse_known_owners(known)).read(written)

    assert f"'{written}' is not a known owner{hint}" == said.message


@pytest.mark.parametrize("written", ["", "@", "platform", "team-1"])
def test_a_team_with_an_at_before_its_name_is_no_address(written: str) -> None:
    """Nothing stands before the @ that could be a login."""
    assert OwnerReader(OwnerRule(), parse_known_owners("@platform/team-1\n")).read(written).owner is None


@pytest.mark.parametrize(
    ("written", "owner", "confidence"),
    [("alice@anywhere.org", "alice", Confidence.LIKELY), ("bob", "bob@example.com", Confidence.CERTAIN)],
)
def test_e_mail_and_login_are_one_person_without_a_pattern(written: str, owner: str, confidence: Confidence) -> None:
    """An address of any domain is likely, and no more."""
    said = OwnerReader(OwnerRule(), parse_known_owners("alice\nbob@example.com")).read(written)

    assert (owner, confidence) == (said.owner, said.confidence)


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


@pytest.mark.parametrize("pattern", [None, r"^[a-z.]+@example\.com$", ".*"])
@pytest.mark.parametrize(
    "value",
    [
        "alice@example.com, bob@example.com", "alice@example.com;bob@example.com", "dave@example.com, bob@example.com",
        "Alice <alice@example.com>, Bob <bob@example.com>", "<alice@example.com> <bob@example.com>",
        "alice.miller@example.com, Bob <bob@example.com>", "alice; Bob <bob@example.com>",
        "alice@example.com <bob@example.com>", "dave@example.com <bob@example.com>", '"Alice", "Bob" <bob@example.com>',
        "Alice, Bob <bob@example.com>", "Alice Miller, Bob Brown <bob@example.com>", "Bob, Alice, Z <bob@example.com>",
        "alice and bob <bob@example.com>", "Alice & Bob <bob@example.com>", "ALICE OR BOB <bob@example.com>",
        "formerly Bob <bob@example.com>", "Former: Bob <bob@example.com>", "ex-Bob <bob@example.com>",
        "was Bob <bob@example.com>", "Not Bob! <bob@example.com>", "ask Bob <bob@example.com>",
        "Alice (cc Bob) <bob@example.com>", "Alice via Bob <bob@example.com>", "Alice for Bob <bob@example.com>",
        "Alice / Bob <bob@example.com>", "Alice + Bob <bob@example.com>",
        "Alice | Bob <bob@example.com>", "Alice -> Bob <bob@example.com>", "Alice und Bob <bob@example.com>",
        "alice@example.com (ask Bob)", "alice@example.com bob",
    ],
)  # fmt: skip
def test_a_value_that_names_several_people_is_not_read(value: str, pattern: str | None) -> None:
    """Nobody knows which of them answers, or whether any of them does."""
    known = parse_known_owners("alice\ndave\nbob@example.com\n")
    said = OwnerReader(OwnerRule(pattern=pattern), known).read(value)

    assert (None, Reason.MalformedOwner) == said[:2]
    assert "is not a known owner" in said.message


@pytest.mark.parametrize(
    "value",
    ['"Alice & Bob" <bob@example.com>', "Alice, Bob <bob@example.com>", "Or Levi <or@example.com>",
     "Alice <alice@example.com>, Bob <bob@example.com>"],
)  # fmt: skip
def test_where_nobody_said_who_is_known_several_people_are_not_written_as_one(value: str) -> None:
    """Nor half of what stood there."""
    said = OwnerReader(OwnerRule(), None).read(value)

    assert (None, Reason.MalformedOwner) == said[:2]
    assert "may name several owners" in said.message


@pytest.mark.parametrize("pattern", [r"^[a-z.]+@example\.com$", None])
@pytest.mark.parametrize(
    "name",
    [
        "John Doe", '"John Doe"', "John", '"Doe, John"', "'Doe, John'", "\u201eDoe, John\u201c", "Doe, John",
        "DOE, J.", "Doe,John", '"Doe, John, Dr."', "Dr. Doe, John", "Doe, John (Platform/EU)", "John 'Jack' Doe",
        "J.Doe@example.com", "'j.doe@example.com'", "Forster", "Andor Extra", "R&D", "John O'Doe", "J\u00f6hn D\u00f6e",
    ],
)  # fmt: skip
def test_the_name_before_an_address_is_passed_over(name: str, pattern: str | None) -> None:
    """As programs for mail write it, with the family name first too, or with the address once more."""
    said = OwnerReader(OwnerRule(pattern=pattern), None).read(f"{name} <j.doe@example.com>")

    assert ("j.doe@example.com", Reason.NonCanonicalOwner) == said[:2]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("M\u00fcller, J\u00f6rg", "joerg.mueller@example.com"), ("M\u00fcller, J\u00f6rg", "jmuller@example.com"),
        ("van der Berg, Jan", "jan.vanderberg@example.com"), ("O'Brien, Pat", "obrien@example.com"),
    ],
)  # fmt: skip
def test_a_family_name_is_known_by_the_address(name: str, address: str) -> None:
    """Mail spells accents in its own ways, and leaves out blanks and signs."""
    assert address == OwnerReader(OwnerRule(), None).read(f"{name} <{address}>").owner


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
