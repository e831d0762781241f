"""`tagwarden serve`: the inventory as web pages, from the stored tables, without any cloud request."""

import asyncio
import contextlib
import signal
from functools import partial
from typing import Annotated

import typer

from tagwarden.cli.context import duration_of, lake_of
from tagwarden.cli.options import Inventory
from tagwarden.cli.report import Since, TeamKey, Teams, known_lake, teams_of
from tagwarden.errors import BadInput
from tagwarden.inventory.pages import PagesServer


def serve(
    address: Annotated[str, typer.Option("--address", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes any free port.")] = 8081,
    since: Since = "30d",
    team_key: TeamKey = "team",
    teams: Teams = None,
    *,
    people: Annotated[bool, typer.Option("--people", help="Also rank owners, who may be persons.")] = False,
    inventory: Inventory = None,
) -> None:
    r"""Show the inventory as web pages until interrupted: the report, a search, and a page per resource.

    The pages only read, and ask nobody for a password: keep the address on this machine, or behind a proxy that
    authenticates.

    \b
    tagwarden serve
    tagwarden serve --port 9000 --since 90d
    """
    known_lake(inventory)
    period, rule = duration_of("--since", since), teams_of(team_key, teams)
    asyncio.run(
        _serve(PagesServer(partial(lake_of, inventory), since=period, teams=rule, people=people), address, port)
    )


async def _serve(server: PagesServer, address: str, port: int) -> None:
    try:
        await server.start(address, port)
    except OSError as error:
        raise BadInput(f"--port: cannot listen on {address}:{port} ({error.strerror}); choose another port") from error
    typer.echo(f"http://{f'[{address}]' if ':' in address else address}:{server.port}/ (Ctrl+C ends)")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await server.close()
