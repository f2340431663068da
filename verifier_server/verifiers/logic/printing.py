"""A formula as text: in its own names for people, and in one way for all its variants.

Promises: for a formula of unsorted first-order logic in the normal shape that
`building` gives, `read(show(f)).formula == f`, whatever its symbols are called: a
name that a reader would take for a variable, an operator or two names is put in
quotation marks. `canonical` prints formulas that differ in the names of bound variables
alike, and no others of one signature; it does not change from run to run.

Does not cover: reading of sorted formulas again (their sorts are shown, for a
person and for a key), variables whose names no text could bind, and free ones that
do not look like variables, which print as constants. Recursion is as deep as the
tree, which readers bound.
"""

import re
from collections.abc import Iterator
from itertools import count

from verifier_server.verifiers.logic.formulas import (
    ANY,
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
    Term,
    Truth,
    Variable,
)
from verifier_server.verifiers.logic.reading.scope import looks_free
from verifier_server.verifiers.logic.reading.tokens import KINDS

_SIGNS = {Op.AND: " ∧ ", Op.OR: " ∨ ", Op.XOR: " ⊕ ", Op.IMPLIES: " → ", Op.IFF: " ↔ "}
_QUANTIFIERS = {Quantifier.FORALL: "∀", Quantifier.EXISTS: "∃"}
_ORDERS = (">", ">=")
_INFIX = {
    Arithmetic.ADD,
    Arithmetic.SUBTRACT,
    Arithmetic.MULTIPLY,
    Arithmetic.DIVIDE,
    Arithmetic.DIV,
    Arithmetic.MOD,
}
# What every dialect reads as one name, whatever stands beside it.
_PLAIN = re.compile(r"\w+(?:['.-]\w+)*'*")
_SIMPLE = re.compile(r"\w+")
_ESCAPES = str.maketrans({"'": r"\'", '"': r"\"", "\\": r"\\"})


def show(formula: Formula) -> str:
    """The formula in its own names, as FOLIO writes it."""
    return _Printer(formula, renamed=False).formula(formula)


def canonical(formula: Formula) -> str:
    """The one text of a formula and of all that differ from it in bound names alone."""
    return _Printer(formula, renamed=True).formula(formula)


class _Printer:
    """Prints one formula; `renamed` gives bound variables names by their depth."""

    def __init__(self, formula: Formula, *, renamed: bool):
        self._renamed = renamed
        self._bound: dict[str, list[str]] = {}
        variables, self._taken, self._constants = _names(formula)
        self._quoted = set() if renamed else variables
        self._fresh: list[str] = []
        self._supply = self._free_names()
        self._depth = 0

    def formula(self, node: Formula) -> str:
        match node:
            case Atom(name=name, arguments=(left, right)) if name in _ORDERS:
                return f"{self._term(left)} {name} {self._term(right)}"
            case Atom(name=name, arguments=arguments):
                return self._applied(name, arguments, is_constant=False)
            case Not(body=Equal(left=left, right=right)):
                return f"{self._term(left)} ≠ {self._term(right)}"
            case Not(body=body):
                return "¬" + (self.formula(body) if _is_open(body) else self._part(body))
            case Connected(op=op, parts=parts):
                return _SIGNS[op].join([self._part(part, op) for part in parts])
            case Quantified():
                return self._quantified(node)
            case Equal(left=left, right=right):
                return f"{self._term(left)} = {self._term(right)}"
            case Compared(relation=relation, left=left, right=right):
                return f"{self._term(left)} {relation} {self._term(right)}"
            case Truth(value=value):
                return "⊤" if value else "⊥"

    def _part(self, node: Formula, op: Op | None = None) -> str:
        """A formula where another goes on: in brackets unless it is one piece."""
        text = self.formula(node)
        if _is_piece(node) or (op is not None and _is_relation(node)):
            return text
        return f"({text})"

    def _quantified(self, node: Quantified) -> str:
        mark = _QUANTIFIERS[node.quantifier]
        prefix = ""
        for variable in node.variables:
            name = self._bind(variable.name)
            prefix += f"{mark}{name}:{variable.sort} " if variable.sort != ANY else f"{mark}{name} "
        body = self.formula(node.body)
        for variable in reversed(node.variables):
            self._bound[variable.name].pop()
            if self._renamed:
                self._depth -= 1
        alone = _is_open(node.body) or self._begins_a_body(node.body)
        return prefix + (body if alone else f"({body})")

    def _begins_a_body(self, node: Formula) -> bool:
        """Whether a formula right after a variable is not taken for one more variable."""
        if isinstance(node, Atom) and node.arguments:
            return _SIMPLE.fullmatch(node.name) is not None and node.name not in self._constants
        return _is_piece(node)

    def _bind(self, name: str) -> str:
        shown = name
        if self._renamed:
            while len(self._fresh) <= self._depth:
                self._fresh.append(next(self._supply))
            shown = self._fresh[self._depth]
            self._depth += 1
        self._bound.setdefault(name, []).append(shown)
        return shown

    def _free_names(self) -> Iterator[str]:
        """x1, x2, ... without those that stand for something in the formula."""
        return (name for number in count(1) if (name := f"x{number}") not in self._taken)

    def _applied(self, name: str, arguments: tuple[Term, ...], *, is_constant: bool) -> str:
        shown = self._spelled(name, is_constant=is_constant)
        if not arguments:
            return shown
        return f"{shown}({', '.join([self._term(argument) for argument in arguments])})"

    def _spelled(self, name: str, *, is_constant: bool) -> str:
        plain = _PLAIN.fullmatch(name) and name not in KINDS
        if name in self._quoted or (is_constant and looks_free(name)):
            plain = None
        return name if plain else f"'{name.translate(_ESCAPES)}'"

    def _term(self, term: Term | Formula) -> str:
        match term:
            case Variable(name=name):
                shown = self._bound.get(name)
                return shown[-1] if shown else name
            case Function(name=name, arguments=arguments):
                return self._applied(name, arguments, is_constant=not arguments)
            case Number(value=value, sort=sort):
                return f"{value}:{sort}" if self._renamed else str(value)
            case Computed(operation=operation, arguments=(left, right)) if operation in _INFIX:
                return f"({self._term(left)} {operation} {self._term(right)})"
            case Computed(operation=operation, arguments=arguments):
                return f"{operation}({', '.join([self._term(each) for each in arguments])})"
            case _:
                return self.formula(term)


def _is_piece(node: Formula) -> bool:
    """Whether a formula needs no brackets anywhere."""
    if isinstance(node, Atom):
        return node.name not in _ORDERS
    if isinstance(node, Not):
        return not (isinstance(node.body, Equal) or _is_open(node))
    return isinstance(node, Truth)


def _is_open(node: Formula) -> bool:
    """Whether a formula begins with a quantifier, after negations perhaps."""
    while isinstance(node, Not):
        node = node.body
    return isinstance(node, Quantified)


def _is_relation(node: Formula) -> bool:
    is_unequal = isinstance(node, Not) and isinstance(node.body, Equal)
    return is_unequal or isinstance(node, Equal | Compared | Atom)


def _names(formula: Formula) -> tuple[set[str], set[str], set[str]]:
    """Names that a quantifier binds, that stand for themselves, and constants among them."""
    bound: set[str] = set()
    taken: set[str] = set()
    constants: set[str] = set()
    left: list[tuple[Formula | Term, frozenset[str]]] = [(formula, frozenset())]
    while left:
        node, around = left.pop()
        match node:
            case Quantified(variables=variables, body=body):
                names = {variable.name for variable in variables}
                bound |= names
                left.append((body, around | names))
            case Not(body=body):
                left.append((body, around))
            case Connected(parts=parts):
                left += [(part, around) for part in parts]
            case Equal(left=one, right=other) | Compared(left=one, right=other):
                left += [(one, around), (other, around)]
            case Variable(name=name):
                if name not in around:
                    taken.add(name)
            case Atom(name=name, arguments=arguments) | Function(name=name, arguments=arguments):
                taken.add(name)
                if not arguments:
                    constants.add(name)
                left += [(argument, around) for argument in arguments]
            case Computed(arguments=mixed):
                left += [(each, around) for each in mixed]
            case _:
                pass
    return bound, taken, constants
