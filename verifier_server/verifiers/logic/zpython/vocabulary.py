"""What a program has declared.

Promises: a name is one symbol of one kind; declaring the same again is the same symbol.
The members of an enumeration are constants that are distinct and all there is of their
sort, given as axioms.

Does not cover: names of the program's own variables (`evaluating`).
"""

from collections.abc import Iterable, Sequence

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import BuildError, Built
from verifier_server.verifiers.logic.declarations import (
    INTERPRETED_SORTS,
    Declarations,
    Symbol,
)
from verifier_server.verifiers.logic.formulas import BOOL, Formula, Op, Quantifier, Variable
from verifier_server.verifiers.logic.zpython.limits import MAX_TEXT
from verifier_server.verifiers.logic.zpython.reasons import REDECLARED, SORT_MISMATCH
from verifier_server.verifiers.logic.zpython.values import FunctionValue, SortValue


class Vocabulary:
    """Sorts, symbols and axioms declared so far."""

    def __init__(self, known: Declarations) -> None:
        self._sorts = dict.fromkeys(known.sorts)
        self._symbols = dict(known.by_name)
        self._members: dict[str, tuple[Built, ...]] = {}
        self._axioms: list[Formula] = list(known.axioms)

    @property
    def sorts(self) -> Iterable[str]:
        """The declared sorts."""
        return self._sorts

    def has(self, name: str) -> bool:
        """Whether a symbol has this name."""
        return name in self._symbols

    def sort(self, name: str) -> SortValue:
        """Declare an uninterpreted sort."""
        if name in INTERPRETED_SORTS or not name or len(name) > MAX_TEXT:
            raise BuildError(REDECLARED, f"a sort cannot be named {name[:60]!r}")
        self._sorts[name] = None
        return SortValue(name)

    def enumeration(self, name: str, members: Sequence[str]) -> tuple[SortValue, list[Built]]:
        """Declare a sort and all its members."""
        if name in self._sorts or not members or len(set(members)) < len(members):
            raise BuildError(REDECLARED, "an enumeration of nothing, or of a name twice")
        for member in members:
            if member in self._symbols:
                raise BuildError(REDECLARED, f"{member[:60]} is declared twice")
        sort = self.sort(name)
        constants = [self.constant(member, sort) for member in members]
        anything = logical.variable("x", name)
        covered = logical.joined(Op.OR, [logical.equal((anything, each)) for each in constants])
        closure = logical.quantified(Quantifier.FORALL, (Variable("x", name),), covered)
        self._axioms.append(closure.formula)
        if len(constants) > 1:
            self._axioms.append(logical.distinct(constants).formula)
        self._members[name] = tuple(constants)
        return sort, constants

    def add_axiom(self, axiom: Built) -> None:
        """Take a formula as given by what is declared."""
        self._axioms.append(axiom.formula)

    def members(self, sort: SortValue) -> tuple[Built, ...]:
        """The members of an enumeration."""
        if sort.name not in self._members:
            raise BuildError(SORT_MISMATCH, f"{sort.name[:60]} is not an enumeration")
        return self._members[sort.name]

    def constant(self, name: str, sort: SortValue) -> Built:
        """Declare a constant."""
        return logical.applied(self._declared(Symbol(name, (), sort.name)), ())

    def function(self, name: str, sorts: Sequence[SortValue]) -> FunctionValue:
        """Declare a function of at least one argument; the last sort is the result's."""
        parameters = tuple(sort.name for sort in sorts[:-1])
        if not parameters or BOOL in parameters:
            raise BuildError(SORT_MISMATCH, "a function of nothing, or of Bool")
        return FunctionValue(self._declared(Symbol(name, parameters, sorts[-1].name)))

    def _declared(self, symbol: Symbol) -> Symbol:
        if not symbol.name or len(symbol.name) > MAX_TEXT:
            raise BuildError(REDECLARED, "an empty or overlong name")
        known = self._symbols.setdefault(symbol.name, symbol)
        if known != symbol:
            raise BuildError(REDECLARED, f"{symbol.name[:60]} is declared otherwise before")
        return known

    def declarations(self, used: set[str], bound: set[str]) -> Declarations:
        """All declarations, less constants that were only ever bound by quantifiers."""
        symbols = tuple(
            symbol
            for symbol in self._symbols.values()
            if symbol.name in used or symbol.name not in bound
        )
        return Declarations(tuple(self._sorts), symbols, tuple(self._axioms))
