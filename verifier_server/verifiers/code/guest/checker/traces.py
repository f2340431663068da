"""Whether test programs leave a trace in the process that runs them.

Promises: "none" is said only of programs that cannot change anything beyond their own
namespace and the random numbers, which each item begins anew: by what they import,
name, assign and call. Such programs need no process of their own for each item, which
costs more than all else that a checker does. Everything else is said to leave some.

Does not cover: malice. Tests judge the completions of their own group and no other.
"""

import ast
from collections.abc import Collection, Iterable

from .programs import LOOKUPS, Names, Program

# Modules whose functions keep nothing that a later caller could tell from a fresh start;
# caches and registrations that no program reads do not count. Not decimal (contexts), sys,
# os, warnings, logging, gc, threading.
TRACELESS = frozenset(
    "bisect cmath collections copy dataclasses datetime enum fractions functools heapq "
    "itertools json math numbers operator random re statistics string textwrap typing".split()
)
CHANGING = LOOKUPS | frozenset(
    "__import__ breakpoint compile delattr help input open setattr type".split()
)


def leaves_none(programs: Iterable[Program], names: Names) -> bool:
    """Whether none of the programs can leave a trace.

    Args:
        programs: the setup and the tests.
        names: what they use without defining it.
    """
    provided = {*names.modules.values(), *(module for module, _ in names.library.values())}
    if names.dynamic or not provided <= TRACELESS:
        return False
    return all(_is_traceless(node) for program in programs for node in program.nodes)


def _is_traceless(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=aliases):
            return _all_traceless(alias.name for alias in aliases)
        case ast.ImportFrom(module=module, level=level):
            return not level and _all_traceless([module or ""])
        case ast.Name(id=name):
            return name not in CHANGING and not name.startswith("__")
        case ast.Attribute(attr=name, ctx=context, value=value):
            own = isinstance(value, ast.Name) and value.id == "self"
            return not name.startswith("__") and (own or isinstance(context, ast.Load))
        case ast.ClassDef(keywords=keywords):
            return not keywords  # a metaclass may do anything
        case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            return False
        case _:
            return True


def _all_traceless(modules: Collection[str] | Iterable[str]) -> bool:
    return all(name.partition(".")[0] in TRACELESS for name in modules)
