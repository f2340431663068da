"""The symbols of a task, and whether a formula keeps to them.

Promises: a symbol is a name with a kind (predicate or function; a constant is a
function of nothing), a number of arguments and their sorts. `check` tells every
symbol of a formula that the task does not have, once each, in order of the text:
errors in an answer. `lints` tells what in the task's own formulas is probably a
slip: never an error, for all of it may be meant. Both are functions of their
arguments alone, and take time linear in the symbols.

Does not cover: sorts of terms that are computed, which the readers of sorted
languages check (`composing`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from verifier_server.verifiers.logic.declarations import Declarations, Symbol
from verifier_server.verifiers.logic.formulas import (
    ANY,
    BOOL,
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Number,
    Quantified,
    Term,
    Truth,
    Variable,
)

UNKNOWN_SYMBOL = "unknown_symbol"
ARITY_MISMATCH = "arity_mismatch"
KIND_CLASH = "kind_clash"
SORT_MISMATCH = "sort_mismatch"
FREE_VARIABLE = "free_variable"
NEAR_MISS = "near_miss"
# Shorter names differ by a letter without being slips: Cat and Bat.
MIN_NEAR_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, and the name it is about.

    Args:
        reason: `unknown_symbol`, `arity_mismatch`, `kind_clash`, `sort_mismatch`,
            `free_variable` or, among lints alone, `near_miss`.
        name: the symbol or the variable.
        message: for a person, in the task's own names.
    """

    reason: str
    name: str
    message: str


@dataclass(frozen=True)
class Signature:
    """The symbols that a task's formulas may use, in order of first use."""

    symbols: tuple[Symbol, ...]

    @staticmethod
    def of(formulas: Iterable[Formula]) -> "Signature":
        """The symbols of formulas, each as it is used; one name may have several uses."""
        return Signature(tuple(dict.fromkeys(_used(formulas))))

    @staticmethod
    def declared(declarations: Declarations) -> "Signature":
        """The symbols that a text declares."""
        return Signature(declarations.symbols)

    @cached_property
    def constants(self) -> frozenset[str]:
        """Names that a reader must take for constants."""
        return frozenset(
            symbol.name
            for symbol in self.symbols
            if not symbol.parameters and symbol.result != BOOL
        )

    @cached_property
    def _uses(self) -> dict[str, list[Symbol]]:
        uses: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            uses.setdefault(symbol.name, []).append(symbol)
        return uses

    def check(self, formula: Formula) -> tuple[Fault, ...]:
        """What in a formula is not of this signature, variables that nothing binds included."""
        faults: dict[Fault, None] = {}
        for node, bound in walk(formula):
            if isinstance(node, Variable):
                if node.name not in bound:
                    message = f"nothing binds the variable {node.name}"
                    faults[Fault(FREE_VARIABLE, node.name, message)] = None
            elif isinstance(node, Atom | Function) and (fault := self._misuse(node)):
                faults[fault] = None
        return tuple(faults)

    def lints(self) -> tuple[Fault, ...]:
        """Names with several uses, and pairs of names that are nearly one."""
        found = []
        for name, uses in self._uses.items():
            predicates = [use for use in uses if use.result == BOOL]
            if 0 < len(predicates) < len(uses):
                message = f"{name} is a predicate and a function"
                found.append(Fault(KIND_CLASH, name, message))
            if len({len(use.parameters) for use in uses}) > 1:
                counts = " and ".join(map(str, sorted({len(use.parameters) for use in uses})))
                message = f"{name} is used with {counts} arguments"
                found.append(Fault(ARITY_MISMATCH, name, message))
        return (*found, *_near_misses(self.symbols))

    def _misuse(self, node: Atom | Function) -> Fault | None:
        uses = self._uses.get(node.name)
        is_predicate = isinstance(node, Atom)
        kind = "predicate" if is_predicate else "function" if node.arguments else "constant"
        if uses is None:
            message = f"the task has no {kind} {node.name}"
            return Fault(UNKNOWN_SYMBOL, node.name, message)
        alike = [use for use in uses if (use.result == BOOL) == is_predicate]
        if not alike:
            other = "function or constant" if is_predicate else "predicate"
            message = f"{node.name} is a {other} of the task, and not a {kind}"
            return Fault(KIND_CLASH, node.name, message)
        fitting = [use for use in alike if len(use.parameters) == len(node.arguments)]
        if not fitting:
            counts = " or ".join(str(len(use.parameters)) for use in alike)
            plural = "" if counts == "1" else "s"
            message = f"{node.name} takes {counts} argument{plural}, and not {len(node.arguments)}"
            return Fault(ARITY_MISMATCH, node.name, message)
        sorts = [self._sort(argument) for argument in node.arguments]
        if not any(_agree(use.parameters, sorts) for use in fitting):
            wanted = ", ".join(fitting[0].parameters)
            message = f"{node.name} takes ({wanted}), and not ({', '.join(sorts)})"
            return Fault(SORT_MISMATCH, node.name, message)
        return None

    def _sort(self, term: Term) -> str:
        """A term's sort, or the unnamed one where it can't be told."""
        match term:
            case Variable(sort=sort) | Number(sort=sort):
                return sort
            case Function(name=name, arguments=arguments):
                for use in self._uses.get(name, ()):
                    if use.result != BOOL and len(use.parameters) == len(arguments):
                        return use.result
        return ANY


def _agree(parameters: tuple[str, ...], sorts: list[str]) -> bool:
    pairs = zip(parameters, sorts, strict=True)
    return all(ANY in (wanted, given) or wanted == given for wanted, given in pairs)


def _used(formulas: Iterable[Formula]) -> Iterator[Symbol]:
    for formula in formulas:
        for node, _ in walk(formula):
            if isinstance(node, Atom | Function):
                result = BOOL if isinstance(node, Atom) else ANY
                yield Symbol(node.name, (ANY,) * len(node.arguments), result)


def walk(formula: Formula) -> Iterator[tuple[Formula | Term, frozenset[str]]]:
    """Every node of a formula in order of the text, with the names bound around it."""
    left: list[tuple[Formula | Term, frozenset[str]]] = [(formula, frozenset())]
    while left:
        node, bound = left.pop()
        yield node, bound
        if isinstance(node, Quantified):
            bound = bound.union([variable.name for variable in node.variables])
        left += [(part, bound) for part in reversed(parts_of(node))]


def parts_of(node: Formula | Term) -> tuple[Formula | Term, ...]:
    """What is right below a node, in order of the text."""
    match node:
        case Not(body=body) | Quantified(body=body):
            return (body,)
        case Connected(parts=parts):
            return parts
        case Equal(left=left, right=right) | Compared(left=left, right=right):
            return (left, right)
        case Atom(arguments=arguments) | Function(arguments=arguments):
            return arguments
        case Computed(arguments=mixed):
            return mixed
        case Truth() | Variable() | Number():
            return ()


def _near_misses(symbols: Iterable[Symbol]) -> Iterator[Fault]:
    """Pairs of names that are equal but for case, or but for one letter in a long name.

    Names are filed under what is left without one letter, and met there: no pair is
    compared. A digit is no such letter: it tells names of a row apart.
    """
    whole: dict[str, str] = {}
    shortened: dict[str, str] = {}
    replaced: dict[tuple[int, str], str] = {}
    for name in dict.fromkeys(symbol.name for symbol in symbols):
        folded = name.casefold()
        rests: list[tuple[int, str]] = []
        if len(name) >= MIN_NEAR_LENGTH:
            places = [at for at, letter in enumerate(folded) if not letter.isdigit()]
            rests = [(at, folded[:at] + folded[at + 1 :]) for at in places]
        met = [whole.get(folded), shortened.get(folded)]
        met += [replaced.get(rest) for rest in rests]
        met += [whole.get(rest) for _, rest in rests]
        for other in dict.fromkeys(met):
            if other is not None:
                yield Fault(NEAR_MISS, name, f"{other} and {name} are nearly one name")
        whole.setdefault(folded, name)
        for at, rest in rests:
            shortened.setdefault(rest, name)
            replaced.setdefault((at, rest), name)
