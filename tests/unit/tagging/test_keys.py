"""Which keys are typing errors of a policy's own, and which are words of their own."""

import itertools
import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tagwarden.model.policy import ExpiryRule, OwnerRule
from tagwarden.tagging import TagPlace
from tagwarden.tagging.keys import KeyBook, KeyMatch, KeyRole, Statement

OWNER, EXPIRY = Statement.OWNER, Statement.EXPIRY


def role_of(written: str, statement: Statement, meant: str) -> KeyRole | None:
    """Tell what a key is to a policy that has just that one for the statement; `default` for all that it has itself."""
    owner, expiry = OwnerRule(), ExpiryRule()
    if meant != "default":
        # A key too short for a typing error stands in for the other statement.
        owner = OwnerRule(key=meant if statement is OWNER else "who", aliases=())
        expiry = ExpiryRule(key=meant if statement is EXPIRY else "ttl", aliases=())
    return KeyBook(owner, expiry, TagPlace.AWS_TAG).role_of(written)


def is_typo(written: str, statement: Statement, meant: str) -> bool:
    role = role_of(written, statement, meant)
    return role is not None and role.match is KeyMatch.TYPO and role.statement is statement


def rows(table: dict[tuple[Statement, str], str]) -> list[tuple[str, Statement, str]]:
    return [(key, statement, meant) for (statement, meant), keys in table.items() for key in keys.split()]


TYPING_ERRORS = rows(
    {
        (OWNER, "default"): (
            "onwer owenr ownr owne owmer woner Onwer OWNR Ownner ownerr onwer_ -onwer OWnre oWNRE own\u00adr"
            " creatd-by cretaed-by craeted_by rceated-by createdd-by create-by"
            " creatdby cretaedby CreatdBy Creatd-By CREATDBY creatd.by createby"
        ),
        (OWNER, "acme:owner"): "acme:ownr acme:onwer Acme:Onwer ACME:OWNR ac-me:onwer acme:_onwer",
        (OWNER, "acme:team/owner"): "acme:team/onwer",
        (OWNER, "product-owner"): (
            "product-onwer prodcut-owner product_ownr ProdutOwner productonwer prodctowner PRODUCTOWNR produt.owner"
        ),
        (OWNER, "costCenterOwner"): "costCenterOnwer cost-centre-owner cost_center_ownr costcnterowner",
        (OWNER, "resource-creator"): "resuorce-creator resource-craetor",
        (OWNER, "responsible"): "responsable resposible repsonsibel",
        (OWNER, "maintainer"): "maintaner mantainer maintianer",
        (OWNER, "contact"): "contcat conatct contct",
        (EXPIRY, "default"): (
            "expiratoin expiraton experation exipration Expriation xepiration expirationn exparation experatoin"
            " EXpiratoin expirs expirse expries xepires expiress"
        ),
        (EXPIRY, "team/expiration"): "team/expiratoin team/experation",
        (EXPIRY, "acme:expires"): "acme:expirs acme:exipres",
        (EXPIRY, "expiration-date"): "expiratoin-date expiratondate ExpiratoinDate",
        (EXPIRY, "delete-at"): "delte-at deleet-at delteat",
        (EXPIRY, "terminate-after"): "termniate-after terminate-afetr terminateatfer",
        (EXPIRY, "created-until"): "creatd-until",
        (EXPIRY, "lease-expiry"): "laese-expiry",
        (EXPIRY, "until"): "untill unitl",
    }
)

OTHER_KEYS = rows(
    {
        (OWNER, "default"): (
            "owned owners opener tower power other order offer over outer inner own co-owner coowner wner owner1"
            " createDB create-db createdb CreateDB created-at createdat created-bu created_yb createdby2"
            " ow-nre on-wer acme:onwer team/onwer foo-onwer onwer-foo onwer:"
        ),
        (OWNER, "acme:owner"): (
            "acme:other acme:order acme:offer acme:over acme:power acme:tower acme:lower acme:outer acme:inner acme:own"
            " acme:owned acme:opener acme:co-owner acme:owners acme:wner acem:owner acem:onwer acme/onwer acme-onwer"
            " onwer onwer:acme"
        ),
        (OWNER, "product-owner"): (
            "product-order project-owner productorder projectowner product-owners product-owned prodcut-onwer"
            " product-owner-id pro-duct-onwer owner-prodcut product onwer"
        ),
        (OWNER, "project-owner"): "protect-owner product-owner",
        (OWNER, "createdby"): "createdb creatd-by CreatdBy",
        (OWNER, "contact"): "contract contracts contacts contacted context",
        (OWNER, "responsible"): "responsive responsibility response",
        (OWNER, "maintainer"): "maintained maintain maintains container",
        (OWNER, "requester"): "requested request requests",
        (OWNER, "approver"): "approve approves approved",
        (EXPIRY, "default"): (
            "exp-duration exp-creation exp-iteration exp-migration exp-station exp-ratio exec-ration expire-action"
            " expire-ms es-expiration explication expDuration ExpRatio expduration expratio execration extirpation"
            " expirems exploration exportation expired expirations empires tls ttr tlt acme:expiratoin expiratoin-days"
        ),
        (EXPIRY, "acme:ttl"): "acme:ttr acme:tlt acme:tll",
        (EXPIRY, "example.com/ttl"): (
            "example.com/rto example.com/tls example.com/tty example.com/title example.com/tool example.com/eol"
            " example.com/url example.com/sql example.com/ssl example.com/tcp example.com/html example.com/xml"
            " example.com/rtt example.com/ttr example.com/ttf example.com/tlt"
        ),
        (EXPIRY, "acme:expires"): "acme:expired acme:empires acme:expire acme:expiry",
        (EXPIRY, "delete-at"): "deleted-at deletedAt deletedat deleted_at deplete-at delete-it delete-after",
        (EXPIRY, "deleteat"): "deletedat deleted-at",
        (EXPIRY, "terminate-at"): "terminated-at terminatedAt terminatedat",
        (EXPIRY, "terminateat"): "terminatedat",
        (EXPIRY, "destroy-after"): "destroyed-after destroyedafter",
        (EXPIRY, "destroyafter"): "destroyedafter",
        (EXPIRY, "expire-at"): "expired-at expiredat empire-at",
        (EXPIRY, "until"): "util utils unit untied",
        (EXPIRY, "retain-until"): "retained-until remain-until retain-util retainutil",
        (EXPIRY, "sunset"): "subset",
        (EXPIRY, "removal-date"): "removal-data",
        (EXPIRY, "x/abcd-efgh"): "x/abcd-efhg x/abdc-efgh",
    }
)


@pytest.mark.parametrize(("written", "statement", "meant"), TYPING_ERRORS)
def test_a_slip_in_one_word_is_a_typing_error(written: str, statement: Statement, meant: str) -> None:
    """An owner that is overlooked can cost a resource its life."""
    assert is_typo(written, statement, meant)


@pytest.mark.parametrize(("written", "statement", "meant"), OTHER_KEYS)
def test_another_word_is_no_typing_error(written: str, statement: Statement, meant: str) -> None:
    """It is nobody's to rename."""
    role = role_of(written, statement, meant)

    assert role is None or role.match is KeyMatch.SUSPECT


@pytest.mark.parametrize(
    ("written", "meant"),
    [("acme:expire", "acme:expires"), ("acme:expires-on", "acme:expires-at"), ("acme:expiry", "acme:expires"),
     ("acme:deleteAfter", "acme:expires"), ("lease-expire", "lease-expires"), ("expire-utc", "expires-utc"),
     ("expiry", "acme:expires")],
)  # fmt: skip
def test_what_others_call_an_expiry_is_a_suspect_where_the_policy_has_its_keys(written: str, meant: str) -> None:
    """Stated, so that nothing counts as untagged for it, and never read."""
    assert KeyRole(EXPIRY, KeyMatch.SUSPECT, resembles=meant) == role_of(written, EXPIRY, meant)


@pytest.mark.parametrize("meant", ["expiration", "acme:expires", "acme-expires"])
def test_what_others_call_an_expiry_is_nothing_under_a_prefix_of_others(meant: str) -> None:
    """Whatever the policy's own prefix is."""
    assert [None, None] == [role_of(key, EXPIRY, meant) for key in ("foo/expiry", "foo:expire")]


def test_what_may_be_an_owner_and_an_expiry_is_neither() -> None:
    """Nobody can tell which."""
    book = KeyBook(OwnerRule(key="expirer", aliases=()), ExpiryRule(key="expires", aliases=()), TagPlace.AWS_TAG)

    assert book.role_of("expirex") is None


@pytest.mark.parametrize(
    "piece", ["owner", "a", "aA", "AAa", "a-", "-", ":", "/", "\ufdfa", "\u0130", "created", "\u200b", "Ab1"]
)
def test_the_longest_keys_state_nothing_and_break_nothing(piece: str) -> None:
    """Up to the length that is looked at, and beyond."""
    keys = [(piece * 256)[:length] for length in (255, 256, 257)]

    assert [None, None, None] == [role_of(key, OWNER, "default") for key in keys]


# -- whatever stands around the word ----------------------------------------------------------------------------------

letters = st.text(string.ascii_lowercase, min_size=1, max_size=8)
ends = st.sampled_from(["/", ":", ".example.com/", ":team/"])
prefixes = st.builds("".join, st.tuples(letters, ends)).filter(lambda prefix: not prefix.startswith("aws:"))
others = st.lists(letters, max_size=3)
words = st.sampled_from(["owner", "expiration", "created", "contact", "responsible", "ttl", "lease"]) | letters


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, str]:
    """Give a word and what came of it: up to three letters struck out, put in, swapped or replaced."""
    meant = written = draw(words)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(written)))
        before, after = written[:place], written[place:]
        letter = draw(st.sampled_from(string.ascii_lowercase))
        written = before + draw(
            st.sampled_from([after[1:], letter + after, after[1::-1] + after[2:], letter + after[1:]])
        )
    assume(written not in ("", meant))
    return meant, written


@given(mistyped(), st.just("") | prefixes, others, others, st.sampled_from("-_. "))
@example(("owner", "order"), "acme:", ["product"], [], "-")
@example(("expires", "expired"), "acme:", [], [], "-")
@example(("expiration", "exp-ratio"), "", [], [], "-")
def test_a_typing_error_is_one_whatever_stands_around_it(
    slip: tuple[str, str], prefix: str, before: list[str], after: list[str], separator: str
) -> None:
    """Under any prefix and beside any other words, and only then."""
    meant, written = (prefix + separator.join([*before, word, *after]) for word in slip)

    assert is_typo(slip[1], OWNER, slip[0]) == is_typo(written, OWNER, meant)


@given(mistyped(), prefixes, others, others)
def test_a_typing_error_is_one_without_the_separators_too(
    slip: tuple[str, str], prefix: str, before: list[str], after: list[str]
) -> None:
    """Which people leave out."""
    meant = prefix + "-".join([*before, slip[0], *after])
    written = prefix + "".join([*before, slip[1], *after])

    assert role_of(written, OWNER, meant) is not None or not is_typo(slip[1], OWNER, slip[0])


@given(mistyped(), mistyped(), prefixes)
def test_slips_in_two_words_make_another_key(one: tuple[str, str], two: tuple[str, str], prefix: str) -> None:
    """Each of them alone may be a typing error."""
    meant, written = (prefix + "-".join(pair) for pair in zip(one, two, strict=True))

    assert not is_typo(written, OWNER, meant)


def test_a_short_word_stands_as_it_is() -> None:
    """A slip in four letters makes another word."""
    swapped = ["".join(letters) for letters in itertools.permutations("team") if "".join(letters) != "team"]

    assert not any(is_typo(f"acme:{word}", OWNER, "acme:team") for word in swapped)
