"""`tagwarden`: the command line, and the only place that turns an error into a line and an exit status."""

import sys
from collections.abc import Sequence

import typer

from tagwarden import __version__
from tagwarden.cli.commands import Commands
from tagwarden.cli.exit_codes import EXIT_BAD_INPUT, EXIT_FAILED, EXIT_INTERRUPTED
from tagwarden.errors import BadInput, TagwardenError

# A line with only \b preserves the following lines.
_HELP = """Enforces owner and expiry tags on cloud and cluster resources, safely.

\b
Start here:
  tagwarden demo          clean up a simulated account on this machine
  tagwarden init          write an account and a policy for your own account
  tagwarden plan -f DIR   show the planned changes; nothing is changed
"""

app = typer.Typer(
    name="tagwarden",
    cls=Commands,
    help=_HELP,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tagwarden {__version__}")
        raise typer.Exit


@app.callback()
def tagwarden(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Enforce owner and expiry tags on cloud and cluster resources, safely."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status: 0 fine, 1 failed, 2 bad input, 3 not compliant (with --check)."""
    command = typer.main.get_command(app)
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = command.main(args=given or ["--help"], prog_name="tagwarden", standalone_mode=False)
    except typer.Exit as error:
        sys.exit(error.exit_code)
    except typer.Abort:
        _complain("no changes were made")
        sys.exit(EXIT_INTERRUPTED)
    except typer.TyperException as error:
        _complain(_usage(error))
        sys.exit(EXIT_BAD_INPUT)
    except BadInput as error:
        _complain(str(error))
        sys.exit(EXIT_BAD_INPUT)
    except TagwardenError as error:
        _complain(str(error))
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        _complain("interrupted")
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has ended, as in `| head`
        sys.stderr.close()
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)


def _usage(error: typer.TyperException) -> str:
    """Describe a mistake in the arguments in one sentence, with the help to read."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "tagwarden"
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    return f"{message}{'' if message.endswith('?') else ';'} see {command} --help"


def _complain(message: str) -> None:
    if sys.stderr.isatty():  # an interrupted command leaves the live line
        sys.stderr.write("\r\x1b[K")
    for line in message.splitlines():
        sys.stderr.write(f"tagwarden: {line}\n")
