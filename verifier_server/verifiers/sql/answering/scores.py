"""Findings to scores: which verdict and reason each one means.

Promises: value 1 for a right query and 0 for every other, unless the task shapes
(`shaping`). The components say how far a query came: it is executable, its rows
are right as a bag, and they are in the right order; all three together make the
value, none has a share of its own. Open diagnostics hold no value of the data or of
an accepted query's answer.

Does not cover: finding out (`judging`).
"""

from verifier_server.contract import Component, Diagnostics, Score, Verdict
from verifier_server.verifiers.sql.answering.extract import NoStatementError
from verifier_server.verifiers.sql.comparing.difference import Difference
from verifier_server.verifiers.sql.dialects.faults import UntranslatableError
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError

MAX_EXTRACTED = 1000

Facts = tuple[tuple[str, str], ...]

VERDICTS = {
    Fault.EMPTY: (Verdict.NO_ANSWER, "empty"),
    Fault.SEVERAL: (Verdict.POLICY_VIOLATION, "multiple_statements"),
    Fault.WRITE: (Verdict.POLICY_VIOLATION, "not_a_query"),
    Fault.SCHEMA: (Verdict.POLICY_VIOLATION, "schema_read"),
    Fault.FUNCTION: (Verdict.POLICY_VIOLATION, "function_denied"),
    Fault.SYNTAX: (Verdict.MALFORMED, "syntax_error"),
    Fault.NAME: (Verdict.MALFORMED, "unknown_name"),
    Fault.COMPILE: (Verdict.MALFORMED, "compile_error"),
    Fault.RUN: (Verdict.RUNTIME_ERROR, "sql_error"),
    Fault.TEXT: (Verdict.RUNTIME_ERROR, "invalid_text"),
    Fault.STEPS: (Verdict.TIME_LIMIT, "step_limit"),
    Fault.ROWS: (Verdict.RESOURCE_LIMIT, "row_limit"),
    Fault.SIZE: (Verdict.RESOURCE_LIMIT, "size_limit"),
    Fault.MEMORY: (Verdict.RESOURCE_LIMIT, "memory_limit"),
}
_ORDER = "wrong_order"
_SHAPE = frozenset({"wrong_column_count", "wrong_row_count"})


def no_statement(error: NoStatementError, facts: Facts) -> Score:
    """The score of a completion without a query. `facts` are privileged ones of the task."""
    diagnostics = Diagnostics(message=str(error), privileged=facts)
    return Score(0.0, False, Verdict.NO_ANSWER, error.reason, (), diagnostics)


def failed(query: str, error: QueryError, hint: str, facts: Facts) -> Score:
    """The score of a query that gave no rows on some instance; `hint` is what would be right."""
    verdict, reason = VERDICTS[error.fault]
    message = f"{error.message}; {hint}" if hint else error.message
    diagnostics = Diagnostics(query[:MAX_EXTRACTED], message, privileged=facts)
    components = (Component("executable", 0.0, 0.0, 0, 1),)
    return Score(0.0, False, verdict, reason, components, diagnostics)


def untranslatable(query: str, dialect: str, error: UntranslatableError, facts: Facts) -> Score:
    """The score of a query that could not be brought into SQLite's dialect.

    One that breaks the rules is told so; else that it was not understood is no fault of its.
    """
    verdict, reason = Verdict.UNDECIDED, "untranslatable"
    if error.several:
        verdict, reason = VERDICTS[Fault.SEVERAL]
    elif error.write:
        verdict, reason = VERDICTS[Fault.WRITE]
    elif error.empty:
        verdict, reason = VERDICTS[Fault.EMPTY]
    elif error.syntax:
        verdict, reason = VERDICTS[Fault.SYNTAX]
    place = f" (line {error.line}, column {error.column})" if error.line else ""
    message = f"{dialect}: {error.message}{place}"
    diagnostics = Diagnostics(query[:MAX_EXTRACTED], message, privileged=facts)
    return Score(0.0, False, verdict, reason, (), diagnostics)


def right(query: str, facts: Facts) -> Score:
    """The score of a query that agrees on every instance."""
    diagnostics = Diagnostics(query[:MAX_EXTRACTED], privileged=facts)
    return Score(1.0, True, Verdict.CORRECT, "match", _components(1, 1, 1), diagnostics)


def wrong(
    query: str,
    difference: Difference,
    where: str,
    facts: Facts,
    *,
    shape_hints: bool,
    earned: float | None,
) -> Score:
    """The score of a query whose answer differs.

    Args:
        query: its text.
        difference: the first one.
        where: on which instance it was seen, in words.
        facts: privileged ones of the task.
        shape_hints: whether the message may say how many columns and rows were expected.
        earned: what the task's shaping gives it; None where the task does not shape.
    """
    only_order = difference.reason == _ORDER
    components = _components(1, int(only_order), 0 if only_order else None)
    told = shape_hints or difference.reason not in _SHAPE
    message = f"{difference.message} ({where})" if told else difference.reason.replace("_", " ")
    detail = ("first_difference", f"{where}: {difference.detail or difference.message}")
    diagnostics = Diagnostics(query[:MAX_EXTRACTED], message, (), (detail, *facts))
    value = earned or 0.0
    if earned is not None:
        components = (*components, Component("shaping", earned, 1.0))
    verdict = Verdict.PARTIAL if value > 0.0 else Verdict.INCORRECT
    return Score(value, False, verdict, difference.reason, components, diagnostics)


def _components(executable: int, result: int, order: int | None) -> tuple[Component, ...]:
    """`order` is None where it was not looked at, because the rows were wrong already."""
    parts = [
        Component("executable", float(executable), 0.0, executable, 1),
        Component("result", float(result), 0.0, result, 1),
    ]
    if order is not None:
        parts.append(Component("order", float(order), 0.0, order, 1))
    return tuple(parts)
