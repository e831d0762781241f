"""`tagwarden operator` as it is, except that its children are forked from a warm process."""

import sys
from functools import partial
from importlib import import_module
from pathlib import Path

# Run as a script, Python puts this folder on the path instead of the checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tagwarden.cli.main import main
from tests.support.warm_programs import TAGWARDEN, command_of

if __name__ == "__main__":
    operator = import_module("tagwarden.controller.operator")
    vars(operator)["Children"] = partial(operator.Children, command=command_of(TAGWARDEN))
    main()
