"""Formulas as expressions of z3.

Promises: an `Encoder` turns formulas into expressions in one context. Every symbol
is told apart by its kind, its name and how many arguments it has, and is numbered
in the order of first use: z3 never sees a name of the text, so renaming symbols
changes nothing and nothing of a text stays in z3's table of names. Variables are
de Bruijn indices. The unnamed sort and the declared ones are uninterpreted, and so
never empty. Whole numbers are read as reals where a real is wanted, as SMT-LIB does.

Does not cover: how deep or large a formula is. Readers bound that; what is too deep
for Python's stack all the same is `Unencodable("too_deep")`, not a crash. Division
by zero is z3's: some value, the same for equal arguments (SMT-LIB 2.6, theory Reals).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier_server.verifiers.logic.formulas import (
    ANY,
    BOOL,
    INT,
    REAL,
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
from verifier_server.verifiers.logic.solver import library as z3
from verifier_server.verifiers.logic.solver.library import Context

# As z3's own wrappers do: patterns and weights are left to it.
_WEIGHT = 1

_NUMERIC = frozenset({INT, REAL})
_BINARY = {Op.IMPLIES: z3.mk_implies, Op.IFF: z3.mk_iff, Op.XOR: z3.mk_xor}
_RELATIONS = {
    Relation.LESS: z3.mk_lt,
    Relation.LESS_EQUAL: z3.mk_le,
    Relation.GREATER: z3.mk_gt,
    Relation.GREATER_EQUAL: z3.mk_ge,
}
_FOLDED = {
    Arithmetic.ADD: z3.mk_add,
    Arithmetic.SUBTRACT: z3.mk_sub,
    Arithmetic.MULTIPLY: z3.mk_mul,
}
_REAL_ONLY = frozenset({Arithmetic.DIVIDE, Arithmetic.TO_INT})
_INT_ONLY = frozenset({Arithmetic.DIV, Arithmetic.MOD, Arithmetic.TO_REAL})


class Unencodable(ValueError):
    """A formula that means nothing in many-sorted logic, or is too deep.

    `reason` is `ill_sorted`, `free_variable` or `too_deep`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sorts:
    """What is declared of symbols.

    `results` has the result sorts of functions by name and number of arguments, ANY
    where absent. `arguments` has the sorts of arguments by (whether it is a predicate,
    name, number of arguments); where absent, the first use decides.
    """

    results: Mapping[tuple[str, int], str] = field(default_factory=dict)
    arguments: Mapping[tuple[bool, str, int], tuple[str, ...]] = field(default_factory=dict)

    def of(self, term: Term) -> str:
        """The sort of a term.

        Raises:
            Unencodable: the parts of an if-then-else or a computation have none in common.
        """
        match term:
            case Variable():
                return term.sort
            case Function():
                return self.results.get((term.name, len(term.arguments)), ANY)
            case Number():
                return term.sort
        return self._computed(term)

    def _computed(self, term: Computed) -> str:
        if term.operation in _REAL_ONLY:
            return INT if term.operation is Arithmetic.TO_INT else REAL
        if term.operation in _INT_ONLY:
            return REAL if term.operation is Arithmetic.TO_REAL else INT
        parts = term.arguments[1:] if term.operation is Arithmetic.ITE else term.arguments
        sorts = {self.of(part) for part in parts if isinstance(part, _TERMS)}
        if len(sorts) == 1:
            return sorts.pop()
        if sorts == _NUMERIC:
            return REAL
        raise Unencodable("ill_sorted", f"the parts of {term.operation.value!r} differ in sort")


_TERMS = (Variable, Function, Number, Computed)
_PLAIN = Sorts()

# A bound variable's name -> how many variables are bound around it, and its sort.
Scope = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Symbol:
    """An uninterpreted symbol as it was met; a predicate's `result` is BOOL."""

    predicate: bool
    name: str
    arguments: tuple[str, ...]
    result: str


class Encoder:
    """Formulas to expressions in `context`; the same formula always gives the same one."""

    def __init__(self, context: Context, sorts: Sorts = _PLAIN) -> None:
        self.context = self._context = context
        self._handle = context.handle
        self._sorts = sorts
        self._known: dict[tuple[bool, str, int], Symbol] = {}
        self._symbols: dict[Symbol, int] = {}
        self._named: dict[str, int] = {BOOL: z3.mk_bool_sort(self._handle)}
        self._binders: list[int] = []
        self._fresh = 0
        self._depth = 0

    @property
    def symbols(self) -> Mapping[Symbol, int]:
        """Every uninterpreted symbol met so far and its declaration, in order of first use."""
        return self._symbols

    def formula(self, formula: Formula) -> int:
        """The expression of a closed formula.

        Raises:
            Unencodable: it is ill-sorted, has a free variable or is too deep.
            Z3Error: z3 is out of memory.
        """
        self._depth = 0
        try:
            return self._formula(formula, {})
        except RecursionError:
            raise Unencodable("too_deep", "the formula is nested too deeply") from None

    def term(self, term: Term) -> int:
        """The expression of a closed term.

        Raises:
            Unencodable, Z3Error: as for a formula.
        """
        self._depth = 0
        return self._as(self._sorts.of(term), term, {})

    def fresh(self) -> int:
        """A proposition that stands for nothing in any formula."""
        return self._apply(self._declare((), BOOL), ())

    def sort(self, name: str) -> int:
        """z3's sort of that name."""
        made = self._named.get(name)
        if made is None:
            if name == INT:
                made = z3.mk_int_sort(self._handle)
            elif name == REAL:
                made = z3.mk_real_sort(self._handle)
            else:
                made = z3.mk_uninterpreted_sort(self._handle, self._symbol())
            self._named[name] = self._context.checked(made)
        return self._named[name]

    # Called for what stands at the top only: below, one frame a level is enough.
    def _formula(self, formula: Formula, scope: Scope) -> int:
        return self._context.checked(_FORMULAS[type(formula)](self, formula, scope))

    def _truth(self, formula: Truth, scope: Scope) -> int:
        make = z3.mk_true if formula.value else z3.mk_false
        return make(self._handle)

    def _atom(self, formula: Atom, scope: Scope) -> int:
        return self._symbol_of(True, formula.name, formula.arguments, scope)

    def _equal(self, formula: Equal, scope: Scope) -> int:
        left, right = self._alike(formula.left, formula.right, scope)
        return z3.mk_eq(self._handle, left, right)

    def _compared(self, formula: Compared, scope: Scope) -> int:
        for side in (formula.left, formula.right):
            if self._sorts.of(side) not in _NUMERIC:
                raise Unencodable("ill_sorted", f"{formula.relation.value!r} compares numbers")
        left, right = self._alike(formula.left, formula.right, scope)
        return _RELATIONS[formula.relation](self._handle, left, right)

    def _not(self, formula: Not, scope: Scope) -> int:
        body = formula.body
        made = self._context.checked(_FORMULAS[type(body)](self, body, scope))
        return z3.mk_not(self._handle, made)

    def _connected(self, formula: Connected, scope: Scope) -> int:
        checked = self._context.checked
        parts = [checked(_FORMULAS[type(part)](self, part, scope)) for part in formula.parts]
        if formula.op is Op.AND:
            return z3.mk_and(self._handle, len(parts), z3.array(parts))
        if formula.op is Op.OR:
            return z3.mk_or(self._handle, len(parts), z3.array(parts))
        return _BINARY[formula.op](self._handle, *parts)

    def _quantified(self, formula: Quantified, scope: Scope) -> int:
        inner, sorts = dict(scope), []
        for variable in formula.variables:
            inner[variable.name] = (self._depth, variable.sort)
            sorts.append(self.sort(variable.sort))
            self._depth += 1
        body = formula.body
        made = self._context.checked(_FORMULAS[type(body)](self, body, inner))
        count = len(sorts)
        self._depth -= count
        while len(self._binders) < count:
            self._binders.append(z3.mk_int_symbol(self._handle, len(self._binders)))
        return z3.mk_quantifier(
            self._handle,
            formula.quantifier is Quantifier.FORALL,
            _WEIGHT,
            0,
            None,
            count,
            z3.array(sorts),
            z3.array(self._binders[:count]),
            made,
        )

    def _variable(self, term: Variable, scope: Scope) -> int:
        level, sort = scope.get(term.name, (-1, term.sort))
        if level < 0:
            raise Unencodable("free_variable", f"the variable {term.name!r} is not bound")
        if sort != term.sort:
            raise Unencodable("ill_sorted", f"the variable {term.name!r} has two sorts")
        return z3.mk_bound(self._handle, self._depth - 1 - level, self.sort(sort))

    def _function(self, term: Function, scope: Scope) -> int:
        return self._symbol_of(False, term.name, term.arguments, scope)

    def _number(self, term: Number, scope: Scope) -> int:
        if term.sort not in _NUMERIC or (term.sort == INT and term.value.denominator != 1):
            raise Unencodable("ill_sorted", f"a numeral cannot have the sort {term.sort!r}")
        return z3.mk_numeral(self._handle, str(term.value).encode(), self.sort(term.sort))

    def _computed(self, term: Computed, scope: Scope) -> int:
        operation = term.operation
        if operation is Arithmetic.ITE:
            test, yes, no = term.arguments
            if isinstance(test, _TERMS) or not isinstance(yes, _TERMS):
                raise Unencodable("ill_sorted", "an if-then-else takes a formula and two terms")
            assert isinstance(no, _TERMS)
            condition = self._formula(test, scope)
            return z3.mk_ite(self._handle, condition, *self._alike(yes, no, scope))
        terms = [part for part in term.arguments if isinstance(part, _TERMS)]
        sort = self._operand_sort(term, terms)
        made = [self._as(sort, part, scope) for part in terms]
        if operation in _FOLDED:
            return _FOLDED[operation](self._handle, len(made), z3.array(made))
        return _OPERATIONS[operation](self._handle, *made)

    def _operand_sort(self, term: Computed, terms: Sequence[Term]) -> str:
        """The sort that all operands are brought to."""
        sorts = {self._sorts.of(part) for part in terms}
        wanted = REAL if REAL in sorts or term.operation in _REAL_ONLY else INT
        if not sorts <= _NUMERIC or (wanted == REAL and term.operation in _INT_ONLY):
            raise Unencodable("ill_sorted", f"{term.operation.value!r} takes other sorts")
        return wanted

    def _alike(self, left: Term, right: Term, scope: Scope) -> tuple[int, int]:
        """Two terms, brought to one sort."""
        sort = self._sorts.of(left)
        if sort == INT and self._sorts.of(right) == REAL:
            sort = REAL
        return self._as(sort, left, scope), self._as(sort, right, scope)

    def _as(self, sort: str, term: Term, scope: Scope) -> int:
        made = self._context.checked(_TERM_MAKERS[type(term)](self, term, scope))
        found = self._sorts.of(term)
        if found == sort:
            return made
        if found == INT and sort == REAL:
            return self._context.checked(z3.mk_int2real(self._handle, made))
        raise Unencodable("ill_sorted", f"sort {found!r} stands where {sort!r} should")

    def _symbol_of(
        self, predicate: bool, name: str, arguments: tuple[Term, ...], scope: Scope
    ) -> int:
        symbol = self._known.get((predicate, name, len(arguments)))
        if symbol is None:
            symbol = self._meet(predicate, name, arguments)
        made = [
            self._as(sort, argument, scope)
            for sort, argument in zip(symbol.arguments, arguments, strict=True)
        ]
        return self._apply(self._symbols[symbol], made)

    def _meet(self, predicate: bool, name: str, arguments: tuple[Term, ...]) -> Symbol:
        key = (predicate, name, len(arguments))
        declared = self._sorts.arguments.get(key)
        sorts = tuple(map(self._sorts.of, arguments)) if declared is None else declared
        result = BOOL if predicate else self._sorts.results.get((name, len(sorts)), ANY)
        symbol = self._known[key] = Symbol(predicate, name, sorts, result)
        self._symbols[symbol] = self._declare(sorts, result)
        return symbol

    def _declare(self, arguments: Sequence[str], result: str) -> int:
        domain = z3.array([self.sort(sort) for sort in arguments])
        to = self.sort(result)
        made = z3.mk_func_decl(self._handle, self._symbol(), len(arguments), domain, to)
        return self._context.checked(made)

    def _symbol(self) -> int:
        self._fresh += 1
        return self._context.checked(z3.mk_int_symbol(self._handle, self._fresh))

    def _apply(self, declaration: int, arguments: Sequence[int]) -> int:
        made = z3.mk_app(self._handle, declaration, len(arguments), z3.array(arguments))
        return self._context.checked(made)


def _absolute(handle: int, value: int) -> int:
    """|x|: x where x >= -x, else -x."""
    negated = z3.mk_unary_minus(handle, value)
    return z3.mk_ite(handle, z3.mk_ge(handle, value, negated), value, negated)


_OPERATIONS: Mapping[Arithmetic, Callable[..., int]] = {
    Arithmetic.DIVIDE: z3.mk_div,
    Arithmetic.DIV: z3.mk_div,
    Arithmetic.MOD: z3.mk_mod,
    Arithmetic.ABS: _absolute,
    Arithmetic.NEGATE: z3.mk_unary_minus,
    Arithmetic.TO_REAL: z3.mk_int2real,
    Arithmetic.TO_INT: z3.mk_real2int,
}

_FORMULAS: Mapping[type[Formula], Callable[..., int]] = {
    Truth: Encoder._truth,
    Atom: Encoder._atom,
    Equal: Encoder._equal,
    Compared: Encoder._compared,
    Not: Encoder._not,
    Connected: Encoder._connected,
    Quantified: Encoder._quantified,
}
_TERM_MAKERS: Mapping[type[Term], Callable[..., int]] = {
    Variable: Encoder._variable,
    Function: Encoder._function,
    Number: Encoder._number,
    Computed: Encoder._computed,
}
