"""Asserts counted one by one, for partial credit within one program.

Promises: a program that `counted` rewrote does what it did before, but a failing
assert is noted and the program goes on. Asserts whose failure the program itself may
catch keep raising: those in a `try` with a handler for AssertionError, and, where
there is such a handler anywhere, those in functions and classes. They count when
they hold.

Does not cover: which part of the credit a count is worth (`Tally.results` says
what a program that did not finish may claim).
"""

import ast
import sys
from collections import Counter
from dataclasses import dataclass, field

TALLY = "__checker_tally__"  # ends with underscores too: no mangling within classes
CATCHING = frozenset({"AssertionError", "Exception", "BaseException"})
CATCHERS = frozenset({"raises", "suppress", "assertRaises", "assertRaisesRegex"})


@dataclass(slots=True)
class _Assert:
    once: bool  # it can run only once
    passed: int = 0
    failed: int = 0


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

        Each run of an assert counts. A program that ended early may claim only asserts
        that run once at most: how often others would have run, nobody knows, and a candidate
        that dies after the first of a hundred must not earn more than one that fails the
        other ninety-nine. The total is at least the number of asserts, unless all that ran
        held, to the end.
        """
        ran = sum(one.passed + one.failed for one in self.asserts)
        if finished and not self.failed_count:
            return max(ran, 1), max(ran, 1)
        total = max(ran, len(self.asserts))
        if finished:
            return sum(one.passed for one in self.asserts), total
        return sum(1 for one in self.asserts if one.once and one.passed), total


def counted(tree: ast.Module) -> tuple[ast.Module, list[bool]]:
    """A program's tree rewritten (in place), and for each assert whether it runs once at most."""
    catching = any(_catches(node) for node in ast.walk(tree))
    rewriter = _Rewriter(catching, _called_once(tree))
    rewriter.visit(tree)
    return ast.fix_missing_locations(tree), rewriter.once


def tally_for(once: list[bool]) -> Tally:
    """A fresh tally for a program that `counted` rewrote."""
    return Tally([_Assert(one) for one in once])


def _called_once(tree: ast.Module) -> set[str]:
    """Names used in one place only, which is a call that is a statement of the program itself.

    HumanEval's `check(f)`.
    """
    uses = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {
        statement.value.func.id
        for statement in tree.body
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and uses[statement.value.func.id] == 1
    }


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
    def __init__(self, catching: bool, called_once: set[str]) -> None:
        self.once: list[bool] = []
        self._catching = catching
        self._called_once = called_once
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
        self, node: ast.AST, *, repeats: int = 0, raises: int = 0, nested: int = 0
    ) -> ast.AST:
        self._repeats += repeats
        self._raises += raises
        self._nested += nested
        self.generic_visit(node)
        self._repeats -= repeats
        self._raises -= raises
        self._nested -= nested
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._within(node, repeats=1)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self._within(node, repeats=1)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._within(node, repeats=1)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        once = not self._nested and node.name in self._called_once and not node.decorator_list
        return self._within(node, repeats=not once, raises=self._catching, nested=1)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._within(node, repeats=1, raises=self._catching, nested=1)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._within(node, raises=self._catching, nested=1)

    def visit_With(self, node: ast.With) -> ast.AST:
        return self._within(node, raises=_enters_catcher(node))

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        return self._within(node, raises=_enters_catcher(node))

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        index = len(self.once)
        self.once.append(not self._repeats)
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
