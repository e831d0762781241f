"""Every row of the reference pages is true."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tagwarden.model.policy import DateOrder, ExpiryRule, OwnerRule
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.tagging import TagPlace, compile_tag_rules, encode_instant, encode_key, parse_known_owners, read_tags
from tagwarden.tagging.keys import KeyMatch

DOCS = Path(__file__).parents[3] / "docs"
BERLIN = ZoneInfo("Europe/Berlin")
CREATED = datetime(2026, 8, 26, 12, tzinfo=UTC)
PATTERN = r"^[a-z0-9._-]+(@example\.com)?$"
KNOWN = """
alice
bob@example.com
carol -> bob@example.com
dave.miller
dave.mills
christopher
team-1
sam@example.com
sam@example.org
"""


def rows_of(page: str, *header: str) -> list[list[str]]:
    """Give the cells of every table of the page with that header."""
    found: list[list[str]] = []
    columns: list[str] | None = None
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            columns = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if columns is None:
            columns = cells
        elif columns == list(header) and not set(line) <= set("|-"):
            found.append(cells)
    assert found, f"{page} has no table {header}"
    return found


def written(cell: str) -> str:
    """Give the value that a cell shows, with the characters that cannot be shown."""
    if cell == "(empty)":
        return ""
    value = re.sub(r"^(`+)(.*)\1$", r"\2", cell)
    return re.sub(r"\\u([0-9a-f]{4})|\\t", lambda found: chr(int(found[1], 16)) if found[1] else "\t", value)


def says(value: str, order: DateOrder | None = None) -> str:
    """Say what the tags of a resource with this expiry state, as the pages do."""
    rules = compile_tag_rules(OwnerRule(), ExpiryRule(date_order=order), BERLIN, None)
    reading = read_tags(Tags.known({"expiration": value}), ProviderName.AWS, CREATED, rules)
    if reading.never:
        return "never"
    if reading.expires is not None:
        return encode_instant(reading.expires, TagPlace.AWS_TAG)
    return "ambiguous" if reading.expiry_findings[0].reason is Reason.AmbiguousExpiry else "malformed"


@pytest.mark.parametrize(
    ("value", "meaning"), [(row[0], row[1]) for row in rows_of("expiry.md", "written", "read as", "")]
)
def test_each_row_of_the_grammar_is_read_as_the_page_says(value: str, meaning: str) -> None:
    """Or is malformed, as the page says."""
    assert meaning == says(written(value))


@pytest.mark.parametrize("row", rows_of("expiry.md", "written", "DMY", "MDY", "YMD or unset"))
def test_the_order_of_dates_is_as_the_page_says(row: list[str]) -> None:
    """With each order that a policy can set, and with none."""
    value = written(row[0])

    assert [row[1], row[2], row[3], row[3]] == [says(value, order) for order in (*DateOrder, None)]


@pytest.mark.parametrize(("key", "kind"), rows_of("expiry.md", "key", "is"))
def test_each_key_is_taken_for_what_the_page_says(key: str, kind: str) -> None:
    """And what is nothing states nothing."""
    rules = compile_tag_rules(OwnerRule(), ExpiryRule(), BERLIN, None)
    role = rules.at[ProviderName.AWS].role_of(written(key))
    kinds = {
        KeyMatch.CANONICAL: "canonical",
        KeyMatch.SPELLING: "another spelling",
        KeyMatch.ALIAS: "alias",
        KeyMatch.FOREIGN: "another tool's",
        KeyMatch.TYPO: "typing error",
        KeyMatch.SUSPECT: "suspect",
        KeyMatch.BEGINNING: "beginning",
    }

    assert kind == (kinds[role.match] if role else "nothing")


@pytest.mark.parametrize(("place", "form"), rows_of("expiry.md", "place", "canonical form"))
def test_each_place_is_written_in_its_form(place: str, form: str) -> None:
    """The one that reads back."""
    assert written(form) == encode_instant(datetime(2026, 9, 1, 19, tzinfo=UTC), TagPlace(place))


@pytest.mark.parametrize("row", rows_of("expiry.md", "key", "AWS tag", "Kubernetes annotation", "GCP label"))
def test_each_key_is_written_in_each_place_as_the_page_says(row: list[str]) -> None:
    """Reversibly."""
    key, *forms = map(written, row)
    places = (TagPlace.AWS_TAG, TagPlace.KUBERNETES_ANNOTATION, TagPlace.GCP_LABEL)

    assert forms == [encode_key(key, place) for place in places]


def owner_rows() -> list[tuple[str, str, str, bool]]:
    """Give the rows of the page on owners; those of the second table have known owners."""
    rows = rows_of("owner.md", "written", "read as", "")
    second = next(number for number, row in enumerate(rows) if number and row[0] == "`alice`")
    return [(row[0], row[1], row[2], number >= second) for number, row in enumerate(rows)]


@pytest.mark.parametrize(("value", "owner", "reason", "has_list"), owner_rows())
def test_each_owner_is_read_as_the_page_says(value: str, owner: str, reason: str, has_list: bool) -> None:
    """By the pattern, or by the list."""
    known = parse_known_owners(KNOWN) if has_list else None
    rules = compile_tag_rules(OwnerRule(pattern=PATTERN), ExpiryRule(), BERLIN, known)
    reading = read_tags(Tags.known({"owner": written(value)}), ProviderName.AWS, CREATED, rules)

    assert (owner, reason) == (
        reading.owner or "nobody",
        reading.owner_findings[0].reason if reading.owner_findings else "canonical",
    )
