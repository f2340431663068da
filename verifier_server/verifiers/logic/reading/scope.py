"""Which names are variables, and how far an unbracketed quantifier reaches.

Promises: a quantifier binds its body alone, in every dialect (FOLIO, NLTK, LADR
and TPTP agree). Where a variable of it would then be free further right in the
same brackets, it reaches to their end: what its author meant, and a caution says
so. Quantifiers inside it stay narrow. A name that nothing binds and that no
signature declares is a free variable when it looks like one (u to z, perhaps
with a number; an index 0 names a particular thing, as in z0) or when another
quantifier of the formula binds its name; all other names are constants.

Does not cover: whether a free variable is a fault (`signature`).
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from verifier_server.verifiers.logic.building import quantified
from verifier_server.verifiers.logic.formulas import (
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Quantified,
    Quantifier,
    Term,
    Variable,
)

_LOOKS_FREE = re.compile(r"[u-z](?:_?[1-9]\d?)?'*", re.ASCII)

Block = tuple[Quantifier, tuple[Variable, ...]]
# None is a negation.
Prefix = list[Block | None]


class Reach(NamedTuple):
    """An operand that begins with an unbracketed quantifier.

    Args:
        prefix: its quantifiers and negations, outermost first.
        body: what they are before.
        place: the token where it begins.
        plain: whether its dialect leaves no doubt that it is narrow.
    """

    prefix: Prefix
    body: Formula
    place: int
    plain: bool


def looks_free(name: str) -> bool:
    """Whether a name that nothing binds or declares is a variable by its look."""
    return name[0] in "uvwxyz" and len(name) < 8 and _LOOKS_FREE.fullmatch(name) is not None


def closed(prefix: Prefix, body: Formula) -> Formula:
    """A body under its quantifiers and negations."""
    for block in reversed(prefix):
        body = Not(body) if block is None else quantified(block[0], block[1], body)
    return body


def split(prefix: Prefix, loose: Collection[str]) -> tuple[Prefix, Prefix]:
    """The part of a prefix that must reach further for these names, and the rest.

    A run of like quantifiers moves as one: it is one block in the tree.
    """
    last = -1
    for place, block in enumerate(prefix):
        if block is not None and any(variable.name in loose for variable in block[1]):
            last = place
    if last < 0:
        return [], prefix
    kind = prefix[last]
    while last + 1 < len(prefix):
        following = prefix[last + 1]
        if kind is None or following is None or following[0] is not kind[0]:
            break
        last += 1
    return prefix[: last + 1], prefix[last + 1 :]


def names_of(prefix: Prefix) -> set[str]:
    """The names that a prefix binds."""
    return {variable.name for block in prefix if block is not None for variable in block[1]}


def free_variables(formula: Formula) -> list[str]:
    """The names of the variables that nothing in the formula binds, in order, once each."""
    found: dict[str, None] = {}
    _gather(formula, frozenset(), found)
    return list(found)


def _gather(node: Formula | Term, bound: frozenset[str], found: dict[str, None]) -> None:
    match node:
        case Variable(name=name):
            if name not in bound:
                found[name] = None
        case Quantified(variables=variables, body=body):
            _gather(body, bound.union(variable.name for variable in variables), found)
        case Not(body=body):
            _gather(body, bound, found)
        case Connected(parts=parts):
            for part in parts:
                _gather(part, bound, found)
        case Equal(left=left, right=right) | Compared(left=left, right=right):
            _gather(left, bound, found)
            _gather(right, bound, found)
        case Atom(arguments=arguments) | Function(arguments=arguments):
            for argument in arguments:
                _gather(argument, bound, found)
        case Computed(arguments=mixed):
            for each in mixed:
                _gather(each, bound, found)
        case _:
            pass
