"""Docstrings of enumeration members, read from the source, since Python does not keep them."""

import ast
import inspect
import textwrap
from enum import Enum
from itertools import pairwise


def member_sentences(enumeration: type[Enum]) -> dict[str, str]:
    """Give the docstring of each member by name; raise KeyError naming a member without one."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(enumeration))).body
    found: dict[str, str] = {}
    for statement, following in pairwise(getattr(definition, "body", [])):
        match statement, following:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
    return {member: found[member] for member in enumeration.__members__}
