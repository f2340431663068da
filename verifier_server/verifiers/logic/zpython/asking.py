"""Where a program stops stating and begins to ask.

Promises: the first statement that checks, pushes or looks at a model begins the asking; it
and what follows is read over, unless it states something to the solver outside of a push
and its pop, itself or through a function: then what the program states would depend on when
it asks, and it is refused.

Does not cover: what the answers would be.
"""

import ast
from collections.abc import Iterator, Mapping

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


def solver_names(tree: ast.Module, solvers: set[str]) -> set[str]:
    """Names that stand for a solver: its own, and those of parameters that it is given as."""
    functions = {each.name: each.args.args for each in _functions(tree)}
    passed: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            parameters = functions.get(node.func.id, [])
            for parameter, given in zip(parameters, node.args, strict=False):
                if isinstance(given, ast.Name):
                    passed.setdefault(given.id, set()).add(parameter.arg)
    return _reached(solvers, passed)


def staters(tree: ast.Module, solvers: set[str], askers: set[str]) -> set[str]:
    """Names of functions that state something to a solver and do not ask, called or not."""
    stating: set[str] = set()
    mentioned: dict[str, set[str]] = {}
    for function in _functions(tree):
        if asks(function, askers):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                mentioned.setdefault(node.id, set()).add(function.name)
            elif (
                isinstance(node, ast.Attribute)
                and node.attr in STATING
                and isinstance(node.value, ast.Name)
                and node.value.id in solvers
            ):
                stating.add(function.name)
    return _reached(stating, mentioned)


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [each for each in tree.body if isinstance(each, ast.FunctionDef)]


def _reached(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, left = set(start), list(start)
    while left:
        new = edges.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def stated_after(
    statements: list[ast.stmt], solvers: set[str], stating: set[str]
) -> ast.AST | None:
    """The first place where asking statements state something that stays, or None.

    Args:
        statements: the functions that ask, and all from the first statement that asks.
        solvers: names of solvers.
        stating: names of functions that state something, whose own statements are not
            looked at.
    """
    pushed = 0
    for statement in statements:
        if isinstance(statement, ast.FunctionDef) and statement.name in stating:
            continue
        for node in _in_order(statement):
            if isinstance(node, ast.Name) and node.id in stating and not pushed:
                return node
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
