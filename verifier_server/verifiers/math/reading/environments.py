r"""Environments: matrices, determinants, cases, aligned equations.

Promises: rows of a matrix are of equal length. A row of cases is a value and its
condition; rows that are relations only are a list, as lines of a system are.

Does not cover: what a condition in words means: it is kept as a Text.
"""

from verifier_server.verifiers.math.limits import MAX_ITEMS
from verifier_server.verifiers.math.nodes import (
    Call,
    Group,
    Matrix,
    Node,
    Piecewise,
    Relation,
    Text,
)
from verifier_server.verifiers.math.reading.arithmetic import scalar
from verifier_server.verifiers.math.reading.cursor import Cursor

_MATRICES = frozenset("matrix pmatrix bmatrix Bmatrix smallmatrix psmallmatrix array".split())
_CASES = frozenset("cases dcases rcases numcases array".split())
_ALIGNED = frozenset("aligned align alignat alignedat gathered gather split eqnarray".split())
# What introduces a condition, and what stands for all other cases.
_LEADS = ("if", "when", "for", "where", "in case", "provided", "whenever", "as", "for all")
_OTHERWISE = frozenset(
    ("otherwise", "else", "elsewhere", "in other cases", "in all other cases", "other cases")
)

_Row = list[Node]


def environment(cursor: Cursor, name: str, after_brace: bool = False) -> Node:
    """What stands between \\begin{name}, just passed, and its \\end.

    Args:
        cursor: behind the \\begin.
        name: of the environment.
        after_brace: whether a \\left\\{ stands before it, which makes an array a system.

    Raises:
        UnreadableError: an unknown environment, or rows of unequal length.
    """
    flags = cursor.opened()
    cursor.deeper()
    if name == "vmatrix":
        node: Node = Call("det", (_matrix(cursor),))
    elif name in _MATRICES and not after_brace:
        node = _matrix(cursor)
    elif name in _CASES:
        node = _cases(cursor)
    elif name in _ALIGNED:
        node = _aligned(cursor)
    else:
        raise cursor.fail(f"unknown environment {name!r}")
    if cursor.kind != "end" or cursor.text != name:
        raise cursor.fail("an environment that does not end")
    cursor.index += 1
    cursor.shallower()
    cursor.closed(flags)
    return node


def _matrix(cursor: Cursor) -> Matrix:
    rows: list[tuple[Node, ...]] = []
    while cursor.kind != "end":
        row = [scalar(cursor, cursor.rules.sum(cursor))]
        while cursor.take("&"):
            row.append(scalar(cursor, cursor.rules.sum(cursor)))
        rows.append(tuple(row))
        if len(rows) > MAX_ITEMS or len(row) > MAX_ITEMS:
            raise cursor.fail(f"more than {MAX_ITEMS} rows or columns")
        if not cursor.take(r"\\"):
            break
    if not rows or len({len(row) for row in rows}) != 1:
        raise cursor.fail("rows of different lengths")
    return Matrix(tuple(rows))


def _cases(cursor: Cursor) -> Node:
    branches: list[tuple[Node, Node | None]] = []
    lines: list[Node] = []
    while cursor.kind != "end":
        value = cursor.rules.relation(cursor)
        comma = cursor.take(",") or cursor.take(";")
        if (
            cursor.take("&")
            or _is_condition(cursor)
            or (comma and cursor.kind != "end" and not cursor.at(r"\\"))
        ):
            branches.append((value, _condition(cursor)))
        else:
            lines.append(value)
        _ = cursor.take(",") or cursor.take(";")
        if len(branches) + len(lines) > MAX_ITEMS:
            raise cursor.fail(f"more than {MAX_ITEMS} rows")
        if not cursor.take(r"\\"):
            break
    if branches and not lines:
        return Piecewise(tuple(branches))
    if lines and not branches and all(isinstance(line, Relation) for line in lines):
        return lines[0] if len(lines) == 1 else Group("", "", tuple(lines))
    raise cursor.fail("cases without conditions")


def _is_condition(cursor: Cursor) -> bool:
    return cursor.kind == "prose" and _lead(cursor.text) is not None


def _lead(words: str) -> str | None:
    """What stands behind the word that introduces a condition; None without one."""
    folded = words.casefold()
    for lead in sorted(_LEADS, key=len, reverse=True):
        if folded == lead or folded.startswith(f"{lead} "):
            return folded[len(lead) :].strip()
    return "otherwise" if folded in _OTHERWISE else None


def _condition(cursor: Cursor) -> Node | None:
    """A condition: relations, "otherwise" (None), or a name and words about it."""
    _ = cursor.take(",")
    if cursor.kind == "prose":
        rest = _lead(cursor.text)
        if rest is None:
            raise cursor.fail("a condition in words")
        cursor.index += 1
        _ = cursor.take("&")
        if rest in _OTHERWISE:
            return None
        if rest:
            raise cursor.fail("a condition in words")
    if cursor.kind == "letter" and cursor.ahead(1).kind == "prose":
        words = cursor.ahead(1).text.casefold()
        name = cursor.text
        cursor.index += 2
        return Text(f"{name} {words.removeprefix('is ').removeprefix('are ')}")
    items, separators = cursor.rules.sequence(cursor)
    if not all(isinstance(item, Relation) for item in items):
        raise cursor.fail("a condition that is no relation")
    if len(items) == 1:
        return items[0]
    if "or" in separators:
        if len(separators) > 1:
            raise cursor.fail("conditions joined by different words")
        return Group("cup", "cup", tuple(items))
    return Group("cap", "cap", tuple(items))


def _aligned(cursor: Cursor) -> Node:
    """Lines of relations; the marks of alignment say nothing."""
    lines: list[Node] = []
    cursor.tokens = [
        token
        for index, token in enumerate(cursor.tokens)
        if not (token.text == "&" and token.kind == "sign" and index >= cursor.index)
    ]
    while cursor.kind != "end":
        lines.append(cursor.rules.relation(cursor))
        _ = cursor.take(",") or cursor.take(";")
        if len(lines) > MAX_ITEMS:
            raise cursor.fail(f"more than {MAX_ITEMS} rows")
        if not cursor.take(r"\\"):
            break
    if not lines or not all(isinstance(line, Relation) for line in lines):
        raise cursor.fail("lines that are no relations")
    return lines[0] if len(lines) == 1 else Group("", "", tuple(lines))
