"""Python's own functions, and those of itertools, as far as programs may call them.

Promises: a table; what is not in it cannot be called. Every result is bounded.

Does not cover: z3's functions (`calls`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import combinations, islice, permutations, product

from verifier_server.verifiers.logic.composing import numeric
from verifier_server.verifiers.logic.composing.measured import (
    BuildError,
    Built,
)
from verifier_server.verifiers.logic.zpython.arguments import (
    MAX_NUMERAL,
    Call,
    expect,
    iterated,
    listed,
    whole_in,
)
from verifier_server.verifiers.logic.zpython.calls import absolute
from verifier_server.verifiers.logic.zpython.limits import MAX_ITEMS, MAX_WIDTH
from verifier_server.verifiers.logic.zpython.operating import (
    lifted,
    short,
    text_of,
)
from verifier_server.verifiers.logic.zpython.reasons import (
    ARITY_MISMATCH,
    SORT_MISMATCH,
    TOO_LARGE,
    UNSUPPORTED,
)
from verifier_server.verifiers.logic.zpython.values import (
    ListValue,
    Value,
    items_of,
)
from verifier_server.verifiers.logic.zpython.vocabulary import Vocabulary


def _range(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1, 3)
    numbers = [whole_in(value) for value in values]
    if len(numbers) == 3 and numbers[2] == 0:
        raise BuildError(UNSUPPORTED, "a step of zero")
    whole = range(*numbers)
    if len(whole) > MAX_ITEMS:
        raise BuildError(TOO_LARGE, f"more than {MAX_ITEMS} items")
    return ListValue(list(whole))


def _length(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    return len(iterated(values[0]))


def _list(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 0, 1)
    return listed(iterated(values[0]) if values else [])


def _tuple(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 0, 1)
    return listed(iterated(values[0]) if values else [], frozen=True)


def _enumerate(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1, 2)
    start = whole_in(values[1]) if len(values) == 2 else 0
    pairs = enumerate(iterated(values[0]), start)
    return listed([listed(pair, frozen=True) for pair in pairs])


def _zip(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 0, MAX_WIDTH)
    rows = zip(*map(iterated, values), strict=False)
    return listed([listed(row, frozen=True) for row in rows])


def _sum(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    items = iterated(values[0])
    plain = [item for item in items if isinstance(item, (int, Fraction))]
    terms = [item for item in items if isinstance(item, Built)]
    if len(plain) + len(terms) < len(items):
        raise BuildError(SORT_MISMATCH, "a sum of what is no number")
    total = sum(plain)
    if not terms:
        return total
    return numeric.added([*terms, lifted(total)] if total else terms)


def _extreme(choose: Callable[[list[int]], int], _: Vocabulary, values: Sequence[Value]) -> Value:
    numbers = [whole_in(value) for value in items_of(values)]
    if not numbers:
        raise BuildError(ARITY_MISMATCH, "of nothing")
    return choose(numbers)


def _str(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    return short(text_of(values[0]))


def _int(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    if isinstance(values[0], str) and values[0].isascii() and values[0].isdigit():
        if len(values[0]) < MAX_NUMERAL:
            return int(values[0])
    elif isinstance(values[0], (int, Fraction)):
        return int(values[0])
    raise BuildError("number", "no whole number")


def _choices(
    choose: Callable[[list[Value], int], Iterable[tuple[Value, ...]]],
    _: Vocabulary,
    values: Sequence[Value],
) -> Value:
    """itertools' combinations or permutations."""
    expect(values, 2)
    width = whole_in(values[1])
    if not 0 <= width <= MAX_WIDTH:
        raise BuildError(UNSUPPORTED, f"more than {MAX_WIDTH} at once")
    chosen = choose(iterated(values[0]), width)
    rows = list(islice(chosen, MAX_ITEMS + 1))
    return listed([listed(row, frozen=True) for row in rows])


def _pairs(_: Vocabulary, values: Sequence[Value]) -> Value:
    """itertools.product of lists."""
    expect(values, 0, MAX_WIDTH)
    rows = list(islice(product(*map(iterated, values)), MAX_ITEMS + 1))
    return listed([listed(row, frozen=True) for row in rows])


PYTHON: Mapping[str, Call] = {
    "range": _range,
    "len": _length,
    "list": _list,
    "tuple": _tuple,
    "enumerate": _enumerate,
    "zip": _zip,
    "sum": _sum,
    "min": partial(_extreme, min),
    "max": partial(_extreme, max),
    "abs": absolute,
    "str": _str,
    "int": _int,
}
ITERTOOLS: Mapping[str, Call] = {
    "combinations": partial(_choices, combinations),
    "permutations": partial(_choices, permutations),
    "product": _pairs,
}
