"""Formulas in one normal shape: `and` and `or` flat, equal quantifiers in one block.

Promises: whoever builds with these, from whatever syntax, gives equal trees for
formulas that differ in redundant parentheses and in how a block of variables was
split. Meaning is kept.

Does not cover: order of parts, repeated parts and names of variables.
"""

from collections.abc import Sequence

from verifier_server.verifiers.logic.formulas import (
    Connected,
    Formula,
    Op,
    Quantified,
    Quantifier,
    Variable,
)


def connected(op: Op, parts: Sequence[Formula]) -> Formula:
    """Joins one or more parts: one alone is itself, and AND and OR take in their own kind."""
    if len(parts) == 1:
        return parts[0]
    if op is Op.AND or op is Op.OR:
        for part in parts:
            if type(part) is Connected and part.op is op:
                return Connected(op, _flat(op, parts))
    return Connected(op, tuple(parts))


def _flat(op: Op, parts: Sequence[Formula]) -> tuple[Formula, ...]:
    flat: list[Formula] = []
    for part in parts:
        if type(part) is Connected and part.op is op:
            flat += part.parts
        else:
            flat.append(part)
    return tuple(flat)


def quantified(quantifier: Quantifier, variables: tuple[Variable, ...], body: Formula) -> Formula:
    """Binds one or more variables in a body, in one block with a like quantifier there.

    A variable whose name that one binds again is dropped: it bound nothing, and no sort
    is empty.
    """
    if type(body) is Quantified and body.quantifier is quantifier:
        again = {variable.name for variable in body.variables}
        own = tuple([variable for variable in variables if variable.name not in again])
        return Quantified(quantifier, own + body.variables, body.body)
    return Quantified(quantifier, variables, body)
