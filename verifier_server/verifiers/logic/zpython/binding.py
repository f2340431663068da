"""Quantifiers over constants, as z3's Python interface writes them.

Promises: a constant of the body becomes the variable of that name; no variable is
captured, because a name has one sort and an inner quantifier has bound its own already.
A quantifier over Bool is the conjunction or disjunction of its cases.

Does not cover: which constants may be bound (`calls`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import BuildError, Built
from verifier_server.verifiers.logic.declarations import Symbol
from verifier_server.verifiers.logic.formulas import (
    BOOL,
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Number,
    Op,
    Quantified,
    Quantifier,
    Term,
    Truth,
    Variable,
)
from verifier_server.verifiers.logic.zpython.limits import MAX_BOUND_BOOLS

type Replacement = Mapping[str, Variable | Truth]


def quantified(quantifier: Quantifier, constants: Sequence[Symbol], body: Built) -> Built:
    """A quantifier over constants of its body.

    Raises:
        BuildError: a name twice, too many Bools, or out of bounds.
    """
    names = [each.name for each in constants]
    if len(set(names)) < len(names) or not names:
        raise BuildError("binder", "a quantifier of nothing, or of a name twice")
    bools = [each.name for each in constants if each.result == BOOL]
    variables = [Variable(each.name, each.result) for each in constants if each.result != BOOL]
    if len(bools) > MAX_BOUND_BOOLS:
        raise BuildError("too_large", f"more than {MAX_BOUND_BOOLS} bound Bools")
    cases = []
    for values in product((True, False), repeat=len(bools)):
        mapping: dict[str, Variable | Truth] = {each.name: each for each in variables}
        mapping.update(zip(bools, map(Truth, values), strict=True))
        cases.append(replace(body, node=in_formula(body.formula, mapping)))
    whole = logical.joined(Op.AND if quantifier is Quantifier.FORALL else Op.OR, cases)
    return logical.quantified(quantifier, variables, whole) if variables else whole


def in_formula(formula: Formula, mapping: Replacement) -> Formula:
    """The formula with constants replaced."""
    match formula:
        case Truth():
            return formula
        case Atom():
            found = mapping.get(formula.name)
            if isinstance(found, Truth) and not formula.arguments:
                return found
            return Atom(formula.name, _in_terms(formula.arguments, mapping))
        case Equal():
            return Equal(_in_term(formula.left, mapping), _in_term(formula.right, mapping))
        case Compared():
            left, right = _in_term(formula.left, mapping), _in_term(formula.right, mapping)
            return Compared(formula.relation, left, right)
        case Not():
            return Not(in_formula(formula.body, mapping))
        case Connected():
            parts = tuple(in_formula(part, mapping) for part in formula.parts)
            return Connected(formula.op, parts)
        case Quantified():
            body = in_formula(formula.body, mapping)
            return Quantified(formula.quantifier, formula.variables, body)


def _in_terms(terms: Sequence[Term], mapping: Replacement) -> tuple[Term, ...]:
    return tuple(_in_term(term, mapping) for term in terms)


def _in_term(term: Term, mapping: Replacement) -> Term:
    match term:
        case Variable() | Number():
            return term
        case Function():
            found = mapping.get(term.name)
            if isinstance(found, Variable) and not term.arguments:
                return found
            return Function(term.name, _in_terms(term.arguments, mapping))
        case Computed():
            parts = tuple(
                _in_term(part, mapping)
                if isinstance(part, (Variable, Number, Function, Computed))
                else in_formula(part, mapping)
                for part in term.arguments
            )
            return Computed(term.operation, parts)


def constants_of(formula: Formula) -> set[str]:
    """The names of all symbols in a formula."""
    found: set[str] = set()
    pending: list[Formula | Term] = [formula]
    while pending:
        node = pending.pop()
        match node:
            case Atom() | Function():
                found.add(node.name)
                pending.extend(node.arguments)
            case Equal() | Compared():
                pending += (node.left, node.right)
            case Not() | Quantified():
                pending.append(node.body)
            case Connected():
                pending.extend(node.parts)
            case Computed():
                pending.extend(node.arguments)
            case Truth() | Number() | Variable():
                pass
    return found
