"""Plain paths are followed by closures; they must lead where jmespath leads."""

import jmespath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jmespath import functions
from jmespath.exceptions import UnknownFunctionError

from tagwarden.providers.catalogue.path_compiler import PathFunctions, path_compiler, texts

compile_path = path_compiler(PathFunctions())
NAMES = st.sampled_from(["A", "B", "Tags", "Id"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
ANSWERS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)
STEPS = st.builds(lambda name, flat: f"{name}[]" if flat else name, NAMES, st.booleans())
PATHS = st.lists(STEPS, min_size=1, max_size=4).map(".".join)


@example("A[]", {"A": [[None]]})
@example("Tags[].A[]", {"Tags": [{"A": False}]})
@example("Tags[].A[].B", {"Tags": [{"A": {"B": 1}}]})
@given(PATHS, st.dictionaries(NAMES, ANSWERS, max_size=4))
def test_a_plain_path_leads_where_jmespath_leads(path: str, answer: dict[str, object]) -> None:
    """The closures are faster and nothing else."""
    assert jmespath.search(path, answer) == compile_path(path)(answer)


@pytest.mark.parametrize(
    ("path", "item", "expected"),
    [
        ("Attachments[?DeleteOnTermination].InstanceId", {"Attachments": [{"InstanceId": "i-1"}]}, []),
        ("GroupName != 'default' && VpcId", {"GroupName": "web", "VpcId": "vpc-1"}, "vpc-1"),
        ("GroupName != 'default' && VpcId", {"GroupName": "default", "VpcId": "vpc-1"}, False),
        ("found(Description, '^ELB (app/.+)$')", {"Description": "ELB app/web/1"}, "app/web/1"),
        ("found(Description, '^ELB (app/.+)$')", {}, None),
        ("split(Zones, ',')", {"Zones": "subnet-1,subnet-2"}, ["subnet-1", "subnet-2"]),
        ("split(Zones, ',')", {}, []),
    ],
)
def test_other_paths_are_jmespath(path: str, item: dict[str, object], expected: object) -> None:
    """With two functions that read names out of texts."""
    assert expected == compile_path(path)(item)


def test_a_vendor_adds_functions_that_read_its_own_names() -> None:
    """They stand beside the common ones, and other vendors' paths do not know them."""

    class Shouting(PathFunctions):
        @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
        def _func_shouted(self, text: str) -> str:
            return text.upper()

    shouting = path_compiler(Shouting())

    assert shouting("shouted(Name)")({"Name": "web"}) == "WEB"
    assert shouting("split(Zones, ',')")({"Zones": "a,b"}) == ["a", "b"]
    with pytest.raises(UnknownFunctionError):
        compile_path("shouted(Name)")({"Name": "web"})


def test_a_path_is_compiled_once() -> None:
    """Hundreds of rows name the same few members."""
    assert compile_path("Tags[].Id") is compile_path("Tags[].Id")


@pytest.mark.parametrize(
    ("found", "expected"),
    [(None, []), ("", []), ("a", ["a"]), (["a", None, ["b"]], ["a", "b"]), (False, []), (7, [])],
)
def test_texts_are_found_however_deep(found: object, expected: list[str]) -> None:
    """Links name ids: texts, and nothing else."""
    assert expected == list(texts(found))
