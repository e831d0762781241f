"""The pages in real Chromium: they render, a search works, hostile values run nothing, axe finds nothing serious."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tagwarden.inventory import Lake
from tagwarden.inventory.insight import Period, TeamsOf, insight_of
from tagwarden.inventory.pages import PagesServer, report_html
from tagwarden.model.graph import Edge, EdgeMeaning
from tests.support.builders import NOW, a_resource, a_snapshot

CHROMIUM = shutil.which("chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")

HOSTILE = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>\"'><svg onload=window.hacked=1>"
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two days of a small account whose tags are hostile."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for day in range(3):
        things = [
            a_resource(id=f"i-{n}", name=HOSTILE, created=NOW - timedelta(days=n), tags={"owner": HOSTILE, "n": str(n)})
            for n in range(day, 6)
        ]
        edges = [Edge(things[-1].uid, EdgeMeaning.USES, each.uid) for each in things[:-1]]
        seen = a_snapshot(*things, edges=edges, taken=NOW - timedelta(days=2 - day), id=f"snapshot-{day}")
        lake.record(seen, lambda each: 10.0 if each.id != "i-5" else None)
    return lake


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as found:
        browser = found.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    with insight_of(lake, Period(NOW - timedelta(days=30), NOW), TeamsOf()) as insight:
        path.write_text(report_html(insight, people=True), encoding="utf-8")
    return path


@contextmanager
def served(lake: Lake) -> Iterator[str]:
    """Serve the live pages in a thread of their own."""
    loop, server = asyncio.new_event_loop(), []

    async def start() -> None:
        server.append(PagesServer(lambda: Lake(lake.storage.root), clock=lambda: NOW))
        await server[0].start("127.0.0.1", 0)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    try:
        yield f"http://127.0.0.1:{server[0].port}"
    finally:
        asyncio.run_coroutine_threadsafe(server[0].close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def grave_faults(page: Any) -> list[str]:
    """Give the violations that axe-core calls serious or critical."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in GRAVE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_reads_well_offline(browser: Any, report: Path, scheme: str, width: int) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg[role=img]").count() >= 2
    assert page.evaluate("window.hacked") is None
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, lake: Lake, scheme: str) -> None:
    # axe is a script, which the pages' own policy would refuse.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    with served(lake) as root:
        for path in ("/", "/resources?search=i-", f"/resources/{a_resource(id='i-5').uid.replace('/', '%2F')}"):
            page.goto(root + path)
            assert grave_faults(page) == [], path
    context.close()


def test_a_search_leads_to_a_resource_and_runs_nothing(browser: Any, lake: Lake) -> None:
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    with served(lake) as root:
        page.goto(root)
        page.fill("#search", HOSTILE)
        page.click("button")
        assert page.input_value("#search") == HOSTILE
        page.fill("#search", "i-5")
        page.click("button")
        page.locator("tbody a").first.click()
        assert page.locator("h2", has_text="Neighbourhood").count() == 1
        assert page.locator("svg a").count() >= 1
        page.locator("svg a").first.click()
        assert page.evaluate("window.hacked") is None
    context.close()
