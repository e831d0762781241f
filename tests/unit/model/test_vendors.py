"""The model speaks of resources of any vendor: kinds, keys and ids of one stand in `providers`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tagwarden.model.resource import ProviderName

MODEL = Path(__file__).parents[3] / "operator" / "tagwarden" / "model"
VENDORS = re.compile(
    r"amazon|\baws|\barn:|\bec2|\beks\b|\belb|\bgcp|goog|karpenter|argo|crossplane|\bk8s_|k8s\.aws|kubernetes\.io",
    re.IGNORECASE,
)
DECLARED = {
    "account.py": "a CloudAccount has a block for each vendor",
    "crd.py": "the description of a CloudAccount, and the labels of our own objects",
    "outside_targets.py": "the names of declared accounts, by their vendors' numbers",
    "own_parts.py": "the labels by which our own objects are known",
    "policy.py": "the keys that AWS reserves, and examples",
    "resource.py": "the providers of the API, and how references of each begin",
}
"""Where the API itself tells vendors apart, and why."""


def texts_of(file: Path) -> Iterator[str]:
    """Give every text in the code of a file, without docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_no_join_of_the_model_names_a_vendors_kind_or_key() -> None:
    """A new vendor adds rows to `providers.linking`, or attributes to its own rows, and no line here."""
    naming = {file.name for file in MODEL.glob("*.py") if any(map(VENDORS.search, texts_of(file)))}

    assert set(DECLARED) == naming


def test_only_an_account_is_asked_for_its_vendor() -> None:
    """Besides, a text in a cluster has names of its own kind (`mentions`)."""
    named = re.compile(rf"ProviderName\.({'|'.join(name.name for name in ProviderName)})\b")
    asking = {file.name for file in MODEL.glob("*.py") if named.search(file.read_text(encoding="utf-8"))}

    assert {"account.py", "mentions.py"} == asking
