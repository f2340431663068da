"""Methods of lists, dictionaries and texts that programs may call.

Promises: a table by name; the owner is one of our values, never a Python object.

Does not cover: methods of the solver (`programs`).
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from verifier_server.verifiers.logic.composing.measured import BuildError
from verifier_server.verifiers.logic.zpython.arguments import iterated, listed
from verifier_server.verifiers.logic.zpython.operating import few, short, text_of
from verifier_server.verifiers.logic.zpython.reasons import ARITY_MISMATCH, UNSUPPORTED
from verifier_server.verifiers.logic.zpython.values import DictValue, ListValue, Value


def _list(owner: Value) -> ListValue:
    if not isinstance(owner, ListValue) or owner.frozen:
        raise BuildError(UNSUPPORTED, "not a list")
    return owner


def _dict(owner: Value) -> DictValue:
    if not isinstance(owner, DictValue):
        raise BuildError(UNSUPPORTED, "not a dictionary")
    return owner


def _expect(values: Sequence[Value], expected: int) -> None:
    if len(values) != expected:
        raise BuildError(ARITY_MISMATCH, f"{len(values)} arguments are not expected here")


def _append(owner: Value, values: Sequence[Value]) -> Value:
    _expect(values, 1)
    _list(owner).items.append(values[0])
    few(_list(owner))
    return None


def _extend(owner: Value, values: Sequence[Value]) -> Value:
    _expect(values, 1)
    _list(owner).items.extend(iterated(values[0]))
    few(_list(owner))
    return None


def _keys(owner: Value, values: Sequence[Value]) -> Value:
    _expect(values, 0)
    return listed(iterated(_dict(owner)))


def _values(owner: Value, values: Sequence[Value]) -> Value:
    _expect(values, 0)
    return listed(list(_dict(owner).items.values()))


def _items(owner: Value, values: Sequence[Value]) -> Value:
    _expect(values, 0)
    pairs = zip(iterated(_dict(owner)), _dict(owner).items.values(), strict=True)
    return listed([listed(pair, frozen=True) for pair in pairs])


def _index(owner: Value, values: Sequence[Value]) -> Value:
    _expect(values, 1)
    items = iterated(owner)
    plain = all(isinstance(each, (int, str, Fraction)) for each in (*items, values[0]))
    if not plain or values[0] not in items:
        raise BuildError(UNSUPPORTED, "no such item")
    return items.index(values[0])


def _format(owner: Value, values: Sequence[Value]) -> Value:
    pieces = owner.split("{}") if isinstance(owner, str) else []
    if len(pieces) != len(values) + 1 or any("{" in each or "}" in each for each in pieces):
        raise BuildError(UNSUPPORTED, "a pattern other than {}")
    return short(pieces[0] + "".join(map(str.__add__, map(text_of, values), pieces[1:])))


def _split(owner: Value, values: Sequence[Value]) -> Value:
    if not isinstance(owner, str) or values:
        raise BuildError(UNSUPPORTED, "only split() of a text")
    return listed(owner.split())


METHODS: Mapping[str, Callable[[Value, Sequence[Value]], Value]] = {
    "append": _append,
    "extend": _extend,
    "keys": _keys,
    "values": _values,
    "items": _items,
    "index": _index,
    "format": _format,
    "split": _split,
}
