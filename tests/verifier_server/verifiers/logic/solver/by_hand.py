"""Formulas written by hand, without a reader."""

from fractions import Fraction

from verifier_server.verifiers.logic.formulas import (
    ANY,
    INT,
    Arithmetic,
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
    Relation,
    Term,
    Variable,
)

X, Y, Z = Variable("x"), Variable("y"), Variable("z")


def c(name: str) -> Function:
    return Function(name)


def fn(name: str, *arguments: Term) -> Function:
    return Function(name, arguments)


def p(name: str, *arguments: Term) -> Atom:
    return Atom(name, arguments)


def no(body: Formula) -> Not:
    return Not(body)


def both(*parts: Formula) -> Connected:
    return Connected(Op.AND, parts)


def either(*parts: Formula) -> Connected:
    return Connected(Op.OR, parts)


def xor(left: Formula, right: Formula) -> Connected:
    return Connected(Op.XOR, (left, right))


def implies(left: Formula, right: Formula) -> Connected:
    return Connected(Op.IMPLIES, (left, right))


def iff(left: Formula, right: Formula) -> Connected:
    return Connected(Op.IFF, (left, right))


def same(left: Term, right: Term) -> Equal:
    return Equal(left, right)


def every(variables: Variable | tuple[Variable, ...], body: Formula) -> Quantified:
    bound = variables if isinstance(variables, tuple) else (variables,)
    return Quantified(Quantifier.FORALL, bound, body)


def some(variables: Variable | tuple[Variable, ...], body: Formula) -> Quantified:
    bound = variables if isinstance(variables, tuple) else (variables,)
    return Quantified(Quantifier.EXISTS, bound, body)


def number(value: int | str, sort: str = INT) -> Number:
    return Number(Fraction(value), sort)


def less(left: Term, right: Term) -> Compared:
    return Compared(Relation.LESS, left, right)


def computed(operation: Arithmetic, *arguments: Term | Formula) -> Computed:
    return Computed(operation, arguments)


def variable(name: str, sort: str = ANY) -> Variable:
    return Variable(name, sort)
