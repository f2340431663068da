"""Scripts, and single terms in the words of a script.

Promises: only commands that declare and assert are read, and nothing else is carried out:
what a script asks (check-sat, get-model, exit) may close a gold one and is read over.
Definitions are for gold scripts only: in an answer they would give words a meaning of its
own. `set-logic` and `set-info` mean nothing and are noted. Declared names are single:
no overloading, no second meaning for what the language defines.

Does not cover: sorts with parameters, datatypes, bit-vectors, arrays, strings, options,
push and pop.
"""

from collections.abc import Callable, Sequence

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import MAX_NODES, Built
from verifier_server.verifiers.logic.declarations import (
    INTERPRETED_SORTS,
    Assertion,
    Declarations,
    Script,
    Symbol,
)
from verifier_server.verifiers.logic.formulas import BOOL, Atom, Formula
from verifier_server.verifiers.logic.reading.errors import EMPTY, SYNTAX, TRAILING, ReadError
from verifier_server.verifiers.logic.smtlib.expressions import (
    KEYWORD,
    SYMBOL,
    Expression,
    Group,
    Leaf,
    expressions,
)
from verifier_server.verifiers.logic.smtlib.reasons import (
    FORBIDDEN_COMMAND,
    FORBIDDEN_DEFINITION,
    REDECLARED,
    TOO_LARGE,
    UNSUPPORTED,
)
from verifier_server.verifiers.logic.smtlib.terms import Definition, Scope, Terms

_CLOSING = {"check-sat": 1, "get-model": 1, "exit": 1}
_NOTED = {"set-logic": "set_logic", "set-info": "set_info"}
# Commands of the standard (section 3.9), and z3's include: never a term.
COMMANDS = frozenset(
    """assert check-sat check-sat-assuming declare-const declare-datatype declare-datatypes
    declare-fun declare-sort declare-sort-parameter define-const define-fun define-fun-rec
    define-funs-rec define-sort echo eval exit get-assertions get-assignment get-info get-model
    get-option get-proof get-unsat-assumptions get-unsat-core get-value include pop push reset
    reset-assertions set-info set-logic set-option simplify""".split()
)


def read_script(text: str, *, gold: bool = False) -> Script:
    """Read a whole script.

    Args:
        text: the script.
        gold: whether it is a task's own, which may define, and may ask at its end.

    Raises:
        ReadError: with a reason of `reading.errors` or of `smtlib.reasons`.
    """
    items = expressions(text)
    if not items:
        raise ReadError(EMPTY, "there is no command", text, 0)
    return _Commands(text, gold=gold).script(items)


def read_term(text: str, declarations: Declarations) -> Formula:
    """Read one term of sort Bool under declarations.

    Raises:
        ReadError: as `read_script` does; a command is `forbidden_command`.
    """
    items = expressions(text)
    terms = Terms(text)
    terms.sorts = dict.fromkeys(declarations.sorts)
    terms.symbols = dict(declarations.by_name)
    if not items:
        raise ReadError(EMPTY, "there is no term", text, 0)
    for item in items:
        head = item.items[0] if isinstance(item, Group) and item.items else item
        if isinstance(head, Leaf) and head.text in COMMANDS and head.text not in terms.symbols:
            raise terms.fail(FORBIDDEN_COMMAND, "a command instead of a term", head)
    if len(items) > 1:
        raise terms.fail(TRAILING, "more than one term", items[1])
    return terms.converted(terms.read(items[0], Scope()), BOOL, items[0]).formula


class _Commands:
    """Carries out the commands of one script, in their order."""

    def __init__(self, text: str, *, gold: bool) -> None:
        self._terms = Terms(text)
        self._gold = gold
        self._text = text
        self._closed = False
        self._size = 0
        self._labels: set[str] = set()
        self._assertions: list[Assertion] = []
        self._notes: dict[str, None] = {}

    def script(self, items: Sequence[Expression]) -> Script:
        """All commands."""
        for item in items:
            self._command(item)
        terms = self._terms
        declared = Declarations(tuple(terms.sorts), tuple(terms.symbols.values()))
        return Script(declared, tuple(self._assertions), tuple(self._notes))

    def _command(self, item: Expression) -> None:
        if not isinstance(item, Group) or not item.items:
            raise self._terms.fail(SYNTAX, "expected a command", item)
        head, *rest = item.items
        if not isinstance(head, Leaf) or head.kind != SYMBOL:
            raise self._terms.fail(SYNTAX, "expected the name of a command", head)
        if self._gold and head.text in _CLOSING:
            self._expect(rest, 0, head)
            self._closed = True
            self._notes["asks"] = None
            return
        if self._closed:
            raise self._terms.fail(FORBIDDEN_COMMAND, "a command after the script's end", head)
        if head.text in _NOTED:
            self._notes[_NOTED[head.text]] = None
            return
        carry_out = self._known().get(head.text)
        if carry_out is None:
            message = f"the command {head.text[:60]} is not for here"
            raise self._terms.fail(FORBIDDEN_COMMAND, message, head)
        carry_out(rest, head)

    def _known(self) -> dict[str, Callable[[Sequence[Expression], Leaf], None]]:
        return {
            "declare-sort": self._declare_sort,
            "declare-fun": self._declare_function,
            "declare-const": self._declare_constant,
            "define-fun": self._define_function,
            "define-const": self._define_constant,
            "assert": self._assert,
        }

    def _expect(self, rest: Sequence[Expression], count: int, head: Leaf) -> None:
        if len(rest) != count:
            message = f"{head.text} takes {count} arguments, not {len(rest)}"
            raise self._terms.fail(SYNTAX, message, head)

    def _new_name(self, expression: Expression) -> str:
        name = self._terms.name(expression)
        if name in self._terms.symbols or name in self._terms.definitions or name in self._labels:
            raise self._terms.fail(REDECLARED, f"{name[:60]} is declared twice", expression)
        return name

    def _declare_sort(self, rest: Sequence[Expression], head: Leaf) -> None:
        self._expect(rest[:1], 1, head)
        name = self._terms.name(rest[0])
        if name in INTERPRETED_SORTS or name in self._terms.sorts:
            raise self._terms.fail(REDECLARED, f"the sort {name[:60]} is there already", rest[0])
        arity = rest[1] if len(rest) == 2 else Leaf("numeral", "0", head.offset)
        if len(rest) > 2 or not isinstance(arity, Leaf) or arity.text.strip("0"):
            raise self._terms.fail(UNSUPPORTED, "a sort with parameters", head)
        self._terms.sorts[name] = None

    def _declare_function(self, rest: Sequence[Expression], head: Leaf) -> None:
        self._expect(rest, 3, head)
        if not isinstance(rest[1], Group):
            raise self._terms.fail(SYNTAX, "expected a list of sorts", rest[1])
        name = self._new_name(rest[0])
        parameters = tuple(self._terms.sort(each) for each in rest[1].items)
        if BOOL in parameters:
            raise self._terms.fail(UNSUPPORTED, "a function of Bool", rest[1])
        self._terms.symbols[name] = Symbol(name, parameters, self._terms.sort(rest[2]))

    def _declare_constant(self, rest: Sequence[Expression], head: Leaf) -> None:
        self._expect(rest, 2, head)
        self._declare_function((rest[0], Group(rest[0].offset), rest[1]), head)

    def _define_function(self, rest: Sequence[Expression], head: Leaf) -> None:
        if not self._gold:
            raise self._terms.fail(FORBIDDEN_DEFINITION, "an answer may not define", head)
        self._expect(rest, 4, head)
        name = self._new_name(rest[0])
        if not isinstance(rest[1], Group):
            raise self._terms.fail(SYNTAX, "expected a list of parameters", rest[1])
        parameters: list[tuple[str, str]] = []
        values: dict[str, Built] = {}
        for pair in rest[1].items:
            if not isinstance(pair, Group) or len(pair.items) != 2:
                raise self._terms.fail(SYNTAX, "expected a name and a sort", pair)
            parameter, sort = self._terms.name(pair.items[0]), self._terms.sort(pair.items[1])
            if parameter in values:
                raise self._terms.fail(REDECLARED, "the same parameter twice", pair)
            parameters.append((parameter, sort))
            values[parameter] = (
                Built(Atom(parameter), BOOL, 1, 1)
                if sort == BOOL
                else logical.variable(parameter, sort)
            )
        result = self._terms.sort(rest[2])
        # Read once for its faults: it may never be used.
        scope = Scope(values, frozenset(values))
        self._terms.converted(self._terms.read(rest[3], scope), result, rest[3])
        self._terms.definitions[name] = Definition(tuple(parameters), result, rest[3])

    def _define_constant(self, rest: Sequence[Expression], head: Leaf) -> None:
        if not self._gold:
            raise self._terms.fail(FORBIDDEN_DEFINITION, "an answer may not define", head)
        self._expect(rest, 3, head)
        self._define_function((rest[0], Group(rest[0].offset), rest[1], rest[2]), head)

    def _assert(self, rest: Sequence[Expression], head: Leaf) -> None:
        self._expect(rest, 1, head)
        label, body = self._label(rest[0])
        part = self._terms.converted(self._terms.read(body, Scope()), BOOL, body)
        self._size += part.size
        if self._size > MAX_NODES:
            raise self._terms.fail(TOO_LARGE, f"more than {MAX_NODES} nodes together", head)
        line = self._text.count("\n", 0, head.offset) + 1
        column = head.offset - self._text.rfind("\n", 0, head.offset)
        self._assertions.append(Assertion(part.formula, label, line, column))

    def _label(self, body: Expression) -> tuple[str, Expression]:
        """The label of (! term :named label), and the term."""
        items = body.items if isinstance(body, Group) else []
        if (
            len(items) == 4
            and isinstance(items[0], Leaf)
            and items[0].text == "!"
            and isinstance(items[2], Leaf)
            and (items[2].kind, items[2].text) == (KEYWORD, ":named")
        ):
            name = self._new_name(items[3])
            self._labels.add(name)
            return name, items[1]
        return "", body
