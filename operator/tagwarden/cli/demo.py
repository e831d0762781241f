"""`tagwarden demo`: the whole main job on real parts, from a checkout of the source."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

import tagwarden
from tagwarden.errors import TagwardenError

Keep = Annotated[
    bool, typer.Option("--keep", help="Leave everything running until Ctrl-C, and say how to look around.")
]

CHECKOUT = Path(tagwarden.__file__).parents[2]
"""The root of the checkout, where this is one."""


def demo(*, keep: Keep = False) -> int:
    """Clean up a messy account: on a real Kubernetes API server, against a simulated AWS, with the operator itself.

    Everything runs on this machine, on loopback alone, and is gone afterwards. It never touches a cluster or a cloud
    that you are logged in to. Exit status 0 only if everything became of the account that was to become of it.
    """
    if not (CHECKOUT / "tests" / "support" / "demo").is_dir():
        raise TagwardenError("the demo needs a checkout of the source; clone the repository and run `make demo` there")
    sys.path.insert(0, str(CHECKOUT))
    try:
        run = import_module("tests.support.demo.main").run
    except ModuleNotFoundError as error:
        raise TagwardenError(
            f"the demo needs {error.name}; run `make setup`, or `make demo`, in the checkout"
        ) from error
    return int(run(keep=keep))
