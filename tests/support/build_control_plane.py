"""Builds ahead of time what the demo and the tests start: `python tests/support/build_control_plane.py`.

Prints the folder of the programs on standard output, progress on standard error.
"""

import sys
from pathlib import Path

# Run as a script, Python puts this folder on the path instead of the checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.control_plane import prepare
from tests.support.go_toolchain import ToolchainError, to_stderr


def main() -> int:
    try:
        sys.stdout.write(f"{prepare()}\n")
    except ToolchainError as error:
        to_stderr(str(error))
        return 1
    except KeyboardInterrupt:
        to_stderr("interrupted; what is compiled so far is kept by Go and not compiled again")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
