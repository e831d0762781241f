"""`tagwarden demo`: a full cleanup with real components, from a source checkout."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

import tagwarden
from tagwarden.errors import TagwardenError

Keep = Annotated[bool, typer.Option("--keep", help="Keep everything running until Ctrl-C, and print how to connect.")]

CHECKOUT = Path(tagwarden.__file__).parents[2]
"""The root of the source checkout; without a checkout, another folder."""


def demo(*, keep: Keep = False) -> int:
    """Clean up messy accounts with the operator: of a simulated AWS, a simulated Google Cloud, and a real API server.

    Everything runs on this machine, on loopback only, and is removed afterwards. The demo never touches a cluster or
    cloud that you are logged in to. Exit status 0 only if the account ends in the expected state.
    """
    if not (CHECKOUT / "tests" / "support" / "demo").is_dir():
        raise TagwardenError("the demo needs a source checkout; clone the repository and run `make demo` there")
    sys.path.insert(0, str(CHECKOUT))
    try:
        run = import_module("tests.support.demo.main").run
    except ModuleNotFoundError as error:
        raise TagwardenError(
            f"the demo needs {error.name}; run `make setup`, or `make demo`, in the checkout"
        ) from error
    return int(run(keep=keep))
