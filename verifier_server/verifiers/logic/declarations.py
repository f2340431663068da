"""What a text declares: sorts, symbols with their sorts, and what these bring with them.

Promises: plain frozen data, in the order of the text. A name is one symbol: there is no
overloading. `axioms` hold in every model by what the declarations mean (the members of an
enumeration are distinct and are all there is); whoever judges under declarations takes
them as given.

Does not cover: symbols gathered from formulas that nobody declared (`signature`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from verifier_server.verifiers.logic.formulas import BOOL, INT, REAL, Formula

INTERPRETED_SORTS = frozenset((BOOL, INT, REAL))


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared symbol: a predicate when `result` is Bool, a function otherwise."""

    name: str
    parameters: tuple[str, ...]
    result: str


@dataclass(frozen=True)
class Declarations:
    """Declared sorts (without the interpreted ones), symbols, and their axioms."""

    sorts: tuple[str, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    axioms: tuple[Formula, ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[str, Symbol]:
        """The symbols by their names."""
        return {symbol.name: symbol for symbol in self.symbols}

    @cached_property
    def results(self) -> Mapping[tuple[str, int], str]:
        """The result sorts of functions, by name and number of arguments."""
        return {
            (symbol.name, len(symbol.parameters)): symbol.result
            for symbol in self.symbols
            if symbol.result != BOOL
        }

    @cached_property
    def arguments(self) -> Mapping[tuple[bool, str, int], tuple[str, ...]]:
        """The sorts of arguments, by whether it is a predicate, name and their number."""
        return {
            (symbol.result == BOOL, symbol.name, len(symbol.parameters)): symbol.parameters
            for symbol in self.symbols
        }


@dataclass(frozen=True, slots=True)
class Assertion:
    """A formula that a text asserts.

    `name` is the author's label, or empty; `line` and `column` count from 1.
    """

    formula: Formula
    name: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Script:
    """A whole text: what it declares, what it asserts.

    `notes` are slugs of what was read over: `set_logic`, `set_info`, `asks`.
    """

    declarations: Declarations
    assertions: tuple[Assertion, ...]
    notes: tuple[str, ...] = ()

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """All that holds: the axioms of the declarations, then the assertions."""
        return self.declarations.axioms + tuple(each.formula for each in self.assertions)
