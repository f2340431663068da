"""What an expression without columns is worth: SQLite is asked.

Promises: deterministic; runs on a guarded instance without tables, in few steps. The task's
clock is asked for in the query itself: `at` writes it there, so that whoever evaluates a part of
the query sees the same instant.

Does not cover: date functions without any argument.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.instances.predicates import Constant

STEPS = 10_000
_NOW = "now"
_DAY = len("2025-01-01")


def at(now: str, tree: exp.Expr) -> exp.Expr:
    """`tree` with the instant `now` (2025-01-01T00:00:00Z) for 'now', CURRENT_DATE and the like."""
    day, clock = now[:_DAY], now[_DAY + 1 : -1]
    spelt = {
        exp.CurrentDate: day,
        exp.CurrentTime: clock,
        exp.CurrentTimestamp: f"{day} {clock}",
        exp.Literal: f"{day} {clock}",
    }
    tree = tree.copy()
    for node in list(tree.find_all(*spelt)):
        if not isinstance(node, exp.Literal) or _is_now(node):
            node.replace(exp.Literal.string(spelt[type(node)]))
    return tree


def _is_now(node: exp.Literal) -> bool:
    return bool(node.is_string) and node.this.lower() == _NOW and isinstance(node.parent, exp.Func)


def evaluate(node: exp.Expr) -> Constant | None:
    """The value of `node`; None where it reads a column, fails or is NULL."""
    if node.find(exp.Column, exp.Query) is not None:
        return None
    instance = Instance("constant", b"")
    try:
        value = instance.run(f"SELECT {node.sql('sqlite')}", steps=STEPS).rows[0][0]
    except QueryError:
        return None
    finally:
        instance.close()
    return value if isinstance(value, int | float | str) else None
