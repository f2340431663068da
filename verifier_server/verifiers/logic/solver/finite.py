"""Models with a few elements, found by writing every quantifier out.

Promises: `find` gives a structure in which all the formulas are true, evaluated
there one by one (`evaluating`), or None. It is the cheapest proof that a set of
formulas is satisfiable where z3's own search does not end, and the smallest
countermodel to show. Deterministic, in units, in contexts of its own.

Method: one constant for each element, functions bounded to these, quantifiers
replaced by conjunctions and disjunctions over them (McCune, Mace4, ANL/MCS-TM-264,
2003; the search is z3's).

Does not cover: quantifiers over numbers, functions of numbers, and more than
MAX_NODES of written-out formulas: None.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from verifier_server.verifiers.logic.formulas import (
    ANY,
    BOOL,
    INT,
    REAL,
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
from verifier_server.verifiers.logic.solver.deciding import Check, Status, Valuation
from verifier_server.verifiers.logic.solver.encoding import Encoder, Sorts, Symbol, Unencodable
from verifier_server.verifiers.logic.solver.evaluating import (
    Key,
    Structure,
    Unevaluable,
    Value,
    holds,
)
from verifier_server.verifiers.logic.solver.library import Context

MAX_NODES = 20_000
MAX_CELLS = 2_000
# No reader lets a control character through, so no name of a text begins so.
_MARK = "\0"
_NUMERIC = frozenset({INT, REAL})
_UNLISTED = frozenset({INT, REAL, BOOL})


@dataclass(frozen=True, slots=True)
class Found:
    """A structure (or None) and the units that the search took.

    `symbols` are the uninterpreted symbols of the formulas, in order of first use.
    """

    structure: Structure | None
    spent: int
    symbols: tuple[Symbol, ...] = ()


class _TooLarge(ValueError):
    """The formulas cannot be written out within bounds."""


def find(
    formulas: Sequence[Formula],
    sorts: Sorts,
    size: int,
    units: int,
    *,
    distinct: Sequence[str] = (),
) -> Found:
    """A model whose uninterpreted sorts have `size` elements each.

    Args:
        formulas: closed formulas, well sorted.
        sorts: what is declared of their symbols.
        size: at least 1.
        units: the most to spend.
        distinct: constants of the unnamed sort, at most `size`, that stand for its first
            elements in this order.
    """
    with Context() as context:
        try:
            return _Search(context, sorts, size).run(formulas, units, distinct)
        except (_TooLarge, Unencodable, RecursionError):
            return Found(None, 0)


class _Search:
    def __init__(self, context: Context, sorts: Sorts, size: int) -> None:
        self._context = context
        self._results = dict(sorts.results)  # and those of the elements, as they come
        self._encoder = Encoder(context, Sorts(self._results, sorts.arguments))
        self._size = size
        self._met: dict[str, list[Term]] = {}
        self._nodes = 0

    def run(self, formulas: Sequence[Formula], units: int, distinct: Sequence[str]) -> Found:
        written = [self._written(formula, {}) for formula in formulas]
        with Check(self._encoder) as check:
            for formula in written:
                check.add(self._encoder.formula(formula))
            symbols = self._symbols()
            for axiom in self._axioms(symbols, distinct):
                check.add(self._encoder.formula(axiom))
            if check.run(units) is not Status.SAT:
                return Found(None, check.spent, symbols)
            model = check.model()
            try:
                structure = self._structure(model, symbols)
                true = all(holds(formula, structure) for formula in formulas)
            except Unevaluable:
                true = False
            finally:
                model.close()
            return Found(structure if true else None, check.spent, symbols)

    def _symbols(self) -> tuple[Symbol, ...]:
        return tuple(s for s in self._encoder.symbols if not s.name.startswith(_MARK))

    def _elements(self, sort: str) -> list[Term]:
        if sort not in self._met:
            names = [f"{_MARK}{at}{_MARK}{sort}" for at in range(self._size)]
            self._results |= {(name, 0): sort for name in names}
            self._met[sort] = [Function(name) for name in names]
        return self._met[sort]

    def _axioms(self, symbols: Iterable[Symbol], distinct: Sequence[str]) -> Iterator[Formula]:
        """Elements differ, and every function's value is one of them."""
        for symbol in symbols:
            self._rows(symbol)  # meets the sorts of its arguments
            if symbol.result not in _UNLISTED:
                self._elements(symbol.result)
        for elements in self._met.values():
            for left, right in combinations(elements, 2):
                yield Not(Equal(left, right))
        for name, element in zip(distinct, self._elements(ANY), strict=False):
            yield Equal(Function(name), element)
        for symbol in symbols:
            if not symbol.predicate and symbol.result not in _NUMERIC:
                for arguments in self._rows(symbol):
                    value = Function(symbol.name, arguments)
                    values = [Equal(value, each) for each in self._elements(symbol.result)]
                    yield values[0] if len(values) == 1 else Connected(Op.OR, tuple(values))

    def _rows(self, symbol: Symbol) -> Iterator[tuple[Term, ...]]:
        if any(sort in _UNLISTED for sort in symbol.arguments):
            raise _TooLarge
        if self._size ** len(symbol.arguments) > MAX_CELLS:
            raise _TooLarge
        return product(*(self._elements(sort) for sort in symbol.arguments))

    def _structure(self, model: Valuation, symbols: Iterable[Symbol]) -> Structure:
        functions: dict[Key, Value] = {}
        predicates: dict[Key, bool] = {}
        known: dict[tuple[str, int], int] = {}
        sizes = dict.fromkeys(self._met, self._size)
        for sort, elements in self._met.items():
            for at, element in enumerate(elements):
                known[sort, model.value(self._encoder.term(element))] = at
        for symbol in symbols:
            for arguments in self._rows(symbol):
                key = symbol.name, tuple(map(_place, arguments))
                if symbol.predicate:
                    made = self._encoder.formula(Atom(symbol.name, arguments))
                    predicates[key] = model.truth(made)
                    continue
                made = self._encoder.term(Function(symbol.name, arguments))
                functions[key] = _value(model, made, symbol, known)
        return Structure(sizes, functions, predicates)

    def _written(self, formula: Formula, at: Mapping[str, Term]) -> Formula:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _TooLarge
        match formula:
            case Truth():
                return formula
            case Atom(name, arguments):
                return Atom(name, tuple(self._term(each, at) for each in arguments))
            case Equal(left, right):
                return Equal(self._term(left, at), self._term(right, at))
            case Compared(relation, left, right):
                return Compared(relation, self._term(left, at), self._term(right, at))
            case Not(body):
                return Not(self._written(body, at))
            case Connected(op, parts):
                return Connected(op, tuple(self._written(part, at) for part in parts))
            case Quantified():
                return self._quantified(formula, at)

    def _quantified(self, formula: Quantified, at: Mapping[str, Term]) -> Formula:
        names = [variable.name for variable in formula.variables]
        if any(
            variable.sort in _NUMERIC or variable.sort == BOOL for variable in formula.variables
        ):
            raise _TooLarge
        ranges = [self._elements(variable.sort) for variable in formula.variables]
        parts = tuple(
            self._written(formula.body, {**at, **dict(zip(names, values, strict=True))})
            for values in product(*ranges)
        )
        if len(parts) == 1:
            return parts[0]
        return Connected(Op.AND if formula.quantifier is Quantifier.FORALL else Op.OR, parts)

    def _term(self, term: Term, at: Mapping[str, Term]) -> Term:
        self._nodes += 1
        match term:
            case Variable(name):
                if name not in at:
                    raise _TooLarge
                return at[name]
            case Function(name, arguments):
                return Function(name, tuple(self._term(each, at) for each in arguments))
            case Number():
                return term
            case Computed(operation, parts):
                return Computed(
                    operation,
                    tuple(
                        self._term(part, at)
                        if isinstance(part, Variable | Function | Number | Computed)
                        else self._written(part, at)
                        for part in parts
                    ),
                )


def _place(element: Term) -> Value:
    assert isinstance(element, Function)
    return int(element.name.split(_MARK)[1])


def _value(
    model: Valuation, made: int, symbol: Symbol, known: Mapping[tuple[str, int], int]
) -> Value:
    if symbol.result in _NUMERIC:
        numeral = model.numeral(made)
        if numeral is None:
            raise Unevaluable("an irrational value")
        return Fraction(numeral)
    place = known.get((symbol.result, model.value(made)))
    if place is None:
        raise Unevaluable("a value outside the listed elements")
    return place
