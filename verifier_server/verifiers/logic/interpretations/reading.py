"""From the statements of a claim to an interpretation of a script's symbols.

Promises: every value has the sort that the script declares, every symbol is one of the
script's, and no application has two values. A sort that the script declares has just the
elements that the claim names, or one without a name. An undeclared name is an element:
where a value of such a sort stands, by `declare-fun`, as z3 and cvc5 write them (S!val!0,
@S_0, (as @S_0 S)), or anywhere when only one sort is declared.

A definition is made of the script's operators, its parameters and elements, and of no
other symbol, so that none is recursive. Nothing reaches a solver here.

Does not cover: whether the script's assertions hold (`checking`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import MAX_NODES, Built
from verifier_server.verifiers.logic.declarations import Declarations, Symbol
from verifier_server.verifiers.logic.formulas import BOOL, INT, REAL, Variable
from verifier_server.verifiers.logic.interpretations.text import (
    Claim,
    Defined,
    Element,
    Statement,
    Valued,
)
from verifier_server.verifiers.logic.reading.errors import SYNTAX
from verifier_server.verifiers.logic.smtlib.expressions import (
    DECIMAL,
    NUMERAL,
    QUOTED,
    SYMBOL,
    Expression,
    Group,
    Leaf,
)
from verifier_server.verifiers.logic.smtlib.operators import BINDERS, RESERVED
from verifier_server.verifiers.logic.smtlib.reasons import (
    ARITY_MISMATCH,
    SORT_MISMATCH,
    TOO_LARGE,
    UNKNOWN_SYMBOL,
)
from verifier_server.verifiers.logic.smtlib.terms import Scope, Terms
from verifier_server.verifiers.logic.solver.evaluating import (
    Definition,
    Key,
    Structure,
    Unevaluable,
    Value,
    holds,
    value_of,
)

MAX_ELEMENTS = 200

DUPLICATE = "duplicate"
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")
_SOLVERS = re.compile(r"(?P<z3>.+)!val![0-9]+|@(?P<cvc5>.+)_[0-9]+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A structure, and the elements of each declared sort by the names of constants.

    An element without a name has one that no text can hold.
    """

    elements: Mapping[str, tuple[str, ...]]
    structure: Structure


def read_interpretation(claim: Claim, text: str, declarations: Declarations) -> Interpretation:
    """The interpretation that a claim gives.

    Args:
        claim: what was read of an answer.
        text: the answer, of which errors tell the place.
        declarations: of the script.

    Raises:
        ReadError: as `smtlib` does, and `duplicate`.
    """
    return _Reader(text, declarations).read(claim.statements)


class _Reader:
    def __init__(self, text: str, declarations: Declarations) -> None:
        self._terms = Terms(text)
        self._terms.sorts = dict.fromkeys(declarations.sorts)
        self._declared = declarations.by_name
        self._elements: dict[str, dict[str, int]] = {sort: {} for sort in declarations.sorts}
        self._functions: dict[Key, Value] = {}
        self._predicates: dict[Key, bool] = {}
        self._definitions: dict[tuple[str, int], Definition] = {}
        # Symbols by what gives them values: a definition of all, or rows.
        self._whole: set[str] = set()
        self._listed: set[str] = set()
        self._size = 0

    def read(self, statements: Sequence[Statement]) -> Interpretation:
        """All statements: elements first, for the others may use them before they are named."""
        plain = [_simplified(each) for each in statements]
        for each in plain:
            self._meet(each)
        # Indices are those of all elements, so that values can be evaluated as they come.
        for each in plain:
            if isinstance(each, Defined):
                self._define(each)
            elif isinstance(each, Valued):
                self._enter(each)
        return Interpretation(
            {sort: tuple(names) or (f"\0{sort}",) for sort, names in self._elements.items()},
            self._structure(),
        )

    def _structure(self) -> Structure:
        sizes = {sort: max(1, len(names)) for sort, names in self._elements.items()}
        return Structure(sizes, self._functions, self._predicates, self._definitions)

    def _meet(self, statement: Statement) -> None:
        """Names the elements of a statement."""
        if isinstance(statement, Element):
            self._element(statement.name, self._terms.sort(statement.sort))
            return
        symbol = self._symbol(statement.name)
        if isinstance(statement, Defined):
            bound = _first_names(statement.parameters.items)
            self._search(statement.body, symbol.result, bound)
            return
        for argument, sort in zip(statement.arguments or (), symbol.parameters, strict=False):
            self._search(argument, sort, set())
        self._search(statement.value, symbol.result, set())

    def _search(self, expression: Expression, sort: str, bound: set[str]) -> None:
        """Names the elements within an expression of a sort."""
        if isinstance(expression, Leaf):
            if expression.text not in bound and self._could_be_new(expression):
                self._element(expression, sort if sort in self._elements else "")
            return
        for leaf in _free_leaves(expression, frozenset(bound)):
            if self._could_be_new(leaf):
                self._element(leaf, "")

    def _could_be_new(self, leaf: Leaf) -> bool:
        return (
            leaf.kind in (SYMBOL, QUOTED)
            and leaf.text not in RESERVED
            and leaf.text not in self._terms.symbols
            and leaf.text not in self._elements
        )

    def _element(self, leaf: Leaf, sort: str) -> None:
        name = leaf.text
        if not sort:
            written = _SOLVERS.fullmatch(name)
            sort = (written["z3"] or written["cvc5"]) if written else ""
            if sort not in self._elements and len(self._elements) == 1:
                sort = next(iter(self._elements))
        if sort not in self._elements or name in self._declared:
            raise self._terms.fail(UNKNOWN_SYMBOL, f"{name[:60]} is no value", leaf)
        known = self._terms.symbols.get(name)
        if known is not None and known.result != sort:
            raise self._terms.fail(SORT_MISMATCH, f"{name[:60]} is of {known.result}", leaf)
        self._terms.name(leaf)
        self._terms.symbols[name] = Symbol(name, (), sort)
        self._elements[sort].setdefault(name, len(self._elements[sort]))
        if len(self._elements[sort]) > MAX_ELEMENTS:
            raise self._terms.fail(TOO_LARGE, f"{sort} has over {MAX_ELEMENTS} elements", leaf)
        self._functions[name, ()] = self._elements[sort][name]

    def _symbol(self, name: Leaf) -> Symbol:
        symbol = self._declared.get(name.text)
        if symbol is None:
            raise self._terms.fail(UNKNOWN_SYMBOL, f"the script has no {name.text[:60]}", name)
        return symbol

    def _give(self, name: Leaf, way: set[str], other: set[str]) -> None:
        if name.text in other:
            raise self._terms.fail(DUPLICATE, f"{name.text[:60]} is given twice", name)
        way.add(name.text)

    def _define(self, given: Defined) -> None:
        symbol = self._symbol(given.name)
        self._give(given.name, self._whole, self._listed)
        variables = [self._parameter(pair) for pair in given.parameters.items]
        sorts = tuple(variable.sort for variable in variables)
        if len(sorts) != len(symbol.parameters):
            message = f"{symbol.name[:60]} takes {len(symbol.parameters)} arguments"
            raise self._terms.fail(ARITY_MISMATCH, message, given.name)
        if (sorts, self._terms.sort(given.sort)) != (symbol.parameters, symbol.result):
            message = f"{symbol.name[:60]} has other sorts in the script"
            raise self._terms.fail(SORT_MISMATCH, message, given.name)
        if len({variable.name for variable in variables}) < len(variables):
            raise self._terms.fail(SYNTAX, "the same parameter twice", given.parameters)
        self._add(symbol, tuple(variables), given.body, given.name)

    def _parameter(self, pair: Expression) -> Variable:
        if not isinstance(pair, Group) or len(pair.items) != 2:
            raise self._terms.fail(SYNTAX, "expected a name and a sort", pair)
        return Variable(self._terms.name(pair.items[0]), self._terms.sort(pair.items[1]))

    def _add(
        self, symbol: Symbol, variables: tuple[Variable, ...], body: Expression, at: Leaf
    ) -> None:
        values = {each.name: logical.variable(each.name, each.sort) for each in variables}
        built = self._built(body, symbol.result, Scope(values, frozenset(values)))
        key = symbol.name, len(variables)
        if key in self._definitions:
            raise self._terms.fail(DUPLICATE, f"{symbol.name[:60]} is given twice", at)
        self._definitions[key] = Definition(variables, built.node)

    def _enter(self, given: Valued) -> None:
        symbol = self._symbol(given.name)
        self._give(given.name, self._listed, self._whole)
        if given.arguments is None:
            if not symbol.parameters:
                message = f"{symbol.name[:60]} takes no arguments"
                raise self._terms.fail(ARITY_MISMATCH, message, given.name)
            variables = tuple(
                Variable(f"x!{place}", sort) for place, sort in enumerate(symbol.parameters)
            )
            self._add(symbol, variables, given.value, given.name)
            return
        if len(given.arguments) != len(symbol.parameters):
            message = f"{symbol.name[:60]} takes {len(symbol.parameters)} arguments"
            raise self._terms.fail(ARITY_MISMATCH, message, given.name)
        pairs = zip(given.arguments, symbol.parameters, strict=True)
        key = symbol.name, tuple(self._value(argument, sort) for argument, sort in pairs)
        value = self._value(given.value, symbol.result)
        known: Value | None = (
            self._predicates.get(key) if symbol.result == BOOL else self._functions.get(key)
        )
        if known is not None and known != value:
            raise self._terms.fail(DUPLICATE, f"{symbol.name[:60]} has two values", given.name)
        if symbol.result == BOOL:
            self._predicates[key] = bool(value)
        else:
            self._functions[key] = value

    def _value(self, expression: Expression, sort: str) -> Value:
        built = self._built(expression, sort, Scope())
        try:
            if sort == BOOL:
                return int(holds(built.formula, self._structure()))
            found = value_of(built.term, self._structure())
        except Unevaluable as error:
            raise self._terms.fail(SYNTAX, f"no value: {error}", expression) from None
        return Fraction(found) if sort in (INT, REAL) else found

    def _built(self, expression: Expression, sort: str, scope: Scope) -> Built:
        built = self._terms.converted(self._terms.read(expression, scope), sort, expression)
        self._size += built.size
        if self._size > MAX_NODES:
            raise self._terms.fail(TOO_LARGE, f"more than {MAX_NODES} nodes together", expression)
        return built


def _free_leaves(expression: Expression, bound: frozenset[str]) -> Iterator[Leaf]:
    """The leaves of an expression in order, without sorts and what binders within it bind."""
    left = [(expression, bound)]
    while left:
        each, around = left.pop()
        match each:
            case Leaf(text=text):
                if text not in around:
                    yield each
            case Group(items=[Leaf(kind="symbol", text=binder), Group(items=pairs), body]) if (
                binder in BINDERS
            ):
                left.append((body, around.union(_first_names(pairs))))
                if binder == "let":
                    values = [pair.items[1:] for pair in pairs if isinstance(pair, Group)]
                    left += [(item, around) for items in reversed(values) for item in items]
            case Group(items=items):
                left += [(item, around) for item in reversed(items)]


def _first_names(pairs: Sequence[Expression]) -> set[str]:
    """The names that pairs of a binder, or of a list of parameters, begin with."""
    return {
        pair.items[0].text
        for pair in pairs
        if isinstance(pair, Group) and pair.items and isinstance(pair.items[0], Leaf)
    }


def _simplified(statement: Statement) -> Statement:
    """The statement with -1 and (as e S) as the reader of scripts knows them."""
    match statement:
        case Element():
            return statement
        case Defined(name, parameters, sort, body):
            return Defined(name, parameters, sort, _plain(body))
        case Valued(name, arguments, value):
            plain = None if arguments is None else tuple(_plain(each) for each in arguments)
            return Valued(name, plain, _plain(value))


def _plain(expression: Expression) -> Expression:
    match expression:
        case Leaf(kind=kind, text=text, offset=offset):
            if kind == SYMBOL and _NEGATIVE.fullmatch(text):
                number = Leaf(DECIMAL if "." in text else NUMERAL, text[1:], offset)
                return Group(offset, [Leaf(SYMBOL, "-", offset), number])
            return expression
        case Group(items=[Leaf(text="as"), Leaf() as name, Leaf()]):
            return name
        case Group(offset=offset, items=items):
            return Group(offset, [_plain(each) for each in items])
