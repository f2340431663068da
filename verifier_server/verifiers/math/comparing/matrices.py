"""Matrices and vectors.

Promises: matrices are equal entry by entry and shape by shape. A row or a column is
the tuple of its entries. A sum, a product by a number, a transpose of matrices whose
entries are written out is the matrix it makes.

Does not cover: products and inverses of matrices (`values` evaluates determinants).
"""

from collections.abc import Callable

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.nodes import Call, Group, Matrix, Node, walk


def compare_matrices(left: Matrix, right: Matrix, compare: Compare) -> Decision:
    """Compares two matrices entry by entry."""
    if _shape(left) != _shape(right):
        # A row is written for a column and the other way round: both are the tuple.
        one, two = as_vector(left), as_vector(right)
        if one is None or two is None or len(one.items) != len(two.items):
            return Decision(False, "kind")
        return Decision(None if compare(one, two).equal else False, "none")
    rows = zip(left.rows, right.rows, strict=True)
    pairs = (pair for one, two in rows for pair in zip(one, two, strict=True))
    return all_of(compare(a, b) for a, b in pairs)


def _shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix.rows), len(matrix.rows[0])


def as_vector(matrix: Matrix) -> Group | None:
    """The tuple that a row or a column writes; None for any other shape and for one by one."""
    rows, columns = _shape(matrix)
    if (rows == 1) == (columns == 1):
        return None
    return Group("(", ")", tuple(entry for row in matrix.rows for entry in row))


def written_out(node: Node) -> Node:
    """The matrix that an expression of written matrices makes; the node itself for any other."""
    made = _made(node) if isinstance(node, Call) else None
    return made or node


def _made(node: Node) -> Matrix | None:
    match node:
        case Matrix():
            return node
        case Call("neg", (part,)):
            inner = _made(part)
            return inner and _each(inner, lambda entry: Call("neg", (entry,)))
        case Call("transpose", (part,)):
            inner = _made(part)
            return inner and Matrix(tuple(zip(*inner.rows, strict=True)))
        case Call("mul", (one, two)):
            first, second = _made(one), _made(two)
            if first is None and second is not None and _is_scalar(one):
                return _each(second, lambda entry: Call("mul", (one, entry)))
            if second is None and first is not None and _is_scalar(two):
                return _each(first, lambda entry: Call("mul", (entry, two)))
            return None
        case Call("div", (one, two)):
            inner = _made(one)
            return inner and _each(inner, lambda entry: Call("div", (entry, two)))
        case Call("add", parts):
            inners = [_made(part) for part in parts]
            known = [inner for inner in inners if inner is not None]
            if len(known) != len(inners) or len({_shape(each) for each in known}) != 1:
                return None
            return Matrix(
                tuple(
                    tuple(Call("add", entries) for entries in zip(*rows, strict=True))
                    for rows in zip(*(each.rows for each in known), strict=True)
                )
            )
        case _:
            return None


def _each(matrix: Matrix, change: Callable[[Node], Node]) -> Matrix:
    return Matrix(tuple(tuple(map(change, row)) for row in matrix.rows))


def _is_scalar(node: Node) -> bool:
    return not any(isinstance(part, (Matrix, Group)) for part in walk(node))
