"""Operands with connectives between them to one formula, without recursion.

Promises: negation and quantifiers (already a part of the operands) before AND,
OR, XOR, implication and equivalence, as in FOLIO, NLTK and LADR. XOR and
equivalence group to the left; each is associative, so that their grouping does
not change what is said. Implication groups to the right, or to the left where
`to_left`. The work is linear in the operands.

Does not cover: chains that mix both directions of implication, which the parser
refuses.
"""

from itertools import pairwise

from verifier_server.verifiers.logic.building import connected
from verifier_server.verifiers.logic.formulas import Connected, Formula, Op
from verifier_server.verifiers.logic.reading.tokens import AND, IFF, IMPLIES, OR, REVERSE, XOR

_FLAT = (AND, OR)
OPS = {IFF: Op.IFF, IMPLIES: Op.IMPLIES, XOR: Op.XOR, OR: Op.OR, AND: Op.AND}


def combine(items: list[Formula], signs: list[int], to_left: bool) -> Formula:
    """One formula of n operands and the n - 1 connectives between them.

    Args:
        items: the operands.
        signs: a kind of token each, one of the binary ones.
        to_left: whether implications group to the left.
    """
    for sign in (AND, OR, XOR):
        if sign in signs:
            if signs.count(sign) == len(signs):
                return _joined(sign, items)
            items, signs = _gathered(sign, items, signs)
    if IMPLIES in signs or REVERSE in signs:
        items, signs = _implications(items, signs, to_left)
    return _joined(IFF, items) if signs else items[0]


def _gathered(sign: int, items: list[Formula], signs: list[int]) -> tuple[list[Formula], list[int]]:
    """The operands with each run of one connective joined, and the connectives left."""
    run = [items[0]]
    left: list[Formula] = []
    between: list[int] = []
    for item, before in zip(items[1:], signs, strict=True):
        if before == sign:
            run.append(item)
        else:
            left.append(_joined(sign, run))
            between.append(before)
            run = [item]
    left.append(_joined(sign, run))
    return left, between


def _joined(sign: int, run: list[Formula]) -> Formula:
    if sign in _FLAT:
        return connected(OPS[sign], run)
    formula = run[0]
    for item in run[1:]:
        formula = Connected(OPS[sign], (formula, item))
    return formula


def _implications(
    items: list[Formula], signs: list[int], to_left: bool
) -> tuple[list[Formula], list[int]]:
    """The operands of equivalences: each chain of implications as one of them."""
    breaks = [-1, *(place for place, sign in enumerate(signs) if sign == IFF), len(signs)]
    chains = [
        _chain(items[before + 1 : after + 1], signs[before + 1 : after], to_left)
        for before, after in pairwise(breaks)
    ]
    return chains, [IFF] * (len(chains) - 1)


def _chain(items: list[Formula], signs: list[int], to_left: bool) -> Formula:
    if REVERSE in signs:
        return Connected(Op.IMPLIES, (items[1], items[0]))
    if to_left:
        formula = items[0]
        for item in items[1:]:
            formula = Connected(Op.IMPLIES, (formula, item))
        return formula
    formula = items[-1]
    for item in reversed(items[:-1]):
        formula = Connected(Op.IMPLIES, (item, formula))
    return formula
