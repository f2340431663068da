"""A puzzle's JSON to `Puzzle`: one reader for each word of the language.

Promises: as `constraints` says. Pointers are relative to the object with `domains`. Depth and
number of constraints are checked on the JSON itself, before it is read.

Does not cover: the task's other members.
"""

from collections.abc import Callable, Mapping
from typing import Final

from verifier_server.verifiers.logic.puzzles.constraints import (
    INTEGER,
    MAX_CONSTRAINTS,
    MAX_DEPTH,
    MAX_NODES,
    MAX_VALUES,
    Constraint,
    Different,
    Joined,
    Member,
    Op,
    Operand,
    Puzzle,
    Relation,
)
from verifier_server.verifiers.logic.puzzles.domains import (
    Domains,
    Faults,
    read_domains,
    value_text,
)

_ORDER = frozenset({Op.LT, Op.LE, Op.GT, Op.GE, Op.NEXT, Op.SUCC, Op.APART, Op.BETWEEN})


class _WrongError(Exception):
    """A constraint is none; `path` leads from it to what is wrong."""

    def __init__(self, reason: str, message: str, path: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.path = path


def read_puzzle(task: Mapping[str, object]) -> Puzzle:
    """The puzzle of a task.

    Args:
        task: its members `domains`, `constraints` and, if there is one, `ordered`.

    Raises:
        PuzzleError: with every fault that was found.
    """
    faults = Faults()
    domains = read_domains(task.get("domains"), task.get("ordered"), faults)
    listed = task.get("constraints")
    if not isinstance(listed, list) or len(listed) > MAX_CONSTRAINTS:
        message = f"must be a list of at most {MAX_CONSTRAINTS} constraints"
        faults.add("/constraints", "type", message)
    elif _has_too_many(listed):
        message = f"have over {MAX_NODES} parts or over {MAX_DEPTH} levels"
        faults.add("/constraints", "too_large", message)
    faults.check()
    assert isinstance(listed, list)
    read: list[Constraint] = []
    for index, each in enumerate(listed):
        try:
            read.append(_constraint(each, domains))
        except _WrongError as wrong:
            faults.add(f"/constraints/{index}{wrong.path}", wrong.reason, str(wrong))
    faults.check()
    return Puzzle(tuple(domains.places), domains.values, tuple(read))


def _has_too_many(listed: list[object]) -> bool:
    """Whether there are more nodes or levels than the limits; walks level by level."""
    level: list[object] = list(listed)
    count = 0
    # A level of constraints can have two of lists: the constraint's and that of its parts.
    for _ in range(2 * MAX_DEPTH):
        if not level:
            return False
        count += len(level)
        if count > MAX_NODES:
            return True
        level = [part for node in level if isinstance(node, list) for part in node]
    return True


def _constraint(node: object, domains: Domains) -> Constraint:
    if not isinstance(node, list) or not node or not isinstance(node[0], str):
        raise _WrongError("type", "must be a list that begins with a word of the language")
    try:
        op = Op(node[0])
    except ValueError:
        message = f"{node[0][:60]!r} is no word of the language: {', '.join(Op)}"
        raise _WrongError("unknown_word", message, "/0") from None
    return _READERS[op](op, node[1:], domains)


def _relation(op: Op, parts: list[object], domains: Domains) -> Constraint:
    distance = 0
    _count(parts, 3 if op in (Op.BETWEEN, Op.APART) else 2)
    if op is Op.APART:
        distance = _natural(parts.pop(), 1, 10**9, "/3")
    operands = tuple(
        _operand(each, domains, f"/{index}") for index, each in enumerate(parts, start=1)
    )
    if all(operand.place < 0 for operand in operands):
        raise _WrongError("no_variable", "has no variable")
    if op in _ORDER:
        return Relation(op, operands, _ranks(operands, domains), distance)
    left, right = operands
    _check_literal(left, right, domains, "/1")
    _check_literal(right, left, domains, "/2")
    return Relation(op, operands)


def _check_literal(literal: Operand, variable: Operand, domains: Domains, path: str) -> None:
    """A value that the variable cannot have is a slip: the constraint would say nothing."""
    if literal.place < 0 and literal.text not in domains.values[variable.place]:
        raise _WrongError("unknown", f"{literal.text[:60]} is no value of {variable.text}", path)


def _ranks(operands: tuple[Operand, ...], domains: Domains) -> Mapping[str, int]:
    texts = [
        text
        for operand in operands
        for text in (domains.values[operand.place] if operand.place >= 0 else (operand.text,))
    ]
    ranks = domains.order_of(texts)
    if ranks is None:
        raise _WrongError("no_order", "the values have no order in common; see ordered")
    new = [text for text in texts if text not in ranks]
    # A number that no variable has is in order among the others: x < 10.
    return {**ranks, **{text: int(text) for text in new}} if new else ranks


def _operand(node: object, domains: Domains, path: str) -> Operand:
    if isinstance(node, dict):
        return _explicit(node, domains, path)
    text = value_text(node)
    if text is None:
        raise _WrongError("type", "must be a variable or a value", path)
    is_value = text in domains.known or INTEGER.fullmatch(text) is not None
    is_variable = isinstance(node, str) and text in domains.places
    if is_variable and is_value:
        message = f'{text} is a variable and a value: write {{"var": ...}} or {{"value": ...}}'
        raise _WrongError("ambiguous", message, path)
    if is_variable:
        return Operand(domains.places[text], text)
    if not is_value:
        raise _WrongError("unknown", f"{text[:60]} is neither a variable nor a value", path)
    return Operand(-1, text)


def _explicit(node: dict[object, object], domains: Domains, path: str) -> Operand:
    name, value = node.get("var"), value_text(node.get("value"))
    if len(node) == 1 and isinstance(name, str):
        if name not in domains.places:
            raise _WrongError("unknown", f"{name[:60]} is no variable", f"{path}/var")
        return Operand(domains.places[name], name)
    if len(node) == 1 and value is not None:
        if value not in domains.known and not INTEGER.fullmatch(value):
            raise _WrongError("unknown", f"{value[:60]} is no value", f"{path}/value")
        return Operand(-1, value)
    raise _WrongError("type", 'must be {"var": name} or {"value": text}', path)


def _different(_op: Op, parts: list[object], domains: Domains) -> Constraint:
    _count(parts, 1)
    listed = _list(parts[0], 2, len(domains.values), "/1")
    places: dict[int, None] = {}
    for index, each in enumerate(listed):
        operand = _operand(each, domains, f"/1/{index}")
        if operand.place < 0:
            raise _WrongError("type", "must be a variable", f"/1/{index}")
        if operand.place in places:
            raise _WrongError("duplicate", f"{operand.text} stands twice", f"/1/{index}")
        places[operand.place] = None
    return Different(tuple(places))


def _member(_op: Op, parts: list[object], domains: Domains) -> Constraint:
    _count(parts, 2)
    variable = _operand(parts[0], domains, "/1")
    if variable.place < 0:
        raise _WrongError("type", "must be a variable", "/1")
    values: set[str] = set()
    for index, each in enumerate(_list(parts[1], 1, MAX_VALUES, "/2")):
        text = value_text(each)
        if text is None or text not in domains.values[variable.place]:
            raise _WrongError("unknown", f"is no value of {variable.text}", f"/2/{index}")
        values.add(text)
    return Member(variable.place, frozenset(values))


def _joined(op: Op, parts: list[object], domains: Domains) -> Constraint:
    if op is Op.NOT:
        _count(parts, 1)
    elif op in (Op.XOR, Op.IMPLIES, Op.IFF):
        _count(parts, 2)
    elif not parts:
        raise _WrongError("operands", "takes at least one constraint")
    return Joined(op, _parts(parts, domains, "", 1))


def _counted(op: Op, parts: list[object], domains: Domains) -> Constraint:
    _count(parts, 2)
    listed = _list(parts[1], 1, MAX_NODES, "/2")
    number = _natural(parts[0], 0, len(listed), "/1")
    return Joined(op, _parts(listed, domains, "/2", 0), number)


def _parts(nodes: list[object], domains: Domains, path: str, first: int) -> tuple[Constraint, ...]:
    read: list[Constraint] = []
    for index, node in enumerate(nodes, start=first):
        try:
            read.append(_constraint(node, domains))
        except _WrongError as wrong:
            inner = f"{path}/{index}{wrong.path}"
            raise _WrongError(wrong.reason, str(wrong), inner) from None
    return tuple(read)


def _count(parts: list[object], expected: int) -> None:
    if len(parts) != expected:
        raise _WrongError("operands", f"takes {expected} operands, not {len(parts)}")


def _list(node: object, least: int, most: int, path: str) -> list[object]:
    if not isinstance(node, list) or not least <= len(node) <= most:
        raise _WrongError("type", f"must be a list of {least} to {most}", path)
    return node


def _natural(node: object, least: int, most: int, path: str) -> int:
    if isinstance(node, bool) or not isinstance(node, int) or not least <= node <= most:
        raise _WrongError("type", f"must be an integer from {least} to {most}", path)
    return node


_READERS: Final[Mapping[Op, Callable[[Op, list[object], Domains], Constraint]]] = {
    **dict.fromkeys((Op.EQ, Op.NE, *_ORDER), _relation),
    Op.DIFF: _different,
    Op.IN: _member,
    **dict.fromkeys((Op.NOT, Op.AND, Op.OR, Op.XOR, Op.IMPLIES, Op.IFF), _joined),
    **dict.fromkeys((Op.EXACTLY, Op.AT_LEAST, Op.AT_MOST), _counted),
}
