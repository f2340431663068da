"""Formulas evaluated in a finite structure, step by step and without a solver.

Promises: `holds` goes by the definition of truth alone (Tarski), with exact numbers,
so it can check what a solver says it found. Every application is looked up in the
structure's tables, and where these do not have it, computed by its definition.

Does not cover: quantifiers over numbers, division by zero, and numbers of more than
`MAX_BITS` (`Unevaluable`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from verifier_server.verifiers.logic.formulas import (
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
    Truth,
    Variable,
)

# An element of a sort is its index; a number is exact.
Value = int | Fraction
Key = tuple[str, tuple[Value, ...]]
MAX_STEPS = 1_000_000
# Bits of one number: definitions applied to one another multiply lengths. And bits that
# count as one more step.
MAX_BITS = 20_000
BITS_OF_A_STEP = 256


class Unevaluable(ValueError):
    """The structure does not say, or it takes too many steps."""


class Overlong(Unevaluable):
    """A number of more than `MAX_BITS`."""


class Unlisted(Unevaluable):
    """The structure has neither a row nor a definition for an application."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A value for all arguments: a formula or term without other defined symbols."""

    parameters: tuple[Variable, ...]
    body: Formula | Term


@dataclass(frozen=True, slots=True)
class Structure:
    """`sizes`: how many elements each sort has; tables by name and arguments' values.

    `definitions`, by name and number of arguments, are for what the tables do not have.
    """

    sizes: Mapping[str, int]
    functions: Mapping[Key, Value]
    predicates: Mapping[Key, bool]
    definitions: Mapping[tuple[str, int], Definition] = field(default_factory=dict)


def holds(formula: Formula, structure: Structure) -> bool:
    """Whether a closed formula is true in the structure.

    Raises:
        Unevaluable: it cannot be evaluated there.
    """
    try:
        return _Evaluation(structure).formula(formula, {})
    except RecursionError:
        raise Unevaluable("too deep") from None


def value_of(term: Term, structure: Structure) -> Value:
    """The value of a closed term in the structure.

    Raises:
        Unevaluable: it cannot be evaluated there.
    """
    try:
        return _Evaluation(structure).term(term, {})
    except RecursionError:
        raise Unevaluable("too deep") from None


class _Evaluation:
    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._steps = 0

    def formula(self, formula: Formula, at: Mapping[str, Value]) -> bool:
        self._count()
        match formula:
            case Truth(value):
                return value
            case Atom(name, arguments):
                key = (name, tuple(self.term(argument, at) for argument in arguments))
                if key in self._structure.predicates:
                    return self._structure.predicates[key]
                body, bound = self._defined(key)
                assert not isinstance(body, Variable | Function | Number | Computed)
                return self.formula(body, bound)
            case Equal(left, right):
                return self.term(left, at) == self.term(right, at)
            case Compared(relation, left, right):
                return _compare(relation, self.term(left, at), self.term(right, at))
            case Not(body):
                return not self.formula(body, at)
            case Connected(op, parts):
                return self._connected(op, parts, at)
            case Quantified():
                return self._quantified(formula, at)

    def _connected(self, op: Op, parts: tuple[Formula, ...], at: Mapping[str, Value]) -> bool:
        truths = (self.formula(part, at) for part in parts)
        match op:
            case Op.AND:
                return all(truths)
            case Op.OR:
                return any(truths)
            case Op.IMPLIES:
                return not next(truths) or next(truths)
            case Op.IFF:
                return next(truths) == next(truths)
            case Op.XOR:
                return next(truths) != next(truths)

    def _quantified(self, formula: Quantified, at: Mapping[str, Value]) -> bool:
        ranges = []
        for variable in formula.variables:
            if variable.sort not in self._structure.sizes:
                raise Unevaluable(f"the sort {variable.sort!r} is not listed")
            ranges.append(range(self._structure.sizes[variable.sort]))
        names = [variable.name for variable in formula.variables]
        truths = (
            self.formula(formula.body, {**at, **dict(zip(names, values, strict=True))})
            for values in product(*ranges)
        )
        return all(truths) if formula.quantifier is Quantifier.FORALL else any(truths)

    def _count(self, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise Unevaluable("too many steps")

    def _defined(self, key: Key) -> tuple[Formula | Term, Mapping[str, Value]]:
        """The body that defines an application, and what its parameters are."""
        name, values = key
        definition = self._structure.definitions.get((name, len(values)))
        if definition is None:
            raise Unlisted(f"{name!r} is not in the table")
        names = [parameter.name for parameter in definition.parameters]
        return definition.body, dict(zip(names, values, strict=True))

    def term(self, term: Term, at: Mapping[str, Value]) -> Value:
        self._count()
        match term:
            case Variable(name):
                if name not in at:
                    raise Unevaluable(f"the variable {name!r} is free")
                return at[name]
            case Function(name, arguments):
                key = (name, tuple(self.term(argument, at) for argument in arguments))
                if key in self._structure.functions:
                    return self._structure.functions[key]
                body, bound = self._defined(key)
                assert isinstance(body, Variable | Function | Number | Computed)
                return self.term(body, bound)
            case Number(value):
                return value
            case Computed():
                return self._computed(term, at)

    def _computed(self, term: Computed, at: Mapping[str, Value]) -> Value:
        if term.operation is Arithmetic.ITE:
            test, yes, no = term.arguments
            assert not isinstance(test, Variable | Function | Number | Computed)
            assert isinstance(yes, Variable | Function | Number | Computed)
            assert isinstance(no, Variable | Function | Number | Computed)
            return self.term(yes if self.formula(test, at) else no, at)
        values = [
            self.term(part, at)
            for part in term.arguments
            if isinstance(part, Variable | Function | Number | Computed)
        ]
        made = _compute(term.operation, [Fraction(value) for value in values])
        bits = made.numerator.bit_length() + made.denominator.bit_length()
        if bits > MAX_BITS:
            raise Overlong(f"a number of more than {MAX_BITS} bits")
        self._count(bits // BITS_OF_A_STEP)
        return made


def _compare(relation: Relation, left: Value, right: Value) -> bool:
    match relation:
        case Relation.LESS:
            return left < right
        case Relation.LESS_EQUAL:
            return left <= right
        case Relation.GREATER:
            return left > right
        case Relation.GREATER_EQUAL:
            return left >= right


def _compute(operation: Arithmetic, values: list[Fraction]) -> Fraction:
    first, rest = values[0], values[1:]
    match operation:
        case Arithmetic.ADD:
            return sum(rest, first)
        case Arithmetic.SUBTRACT:
            return first - sum(rest)
        case Arithmetic.MULTIPLY:
            for value in rest:
                first *= value
            return first
        case Arithmetic.NEGATE:
            return -first
        case Arithmetic.ABS:
            return abs(first)
        case Arithmetic.TO_REAL:
            return first
        case Arithmetic.TO_INT:
            return Fraction(first // 1)
    return _divide(operation, first, rest)


def _divide(operation: Arithmetic, first: Fraction, rest: list[Fraction]) -> Fraction:
    """Division as SMT-LIB has it: the remainder of `mod` is never negative."""
    for value in rest:
        if value == 0:
            raise Unevaluable("division by zero")
        if operation is Arithmetic.DIVIDE:
            first /= value
            continue
        remainder = first % abs(value)
        first = remainder if operation is Arithmetic.MOD else (first - remainder) / value
    return first
