"""Expressions of rules: CEL by cel-expr-python, compiled once and evaluated without surprises.

Promises: an expression sees `facts`, `derived` and `answer` and nothing else: there is no clock,
no random number and no input; a time zone is a fixed offset, never a name that the engine would
look up in the machine's files. What it reads is known when it is compiled: a place that no facts
and no answer have is refused. Every evaluation gives a value or an `EvaluationError`; CEL's own
error values never pass for a value. The engine's limits are counts, so that they fall the same
way on every machine: 10,000 iterations of macros, a nesting of 32, 64-bit integers, regular
expressions by RE2.

Does not cover: what values mean for a rule (`evaluate`). Doubles follow IEEE 754: a division by
zero is an infinity, and a comparison with NaN is false.
"""

import math
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_math
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from verifier_server.verifiers.rules.shapes import Shape
from verifier_server.verifiers.rules.tokens import references, significant, string_value

MAX_MESSAGE = 300
# How the overloads that take a time zone are called in what the engine's checker writes down.
_ZONED = b"_with_tz"
_FIXED_ZONE = re.compile(r"UTC|[+-]?(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
MAX_DERIVED_TEXT = 10_000  # characters of one derived text
MAX_DERIVED_VALUES = 10_000  # items of one derived value, in all its lists and maps
_MAX_DERIVED_DEPTH = 16

_MATH = ext_math.ExtMath()
_OF_FACTS = {"facts": cel.Type.DYN, "derived": cel.Type.DYN}
_ENV = cel.NewEnv(variables={**_OF_FACTS, "answer": cel.Type.DYN}, extensions=[_MATH])
_FACTS_ENV = cel.NewEnv(variables=_OF_FACTS, extensions=[_MATH])
_BOOLEAN = (cel.Type.BOOL.name(), cel.Type.DYN.name())
_PLAIN = frozenset(
    each.name()
    for each in (cel.Type.BOOL, cel.Type.INT, cel.Type.DOUBLE, cel.Type.STRING, cel.Type.NULL)
)

type Activation = cel.Activation
type Expression = cel.Expression


class ExpressionError(Exception):
    """The expression does not compile, or reads what there is not."""


class EvaluationError(Exception):
    """The expression has no value for these facts and this answer."""


class Expressions:
    """Compiles the expressions of one pack.

    Args:
        facts: the shape of its facts.
        answer: the shape of its answers.
    """

    def __init__(self, facts: Shape, answer: Shape) -> None:
        self._shapes = {"facts": facts, "answer": answer}

    def derivation(self, text: str, derived: Collection[str]) -> Expression:
        """An expression that sees the facts and the named derived values.

        Raises:
            ExpressionError: it does not compile, or it reads the answer.
        """
        expression = _compile(_FACTS_ENV, text)
        self._check_references(text, derived)
        return expression

    def condition(self, text: str, derived: Collection[str]) -> tuple[Expression, bool]:
        """An expression that is true or false, and whether it reads the answer.

        Raises:
            ExpressionError: it does not compile, or has another type.
        """
        expression = _compile(_ENV, text)
        kind = expression.return_type().name()
        if kind not in _BOOLEAN:
            raise ExpressionError(f"must be true or false, and is of type {kind}")
        self._check_references(text, derived)
        return expression, not _compiles_without_answer(text)

    def _check_references(self, text: str, derived: Collection[str]) -> None:
        for reference in references(text):
            if reference.root == "derived":
                if reference.path and reference.path[0] not in derived:
                    known = ", ".join(derived) or "none"
                    raise ExpressionError(f"{reference} is not derived; so far are {known}")
            elif not _is_there(self._shapes[reference.root], reference.path):
                raise ExpressionError(f"there is no {reference} by the schema")


def _is_there(shape: Shape, path: Collection[str]) -> bool:
    """Whether a path of names leads somewhere."""
    for name in path:
        if name not in shape.properties:
            return False
        shape = shape.properties[name]
    return True


def _compile(env: cel.Env, text: str) -> cel.Expression:
    try:
        compiled: cel.Expression = env.compile(text)
    except RuntimeError as error:
        raise ExpressionError(_told(error)) from None
    # The engine counts the calls, so that none is missed; the tokens only acquit.
    if compiled.serialize().count(_ZONED) > _fixed_zones(text):
        raise ExpressionError("a time zone must be a fixed offset in the text: 'UTC' or '+02:00'")
    return compiled


def _fixed_zones(text: str) -> int:
    """How many calls `.get...('+02:00')` there are."""
    tokens = significant(text)
    return sum(
        dot.text == "."
        and name.text.startswith("get")
        and (opening.text, closing.text) == ("(", ")")
        and _FIXED_ZONE.fullmatch(string_value(zone) or "") is not None
        for dot, name, opening, zone, closing in zip(
            *(tokens[at:] for at in range(5)), strict=False
        )
    )


def _compiles_without_answer(text: str) -> bool:
    try:
        _FACTS_ENV.compile(text)
    except RuntimeError:
        return False
    return True


def activation(values: Mapping[str, Any]) -> cel.Activation:
    """What expressions see: `facts`, `derived` and, but for derivations, `answer`.

    Values are plain data of CEL's types: an int of 64 bits, a float where CEL is to see a
    double, instants and durations as protobuf's messages, texts without lone surrogates.
    """
    return _ENV.Activation(values)


def holds(expression: Expression, seen: cel.Activation) -> bool:
    """The value of a condition.

    Raises:
        EvaluationError: it has none.
    """
    try:
        value = expression.eval(seen)
        result = value.value()
    except (RuntimeError, MemoryError) as error:
        raise EvaluationError(_told(error)) from None
    if result is True or result is False:
        return bool(result)
    raise EvaluationError(_no_value(value, result))


def derive(expression: Expression, seen: cel.Activation) -> tuple[Any, Any]:
    """The value of a derivation: as other expressions get it, and as explanations show it.

    Raises:
        EvaluationError: it has none, or one that is too large, not finite or of another type
            than JSON has, an instant or a duration.
    """
    try:
        value = expression.eval(seen)
        budget = [MAX_DERIVED_VALUES]
        return _read(value, 0, budget)
    except (RuntimeError, MemoryError) as error:
        raise EvaluationError(_told(error)) from None


def _read(value: cel.Value, depth: int, budget: list[int]) -> tuple[Any, Any]:
    budget[0] -= 1
    if budget[0] < 0 or depth > _MAX_DERIVED_DEPTH:
        raise EvaluationError(
            f"has more than {MAX_DERIVED_VALUES} values or {_MAX_DERIVED_DEPTH} levels"
        )
    kind, result = value.type().name(), value.value()
    if isinstance(result, datetime):
        stamp = Timestamp()
        stamp.FromDatetime(result.astimezone(UTC).replace(tzinfo=None))
        return stamp, result
    if isinstance(result, timedelta):
        span = Duration()
        span.FromTimedelta(result)
        return span, result
    if isinstance(result, list):
        items = [_read(each, depth + 1, budget) for each in result]
        return [each for each, _ in items], [shown for _, shown in items]
    if isinstance(result, dict):
        members = {name: _read(each, depth + 1, budget) for name, each in result.items()}
        if not all(isinstance(name, str) for name in members):
            raise EvaluationError("has a map whose keys are not texts")
        return (
            {name: each for name, (each, _) in members.items()},
            {name: shown for name, (_, shown) in members.items()},
        )
    if kind not in _PLAIN:
        raise EvaluationError(_no_value(value, result))
    if isinstance(result, float) and not math.isfinite(result):
        raise EvaluationError("is not a finite number")
    if isinstance(result, str) and len(result) > MAX_DERIVED_TEXT:
        raise EvaluationError(f"is a text of more than {MAX_DERIVED_TEXT} characters")
    return result, result


def _no_value(value: cel.Value, result: Any) -> str:
    if value.type() == cel.Type.ERROR:
        return str(result)[:MAX_MESSAGE]
    return f"is of type {value.type().name()}"


def _told(error: Exception) -> str:
    """The engine's message: its first line says what, the rest draws where."""
    if isinstance(error, MemoryError):
        return "it takes too much memory"  # what an answer may hold is bounded: the pack does
    lines = str(error).splitlines() or [""]
    return lines[0].removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ")[:MAX_MESSAGE]
