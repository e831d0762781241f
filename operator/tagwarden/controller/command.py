"""`tagwarden operator`: the in-cluster process. The command line imports it by name."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tagwarden.controller.logs import set_up_logging
from tagwarden.controller.operator import read_kubeconfig, run_operator
from tagwarden.errors import BadInput, TagwardenError
from tagwarden.settings import Settings


def operator(
    kubeconfig: Annotated[
        Path | None,
        typer.Option(envvar="KUBECONFIG", help="Kubeconfig, to run outside of a cluster.", show_default=False),
    ] = None,
) -> None:
    """Run the operator until it is stopped; TAGWARDEN_ environment variables configure it."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise BadInput("\n".join(map(_mistake, error.errors()))) from None
    set_up_logging(settings.log_format, settings.log_level)
    # In a Pod the variable is unset; a file would name another cluster.
    path = None if "KUBERNETES_SERVICE_HOST" in os.environ else kubeconfig
    try:
        asyncio.run(run_operator(settings, read_kubeconfig(path)))
    except OSError as error:
        raise TagwardenError(f"the operator cannot start: {error}") from error
    # All work is stopped and saved; Python would still wait for threads with hanging requests.
    logging.shutdown()
    os._exit(0)


def _mistake(error: ErrorDetails) -> str:
    """Describe the mistake in a variable; the settings' own checks already name the variable."""
    problem = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error":
        return problem
    return f"TAGWARDEN_{'_'.join(map(str, error['loc'])).upper()}: {problem}"
