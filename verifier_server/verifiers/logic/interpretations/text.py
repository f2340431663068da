r"""From the text of an answer to its claim: unsat, or sat with the values that it gives.

Promises: a closed grammar, in two forms. What begins with a bracket is s-expressions, as
solvers print models; everything else is lines.

    answer = "unsat" | ["sat"] values
    s-expressions = (define-fun f ((x S) ...) T body) | (define-const c T value)
        | (declare-fun e () S) | (declare-const e S), which names an element of S
        | ((term value) ...), as get-value prints | (forall ...), the size of a sort: read over
        all of these perhaps in one pair of brackets, with `model` before them
    lines  = pairs between line feeds, ";" and ","; perhaps all in [ ]
    pair   = name "=" value | name(argument, ...) "=" value | name = [argument -> value, ...]
    "="    = "=", ":", ":=" or "->"; an argument that is `else` (or _) stands for all others
    value  = numeral | decimal | numeral/numeral, each with a sign | true | false | name
        | s-expression

Nothing of it is evaluated or given a sort here.

Does not cover: whether names and sorts fit the script (`reading`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from verifier_server.verifiers.logic.reading.errors import SYNTAX, TOO_LONG, TRAILING, ReadError
from verifier_server.verifiers.logic.smtlib.commands import COMMANDS
from verifier_server.verifiers.logic.smtlib.expressions import (
    DECIMAL,
    NUMERAL,
    SYMBOL,
    Expression,
    Group,
    Leaf,
    expressions,
)
from verifier_server.verifiers.logic.smtlib.limits import MAX_CHARACTERS
from verifier_server.verifiers.logic.smtlib.reasons import FORBIDDEN_COMMAND

MAX_STATEMENTS: Final = 2_000

_STATUS = re.compile(
    # A symbol of a script can have that name.
    r"(?P<un>un)?sat(?:isfiable)?(?![\w!]|\.\w|[ \t]*(?:=|:=|->))[ \t]*[.:,;]?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<sign>[-+\u2212])?(?P<whole>\d+)(?P<part>\.\d+)?(?:/(?P<below>\d+))?")
_SEPARATOR = re.compile(r":=|->|\u21a6|\u2192|=|:")
_SIGN = re.compile(r"[^\n]")
_MARK = re.compile(r"[-*\u2022+][ \t]+")
_OPENING = "([{"
_CLOSING = ")]}"
_QUOTES = ("**", "`", "$", "'", '"', "|")
_ELSE = ("else", "_", "otherwise", "default")
_TRUTHS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition as SMT-LIB writes it."""

    name: Leaf
    parameters: Group
    sort: Expression
    body: Expression


@dataclass(frozen=True, slots=True)
class Valued:
    """A value for one application of a symbol; with `arguments` None for all others."""

    name: Leaf
    arguments: tuple[Expression, ...] | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Element:
    """A name for an element of a sort."""

    name: Leaf
    sort: Expression


Statement = Defined | Valued | Element


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says: whether there is a model, and what it gives of one."""

    satisfiable: bool
    statements: tuple[Statement, ...]


def read_claim(text: str) -> Claim:
    """The claim of an answer.

    Raises:
        ReadError: `syntax`, `trailing` (values after unsat) and what `expressions` raises;
            `forbidden_command` for any command but those above.
    """
    if len(text) > MAX_CHARACTERS:
        raise ReadError(TOO_LONG, f"more than {MAX_CHARACTERS} characters", text, MAX_CHARACTERS)
    status = _STATUS.match(text)
    start = status.end() if status else 0
    while start < len(text) and text[start].isspace():
        start += 1
    if status is not None and status["un"]:
        if start < len(text):
            raise ReadError(TRAILING, "unsat is a whole answer", text, start)
        return Claim(False, ())
    found = _commands(text, start) if text.startswith("(", start) else _lines(text, start)
    statements: list[Statement] = []
    for each in found:
        if len(statements) >= MAX_STATEMENTS:
            message = f"more than {MAX_STATEMENTS} values"
            raise ReadError(TOO_LONG, message, text, each.name.offset)
        statements.append(each)
    if not statements and status is None:
        raise ReadError(SYNTAX, "expected sat, unsat or values", text, start)
    return Claim(True, tuple(statements))


def _commands(text: str, start: int) -> Iterator[Statement]:
    items: Sequence[Expression] = expressions(_blanked(text, start) + text[start:])
    if len(items) == 1 and isinstance(items[0], Group):
        inside = items[0].items
        named = bool(inside) and isinstance(inside[0], Leaf) and inside[0].text == "model"
        if named or all(isinstance(each, Group) for each in inside):
            items = inside[1:] if named else inside
    for item in items:
        yield from _command(item, text)


def _command(item: Expression, text: str) -> Iterator[Statement]:
    match item:
        case Group(items=[Leaf(text="define-fun"), Leaf() as name, Group() as given, sort, body]):
            yield Defined(name, given, sort, body)
        case Group(items=[Leaf(text="define-const"), Leaf() as name, sort, body]):
            yield Defined(name, Group(name.offset), sort, body)
        case Group(items=[Leaf(text="declare-fun"), Leaf() as name, Group(items=[]), sort]):
            yield Element(name, sort)
        case Group(items=[Leaf(text="declare-const"), Leaf() as name, sort]):
            yield Element(name, sort)
        case Group(items=[Leaf(text="forall"), Group(), Group()]):
            return
        case Group(items=[Leaf(text=word), *_]) if word in COMMANDS:
            raise ReadError(FORBIDDEN_COMMAND, f"a model has no {word}", text, item.offset)
        case Group(items=[Group(items=[Leaf() as name, *arguments]), value]) if arguments:
            yield Valued(name, tuple(arguments), value)
        case Group(items=[Leaf(kind="symbol" | "quoted") as name, value]):
            yield Valued(name, (), value)
        case _:
            shown = text[item.offset : item.offset + 40]
            raise ReadError(FORBIDDEN_COMMAND, f"no part of a model: {shown}", text, item.offset)


def _lines(text: str, start: int) -> Iterator[Statement]:
    stop = len(text)
    if text.startswith(("[", "{"), start) and text.rstrip().endswith(("]", "}")):
        start, stop = start + 1, len(text.rstrip()) - 1
    for begin, end in _parts(text, start, stop):
        yield from _pair(text, begin, end)


def _parts(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """What is between separators that no bracket holds, without space round it."""
    depth, begin = 0, start
    for at in range(start, stop + 1):
        sign = text[at] if at < stop else "\n"
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        if at < stop and (depth > 0 or sign not in "\n;,"):
            continue
        first, last = _stripped(text, begin, at)
        if first < last:
            yield first, last
        begin, depth = at + 1, 0


def _pair(text: str, start: int, stop: int) -> Iterator[Statement]:
    mark = _MARK.match(text, start, stop)
    start = mark.end() if mark else start
    at, end = _split(text, start, stop)
    name_start, name_stop = _stripped(text, start, at)
    value_start, value_stop = _stripped(text, end, stop)
    opening = text.find("(", name_start, name_stop)
    if opening > name_start and text[name_stop - 1] == ")":
        name = _name(text, name_start, opening)
        arguments = _arguments(text, opening + 1, name_stop - 1)
        yield Valued(name, arguments, _value(text, value_start, value_stop))
        return
    name = _name(text, name_start, name_stop)
    if value_start < value_stop and text[value_start] in "[{":
        for begin, last in _parts(text, value_start + 1, value_stop - 1):
            yield _row(text, name, begin, last)
        return
    yield Valued(name, (), _value(text, value_start, value_stop))


def _row(text: str, name: Leaf, start: int, stop: int) -> Valued:
    """`argument -> value`, of a table in brackets; several arguments are in round ones."""
    if text[start:stop].lower().startswith("else ") and not _SEPARATOR.search(text, start, stop):
        return Valued(name, None, _value(text, start + 5, stop))
    at, end = _split(text, start, stop)
    first, last = _stripped(text, start, at)
    if text.startswith("(", first) and text[last - 1] == ")" and "," in text[first:last]:
        first, last = first + 1, last - 1
    return Valued(name, _arguments(text, first, last), _value(text, *_stripped(text, end, stop)))


def _split(text: str, start: int, stop: int) -> tuple[int, int]:
    """Where the sign between a name and its value begins and ends."""
    depth = 0
    for at in range(start, stop):
        if text[at] in _OPENING:
            depth += 1
        elif text[at] in _CLOSING:
            depth -= 1
        elif depth == 0 and (found := _SEPARATOR.match(text, at, stop)):
            return found.span()
    raise ReadError(SYNTAX, "expected name = value", text, start)


def _arguments(text: str, start: int, stop: int) -> tuple[Expression, ...] | None:
    parts = list(_parts(text, start, stop))
    if parts and all(text[first:last].lower() in _ELSE for first, last in parts):
        return None
    return tuple(_value(text, first, last) for first, last in parts)


def _name(text: str, start: int, stop: int) -> Leaf:
    name = _bare(text[start:stop])
    if not name:
        raise ReadError(SYNTAX, "expected a name", text, start)
    return Leaf(SYMBOL, name, start)


def _value(text: str, start: int, stop: int) -> Expression:
    written = _bare(text[start:stop].rstrip("."))
    number = _NUMBER.fullmatch(written)
    if number:
        return _number(number, start)
    if written.lower() in _TRUTHS:
        return Leaf(SYMBOL, written.lower(), start)
    found = expressions(_blanked(text, start) + text[start:stop]) if written.startswith("(") else []
    if len(found) == 1:
        return found[0]
    if not written or any(sign.isspace() or sign in "(){}[]" for sign in written):
        raise ReadError(SYNTAX, "expected a value", text, start)
    return Leaf(SYMBOL, written, start)


def _blanked(text: str, start: int) -> str:
    """What stands before a place as space, so that places stay what they are."""
    return _SIGN.sub(" ", text[:start])


def _number(number: re.Match[str], offset: int) -> Expression:
    part = number["part"]
    made: Expression = Leaf(DECIMAL if part else NUMERAL, number["whole"] + (part or ""), offset)
    if number["below"]:
        made = _applied("/", offset, made, Leaf(NUMERAL, number["below"], offset))
    return _applied("-", offset, made) if number["sign"] in ("-", "\u2212") else made


def _applied(name: str, offset: int, *parts: Expression) -> Group:
    return Group(offset, [Leaf(SYMBOL, name, offset), *parts])


def _bare(text: str) -> str:
    text = text.strip()
    for quote in _QUOTES:
        if len(text) > 2 * len(quote) and text.startswith(quote) and text.endswith(quote):
            text = text[len(quote) : -len(quote)].strip()
    return text


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start].isspace():
        start += 1
    while start < stop and text[stop - 1].isspace():
        stop -= 1
    return start, stop
