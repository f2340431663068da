"""JSON without surprises.

Promises: RFC 8259 and I-JSON's (RFC 7493) unique keys, in UTF-8. What Python's
parser would accept beyond that is refused: NaN, infinities, numbers that
overflow a double, duplicate keys, nesting that would exhaust a stack.

Does not cover: reading what a model wrote; that is a verifier's own affair.
"""

import json
import math
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_DEPTH = 128


class NotStrict(Exception):
    """Not JSON as promised; `reason` is a slug, the message says where and what."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def loads(data: bytes, exact: bool = False) -> Any:
    """Parses one JSON text.

    Args:
        data: the text.
        exact: whether a number that is written with a fraction or an exponent becomes the
            `Decimal` that it is, and not the nearest float.

    Raises:
        NotStrict: `not_utf8`, `not_json`, `duplicate_key`, `number_out_of_range`
            or `too_deep`.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NotStrict("not_utf8", f"byte {error.start} is not UTF-8") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite_decimal if exact else _finite,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise NotStrict("not_json", f"not valid JSON at {where}: {error.msg}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # int() refuses more digits than sys.get_int_max_str_digits().
        raise NotStrict("number_out_of_range", "an integer has too many digits") from None
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise NotStrict("duplicate_key", f"the key {key[:64]!r} stands twice in an object")
            seen.add(key)
    return found


def _refuse_constant(name: str) -> float:
    raise NotStrict("not_json", f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotStrict("number_out_of_range", "a number exceeds the range of a double")
    return value


def _finite_decimal(text: str) -> Decimal:
    _finite(text)
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of more digits than decimal has room for
        raise NotStrict("number_out_of_range", "a number has too small an exponent") from None


def _check_depth(value: object) -> None:
    """Walks without recursion: what reads the value may recurse, and must not overflow."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        level = [child for node in level for child in _containers(node)]
    raise _too_deep()


def _containers(node: object) -> Iterator[object]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return (child for child in children if isinstance(child, dict | list))


def _too_deep() -> NotStrict:
    return NotStrict("too_deep", f"nested more than {MAX_DEPTH} levels deep")
