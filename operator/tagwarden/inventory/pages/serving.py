"""Serve the live pages over HTTP: read-only, without script, and without a login of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TypeVar

from aiohttp import web

from tagwarden.errors import StateError
from tagwarden.inventory.insight import Insight, Period, TeamsOf, insight_of
from tagwarden.inventory.lake import Lake
from tagwarden.inventory.pages import live
from tagwarden.inventory.pages.rendering import content_policy
from tagwarden.inventory.pages.report import report_html

_AT_ONCE = 2
"""Pages computed at once; the others wait."""
_LONGEST_SEARCH = 500
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_T = TypeVar("_T")
Clock = Callable[[], datetime]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PagesServer:
    """Serves until closed. Each page is computed from the tables at the time of the request."""

    def __init__(
        self,
        lake: Callable[[], Lake],
        *,
        since: timedelta = timedelta(days=30),
        teams: TeamsOf | None = None,
        people: bool = False,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        """`lake` opens the tables anew for each request."""
        self._lake = lake
        self._since = since
        self._teams = teams or TeamsOf()
        self._people = people
        self._clock = clock
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._runner: web.AppRunner | None = None
        self._only_local = False
        self.port = 0

    async def start(self, address: str, port: int) -> None:
        """Listen; raises OSError if the port is taken. Port 0 takes any free port."""
        self._only_local = _is_loopback(address)
        application = web.Application(middlewares=[self._guard])
        application.router.add_get("/", self._report)
        application.router.add_get("/resources", self._search)
        application.router.add_get("/resources/{uid:.+}", self._resource)
        application.router.add_get("/owners/{name:.+}", self._owner)
        application.router.add_get("/policies/{name:.+}", self._policy)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, address, port).start()
        self.port = int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Set the headers of every answer, and refuse other host names on a loopback address (DNS rebinding)."""
        if self._only_local and _host_of(request) not in _LOOPBACK_NAMES:
            response: web.StreamResponse = _plain(403, "this address is only served as localhost")
        else:
            try:
                response = await handler(request)
            except web.HTTPMethodNotAllowed:
                response = _plain(405, "these pages can only be read")
            except web.HTTPNotFound:
                response = _html(live.missing_page("There is no such page."), 404)
            except StateError as error:
                response = _plain(503, f"the inventory cannot be read: {error}")
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = f"{content_policy()}; frame-ancestors 'none'"
        return response

    async def _report(self, request: web.Request) -> web.Response:
        del request
        return _html(await self._asked(lambda insight: report_html(insight, people=self._people, live=True)))

    async def _search(self, request: web.Request) -> web.Response:
        searched = request.query.get("search", "")[:_LONGEST_SEARCH]
        return _html(await self._asked(lambda insight: live.search_page(insight, searched)))

    async def _resource(self, request: web.Request) -> web.Response:
        return await self._one(request.match_info["uid"], live.resource_page, "resource")

    async def _owner(self, request: web.Request) -> web.Response:
        return await self._one(request.match_info["name"], live.owner_page, "owner")

    async def _policy(self, request: web.Request) -> web.Response:
        return await self._one(request.match_info["name"], live.policy_page, "policy")

    async def _one(self, name: str, page: Callable[[Insight, str], str | None], noun: str) -> web.Response:
        found = await self._asked(lambda insight: page(insight, name))
        if found is None:
            return _html(live.missing_page(f"The inventory has no {noun} {name}."), 404)
        return _html(found)

    async def _asked(self, question: Callable[[Insight], _T]) -> _T:
        """Ask in a thread, since the tables are read from files."""

        def ask() -> _T:
            until = self._clock()
            with insight_of(self._lake(), Period(until - self._since, until), self._teams) as insight:
                return question(insight)

        async with self._turns:
            return await asyncio.to_thread(ask)


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


def _host_of(request: web.Request) -> str:
    """Give the host name of a request without the port."""
    name, _, port = request.host.rpartition(":")
    return name if name and port.isdigit() else request.host


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html", charset="utf-8")


def _plain(status: int, text: str) -> web.Response:
    return web.Response(text=f"{text}\n", status=status)
