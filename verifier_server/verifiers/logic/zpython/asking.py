"""Where a program stops stating and begins to ask.

Promises: the first statement that checks, pushes or looks at a model begins the asking; it
and what follows is read over, unless it states something to the solver outside of a push
and its pop: then what the program states would depend on when it asks, and it is refused.

Does not cover: what the answers would be.
"""

import ast
from collections.abc import Iterator

# Methods of a solver that ask, or state something for a while.
_ASKING = frozenset(("check", "push", "pop", "model", "unsat_core", "reset"))
STATING = frozenset(("add", "append", "insert", "assert_exprs", "assert_and_track"))
# Questions of logic programs (Logic-LM's and SatLM's), and headings before them.
_QUESTIONS = frozenset(
    """is_valid is_sat is_unsat is_exception is_accurate_list is_deduced
    check_valid check_sat check_exception Question""".split()
)


def asks(statement: ast.stmt, askers: set[str]) -> bool:
    """Whether a statement asks the solver, itself or through a function that does."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and node.attr in _ASKING:
            return True
        if isinstance(node, ast.Name) and (node.id in _QUESTIONS or node.id in askers):
            return True
    return False


def stated_after(statements: list[ast.stmt], solvers: set[str]) -> ast.AST | None:
    """The first place where asking statements state something that stays, or None."""
    pushed = 0
    for statement in statements:
        for node in _in_order(statement):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            if node.value.id not in solvers:
                continue
            if node.attr == "push":
                pushed += 1
            elif node.attr == "pop":
                pushed = max(pushed - 1, 0)
            elif node.attr == "reset" or (node.attr in STATING and not pushed):
                return node
    return None


def _in_order(statement: ast.stmt) -> Iterator[ast.AST]:
    """Every part, in the order of the text."""
    places = [
        (each.lineno, each.col_offset, index, each)
        for index, each in enumerate(ast.walk(statement))
        if isinstance(each, (ast.stmt, ast.expr))
    ]
    return (each for _, _, _, each in sorted(places, key=lambda place: place[:3]))
