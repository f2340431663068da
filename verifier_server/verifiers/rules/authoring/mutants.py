"""Small mistakes that an author could have made in an expression: one edit each.

Promises: a mutant differs from its expression in one place only, `original` at `start`;
the same text and siblings give the same mutants in the same order, no text twice.

The edits are the operators that mutation testing keeps because they subsume the others
(relational, logical and arithmetic replacement, negation; Offutt et al., "An experimental
determination of sufficient mutant operators", TOSEM 5(2), 1996), and those that rules need:
bounds moved by one unit, a value of an enum taken for another, a member of a list or an operand
of `&&` and `||` forgotten, the branches of a condition exchanged.

Does not cover: whether a mutant compiles or means something else (`mutation.py`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifier_server.verifiers.rules.tokens import (
    Kind,
    Token,
    closing,
    ends_operand,
    field_before,
    reference_at,
    significant,
    string_value,
)

# What stands in the place of an enum's value: the value and the field it is compared with,
# as in "answer.agent", or None where the tokens do not say; None where there is no other.
Sibling = Callable[[str, str | None], str | None]
# Whether a field, as in "facts.age", holds numbers.
IsNumeric = Callable[[str], bool]

_RELATIONS = {
    ">=": (">", "<"),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    "<": ("<=", ">="),
    "==": ("!=",),
    "!=": ("==",),
}
# Between numbers equality is a bound on either side.
_BOUNDS_OF_EQUALITY = (">=", "<=")
_OPERATORS = {"&&": "||", "||": "&&", "+": "-", "-": "+", "*": "/", "/": "*", "%": "*"}
# What ends an operand on its own level: `&&` binds closer than `||`.
_ENDS_OF_OPERANDS = {
    "&&": ("&&", "||", "?", ":", ","),
    "||": ("||", "?", ":", ","),
}
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_BOOLEANS = {"true": "false", "false": "true"}
_TIMES = ("duration", "timestamp")
_NUMBER = re.compile(r"(?P<whole>\d*)(?:\.(?P<places>\d+))?(?P<rest>(?:[eE][+-]?\d+|[uU])?)")
_LAST_NUMBER = re.compile(r"\d+(?!.*\d)", re.DOTALL)
_SECONDS = re.compile(r"(?<=:)\d\d(?=[Zz.+-]|$)")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit: the characters `original` at `start` became `replacement`.

    `operator` names the kind of mistake; `text` is the whole expression after it.
    """

    operator: str
    start: int
    original: str
    replacement: str
    text: str


def mutants(
    text: str, *, condition: bool, sibling: Sibling, is_numeric: IsNumeric
) -> tuple[Mutant, ...]:
    """The mutants of an expression.

    Args:
        text: the expression.
        condition: whether it is a `when` or a `check`, which may be negated as a whole.
        sibling: another value of the enum that a string belongs to.
        is_numeric: whether a field holds numbers.
    """
    tokens = significant(text)
    found: dict[str, Mutant] = {}
    for operator, start, end, replacement in _edits(tokens, text, sibling, is_numeric):
        mutated = text[:start] + replacement + text[end:]
        if mutated != text and mutated not in found:
            found[mutated] = Mutant(operator, start, text[start:end], replacement, mutated)
    if condition and len(tokens) > 1:
        mutated = f"!({text})"
        found.setdefault(mutated, Mutant("negation", 0, text, mutated, mutated))
    return tuple(found.values())


type _Edit = tuple[str, int, int, str]


def _edits(
    tokens: Sequence[Token], text: str, sibling: Sibling, is_numeric: IsNumeric
) -> Iterator[_Edit]:
    for index, token in enumerate(tokens):
        match token.kind:
            case Kind.OPERATOR:
                yield from _operator_edits(tokens, index, text, is_numeric)
            case Kind.NUMBER:
                for number in _neighbours(token.text):
                    yield "bound", token.start, token.end, number
            case Kind.STRING:
                yield from _string_edits(tokens, index, sibling)
            case Kind.NAME if token.text in _BOOLEANS:
                yield "boolean", token.start, token.end, _BOOLEANS[token.text]


def _operator_edits(
    tokens: Sequence[Token], index: int, text: str, is_numeric: IsNumeric
) -> Iterator[_Edit]:
    token = tokens[index]
    operand_before = ends_operand(tokens[index - 1] if index else None)
    if token.text in _RELATIONS:
        for other in _RELATIONS[token.text]:
            yield "relation", token.start, token.end, other
        if token.text == "==" and any(map(is_numeric, _compared(tokens, index))):
            for other in _BOUNDS_OF_EQUALITY:
                yield "relation", token.start, token.end, other
    elif token.text == "!" or (token.text == "-" and not operand_before):
        yield "dropped sign", token.start, token.end, ""
    elif token.text in _OPERATORS:
        yield "operator", token.start, token.end, _OPERATORS[token.text]
        if token.text in _ENDS_OF_OPERANDS:
            yield from _forgotten_operands(tokens, index)
    elif token.text == "?":
        yield from _exchanged(tokens, index, text)
    elif token.text == "[" and not operand_before:
        yield from _forgotten(tokens, index)


def _compared(tokens: Sequence[Token], index: int) -> Iterator[str]:
    """The fields that stand right beside an operator."""
    after = reference_at(tokens, index + 1) if index + 1 < len(tokens) else None
    if after and not after[0].whole:
        yield str(after[0])
    if before := field_before(tokens, index):
        yield before


def _neighbours(number: str) -> Iterator[str]:
    """One unit more and less in the last place that is written."""
    match = _NUMBER.fullmatch(number)
    if not match:  # hexadecimal
        return
    whole, places, rest = match["whole"], match["places"] or "", match["rest"]
    value = int(whole + places)
    for moved in (value + 1, value - 1):
        if moved < 0 and rest in ("u", "U"):
            continue
        digits = str(abs(moved)).zfill(len(places) + 1)
        cut = len(digits) - len(places)
        written = digits[:cut] + (f".{digits[cut:]}" if places else "") + rest
        yield f"(-{written})" if moved < 0 else written


def _string_edits(tokens: Sequence[Token], index: int, sibling: Sibling) -> Iterator[_Edit]:
    token = tokens[index]
    if index >= 2 and tokens[index - 1].text == "(" and tokens[index - 2].text in _TIMES:
        for moved in _moved_times(token.text):
            yield "bound", token.start, token.end, moved
        return
    value = string_value(token)
    if value is None:
        return
    field, members = _field_of(tokens, index), _members_around(tokens, index) - {value}
    other = sibling(value, field)
    # One that the list has already would be the same as forgetting this one.
    while other in members:
        members.discard(other)
        other = sibling(other, field)
    if other is not None and other != value:
        yield "value", token.start, token.end, _quoted(other)


def _moved_times(literal: str) -> Iterator[str]:
    """A second more and less of a timestamp, a unit of a duration's last number."""
    match = _SECONDS.search(literal) or (None if ":" in literal else _LAST_NUMBER.search(literal))
    if not match:
        return
    value, width = int(match.group()), len(match.group())
    # The second 60 would be no time; 59 and 0 move in one direction only.
    most = 59 if ":" in literal else None
    for moved in (value + 1, value - 1):
        if moved >= 0 and (most is None or moved <= most):
            yield f"{literal[: match.start()]}{moved:0{width}}{literal[match.end() :]}"


def _field_of(tokens: Sequence[Token], index: int) -> str | None:
    """The field that a string is compared with: of `f == 's'`, `'s' == f` and `f in ['s']`."""
    if index >= 1 and tokens[index - 1].text in ("==", "!="):
        return field_before(tokens, index - 1)
    if index + 2 < len(tokens) and tokens[index + 1].text in ("==", "!=", "in"):
        found = reference_at(tokens, index + 2)
        return str(found[0]) if found and not found[0].whole else None
    start = index
    while start > 0 and _is_member(tokens[start]):
        start -= 1
    if start >= 1 and tokens[start].text == "[" and tokens[start - 1].text == "in":
        return field_before(tokens, start - 1)
    return None


def _members_around(tokens: Sequence[Token], index: int) -> set[str]:
    """The texts that stand beside one in a list of texts."""
    start = end = index
    while start > 0 and _is_member(tokens[start - 1]):
        start -= 1
    while end + 1 < len(tokens) and _is_member(tokens[end + 1]):
        end += 1
    if start == 0 or tokens[start - 1].text != "[":
        return set()
    values = (string_value(token) for token in tokens[start : end + 1])
    return {value for value in values if value is not None}


def _is_member(token: Token) -> bool:
    return token.kind is Kind.STRING or token.text == ","


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _forgotten_operands(tokens: Sequence[Token], index: int) -> Iterator[_Edit]:
    """Of a chain each operand once: with the operator before it, the first with the one after."""
    operator = tokens[index]
    ends = _ENDS_OF_OPERANDS[operator.text]
    start = _operand_start(tokens, index, ends)
    is_first = start == 0 or tokens[start - 1].text != operator.text
    if is_first and start < index and index + 1 < len(tokens):
        yield "operand", tokens[start].start, tokens[index + 1].start, ""
    end = index + 1
    while end < len(tokens) and tokens[end].text not in (*ends, *_CLOSING):
        end = _after(tokens, end)
    if index > 0 and index + 1 < end:
        yield "operand", tokens[index - 1].end, tokens[end - 1].end, ""


def _operand_start(tokens: Sequence[Token], index: int, ends: Sequence[str]) -> int:
    """The first token of the operand that ends before an operator."""
    depth = 0
    for at in range(index - 1, -1, -1):
        text = tokens[at].text
        if depth == 0 and text in (*ends, *_OPENING):
            return at + 1
        depth += (text in _CLOSING) - (text in _OPENING)
    return 0


def _exchanged(tokens: Sequence[Token], question: int, text: str) -> Iterator[_Edit]:
    """`a ? b : c` becomes `a ? (c) : (b)`."""
    colon = _own_colon(tokens, question)
    if colon is None:
        return
    end = _branch_end(tokens, colon + 1)
    if question + 1 >= colon or colon + 1 >= end:
        return
    first = text[tokens[question + 1].start : tokens[colon - 1].end]
    second = text[tokens[colon + 1].start : tokens[end - 1].end]
    start, stop = tokens[question + 1].start, tokens[end - 1].end
    yield "branches", start, stop, f"({second}) : ({first})"


def _own_colon(tokens: Sequence[Token], question: int) -> int | None:
    open_questions, index = 0, question + 1
    while index < len(tokens):
        text = tokens[index].text
        if text == "?":
            open_questions += 1
        elif text == ":":
            if open_questions == 0:
                return index
            open_questions -= 1
        index = _after(tokens, index)
    return None


def _branch_end(tokens: Sequence[Token], index: int) -> int:
    open_questions = 0
    while index < len(tokens):
        text = tokens[index].text
        if text in (*_CLOSING, ","):
            return index
        if text == "?":
            open_questions += 1
        elif text == ":":
            if open_questions == 0:
                return index
            open_questions -= 1
        index = _after(tokens, index)
    return len(tokens)


def _after(tokens: Sequence[Token], index: int) -> int:
    """The next token of the same level."""
    if tokens[index].text in _OPENING:
        end = closing(tokens, index)
        return len(tokens) if end is None else end + 1
    return index + 1


def _forgotten(tokens: Sequence[Token], opening: int) -> Iterator[_Edit]:
    """A list without one of its members, and without the comma that goes with it."""
    end = closing(tokens, opening)
    if end is None or end == opening + 1:
        return
    commas, index = [], opening + 1
    while index < end:
        if tokens[index].text == ",":
            commas.append(index)
        index = _after(tokens, index)
    bounds = [opening, *commas, end]
    for number, (left, right) in enumerate(pairwise(bounds)):
        if left + 1 >= right:  # a comma before the end
            continue
        if number == 0 and tokens[right].text == ",":
            yield "member", tokens[left].end, tokens[right].end, ""
        elif number == 0:
            yield "member", tokens[left].end, tokens[right].start, ""
        else:
            yield "member", tokens[left].start, tokens[right].start, ""
