"""The Python API: its page is true, and importing it costs nothing."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tagwarden import api
from tagwarden.inventory import PlanStore
from tests.support.decided import EXPIRED, decided, made

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
DECLARATION = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
EXAMPLES: list[tuple[str, str]] = re.findall(
    r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the examples: a policy, and a stored plan of it."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "test-accounts.yaml").write_text(DECLARATION, encoding="utf-8")
    plan = decided(made("i-1", EXPIRED), made("i-2", {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"})).plan
    assert "test-accounts" == plan.policy
    PlanStore(tmp_path / "inventory").save(plan)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("example", "output"), EXAMPLES, ids=["declarations", "tags", "plan"])
def test_each_example_prints_what_the_page_says(
    example: str, output: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(example, "docs/python.md", "exec"), {})

    assert output == capsys.readouterr().out


def test_all_examples_are_tested() -> None:
    assert 3 == len(EXAMPLES) == PAGE.count("```python")


def test_every_name_is_offered_and_comes_from_where_the_table_says() -> None:
    assert set(api.__all__) == set(api._MODULES)
    for name, module in api._MODULES.items():
        assert getattr(import_module(module), name) is getattr(api, name)


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute judge_everything"):
        _ = api.judge_everything  # type: ignore[attr-defined]


def test_the_import_loads_no_other_module_of_ours_and_no_dependency() -> None:
    """Neither an API client nor a web framework, before a name is used."""
    code = "import sys; before = set(sys.modules); import tagwarden.api; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert {"tagwarden", "tagwarden.api"} == {name for name in loaded if name.partition(".")[0] not in _STANDARD}


def test_checking_tags_loads_no_client_of_a_vendor() -> None:
    code = "import sys; from tagwarden.api import judge_tags; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert not {"boto3", "botocore", "kopf", "kubernetes", "sqlalchemy", "pyarrow"} & set(loaded)


_STANDARD = sys.stdlib_module_names
