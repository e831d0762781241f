"""How a command starts: it imports what it needs, and leaves the interpreter as it was."""

import gc
import subprocess
import sys

import pytest

from tagwarden.cli.commands import COMMANDS, Commands
from tagwarden.cli.main import main


def test_no_command_but_the_operator_brings_the_client_of_a_cluster_along() -> None:
    """It would take a fifth of the time in which a command starts."""
    modules = {place.partition(":")[0] for name, (place, _) in COMMANDS.items() if name != "operator"}
    program = f"import sys, {', '.join(modules)}; print(*{{'kubernetes', 'kopf'}} & sys.modules.keys())"

    brought = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert "\n" == brought


def test_no_command_but_the_operator_brings_a_vendor_along() -> None:
    """The registry imports a provider when somebody asks about it, so that `tag` or `journal` start without any."""
    modules = {place.partition(":")[0] for name, (place, _) in COMMANDS.items() if name != "operator"}
    vendors = "('boto', 'tagwarden.providers.aws', 'tagwarden.providers.kubernetes')"
    program = f"import sys, {', '.join(modules)}; print(*(name for name in sys.modules if name.startswith({vendors})))"

    brought = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert "\n" == brought


def test_the_operator_does_not_bring_the_client_of_aws_along() -> None:
    """Its passes run in processes of their own; its own memory has no use for the clients of clouds."""
    program = "import sys, tagwarden.controller.command; print(*{'boto3', 'botocore'} & sys.modules.keys())"

    brought = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert "\n" == brought


def test_garbage_is_looked_for_again_once_a_command_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the import succeeded or not."""
    monkeypatch.setitem(COMMANDS, "broken", ("tagwarden.cli.nowhere:nothing", ""))

    Commands().get_command(None, "kinds")
    assert gc.isenabled()
    with pytest.raises(ModuleNotFoundError):
        Commands().get_command(None, "broken")
    assert gc.isenabled()


def test_help_imports_no_command_and_no_provider() -> None:
    """Help is asked for often, and answers at once."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tagwarden", "--help"], capture_output=True, text=True, check=True
    )

    assert "plan         Show the planned changes and their reasons." in told.stdout
    for heavy in ("pipeline", "providers", "model.policy"):
        assert f"tagwarden.{heavy}" not in told.stderr


def test_help_begins_with_where_to_start() -> None:
    """Three lines: look at a demonstration, declare the own account, plan."""
    told = subprocess.run([sys.executable, "-m", "tagwarden"], capture_output=True, text=True, check=True).stdout

    _, start = told.split("Start here:\n")
    assert ["demo", "init", "plan"] == [line.split()[1] for line in start.splitlines()[:3]]
    assert told.index("Start here:") < told.index("Options:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plna"], "No such command 'plna'. Did you mean 'plan'? see tagwarden --help"),
        (["plan", "--nonsense"], "No such option: --nonsense; see tagwarden plan --help"),
        (["explain"], "Missing argument 'RESOURCE'; see tagwarden explain --help"),
        (
            ["kinds", "--provider", "X"],
            "Invalid value for '--provider': 'X' is not one of 'AWS', 'GCP', 'Kubernetes'; see tagwarden kinds --help",
        ),
    ],
)
def test_a_mistyped_command_is_told_what_was_meant(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, and the help of the command that was meant."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert 2 == ended.value.code
    assert f"tagwarden: {said}\n" == capsys.readouterr().err
