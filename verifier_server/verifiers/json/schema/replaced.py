"""Keywords that we judge in the engine's place: those on numbers, and `uniqueItems`.

Promises: numbers are compared and divided as they are written. The engine's own keywords
take some by their doubles: to them 100.00000000000000000001 is no more than a maximum of
100.0, 9007199254740993.0 is below a minimum of 9007199254740993, and 0.99999999999999999999
is a multiple of 1. Equal items are found in time linear in the list, where the engine
compares each with each if they are large numbers. Messages are the engine's.

Does not cover: `type`, `const` and `enum`, in which the engine is exact; and schemas of a
bundled metaschema whose vocabularies leave these keywords out, in all of which the
engine's own judge, because they alone know where they count.
"""

import decimal
import operator
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from verifier_server.verifiers.json.schema.dialects import Dialect
from verifier_server.verifiers.json.values import key

_VALIDATION = "/vocab/validation"  # how the URI of the vocabulary of these keywords ends

# An integer of 1000 digits, divided by a number of 1000 digits and 400 places after the point.
_CONTEXT = decimal.Context(
    prec=4_000,
    Emin=decimal.MIN_EMIN,
    Emax=decimal.MAX_EMAX,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


def is_multiple(number: int | Decimal, divisor: int | Decimal) -> bool:
    """Whether division gives an integer.

    Args:
        number: as `parse` reads it.
        divisor: likewise, above 0.
    """
    if isinstance(number, int) and isinstance(divisor, int):
        return number % divisor == 0
    return not _CONTEXT.remainder(number, divisor)


def keywords(dialects: Iterable[Dialect]) -> Mapping[str, Any]:
    """What the engine is given in the place of its own keywords.

    Args:
        dialects: of all documents of a schema.
    """
    return {} if any(map(_leaves_out_validation, dialects)) else _KEYWORDS


def _leaves_out_validation(dialect: Dialect) -> bool:
    metaschema = dialect.metaschema
    vocabularies = metaschema.get("$vocabulary") if isinstance(metaschema, dict) else None
    return isinstance(vocabularies, dict) and not any(
        uri.endswith(_VALIDATION) for uri in vocabularies
    )


class _Bound:
    """A keyword that compares; of draft 4 those two that share one bound."""

    def __init__(
        self,
        schema: Mapping[str, Any],
        value: Any,
        inclusive: str,
        breaks: Callable[[Any, Any], bool],
        message: str,
    ) -> None:
        if isinstance(value, bool):  # draft 4: exclusiveMaximum makes maximum exclusive
            value = schema.get(inclusive) if value else None
        elif schema.get("exclusive" + inclusive.capitalize()) is True:
            value = None  # the exclusive one judges
        self._bound = None if value is None else _exact(value)
        self._breaks = breaks
        self._message = message

    def validate(self, instance: Any) -> None:
        if _is_number(instance) and self._bound is not None and self._breaks(instance, self._bound):
            raise ValueError(f"the value is {self._message} of {self._bound}")


class _MultipleOf:
    def __init__(self, _: Any, divisor: Any, __: Any) -> None:
        self._divisor = _exact(divisor)

    def validate(self, instance: Any) -> None:
        if _is_number(instance) and not is_multiple(instance, self._divisor):
            raise ValueError(f"the value is not a multiple of {self._divisor}")


class _UniqueItems:
    def __init__(self, _: Any, wanted: Any, __: Any) -> None:
        self._wanted = wanted is True

    def validate(self, instance: Any) -> None:
        if not self._wanted or not isinstance(instance, list) or len(instance) < 2:
            return
        seen: set[Hashable] = set()
        for item in map(key, instance):
            if item in seen:
                raise ValueError("the list has non-unique elements")
            seen.add(item)


def _exact(number: Any) -> int | Decimal:
    """A number of the schema. The engine hands one in as a double where its digits are the same."""
    return Decimal(repr(number)) if isinstance(number, float) else number


def _is_number(instance: Any) -> bool:
    return isinstance(instance, (int, Decimal)) and not isinstance(instance, bool)


def _bound(inclusive: str, breaks: Callable[[Any, Any], bool], message: str) -> Callable[..., Any]:
    def make(schema: Mapping[str, Any], value: Any, _: Any) -> _Bound:
        return _Bound(schema, value, inclusive, breaks, message)

    return make


# As jsonschema-rs asks for them: what is called with the schema, the value and its path.
_KEYWORDS: Mapping[str, Callable[..., Any]] = {
    "minimum": _bound("minimum", operator.lt, "less than the minimum"),
    "maximum": _bound("maximum", operator.gt, "greater than the maximum"),
    "exclusiveMinimum": _bound("minimum", operator.le, "less than or equal to the minimum"),
    "exclusiveMaximum": _bound("maximum", operator.ge, "greater than or equal to the maximum"),
    "multipleOf": _MultipleOf,
    "uniqueItems": _UniqueItems,
}
