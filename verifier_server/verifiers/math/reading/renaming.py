"""Unit vectors: beside j, an i is no imaginary unit.

Promises: in an answer that holds the variable j, every i is a variable too.

Does not cover: i alone, which stays the imaginary unit.
"""

from verifier_server.verifiers.math.nodes import Call, Constant, Group, Node, Relation, Symbol, walk

_J = Symbol("j")
_IMAGINARY = Constant("i")
_I = Symbol("i")


def with_unit_vectors(node: Node) -> Node:
    """The node with i as a variable, where it stands beside j."""
    if isinstance(node, (Call, Group, Relation)):
        parts = set(walk(node))
        if _J in parts and _IMAGINARY in parts:
            return with_variable_i(node)
    return node


def with_variable_i(node: Node) -> Node:
    """The node with every i as a variable."""
    match node:
        case Constant("i"):
            return _I
        case Call(name, parts):
            return Call(name, tuple(map(with_variable_i, parts)))
        case Group(opening, closing, items):
            return Group(opening, closing, tuple(map(with_variable_i, items)))
        case Relation(operators, sides):
            return Relation(operators, tuple(map(with_variable_i, sides)))
        case _:
            return node
