"""Test programs before any candidate is near: compiled, and the names they expect of one.

Promises: runs nothing. A name that a builtin or a module of the standard library
gives is never expected of the candidate unless the task declares it an entry point,
so a candidate cannot shadow `all` or `math` in the tests that judge it.

Does not cover: names that the task's setup defines; only running it tells
(`asserts.py`). Names looked up by `eval`, `globals` and the like are found by
`Names.dynamic`: such programs see all public names of the candidate.
"""

import ast
import builtins
import importlib
import importlib.machinery
import symtable
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from .task_fault import INVALID_TASK, TaskFault, syntax_fault

BUILTINS = frozenset(vars(builtins))
LOOKUPS = frozenset({"eval", "exec", "globals", "locals", "vars"})
ALIASES = {"np": "numpy", "pd": "pandas", "numpy": "numpy", "pandas": "pandas"}
# Names that tests often use without importing them, because the reference solution
# did. They come from the standard library where another name is left to the candidate:
# a candidate's own `Counter` around both sides of a comparison would decide it.
WELL_KNOWN = {
    **dict.fromkeys("Counter OrderedDict defaultdict deque namedtuple".split(), "collections"),
    **dict.fromkeys(("date", "datetime", "timedelta", "timezone"), "datetime"),
    **dict.fromkeys(("ceil", "floor", "inf", "isclose", "isnan", "nan", "pi", "sqrt"), "math"),
    **dict.fromkeys(("chain", "combinations", "permutations", "product"), "itertools"),
    **dict.fromkeys(("cmp_to_key", "partial", "reduce"), "functools"),
    **dict.fromkeys(("copy", "deepcopy"), "copy"),
    **dict.fromkeys(("dataclass", "field"), "dataclasses"),
    **dict.fromkeys("Any Callable Dict Iterable Iterator List Optional".split(), "typing"),
    **dict.fromkeys("Sequence Set Tuple Union".split(), "typing"),
    "Decimal": "decimal",
    "Enum": "enum",
    "Fraction": "fractions",
    "StringIO": "io",
}


@dataclass(frozen=True, slots=True)
class Program:
    """One parsed program of the task. `label` names it in tracebacks, `pointer` in the task."""

    source: str
    label: str
    pointer: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]  # all of the tree: walking it costs more than compiling it


@dataclass(frozen=True, slots=True)
class Names:
    """What programs refer to as globals, less builtins and modules.

    `wanted`: from the candidate, if it has them. `expected`: those of `wanted` that no
    program assigns. `modules` and `library`: what the checker itself imports, by name,
    as a module's name or a (module, attribute) pair. `dynamic`: see the module.
    """

    wanted: frozenset[str]
    expected: frozenset[str]
    modules: dict[str, str]
    library: dict[str, tuple[str, str]]
    dynamic: bool


def parse(source: str, label: str, pointer: str) -> Program:
    """Parses one program. Raises `TaskFault` for a syntax error."""
    try:
        tree = ast.parse(source, label)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise syntax_fault(error, pointer) from error
    return Program(source, label, pointer, tree, tuple(ast.walk(tree)))


def compiled(program: Program) -> CodeType:
    """A program's code. Raises `TaskFault` for a syntax error that only the compiler finds."""
    try:
        return compile(program.tree, program.label, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise syntax_fault(error, program.pointer) from error


def resolve(
    programs: Sequence[Program], entry_points: Collection[str], defined: Collection[str]
) -> Names:
    """Sorts the names that `programs` use. `defined`: those that the setup's namespace holds."""
    referenced: set[str] = set()
    assigned: set[str] = set()
    called: set[str] = set()
    for program in programs:
        for table in _tables(program):
            _sort_symbols(table, referenced, assigned)
        called.update(
            node.func.id
            for node in program.nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        )
    free = referenced - BUILTINS - set(defined) - set(entry_points)
    modules = {
        name: ALIASES.get(name, name)
        for name in free - called
        if name in ALIASES or (name in sys.stdlib_module_names and name not in assigned)
    }
    free -= set(modules)
    known = (free & set(WELL_KNOWN)) - assigned
    if not entry_points and not (free - known - assigned):
        known = set()  # then they are what the candidate is asked for
    return Names(
        wanted=frozenset(free - known) | frozenset(entry_points),
        expected=frozenset(free - known - assigned) | frozenset(entry_points),
        modules=modules,
        library={name: (WELL_KNOWN[name], name) for name in known},
        dynamic=bool(referenced & LOOKUPS),
    )


def _tables(program: Program) -> Iterator[symtable.SymbolTable]:
    try:
        waiting = [symtable.symtable(program.source, program.label, "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise syntax_fault(error, program.pointer) from error
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(current.get_children())


def _sort_symbols(table: symtable.SymbolTable, referenced: set[str], assigned: set[str]) -> None:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if not (top or symbol.is_global()):
            continue
        if symbol.is_referenced():
            referenced.add(symbol.get_name())
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            assigned.add(symbol.get_name())


def taken_from(program: Program, modules: Collection[str]) -> set[str] | None:
    """The names that a program imports from the candidate's modules; None if it imports none."""
    imported = any(name in modules for _, name in _imported(program.nodes))
    taken = {
        alias.name
        for node in program.nodes
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
        if alias.name != "*"
    }
    return taken if imported else None


def provide(names: Names, pointer: str) -> dict[str, Any]:
    """What programs use without importing it and the checker has, by name.

    Raises:
        TaskFault: the checker does not have it.
    """
    provided: dict[str, Any] = {}
    for name, module in names.modules.items():
        try:
            provided[name] = importlib.import_module(module)
        except ImportError as error:
            message = f"the tests use {name}, which the checker does not have"
            raise TaskFault(INVALID_TASK, "module_missing", message, pointer) from error
    for name, (module, attribute) in names.library.items():
        provided[name] = getattr(importlib.import_module(module), attribute)
    return provided


def require_modules(program: Program, present: Collection[str]) -> None:
    """Raises `TaskFault` where a program imports what the checker does not have.

    Looks at imports that always run: none in a `try`, a function or a class.
    `present`: top-level modules that will be there (the candidate's, other test files).
    """
    for line, name in _imported(program.tree.body):
        if name in sys.stdlib_module_names or name in present:
            continue
        if importlib.machinery.PathFinder.find_spec(name) is None:
            raise TaskFault(
                INVALID_TASK,
                "module_missing",
                f"line {line} imports {name}, which the checker does not have",
                program.pointer,
            )


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]
