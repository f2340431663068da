"""The values of a program's expressions.

Promises: a whitelist of Python's expressions, each read as data; nothing is executed and
no attribute of a Python object is reached. Steps and nesting are bounded, whatever loops
and functions the program has.

Does not cover: statements (`programs`).
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import BuildError, Built
from verifier_server.verifiers.logic.formulas import BOOL, INT, REAL, Op, Quantifier
from verifier_server.verifiers.logic.reading.errors import SYNTAX, TOO_DEEP
from verifier_server.verifiers.logic.zpython import binders, operating
from verifier_server.verifiers.logic.zpython.arguments import Call, iterated, listed
from verifier_server.verifiers.logic.zpython.calls import DECLARING, Z3
from verifier_server.verifiers.logic.zpython.limits import (
    ITEMS_OF_A_STEP,
    MAX_BITS,
    MAX_BOUND_BOOLS,
    MAX_DEPTH,
    MAX_STEPS,
    NODES_OF_A_STEP,
)
from verifier_server.verifiers.logic.zpython.methods import METHODS
from verifier_server.verifiers.logic.zpython.plain import ITERTOOLS, PYTHON
from verifier_server.verifiers.logic.zpython.reasons import (
    REDECLARED,
    TOO_LARGE,
    UNKNOWN_SYMBOL,
    UNSUPPORTED,
)
from verifier_server.verifiers.logic.zpython.source import Source
from verifier_server.verifiers.logic.zpython.values import (
    DictValue,
    FunctionValue,
    ListValue,
    SortValue,
    Value,
)
from verifier_server.verifiers.logic.zpython.vocabulary import Vocabulary

# Names of sorts as logic programs write them.
_SORT_NAMES = {"bool": BOOL, "int": INT, "float": REAL, "real": REAL}
_QUANTIFIERS = {"ForAll": Quantifier.FORALL, "Exists": Quantifier.EXISTS}
_IGNORED_KEYWORDS = frozenset(("patterns", "qid", "skid", "weight", "ctx"))

# A function of the program: its parameters, and what gives its result.
type Helper = tuple[Sequence[str], Callable[[], Value]]


class Evaluator:
    """Evaluates the expressions of one program; knows what its names stand for."""

    def __init__(self, source: Source, vocabulary: Vocabulary, *, declaring: bool) -> None:
        self._source = source
        self._declaring = declaring
        self._steps = 0
        self._depth = 0
        self.vocabulary = vocabulary
        self.enclosing: list[str] = []
        self.bound: set[str] = set()
        self.scopes: list[dict[str, Value]] = [{}]
        self.modules: set[str] = set()
        self.imported: dict[str, Call] = {}
        self.helpers: dict[str, Helper] = {}

    def step(self, at: ast.AST, steps: int = 1) -> None:
        """Count steps.

        Raises:
            ReadError: there have been too many.
        """
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise self._source.fail(TOO_LARGE, "too much when loops are written out", at)

    def value(self, node: ast.expr) -> Value:
        """An expression's value.

        Raises:
            ReadError: it is not on the whitelist, or means nothing.
        """
        self.step(node)
        evaluate = _EXPRESSIONS.get(type(node))
        if evaluate is None:
            message = f"a {type(node).__name__} is not supported"
            raise self._source.fail(UNSUPPORTED, message, node)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._source.fail(TOO_DEEP, "nested too deeply", node)
        try:
            value = evaluate(self, node)
            if isinstance(value, Built):
                self.step(node, value.size // NODES_OF_A_STEP)
            elif isinstance(value, (ListValue, DictValue)):
                self.step(node, len(value.items) // ITEMS_OF_A_STEP)
            return value
        except BuildError as error:
            raise self._source.fail(error.reason, error.message, node) from None
        finally:
            self._depth -= 1

    @contextmanager
    def scope(self) -> Iterator[dict[str, Value]]:
        """Names of their own."""
        self.scopes.append({})
        try:
            yield self.scopes[-1]
        finally:
            self.scopes.pop()

    def lookup(self, name: str) -> Value:
        """What a name stands for.

        Raises:
            BuildError: nothing.
        """
        for names in reversed(self.scopes):
            if name in names:
                return names[name]
        if name in _SORT_NAMES:
            return SortValue(_SORT_NAMES[name])
        raise BuildError(UNKNOWN_SYMBOL, f"{name[:60]} stands for nothing")

    def assign(self, target: ast.expr, value: Value) -> None:
        """Give names to a value and its items.

        Raises:
            ReadError: the target is no name, or the items do not match.
        """
        self.step(target)
        try:
            match target:
                case ast.Name():
                    self.scopes[-1][target.id] = value
                case ast.Tuple() | ast.List():
                    items = iterated(value)
                    if len(items) != len(target.elts):
                        raise BuildError(SYNTAX, f"{len(items)} values for {len(target.elts)}")
                    for each, item in zip(target.elts, items, strict=True):
                        self.assign(each, item)
                case ast.Subscript():
                    self._store(self.value(target.value), self.value(target.slice), value)
                case _:
                    raise BuildError(UNSUPPORTED, "a target that is no name")
        except BuildError as error:
            raise self._source.fail(error.reason, error.message, target) from None

    def _store(self, container: Value, key: Value, value: Value) -> None:
        if isinstance(container, DictValue):
            container.items[operating.key_of(key)] = value
            if len(container.items) > MAX_STEPS:
                raise BuildError(TOO_LARGE, "a dictionary too large")
        elif isinstance(container, ListValue) and not container.frozen and isinstance(key, int):
            if not -len(container.items) <= key < len(container.items):
                raise BuildError(UNKNOWN_SYMBOL, "no such item")
            container.items[key] = value
        else:
            raise BuildError(UNSUPPORTED, "a target that has no items")

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, float):
            return operating.decimal(value)
        if isinstance(value, str):
            return operating.short(value)
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            if value.bit_length() > MAX_BITS:
                raise BuildError("number", "a number too long")
            return value
        if value is None:
            return None
        raise BuildError(UNSUPPORTED, "a literal of another kind")

    def _name(self, node: ast.Name) -> Value:
        return self.lookup(node.id)

    def _sequence(self, node: ast.List | ast.Tuple) -> Value:
        return listed(self._items(node.elts), frozen=isinstance(node, ast.Tuple))

    def _items(self, nodes: Sequence[ast.expr]) -> list[Value]:
        values: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                values.extend(iterated(self.value(node.value)))
            else:
                values.append(self.value(node))
        return values

    def _dict(self, node: ast.Dict) -> Value:
        made = DictValue()
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise BuildError(UNSUPPORTED, "a dictionary within another")
            made.items[operating.key_of(self.value(key))] = self.value(value)
        return made

    def _binary(self, node: ast.BinOp) -> Value:
        return operating.binary(node.op, self.value(node.left), self.value(node.right))

    def _unary(self, node: ast.UnaryOp) -> Value:
        return operating.unary(node.op, self.value(node.operand))

    def _compare(self, node: ast.Compare) -> Value:
        values = [self.value(node.left), *map(self.value, node.comparators)]
        links = [
            operating.compare(operator, left, right)
            for operator, left, right in zip(node.ops, values, values[1:], strict=False)
        ]
        if len(links) == 1:
            return links[0]
        if all(isinstance(link, bool) for link in links):
            return all(links)
        return logical.joined(Op.AND, [operating.lifted(link) for link in links])

    def _boolean(self, node: ast.BoolOp) -> Value:
        value: Value = None
        for each in node.values:
            value = self.value(each)
            if operating.decided(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _conditional(self, node: ast.IfExp) -> Value:
        test = operating.decided(self.value(node.test))
        return self.value(node.body if test else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Value:
        container = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            lower, upper, step = map(
                self._bound, (node.slice.lower, node.slice.upper, node.slice.step)
            )
            if isinstance(container, ListValue) and step != 0:
                return ListValue(container.items[lower:upper:step], container.frozen)
            raise BuildError(UNSUPPORTED, "a slice of what is no list")
        key = self.value(node.slice)
        if isinstance(container, DictValue) and operating.key_of(key) in container.items:
            return container.items[operating.key_of(key)]
        if isinstance(container, (ListValue, str)) and isinstance(key, int):
            items = iterated(container)
            if -len(items) <= key < len(items):
                return items[key]
        raise BuildError(UNKNOWN_SYMBOL, "no such item")

    def _bound(self, node: ast.expr | None) -> int | None:
        value = None if node is None else self.value(node)
        if value is None or isinstance(value, int):
            return value
        raise BuildError(UNSUPPORTED, "a slice of other than numbers")

    def _formatted(self, node: ast.JoinedStr) -> Value:
        pieces = []
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                if each.format_spec is not None or each.conversion not in (-1, ord("s")):
                    raise BuildError(UNSUPPORTED, "a format of its own")
                pieces.append(operating.text_of(self.value(each.value)))
            else:
                pieces.append(operating.text_of(self.value(each)))
            operating.short("".join(pieces))
        return "".join(pieces)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Value:
        return listed([self.value(node.elt) for _ in self._rounds(node.generators)])

    def _dict_comprehension(self, node: ast.DictComp) -> Value:
        made = DictValue()
        for _ in self._rounds(node.generators):
            made.items[operating.key_of(self.value(node.key))] = self.value(node.value)
        return made

    def _rounds(self, generators: Sequence[ast.comprehension]) -> Iterator[None]:
        """Once for every round, with the names of the round in a scope."""
        if not generators:
            yield
            return
        first, *others = generators
        if first.is_async:
            raise BuildError(UNSUPPORTED, "an asynchronous loop")
        items = iterated(self.value(first.iter))
        with self.scope():
            for item in items:
                self.assign(first.target, item)
                if all(operating.decided(self.value(test)) for test in first.ifs):
                    yield from self._rounds(others)

    def _call(self, node: ast.Call) -> Value:
        for keyword in node.keywords:
            if keyword.arg not in _IGNORED_KEYWORDS:
                raise BuildError(UNSUPPORTED, "an argument by name")
        match node.func:
            case ast.Name(id=name):
                return self._named_call(name, node)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in self.modules:
                return self._named_call(name, node)
            case ast.Attribute(value=owner_node, attr=name) if name in METHODS:
                owner_value = self.value(owner_node)
                return METHODS[name](owner_value, self._items(node.args))
            case ast.Call() | ast.Subscript():
                function = self.value(node.func)
                if isinstance(function, FunctionValue):
                    return self._applied(function, self._items(node.args))
        raise BuildError(UNSUPPORTED, "a call of what is not on the list")

    def _named_call(self, name: str, node: ast.Call) -> Value:
        if name in binders.BINDING and len(node.args) == 2 and binders.is_binder(node.args[0]):
            return binders.read(self, name, node.args[0], node.args[1])
        for names in reversed(self.scopes):
            if name in names:
                function = names[name]
                if not isinstance(function, FunctionValue):
                    raise BuildError(UNSUPPORTED, f"{name[:60]} is no function")
                return self._applied(function, self._items(node.args))
        if name in self.helpers:
            return self._helped(self.helpers[name], self._items(node.args))
        if not self._declaring and name in DECLARING:
            raise BuildError(REDECLARED, "a formula cannot declare")
        call = Z3.get(name) or PYTHON.get(name) or self.imported.get(name)
        if call is None:
            reason = UNKNOWN_SYMBOL if not self._declaring else UNSUPPORTED
            raise BuildError(reason, f"{name[:60]} is not a function that may be called")
        values = self._quantified_names(node) if name in _QUANTIFIERS else self._items(node.args)
        if name in _QUANTIFIERS and len(values) == 2:
            self._bind(node, values[0], values[1])
        return call(self.vocabulary, values)

    def _quantified_names(self, node: ast.Call) -> list[Value]:
        """The arguments of a quantifier; an unknown name there is a variable of the one sort."""
        sorts = list(self.vocabulary.sorts)
        if self._declaring or not node.args or len(sorts) != 1:
            return self._items(node.args)
        first = node.args[0]
        names = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
        with self.scope() as scope:
            for each in names:
                if isinstance(each, ast.Name) and not self._is_known(each.id):
                    constant = self.vocabulary.constant(each.id, SortValue(sorts[0]))
                    scope[each.id] = constant
            return self._items(node.args)

    def _is_known(self, name: str) -> bool:
        return any(name in names for names in self.scopes)

    def _bind(self, node: ast.Call, constants: Value, body: Value) -> None:
        """Note what is bound, and count the nodes in which it is looked for."""
        bools = 0
        for each in constants.items if isinstance(constants, ListValue) else [constants]:
            if isinstance(each, Built):
                self.bound.add(getattr(each.node, "name", ""))
                bools += each.sort == BOOL
        if isinstance(body, Built):
            self.step(node, body.size << min(bools, MAX_BOUND_BOOLS))

    def _applied(self, function: FunctionValue, values: Sequence[Value]) -> Value:
        return logical.applied(function.symbol, [operating.lifted(value) for value in values])

    def _helped(self, helper: Helper, values: Sequence[Value]) -> Value:
        parameters, run = helper
        if len(parameters) != len(values):
            raise BuildError("arity_mismatch", f"{len(values)} arguments are not expected here")
        outer = self.scopes
        # A function sees the program's names and its own.
        self.scopes = [outer[0], dict(zip(parameters, values, strict=True))]
        try:
            return run()
        finally:
            self.scopes = outer

    def import_itertools(self, names: Iterable[str]) -> None:
        """Make functions of itertools known.

        Raises:
            BuildError: one is not on the list.
        """
        for name in names:
            if name not in ITERTOOLS:
                raise BuildError(UNSUPPORTED, f"{name[:60]} is not supported")
            self.imported[name] = ITERTOOLS[name]


_EXPRESSIONS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: Evaluator._constant,
    ast.Name: Evaluator._name,
    ast.List: Evaluator._sequence,
    ast.Tuple: Evaluator._sequence,
    ast.Dict: Evaluator._dict,
    ast.BinOp: Evaluator._binary,
    ast.UnaryOp: Evaluator._unary,
    ast.Compare: Evaluator._compare,
    ast.BoolOp: Evaluator._boolean,
    ast.IfExp: Evaluator._conditional,
    ast.Subscript: Evaluator._subscript,
    ast.JoinedStr: Evaluator._formatted,
    ast.ListComp: Evaluator._comprehension,
    ast.GeneratorExp: Evaluator._comprehension,
    ast.DictComp: Evaluator._dict_comprehension,
    ast.Call: Evaluator._call,
}
