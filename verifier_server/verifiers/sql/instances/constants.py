"""What an expression without columns is worth: SQLite is asked.

Promises: deterministic; runs on a guarded instance without tables, in few steps.

Does not cover: a task's own `now`: the default one is taken, which is as good for finding
values on both sides of a boundary in all but the task's own year.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.instances.predicates import Constant

STEPS = 10_000


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
