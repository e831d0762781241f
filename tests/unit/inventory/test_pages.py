"""Pages: hostile values stay text, unknown numbers are said to be unknown, and nothing but reading is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from tagwarden.inventory import Lake
from tagwarden.inventory.insight import Period, TeamsOf, insight_of
from tagwarden.inventory.pages import PagesServer, figures, report_html
from tagwarden.inventory.pages.charts import Bar, bars
from tagwarden.model.graph import Edge, EdgeMeaning
from tests.support.builders import NOW, a_resource, a_snapshot

HOSTILE = (
    '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{7*7}}{% raw %}',
    "'); drop table resources; --",
    "javascript:alert(3)",
    "\u202e</title></svg><svg onload=alert(4)>",
)


class Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def is_harmless(page: str) -> bool:
    """Whether nothing in a page runs or loads."""
    seen = Tags(page)
    return (
        not {"script", "img", "iframe", "object", "embed", "link", "base"} & set(seen.elements)
        and not [name for name, _ in seen.attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}]
        and not [value for name, value in seen.attributes if name == "href" and not value.startswith(("/", "#"))]
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake of resources with hostile names, tags, owners and ids, without prices."""
    things = [
        a_resource(id=value, name=value, state=value, tags={"owner": value, "team": value, value: value})
        for value in HOSTILE
    ]
    edges = [Edge(things[0].uid, EdgeMeaning.NEEDS, each.uid) for each in things[1:]]
    lake = Lake(tmp_path)
    lake.record(a_snapshot(*things, edges=edges), lambda _: None)
    return lake


def test_the_report_runs_nothing_that_a_tag_says(lake: Lake) -> None:
    with insight_of(lake, Period(NOW - timedelta(days=30), NOW), TeamsOf()) as insight:
        page = report_html(insight, people=True)
        of_team = report_html(insight, team=HOSTILE[0])
    assert is_harmless(page)
    assert is_harmless(of_team)
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page


def test_the_report_says_what_is_unknown(lake: Lake) -> None:
    with insight_of(lake, Period(NOW - timedelta(days=30), NOW), TeamsOf()) as insight:
        page = report_html(insight)
    assert "unknown (4 unpriced)" in page
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "").replace("http-equiv", "")


def test_every_chart_has_a_title_and_says_its_numbers() -> None:
    drawn = str(bars("Cost <b>", [Bar("a<b", 0, 3, "$3.00")]))
    assert drawn.startswith("<svg")
    assert "<title>Cost &lt;b&gt;</title>" in drawn
    assert "<title>a&lt;b: $3.00</title>" in drawn
    assert str(bars("nothing", [])) == ""


@pytest.mark.parametrize(
    ("value", "unpriced", "shown"),
    [
        (None, 2, "unknown (2 unpriced)"),
        (None, 0, "$0.00"),
        (12.5, 0, "$12.50"),
        (-1200, 3, "-$1,200.00 and 3 unpriced"),
    ],
)
def test_dollars_name_what_has_no_price(value: float | None, unpriced: int, shown: str) -> None:
    assert figures.usd({"usd": value, "unpriced": unpriced}, "usd") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "unknown"), (0.0, "0 %"), (0.001, "under 1 %"), (0.999, "over 99 %"), (1, "100 %")]
)
def test_a_share_is_all_or_none_only_if_it_is(value: float | None, shown: str) -> None:
    assert figures.share(value) == shown


def served(lake: Lake, ask: Callable[[aiohttp.ClientSession, str], Awaitable[None]]) -> None:
    async def talk() -> None:
        server = PagesServer(lambda: Lake(lake.storage.root), clock=lambda: NOW)
        await server.start("127.0.0.1", 0)
        try:
            async with aiohttp.ClientSession() as session:
                await ask(session, f"http://127.0.0.1:{server.port}")
        finally:
            await server.close()

    asyncio.run(talk())


def test_live_pages_show_hostile_values_as_text(lake: Lake) -> None:
    uids = [a_resource(id=value).uid for value in HOSTILE]
    paths = ["/", "/resources", *(f"/resources/{quote(uid, safe='')}" for uid in uids)]
    paths += [f"/owners/{quote(value, safe='')}" for value in HOSTILE]
    paths += [f"/resources?search={quote(value, safe='')}" for value in HOSTILE]

    async def ask(session: aiohttp.ClientSession, root: str) -> None:
        for path in paths:
            async with session.get(aiohttp.client.URL(root + path, encoded=True)) as answer:
                page = await answer.text()
                assert answer.status == 200, path
                assert is_harmless(page), path
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy

    served(lake, ask)


def test_a_search_finds_every_word_and_says_when_nothing_is_found(lake: Lake) -> None:
    async def ask(session: aiohttp.ClientSession, root: str) -> None:
        async with session.get(f"{root}/resources", params={"search": "DROP tables?"}) as answer:
            assert "No resource has all of these words" in await answer.text()
        async with session.get(f"{root}/resources", params={"search": "DROP table"}) as answer:
            assert "1 resources" in await answer.text()

    served(lake, ask)


def test_pages_only_read(lake: Lake) -> None:
    async def ask(session: aiohttp.ClientSession, root: str) -> None:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            async with session.request(method, f"{root}/resources") as answer:
                assert answer.status == 405
        async with session.get(f"{root}/resources/{quote('<b>', safe='')}") as answer:
            assert answer.status == 404
            assert "&lt;b&gt;" in await answer.text()
        async with session.get(f"{root}/../../etc/passwd") as answer:
            assert answer.status == 404

    served(lake, ask)


def test_a_foreign_host_name_does_not_reach_the_pages_of_this_machine(lake: Lake) -> None:
    async def ask(session: aiohttp.ClientSession, root: str) -> None:
        async with session.get(root, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403

    served(lake, ask)
