"""Compiles a candidate's files and makes them importable, without writing them to disk.

Promises: every Python file compiles before any of them runs; each module's source is in
`linecache`, so that tracebacks and `inspect` show its lines; files that are no Python are
written to the current directory.

Does not cover: what the modules do when they run.
"""

import importlib.machinery
import os
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

SUFFIX = ".py"


class CompileFailure(Exception):
    """A file does not compile.

    Args:
        told: {"type", "message", "line", "traceback"} for the other side.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told["message"])
        self.told = told


def module_name(path: str) -> str:
    """The module that a file is: "pkg/util.py" is "pkg.util", "pkg/__init__.py" is "pkg"."""
    parts = path.removesuffix(SUFFIX).split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _compile(path: str, source: str) -> types.CodeType:
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or 0
        text = (error.text or "").rstrip()
        told = {"type": type(error).__name__, "message": str(error.msg), "line": line}
        tail = f'  File "{path}", line {line}\n    {text.strip()[:500]}\n'
    except (ValueError, OverflowError, MemoryError, RecursionError) as error:
        told = {"type": type(error).__name__, "message": str(error)[:500], "line": 0}
        tail = f'  File "{path}"\n'
    told["traceback"] = f"{tail}{told['type']}: {told['message']}"
    raise CompileFailure(told)


def absolute(path: str) -> str:
    """Where a file would be on disk: what `__file__` is."""
    return os.path.join(os.getcwd(), path)


def compile_files(files: Mapping[str, str]) -> dict[str, types.CodeType]:
    """The code of each Python file, by path.

    Raises:
        CompileFailure: the first that does not compile.
    """
    return {path: _compile(path, text) for path, text in files.items() if path.endswith(SUFFIX)}


def write_data(files: Mapping[str, str]) -> None:
    """Writes the files that are no Python to the current directory."""
    for path, text in files.items():
        if not path.endswith(SUFFIX):
            if os.path.dirname(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)


_loaders: list[Any] = []  # the finder, once there are files
_texts: dict[str, str] = {}  # of the candidate's files, by their paths


class _Finder:
    """Finds and loads the candidate's own modules.

    A finder and loader by what it can do, not by its bases: importlib.abc brings in a
    hundred modules that no candidate needs.
    """

    def __init__(self, files: Mapping[str, str], codes: Mapping[str, types.CodeType]) -> None:
        self._files = files
        self._codes = codes
        self._paths = {module_name(path): path for path in codes}

    def add_name(self, name: str, path: str) -> None:
        """Lets a module that runs under another name, such as __main__, show its text."""
        self._paths.setdefault(name, path)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds a module by its whole name."""
        if fullname not in self._paths:
            if not any(name.startswith(fullname + ".") for name in self._paths):
                return None
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = []
            return spec
        loader: Any = self
        where = self._paths[fullname]
        package = where.endswith("/__init__.py") or where == "__init__.py"
        return importlib.machinery.ModuleSpec(fullname, loader, origin=where, is_package=package)

    def get_source(self, fullname: str) -> str | None:
        """The module's text, for inspect and linecache."""
        return self._files[self._paths[fullname]] if fullname in self._paths else None

    def get_code(self, fullname: str) -> types.CodeType:
        """The module's code."""
        return self._codes[self._paths[fullname]]

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """None: the import system makes it."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs a module."""
        path = self._paths[module.__name__]
        module.__file__ = absolute(path)
        exec(self._codes[path], module.__dict__)  # noqa: S102 (what we are for)


def install(files: Mapping[str, str], codes: Mapping[str, types.CodeType]) -> None:
    """Makes the files importable by each other."""
    for path in codes:
        _texts[path] = _texts[absolute(path)] = files[path]
    finder: Any = _Finder(files, codes)
    sys.meta_path.insert(0, finder)
    _loaders.append(finder)


def is_own(path: str) -> bool:
    """Whether a path is one of the candidate's files."""
    return path in _texts


def source_line(path: str, number: int) -> str:
    """One line of the candidate's own text, counted from 1; "" for any other file."""
    lines = _texts.get(path, "").splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""


def show_sources() -> None:
    """Lets the standard library's tracebacks quote the candidate's text."""
    import linecache

    for path, text in _texts.items():
        # No modification time: linecache then never looks for the file on disk.
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)


def new_module(name: str, path: str) -> types.ModuleType:
    """An empty module for a file, registered under a name."""
    module = types.ModuleType(name)
    module.__file__ = absolute(path)
    if _loaders:  # by it, `inspect` finds the text
        _loaders[0].add_name(name, path)
        module.__loader__ = _loaders[0]
    # What a spec would give, as the import system does (importlib._bootstrap, _init_module_attrs).
    module.__dict__["__builtins__"] = sys.modules["builtins"]
    sys.modules[name] = module
    return module
