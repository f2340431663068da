"""From s-expressions to formulas and terms.

Promises: names bound by `let`, by quantifiers and by definitions are written out, without
capture: a bound variable whose name is taken by a quantifier around it or by a declared
symbol is renamed (x!1). A quantifier over Bool is the conjunction or disjunction of its
cases. Time and size are bounded by what is written out.

Does not cover: patterns and other annotations, which are read over: they guide a solver
and mean nothing. Only an assertion's outermost label is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import (
    MAX_DIGITS,
    BuildError,
    Built,
    number,
)
from verifier_server.verifiers.logic.declarations import INTERPRETED_SORTS, Symbol
from verifier_server.verifiers.logic.formulas import (
    ANY,
    BOOL,
    INT,
    REAL,
    Op,
    Quantifier,
    Variable,
)
from verifier_server.verifiers.logic.reading.errors import BINDER, SYNTAX, TOO_DEEP, ReadError
from verifier_server.verifiers.logic.smtlib.expressions import (
    DECIMAL,
    KEYWORD,
    NUMERAL,
    QUOTED,
    SYMBOL,
    Expression,
    Group,
    Leaf,
)
from verifier_server.verifiers.logic.smtlib.limits import (
    MAX_BOUND_BOOLS,
    MAX_DEPTH,
    MAX_STEPS,
    NAMES_OF_A_STEP,
    NODES_OF_A_STEP,
)
from verifier_server.verifiers.logic.smtlib.operators import OPERATORS, RESERVED, TRUTHS
from verifier_server.verifiers.logic.smtlib.reasons import (
    ARITY_MISMATCH,
    NUMBER,
    TOO_LARGE,
    UNKNOWN_SYMBOL,
    UNSUPPORTED,
)

_QUANTIFIERS = {"forall": Quantifier.FORALL, "exists": Quantifier.EXISTS}
_OTHER_SORTS = frozenset(("String", "RegLan", "RoundingMode", "Float32", "Float64"))
# Annotations that mean nothing: section 5.2.1 of the standard, and z3's own.
_ANNOTATIONS = frozenset((":pattern", ":no-pattern", ":weight", ":qid", ":skolemid"))


@dataclass(frozen=True, slots=True)
class Definition:
    """A name for a term with parameters; never recursive."""

    parameters: tuple[tuple[str, str], ...]
    result: str
    body: Expression


@dataclass(frozen=True, slots=True)
class Scope:
    """What is bound at a place: values by name, names of the quantifiers around, nesting."""

    values: Mapping[str, Built] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    depth: int = 0


class Terms:
    """Reads the expressions of one text under what has been declared so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0
        self.sorts: dict[str, None] = {}
        self.symbols: dict[str, Symbol] = {}
        self.definitions: dict[str, Definition] = {}

    def fail(self, reason: str, message: str, at: Expression) -> ReadError:
        """An error at an expression."""
        return ReadError(reason, message, self._text, at.offset)

    def sort(self, expression: Expression) -> str:
        """The name of a sort.

        Raises:
            ReadError: it is not Bool, Int, Real or a declared one.
        """
        if isinstance(expression, Leaf) and expression.kind in (SYMBOL, QUOTED):
            name = expression.text
            if name in INTERPRETED_SORTS or name in self.sorts:
                return name
            if name in _OTHER_SORTS:
                raise self.fail(UNSUPPORTED, f"the sort {name} is not supported", expression)
            if ANY in self.sorts:
                # All things have the one unnamed sort, and a binder must call it something.
                return ANY
            raise self.fail(UNKNOWN_SYMBOL, f"no sort {name[:60]} is declared", expression)
        raise self.fail(UNSUPPORTED, "only Bool, Int, Real and declared sorts", expression)

    def name(self, expression: Expression) -> str:
        """A symbol that may be given a meaning.

        Raises:
            ReadError: it is not a symbol, or has a meaning already.
        """
        if not isinstance(expression, Leaf) or expression.kind not in (SYMBOL, QUOTED):
            raise self.fail(SYNTAX, "expected a name", expression)
        if expression.text in RESERVED:
            raise self.fail(BINDER, f"{expression.text} has its meaning already", expression)
        return expression.text

    def read(self, expression: Expression, scope: Scope) -> Built:
        """An expression's meaning.

        Raises:
            ReadError: it has none, or is out of bounds.
        """
        self._charge(1, expression)
        if isinstance(expression, Leaf):
            return self._leaf(expression, scope)
        if scope.depth > MAX_DEPTH:
            raise self.fail(TOO_DEEP, f"nested more than {MAX_DEPTH} deep", expression)
        scope = Scope(scope.values, scope.variables, scope.depth + 1)
        if not expression.items:
            raise self.fail(SYNTAX, "an empty pair of brackets", expression)
        head, *rest = expression.items
        if isinstance(head, Group):
            raise self.fail(UNSUPPORTED, "an operator that is itself an expression", head)
        if head.kind == SYMBOL:
            if head.text in _QUANTIFIERS:
                return self._quantifier(_QUANTIFIERS[head.text], expression, scope)
            if head.text == "let":
                return self._let(expression, scope)
            if head.text == "!":
                return self._annotated(expression, scope)
        built = self._apply(head, rest, scope)
        self._charge(built.size // NODES_OF_A_STEP, expression)
        return built

    def _charge(self, steps: int, at: Expression) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise self.fail(TOO_LARGE, "too much when written out", at)

    def _leaf(self, leaf: Leaf, scope: Scope) -> Built:
        if leaf.kind in (NUMERAL, DECIMAL):
            return self._number(leaf)
        if leaf.kind not in (SYMBOL, QUOTED):
            raise self.fail(UNSUPPORTED, f"a {leaf.kind} has no meaning here", leaf)
        if leaf.text in scope.values:
            return scope.values[leaf.text]
        if leaf.text in TRUTHS:
            return logical.truth(TRUTHS[leaf.text])
        return self._apply(leaf, (), scope)

    def _number(self, leaf: Leaf) -> Built:
        if len(leaf.text) > MAX_DIGITS + 1:
            raise self.fail(NUMBER, f"a numeral of more than {MAX_DIGITS} digits", leaf)
        return number(Fraction(leaf.text), INT if leaf.kind == NUMERAL else REAL)

    def _apply(self, head: Leaf, rest: Sequence[Expression], scope: Scope) -> Built:
        if head.kind not in (SYMBOL, QUOTED):
            raise self.fail(SYNTAX, "expected the name of a function", head)
        name = head.text
        if name in scope.values:
            raise self.fail(ARITY_MISMATCH, f"{name[:60]} takes no arguments", head)
        known = name in OPERATORS or name in self.symbols or name in self.definitions
        if not known:
            if name in RESERVED:
                raise self.fail(UNSUPPORTED, f"{name} is not supported", head)
            raise self.fail(UNKNOWN_SYMBOL, f"{name[:60]} is not declared", head)
        if name in self.definitions:
            return self._expand(head, [self.read(each, scope) for each in rest], scope)
        parts = [self.read(each, scope) for each in rest]
        try:
            if name in self.symbols:
                return logical.applied(self.symbols[name], parts)
            operator = OPERATORS[name]
            if not operator.least <= len(parts) <= operator.most:
                raise BuildError(ARITY_MISMATCH, f"{name} does not take {len(parts)} arguments")
            return operator.build(parts)
        except BuildError as error:
            raise self.fail(error.reason, error.message, head) from None

    def _expand(self, head: Leaf, parts: Sequence[Built], scope: Scope) -> Built:
        definition = self.definitions[head.text]
        if len(parts) != len(definition.parameters):
            expected = len(definition.parameters)
            message = f"{head.text[:60]} takes {expected} arguments, not {len(parts)}"
            raise self.fail(ARITY_MISMATCH, message, head)
        values = {}
        for (name, sort), part in zip(definition.parameters, parts, strict=True):
            values[name] = self.converted(part, sort, head)
        inner = Scope(values, scope.variables, scope.depth + 1)
        if inner.depth > MAX_DEPTH:
            raise self.fail(TOO_DEEP, "definitions within definitions", head)
        return self.converted(self.read(definition.body, inner), definition.result, head)

    def converted(self, part: Built, sort: str, at: Expression) -> Built:
        """A part as one of a sort; an Int may become a Real.

        Raises:
            ReadError: it is of another sort.
        """
        try:
            return logical.as_sort(part, sort)
        except BuildError as error:
            raise self.fail(error.reason, error.message, at) from None

    def _annotated(self, expression: Group, scope: Scope) -> Built:
        if len(expression.items) < 3:
            raise self.fail(SYNTAX, "expected a term and its annotations", expression)
        keyword = True
        for item in expression.items[2:]:
            is_keyword = isinstance(item, Leaf) and item.kind == KEYWORD
            if keyword and not is_keyword:
                raise self.fail(SYNTAX, "expected a keyword", item)
            if keyword and isinstance(item, Leaf) and item.text not in _ANNOTATIONS:
                raise self.fail(UNSUPPORTED, f"{item.text} has no meaning here", item)
            keyword = not keyword
        if not keyword:
            raise self.fail(SYNTAX, "an annotation without its value", expression)
        return self.read(expression.items[1], scope)

    def _bindings(self, expression: Group) -> tuple[list[tuple[Leaf, Expression]], Expression]:
        """The pairs of a binder, and its body."""
        items = expression.items
        if len(items) != 3 or not isinstance(items[1], Group):
            raise self.fail(BINDER, "expected a list of bindings and one body", expression)
        pairs: list[tuple[Leaf, Expression]] = []
        names = set()
        for pair in items[1].items:
            if not isinstance(pair, Group) or len(pair.items) != 2:
                raise self.fail(BINDER, "expected a pair", pair)
            name, value = pair.items
            if self.name(name) in names or not isinstance(name, Leaf):
                raise self.fail(BINDER, "the same name twice", name)
            names.add(name.text)
            pairs.append((name, value))
        if not pairs:
            raise self.fail(BINDER, "a binder of nothing", expression)
        return pairs, items[2]

    def _let(self, expression: Group, scope: Scope) -> Built:
        pairs, body = self._bindings(expression)
        values = {name.text: self.read(value, scope) for name, value in pairs}
        self._charge(len(scope.values) // NAMES_OF_A_STEP, expression)
        return self.read(body, Scope({**scope.values, **values}, scope.variables, scope.depth))

    def _quantifier(self, quantifier: Quantifier, expression: Group, scope: Scope) -> Built:
        pairs, body = self._bindings(expression)
        values = dict(scope.values)
        taken = set(scope.variables)
        variables = []
        bools = []
        for name, written in pairs:
            sort = self.sort(written)
            if sort == BOOL:
                bools.append(name.text)
                continue
            fresh = self._fresh(name.text, taken)
            taken.add(fresh)
            variables.append(Variable(fresh, sort))
            values[name.text] = logical.variable(fresh, sort)
        if len(bools) > MAX_BOUND_BOOLS:
            raise self.fail(TOO_LARGE, f"more than {MAX_BOUND_BOOLS} bound Bools", expression)
        cases = []
        for combination in product((True, False), repeat=len(bools)):
            cased = dict(zip(bools, map(logical.truth, combination), strict=True))
            self._charge(len(values) // NAMES_OF_A_STEP, expression)
            inner = Scope({**values, **cased}, frozenset(taken), scope.depth)
            cases.append(self.read(body, inner))
        try:
            whole = logical.joined(Op.AND if quantifier is Quantifier.FORALL else Op.OR, cases)
            return logical.quantified(quantifier, variables, whole) if variables else whole
        except BuildError as error:
            raise self.fail(error.reason, error.message, expression) from None

    def _fresh(self, name: str, taken: set[str]) -> str:
        """The name itself, or with a number if it is taken around here."""
        fresh, count = name, 0
        while fresh in taken or fresh in self.symbols:
            count += 1
            fresh = f"{name}!{count}"
        return fresh
