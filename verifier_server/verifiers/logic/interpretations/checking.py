"""Whether an interpretation makes the assertions of a script true.

Promises: an assertion without quantifiers over numbers is evaluated, exactly and without a
solver. What evaluation leaves open (quantified numbers, division by zero, too many steps)
is asked of the solver, together with what the interpretation says of every symbol: the
answer is its word, or that it does not know. Every symbol of the assertions has a value; a
function needs one for whatever is asked of it, and for all arguments where the solver is asked.

The solver is not asked about an interpretation whose definitions multiply unknowns often
(`MAX_PRODUCTS`): z3 then works for minutes between two looks at its counter, in units that
allow a second. That is not decided, and neither is what evaluates to overlong numbers.

Division by zero is any value, the same for equal arguments: the assertions are right when
some choice of these makes them true together (SMT-LIB 2.6, theory Reals).

Does not cover: reading (`text`, `reading`), and whether there is another model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Final

from verifier_server.verifiers.logic.building import connected
from verifier_server.verifiers.logic.declarations import Script, Symbol
from verifier_server.verifiers.logic.formulas import (
    BOOL,
    INT,
    REAL,
    Arithmetic,
    Atom,
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
    Variable,
)
from verifier_server.verifiers.logic.interpretations.reading import Interpretation
from verifier_server.verifiers.logic.reasons import (
    MODEL_INCOMPLETE,
    MODEL_SATISFIES,
    MODEL_VIOLATES,
    SOLVER_UNKNOWN,
)
from verifier_server.verifiers.logic.signature import Signature, parts_of
from verifier_server.verifiers.logic.solver.encoding import Sorts
from verifier_server.verifiers.logic.solver.evaluating import (
    Definition,
    Overlong,
    Unevaluable,
    Unlisted,
    Value,
    holds,
)
from verifier_server.verifiers.logic.solver.session import Budget, Session

# How many symbols without a value are named.
MAX_MISSING: Final = 3

# A product of n unknowns counts n - 1, and so does a division by an unknown. Six quadratic
# inequalities of four integers took 35 s in 2.5 million units.
MAX_PRODUCTS: Final = 2

_MULTIPLIES = frozenset({Arithmetic.MULTIPLY, Arithmetic.DIVIDE, Arithmetic.DIV, Arithmetic.MOD})


@dataclass(frozen=True, slots=True)
class Checked:
    """The reason, what is wrong, and the solver's units."""

    reason: str
    message: str
    spent: int = 0


def check(script: Script, given: Interpretation, budget: Budget) -> Checked:
    """Whether the assertions are true, or the first that is known to be false."""
    symbols = _used(script)
    missing = [symbol.name for symbol in symbols if not _is_given(symbol, given)]
    if missing:
        more = ", ..." if len(missing) > MAX_MISSING else ""
        message = f"no value is given for {', '.join(missing[:MAX_MISSING])}{more}"
        return Checked(MODEL_INCOMPLETE, message)
    unlisted = overlong = ""
    left: list[int] = []
    for place, assertion in enumerate(script.assertions):
        try:
            if not holds(assertion.formula, given.structure):
                return _violated(script, place)
        except Unlisted as error:
            unlisted = unlisted or str(error)
        except Overlong as error:
            overlong = overlong or str(error)
        except Unevaluable:
            left.append(place)
    if unlisted:
        return Checked(MODEL_INCOMPLETE, f"a value is missing: {unlisted}"[:200])
    if overlong:
        return Checked(SOLVER_UNKNOWN, f"assertions are not evaluated: {overlong}")
    if not left:
        return Checked(MODEL_SATISFIES, "all assertions are true")
    return _asked(script, given, symbols, left, budget)


def _used(script: Script) -> list[Symbol]:
    """The declared symbols that the assertions use, in the order of their declarations."""
    used = {symbol.name for symbol in Signature.of(script.formulas).symbols}
    return [symbol for symbol in script.declarations.symbols if symbol.name in used]


def _is_given(symbol: Symbol, given: Interpretation) -> bool:
    structure = given.structure
    if (symbol.name, len(symbol.parameters)) in structure.definitions:
        return True
    table = structure.predicates if symbol.result == BOOL else structure.functions
    return any(name == symbol.name for name, _ in table)


def _violated(script: Script, place: int, spent: int = 0) -> Checked:
    line = script.assertions[place].line
    message = f"assertion {place + 1}, in line {line}, is false"
    return Checked(f"{MODEL_VIOLATES}@{place + 1}", message, spent)


def _asked(
    script: Script,
    given: Interpretation,
    symbols: Sequence[Symbol],
    left: Sequence[int],
    budget: Budget,
) -> Checked:
    """Asks the solver about the assertions that evaluation left open."""
    if sum(_products(each.body) for each in given.structure.definitions.values()) > MAX_PRODUCTS:
        return Checked(SOLVER_UNKNOWN, "the values multiply too much to be decided")
    axioms = [*_elements(given)]
    for symbol in symbols:
        said = list(_said(symbol, given))
        if not said:
            message = f"{symbol.name[:60]} needs a value for all arguments: say what else it is"
            return Checked(MODEL_INCOMPLETE, message)
        axioms += said
    declared = script.declarations
    named = {(name, 0): sort for sort, names in given.elements.items() for name in names}
    sorts = Sorts({**declared.results, **named}, declared.arguments)
    formulas = [script.assertions[place].formula for place in left]
    with Session(axioms, sorts, budget) as session:
        if all(session.entails(formula).holds for formula in formulas):
            return Checked(MODEL_SATISFIES, "all assertions are true", session.spent)
        together = session.entails(Not(connected(Op.AND, formulas)))
        if together.holds is None:
            message = "whether the assertions are true was not decided"
            return Checked(SOLVER_UNKNOWN, message, session.spent)
        if not together.holds:
            return Checked(MODEL_SATISFIES, "all assertions are true", session.spent)
        first = next(
            (
                at
                for at, each in zip(left, formulas, strict=True)
                if session.entails(Not(each)).holds
            ),
            left[0],
        )
        return _violated(script, first, session.spent)


def _products(body: Formula | Term) -> int:
    """How many times unknowns are multiplied, or divided by one."""
    found = 0
    left: list[Formula | Term] = [body]
    while left:
        node = left.pop()
        if isinstance(node, Computed) and node.operation in _MULTIPLIES:
            found += max(0, sum(not isinstance(each, Number) for each in node.arguments) - 1)
            if node.operation is not Arithmetic.MULTIPLY:
                found += isinstance(node.arguments[0], Number) and not isinstance(
                    node.arguments[1], Number
                )
        left += parts_of(node)
    return found


def _elements(given: Interpretation) -> Iterator[Formula]:
    """The elements of a sort differ, and are all there is."""
    for sort, names in given.elements.items():
        for one, other in combinations(names, 2):
            yield Not(Equal(Function(one), Function(other)))
        variable = Variable("x", sort)
        cases = [Equal(variable, Function(name)) for name in names]
        yield Quantified(Quantifier.FORALL, (variable,), connected(Op.OR, cases))


def _said(symbol: Symbol, given: Interpretation) -> Iterator[Formula]:
    """What is said of a symbol, when that leaves nothing open."""
    structure = given.structure
    table = structure.predicates if symbol.result == BOOL else structure.functions
    rows = [(key[1], value) for key, value in table.items() if key[0] == symbol.name]
    definition = structure.definitions.get((symbol.name, len(symbol.parameters)))
    if definition is None:
        if symbol.parameters and not _is_total(symbol, given, len(rows)):
            return
        for values, value in rows:
            yield _row(symbol, given, values, value)
        return
    if not rows:
        yield _defined(symbol, definition)
        return
    for values, value in rows:
        yield _row(symbol, given, values, value)
    others = [
        Not(
            connected(
                Op.AND,
                [
                    Equal(variable, _term(given, sort, value))
                    for variable, sort, value in zip(
                        definition.parameters, symbol.parameters, values, strict=True
                    )
                ],
            )
        )
        for values, _ in rows
    ]
    body = _same(symbol, definition)
    condition = connected(Op.AND, others)
    yield Quantified(
        Quantifier.FORALL, definition.parameters, Connected(Op.IMPLIES, (condition, body))
    )


def _is_total(symbol: Symbol, given: Interpretation, rows: int) -> bool:
    cells = 1
    for sort in symbol.parameters:
        if sort not in given.elements:
            return False
        cells *= len(given.elements[sort])
    return rows == cells


def _defined(symbol: Symbol, definition: Definition) -> Formula:
    body = _same(symbol, definition)
    if not definition.parameters:
        return body
    return Quantified(Quantifier.FORALL, definition.parameters, body)


def _same(symbol: Symbol, definition: Definition) -> Formula:
    """The symbol of the parameters is what the body is."""
    body = definition.body
    if isinstance(body, Variable | Function | Number | Computed):
        return Equal(Function(symbol.name, definition.parameters), body)
    return Connected(Op.IFF, (Atom(symbol.name, definition.parameters), body))


def _row(symbol: Symbol, given: Interpretation, values: Sequence[Value], value: Value) -> Formula:
    pairs = zip(symbol.parameters, values, strict=True)
    arguments = tuple(_term(given, sort, each) for sort, each in pairs)
    if symbol.result == BOOL:
        atom = Atom(symbol.name, arguments)
        return atom if value else Not(atom)
    return Equal(Function(symbol.name, arguments), _term(given, symbol.result, value))


def _term(given: Interpretation, sort: str, value: Value) -> Term:
    if sort in (INT, REAL):
        return Number(Fraction(value), sort)
    return Function(given.elements[sort][int(value)])
