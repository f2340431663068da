"""Asserts counted one by one, for partial credit within one program.

Promises: a program that `counted` rewrote does what it did before, but a failing
assert is noted and the program goes on. Asserts whose failure the program itself may
catch keep raising: those in a `try` with a handler for AssertionError, and, where
there is such a handler anywhere, those in functions and classes. They count when
they hold.

How often an assert ran is not the candidate's to choose: one in a loop over what a candidate
gave (`for x in f(): assert x > 0`) counts as one, which holds if it held each time.

Does not cover: which part of the credit a count is worth (`Tally.results` says
what a program that did not finish may claim).
"""

import ast
import sys
from collections import Counter
from dataclasses import dataclass, field

TALLY = "__checker_tally__"  # ends with underscores too: no mangling within classes
CATCHING = frozenset({"AssertionError", "Exception", "BaseException"})
SIZES = frozenset({"enumerate", "len", "range", "reversed", "zip"})
CATCHERS = frozenset({"raises", "suppress", "assertRaises", "assertRaisesRegex"})


@dataclass(slots=True)
class _Assert:
    once: bool  # it can run only once
    fixed: bool  # how often it runs is the program's doing alone
    passed: int = 0
    failed: int = 0

    def counts(self) -> tuple[int, int]:
        """(passed, failed) as they count."""
        if self.fixed:
            return self.passed, self.failed
        return int(self.passed > 0 and not self.failed), int(self.failed > 0)


@dataclass(slots=True)
class Tally:
    """What the rewritten program reports to. `first` is the first failure, in order."""

    asserts: list[_Assert] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    keep: int = 20

    def passed(self, index: int) -> None:
        """An assert held."""
        self.asserts[index].passed += 1

    def failed(self, index: int) -> None:
        """An assert did not hold, or its expression raised; called while handling that."""
        self.asserts[index].failed += 1
        error = sys.exception()
        if error is not None and len(self.failures) < self.keep:
            self.failures.append(error)

    @property
    def failed_count(self) -> int:
        """How many times an assert failed and the program went on."""
        return sum(one.failed for one in self.asserts)

    def results(self, finished: bool) -> tuple[int, int]:
        """(passed, total), the total not counting what ended an unfinished program.

        Each run of an assert counts, where the program alone says how often; any other
        assert is one. A program that ended early may claim only asserts
        that run once at most: how often others would have run, nobody knows, and a candidate
        that dies after the first of a hundred must not earn more than one that fails the
        other ninety-nine. The total is at least the number of asserts, unless all that ran
        held, to the end.
        """
        counts = [one.counts() for one in self.asserts]
        ran = sum(map(sum, counts))
        if finished and not self.failed_count:
            return max(ran, 1), max(ran, 1)
        total = max(ran, len(self.asserts))
        if finished:
            return sum(passed for passed, _ in counts), total
        return sum(1 for one in self.asserts if one.once and one.passed), total


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of one assert before it runs; see `_Assert`."""

    once: bool
    fixed: bool


def counted(tree: ast.Module) -> tuple[ast.Module, list[Place]]:
    """A program's tree rewritten (in place), and what is known of each assert."""
    catching = any(_catches(node) for node in ast.walk(tree))
    rewriter = _Rewriter(catching, _called(tree), _own_names(tree))
    rewriter.visit(tree)
    return ast.fix_missing_locations(tree), rewriter.places


def tally_for(places: list[Place]) -> Tally:
    """A fresh tally for a program that `counted` rewrote."""
    return Tally([_Assert(one.once, one.fixed) for one in places])


def _called(tree: ast.Module) -> dict[str, int]:
    """Names used only to be called by statements of the program itself, and how often.

    HumanEval's `check(f)`.
    """
    uses = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    calls = Counter(
        statement.value.func.id
        for statement in tree.body
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
    )
    return {name: count for name, count in calls.items() if uses[name] == count}


def _own_names(tree: ast.Module) -> set[str]:
    """Names that hold nothing which a candidate gave, or could have changed."""
    own: dict[str, bool] = {}
    values: list[tuple[str, ast.expr]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values.append((name, value))
                own.setdefault(name, True)
            case ast.For(target=target, iter=value):
                for part in ast.walk(target):
                    if isinstance(part, ast.Name):
                        values.append((part.id, value))
                        own.setdefault(part.id, True)
    bound = Counter(name for name, _ in values)
    stored = Counter(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    given = {
        part.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and not _is_size(node)
        for part in ast.walk(node)
        if isinstance(part, ast.Name)
    } | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = {name for name in own if stored[name] == bound[name] and name not in given}
    while True:
        kept = names - {name for name, value in values if not _is_own(value, names)}
        if kept == names:
            return names
        names = kept


def _is_size(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in SIZES


def _is_own(value: ast.expr, names: set[str]) -> bool:
    """Whether a value is the program's own: of constants, own names, and what counts them."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and not _is_size(node):
            return False
        if isinstance(node, ast.Name) and node.id not in names and node.id not in SIZES:
            return False
        if isinstance(node, (ast.Await, ast.Lambda, ast.NamedExpr, ast.Yield, ast.YieldFrom)):
            return False
    return True


def _catches(node: ast.AST) -> bool:
    """Whether a node may catch a failing assert of its own or of what it calls."""
    if isinstance(node, (ast.Try, ast.TryStar)):
        return any(_handles(handler.type) for handler in node.handlers)
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in CATCHERS
    return False


def _handles(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(_handles(item) for item in kind.elts)
    if isinstance(kind, ast.Name):
        known_other = kind.id.endswith("Error") and kind.id not in CATCHING
        return not known_other
    return True  # bare, or an expression that nobody can tell


class _Rewriter(ast.NodeTransformer):
    def __init__(self, catching: bool, called: dict[str, int], own: set[str]) -> None:
        self.places: list[Place] = []
        self._catching = catching
        self._called = called
        self._own = own
        self._free = 0  # depth of places that run as often as others say
        self._raises = 0  # depth of places where a failing assert has to raise
        self._repeats = 0  # depth of places that may run again
        self._nested = 0  # depth of functions and classes

    def visit_Try(self, node: ast.Try) -> ast.Try:
        self._body(node)
        return node

    def visit_TryStar(self, node: ast.TryStar) -> ast.TryStar:
        self._body(node)
        return node

    def _body(self, node: ast.Try | ast.TryStar) -> None:
        raises = any(_handles(handler.type) for handler in node.handlers)
        self._raises += raises
        node.body = [part for one in node.body for part in self._parts(one)]
        self._raises -= raises
        for handler in node.handlers:
            handler.body = [part for one in handler.body for part in self._parts(one)]
        node.orelse = [part for one in node.orelse for part in self._parts(one)]
        node.finalbody = [part for one in node.finalbody for part in self._parts(one)]

    def _parts(self, node: ast.stmt) -> list[ast.stmt]:
        found = self.visit(node)
        return found if isinstance(found, list) else [found]

    def _within(
        self, node: ast.AST, *, repeats: int = 0, free: int = 0, raises: int = 0, nested: int = 0
    ) -> ast.AST:
        self._repeats += repeats
        self._free += free
        self._raises += raises
        self._nested += nested
        self.generic_visit(node)
        self._repeats -= repeats
        self._free -= free
        self._raises -= raises
        self._nested -= nested
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._within(node, repeats=1, free=not _is_own(node.iter, self._own))

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self._within(node, repeats=1, free=1)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._within(node, repeats=1, free=1)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        plain = not self._nested and not node.decorator_list
        count = self._called.get(node.name, 0) if plain else 0
        return self._within(
            node, repeats=count != 1, free=not count, raises=self._catching, nested=1
        )

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._within(node, repeats=1, free=1, raises=self._catching, nested=1)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._within(node, raises=self._catching, nested=1)

    def visit_With(self, node: ast.With) -> ast.AST:
        return self._within(node, raises=_enters_catcher(node))

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        return self._within(node, raises=_enters_catcher(node))

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        index = len(self.places)
        self.places.append(Place(not self._repeats, not self._free))
        held = _report("passed", index, node)
        if self._raises:
            return [node, held]
        handler = ast.ExceptHandler(
            type=ast.Name("Exception", ast.Load()), body=[_report("failed", index, node)]
        )
        guarded = ast.Try(body=[node], handlers=[handler], orelse=[held], finalbody=[])
        return [ast.copy_location(guarded, node)]


def _enters_catcher(node: ast.With | ast.AsyncWith) -> bool:
    return any(_catches(item.context_expr) for item in node.items)


def _report(method: str, index: int, at: ast.stmt) -> ast.stmt:
    tally = ast.Attribute(ast.Name(TALLY, ast.Load()), method, ast.Load())
    return ast.copy_location(ast.Expr(ast.Call(tally, [ast.Constant(index)], [])), at)
