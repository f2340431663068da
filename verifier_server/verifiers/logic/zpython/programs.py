"""Programs, and single formulas in the words of a program.

Promises: what a program states to its one solver before it asks anything, in order. In a
program without a solver each bare formula is stated, as logic programs have it; with one,
a bare formula is an error: it would have no effect. Printing is read over. Functions of the
program's own are read where they are called.

Does not cover: more solvers than one, functions within functions, classes, exceptions, while,
optimisation, anything that z3 would be asked.
"""

import ast
from collections.abc import Sequence

from verifier_server.verifiers.logic.composing.measured import MAX_NODES, BuildError, Built
from verifier_server.verifiers.logic.declarations import Assertion, Declarations, Script
from verifier_server.verifiers.logic.formulas import BOOL, Formula
from verifier_server.verifiers.logic.reading.errors import EMPTY, TOO_DEEP, ReadError
from verifier_server.verifiers.logic.zpython import notation, operating
from verifier_server.verifiers.logic.zpython.arguments import iterated
from verifier_server.verifiers.logic.zpython.asking import (
    STATING,
    asks,
    solver_names,
    stated_after,
    staters,
)
from verifier_server.verifiers.logic.zpython.binding import constants_of
from verifier_server.verifiers.logic.zpython.evaluating import Evaluator
from verifier_server.verifiers.logic.zpython.plain import ITERTOOLS
from verifier_server.verifiers.logic.zpython.reasons import (
    ASSERTED_AFTER_CHECK,
    FORBIDDEN_IMPORT,
    NO_EFFECT,
    TOO_LARGE,
    UNKNOWN_SYMBOL,
    UNSUPPORTED,
)
from verifier_server.verifiers.logic.zpython.source import Source
from verifier_server.verifiers.logic.zpython.values import (
    FunctionValue,
    ListValue,
    SolverValue,
    SortValue,
    Value,
)
from verifier_server.verifiers.logic.zpython.vocabulary import Vocabulary

_SOLVERS = frozenset(("Solver", "SimpleSolver"))


class _Returned(Exception):
    """A function of the program gives a result."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


def read_program(text: str) -> Script:
    """Read a whole program.

    Raises:
        ReadError: with a reason of `reading.errors` or of `zpython.reasons`.
    """
    source = Source(text)
    tree = source.program()
    try:
        return _Program(source, tree).script()
    except RecursionError:
        raise ReadError(TOO_DEEP, "nested too deeply", text, 0) from None


def read_expression(text: str, declarations: Declarations) -> Formula:
    """Read one formula under declarations.

    A name that a quantifier binds and nothing declares is a variable of the one declared
    sort; where there are more, `[x:sort]` or `Const("x", sort)` says which.

    Raises:
        ReadError: as `read_program` does.
    """
    source = Source(text)
    node = source.expression()
    evaluator = Evaluator(source, Vocabulary(declarations), declaring=False)
    names = evaluator.scopes[0]
    for sort in declarations.sorts:
        names[sort] = SortValue(sort)
    for symbol in declarations.symbols:
        names[symbol.name] = (
            FunctionValue(symbol)
            if symbol.parameters
            else evaluator.vocabulary.constant(symbol.name, SortValue(symbol.result))
        )
    try:
        part = operating.lifted(evaluator.value(node))
        formula = part.formula
        unknown = constants_of(formula) - set(declarations.by_name)
    except BuildError as error:
        raise source.fail(error.reason, error.message, node) from None
    except RecursionError:
        raise ReadError(TOO_DEEP, "nested too deeply", text, 0) from None
    if unknown:
        message = f"{min(unknown)[:60]} is not declared"
        raise source.fail(UNKNOWN_SYMBOL, message, node)
    return formula


class _Program:
    """Reads the statements of one program, in their order."""

    def __init__(self, source: Source, tree: ast.Module) -> None:
        self._source = source
        self._tree = tree
        self._evaluator = Evaluator(source, Vocabulary(Declarations()), declaring=True)
        self._evaluator.scopes[0]["__name__"] = "__main__"
        self._has_solver = any(
            isinstance(node, ast.Call) and _name_of(node.func) in _SOLVERS
            for node in ast.walk(tree)
        )
        self._solvers: set[str] = set()
        self._askers: set[str] = set()
        self._asking: list[ast.stmt] = []
        self._size = 0
        self._assertions: list[Assertion] = []
        self._notes: list[str] = []

    def script(self) -> Script:
        """All that is stated."""
        body = self._tree.body
        for index, statement in enumerate(body):
            if isinstance(statement, ast.FunctionDef) and asks(statement, self._askers):
                self._askers.add(statement.name)
                self._asking.append(statement)
            elif asks(statement, self._askers):
                place = self._stated_after(index)
                if place is not None:
                    message = "something is stated after the solver was asked"
                    raise self._source.fail(ASSERTED_AFTER_CHECK, message, place)
                self._notes.append("asks")
                break
            else:
                self._statement(statement)
        if not self._assertions:
            raise self._source.fail(EMPTY, "nothing is stated", self._tree)
        used = set[str]()
        for each in self._assertions:
            used |= constants_of(each.formula)
        vocabulary = self._evaluator.vocabulary
        declared = vocabulary.declarations(used, self._evaluator.bound)
        return Script(declared, tuple(self._assertions), tuple(self._notes))

    def _stated_after(self, index: int) -> ast.AST | None:
        """Where something is stated from the statement on that asks first, or None."""
        names = solver_names(self._tree, self._solvers)
        stating = staters(self._tree, names, self._askers)
        return stated_after([*self._asking, *self._tree.body[index:]], names, stating)

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        self._evaluator.step(statement)
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._import(statement)
            case ast.Expr():
                self._expression(statement)
            case ast.Assign(targets=[target]):
                self._assign(target, statement.value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.AugAssign(op=ast.Add(), target=ast.Name() as target):
                self._add_to(target, statement)
            case ast.For(orelse=[]):
                self._loop(statement)
            case ast.If():
                chosen = self._decided(statement.test)
                self._block(statement.body if chosen else statement.orelse)
            case ast.FunctionDef() if len(self._evaluator.scopes) == 1:
                self._define(statement)
            case ast.Return() if len(self._evaluator.scopes) > 1:
                value_of = self._evaluator.value
                raise _Returned(None if statement.value is None else value_of(statement.value))
            case ast.Pass():
                pass
            case _:
                message = f"a {type(statement).__name__} is not supported"
                raise self._source.fail(UNSUPPORTED, message, statement)

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        names = [each.name for each in statement.names]
        if isinstance(statement, ast.Import) and set(names) <= {"z3", "itertools"}:
            for each in statement.names:
                self._evaluator.modules.add(each.asname or each.name)
                if each.name == "itertools":
                    self._evaluator.import_itertools(ITERTOOLS)
        elif isinstance(statement, ast.ImportFrom) and statement.module == "z3":
            pass
        elif isinstance(statement, ast.ImportFrom) and statement.module == "itertools":
            try:
                self._evaluator.import_itertools(ITERTOOLS if names == ["*"] else names)
            except BuildError as error:
                raise self._source.fail(error.reason, error.message, statement) from None
        else:
            raise self._source.fail(FORBIDDEN_IMPORT, "only z3 and itertools", statement)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            declared = self._declared(target.id, value)
            if declared is not None:
                self._evaluator.assign(target, declared)
                return
        made = self._evaluator.value(value)
        if isinstance(made, SolverValue):
            if self._solvers or not isinstance(target, ast.Name):
                raise self._source.fail(UNSUPPORTED, "more than one solver", value)
            self._solvers.add(target.id)
        self._evaluator.assign(target, made)

    def _add_to(self, target: ast.Name, statement: ast.AugAssign) -> None:
        known = self._evaluator.value(_loaded(target))
        if isinstance(known, ListValue) and not known.frozen:
            # The list itself grows, under all its names.
            try:
                known.items.extend(iterated(self._evaluator.value(statement.value)))
                operating.few(known)
            except BuildError as error:
                raise self._source.fail(error.reason, error.message, statement) from None
            return
        joined = ast.BinOp(_loaded(target), statement.op, statement.value)
        value = ast.copy_location(joined, statement)
        self._evaluator.assign(target, self._evaluator.value(value))

    def _declared(self, name: str, value: ast.expr) -> Value:
        """A declaration as logic programs write it, if it is one."""
        if not isinstance(value, ast.Call) or value.keywords:
            return None
        if not value.args or not isinstance(value.args[0], ast.List):
            return None
        try:
            if _name_of(value.func) == "EnumSort" and len(value.args) == 1:
                return notation.enumeration(self._evaluator, name, value.args[0].elts)
            if _name_of(value.func) == "Function" and len(value.args) == 2:
                return notation.function(self._evaluator, name, value.args)
        except BuildError as error:
            raise self._source.fail(error.reason, error.message, value) from None
        return None

    def _loop(self, statement: ast.For) -> None:
        try:
            items = iterated(self._evaluator.value(statement.iter))
        except BuildError as error:
            raise self._source.fail(error.reason, error.message, statement.iter) from None
        for item in items:
            self._evaluator.assign(statement.target, item)
            self._block(statement.body)

    def _decided(self, test: ast.expr) -> bool:
        try:
            return operating.decided(self._evaluator.value(test))
        except BuildError as error:
            raise self._source.fail(error.reason, error.message, test) from None

    def _define(self, statement: ast.FunctionDef) -> None:
        arguments = statement.args
        plain = not (
            arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults
        )
        if not plain or statement.decorator_list or arguments.posonlyargs:
            raise self._source.fail(UNSUPPORTED, "parameters of another kind", statement)

        def run() -> Value:
            try:
                self._block(statement.body)
            except _Returned as returned:
                return returned.value
            return None

        names = [each.arg for each in arguments.args]
        self._evaluator.helpers[statement.name] = (names, run)

    def _expression(self, statement: ast.Expr) -> None:
        node = statement.value
        if isinstance(node, ast.Constant) or (
            isinstance(node, ast.Call) and _name_of(node.func) in ("print", "set_param")
        ):
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            is_name = isinstance(owner, ast.Name) and owner.id not in self._evaluator.modules
            if is_name and isinstance(self._evaluator.value(owner), SolverValue):
                self._stated(node, node.func.attr)
                return
        value = self._evaluator.value(node)
        if isinstance(value, Built) and value.sort == BOOL:
            if self._has_solver:
                message = "a formula that is stated to no solver"
                raise self._source.fail(NO_EFFECT, message, node)
            self._assert(value, "", node)

    def _stated(self, node: ast.Call, method: str) -> None:
        if method == "set":
            return
        if method not in STATING or node.keywords:
            raise self._source.fail(UNSUPPORTED, f"{method[:60]} of a solver", node)
        values = [self._evaluator.value(each) for each in self._plain(node.args)]
        label = ""
        if method == "assert_and_track":
            label = self._label(values, node)
            values = values[:1]
        flat: list[Value] = []
        for value in values:
            flat.extend(value.items if isinstance(value, ListValue) else [value])
        for value in flat:
            try:
                self._assert(operating.lifted(value), label, node)
            except BuildError as error:
                raise self._source.fail(error.reason, error.message, node) from None

    def _plain(self, nodes: Sequence[ast.expr]) -> list[ast.expr]:
        return [each.value if isinstance(each, ast.Starred) else each for each in nodes]

    def _label(self, values: Sequence[Value], node: ast.Call) -> str:
        label = values[1] if len(values) == 2 else None
        if isinstance(label, Built):
            label = getattr(label.node, "name", None)
        if not isinstance(label, str):
            raise self._source.fail(UNSUPPORTED, "expected a formula and its label", node)
        return label

    def _assert(self, part: Built, label: str, node: ast.expr) -> None:
        try:
            formula = part.formula
        except BuildError as error:
            raise self._source.fail(error.reason, error.message, node) from None
        self._size += part.size
        if self._size > MAX_NODES:
            message = f"more than {MAX_NODES} nodes together"
            raise self._source.fail(TOO_LARGE, message, node)
        line, column = self._source.place(node)
        self._assertions.append(Assertion(formula, label, line, column))


def _name_of(node: ast.expr) -> str:
    """The last name of a function, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _loaded(target: ast.Name) -> ast.Name:
    return ast.copy_location(ast.Name(target.id, ast.Load()), target)
