"""The value that would tell a moved bound from the one that a rule writes.

Promises: a suggestion is made only for a field compared with a number, and holds by
arithmetic alone: at the value the two comparisons differ.

Does not cover: whether the rest of the rule lets the difference through.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.verifiers.rules.authoring.mutants import Mutant
from verifier_server.verifiers.rules.tokens import (
    Kind,
    Token,
    field_before,
    reference_at,
    significant,
)

_ORDERS = (">=", ">", "<=", "<")
_ARITHMETIC = ("+", "-", "*", "/", "%")
# Of `x >= 65` the value 65 is on the side of what is more; of `x > 65` on that of what is less.
_FROM_ITSELF = (">=", "<")
_REVERSED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


def suggestion(text: str, mutant: Mutant) -> str | None:
    """What a case needs for `mutant` of `text` to show, where it is simple.

    Of `facts.age >= 65` against `facts.age > 65` or `>= 66` it is "facts.age = 65".
    """
    tokens = significant(text)
    for index, token in enumerate(tokens):
        if token.text in _REVERSED and _touches(tokens, index, mutant):
            comparison = _comparison(tokens, index)
            return _telling(comparison, mutant) if comparison else None
    return None


def _touches(tokens: Sequence[Token], index: int, mutant: Mutant) -> bool:
    beside = tokens[max(index - 1, 0) : index + 2]
    return any(each.start == mutant.start and each.text == mutant.original for each in beside)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """`field relation number`; `reversed` where the text has the number first."""

    field: str
    relation: str
    number: str
    reversed: bool


def _comparison(tokens: Sequence[Token], index: int) -> _Comparison | None:
    """What is compared at `index`; None unless it is a field alone with a number alone."""
    if not 0 < index < len(tokens) - 1:
        return None
    relation, before, after = tokens[index].text, tokens[index - 1], tokens[index + 1]
    if (field := field_before(tokens, index)) and after.kind is Kind.NUMBER:
        start, end, reversed_, number = index - 1 - 2 * field.count("."), index + 2, False, after
    elif before.kind is Kind.NUMBER and (found := reference_at(tokens, index + 1)):
        field, start, end, reversed_, number = str(found[0]), index - 1, found[1], True, before
        relation = _REVERSED[relation]
        if found[0].whole:
            return None
    else:
        return None
    around = (tokens[start - 1 : start] if start else ()), tokens[end : end + 1]
    if any(each.text in _ARITHMETIC for part in around for each in part):
        return None
    return _Comparison(field, relation, number.text, reversed_)


def _telling(comparison: _Comparison, mutant: Mutant) -> str | None:
    field, number = comparison.field, comparison.number
    if mutant.operator == "bound":
        moved = mutant.replacement.strip("()")
        goes_up = float(moved.rstrip("uU")) > float(number.rstrip("uU"))
        # `x >= 65` and `x >= 64` differ at 64; `x > 65` and `x > 66` at 66.
        itself = goes_up == (comparison.relation in _FROM_ITSELF)
        return f"{field} = {number if itself else moved}"
    if comparison.relation in _ORDERS:
        return f"{field} = {number}"
    became = mutant.replacement
    if comparison.reversed:
        became = _REVERSED.get(became, became)
    if became in _ORDERS:
        return f"{field} {'above' if became[0] == '>' else 'below'} {number}"
    return None
