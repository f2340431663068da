"""Python literals in a task: strings to plain values.

Promises: the values of `ast.literal_eval` and, beyond it, `nan` and `inf` as
`repr` writes them; nothing is ever called. A literal that is too deep for what
carries it to a candidate is refused.

Does not cover: `frozenset(...)`, `Decimal(...)` and other calls; a set and a
frozenset compare as equal anyway.
"""

import ast
import warnings
from typing import Any

MAX_DEPTH = 64  # of containers; below what every reader of values takes

_FLOATS = {"nan": float("nan"), "inf": float("inf")}


class NotALiteral(ValueError):
    """The text is no Python literal, or one that is too deep."""


def literal(text: str) -> Any:
    """The value of one literal.

    Raises:
        NotALiteral: says why, without quoting the text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a string is valid, if deprecated
            tree = ast.parse(text.strip(), mode="eval").body
        value = ast.literal_eval(_NameFloats().visit(tree))
    except SyntaxError as error:
        raise NotALiteral(f"is no Python expression: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise NotALiteral("is nested too deeply") from None
    except (ValueError, TypeError):
        # A call or a name; an unhashable member of a set; an integer of too many digits.
        raise NotALiteral("is a Python expression, but no literal") from None
    if _depth_exceeds(value, MAX_DEPTH):
        raise NotALiteral(f"is nested more than {MAX_DEPTH} levels deep")
    return value


class _NameFloats(ast.NodeTransformer):
    """Replaces the names nan and inf by their values."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(_FLOATS[node.id]) if node.id in _FLOATS else node


def _depth_exceeds(value: object, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [child for node in level for child in _containers(node)]
        if not level:
            return False
    return True


def _containers(node: object) -> list[object]:
    children: list[object] = []
    if isinstance(node, dict):
        children = [*node.keys(), *node.values()]
    elif isinstance(node, list | tuple | set | frozenset):
        children = list(node)
    return [each for each in children if isinstance(each, dict | list | tuple | set | frozenset)]
