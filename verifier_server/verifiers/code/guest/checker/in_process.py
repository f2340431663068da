"""The lower trust: a candidate loaded into the process of the tests.

Promises: the interface of a candidate (`candidate.py`) over modules of this process, for
tests that proxies cannot serve. Exceptions that passed through its code are its own.

Does not cover: honesty. What runs here can reach the tests and the answer; the worker
allows it only where the server does, and every answer says so.
"""

import importlib
import importlib.machinery
import linecache
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

from ..faults import CandidateFailure, CandidateGone, LoadFailure, MissingName
from .protocol import MAX_TEXT
from .task_fault import describe

FRAMES = 8  # of a candidate's traceback
LABEL = "<{}>"  # file name of a candidate's file in tracebacks


class _Finder:
    """Imports the candidate's files from memory.

    A finder and loader by its methods alone: importing `importlib.abc` would bring modules
    whose hooks slow every fork.
    """

    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self._codes = codes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._codes:
            return None
        loader: Any = self
        return importlib.machinery.ModuleSpec(fullname, loader, origin=LABEL.format(fullname))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._codes[module.__name__], vars(module))  # noqa: S102 - the trust that was asked for


class LocalCandidate:
    """A candidate in this process. Methods as in `session.Session`.

    Args:
        files: source text by file name.
        main: name of the module that tests import.
    """

    gone: CandidateGone | None = None

    def __init__(self, files: Mapping[str, str], main: str) -> None:
        self.names: dict[str, str] = {}
        self.operations = 0
        self._files = {LABEL.format(name): text for name, text in files.items()}
        self._modules = {name.removesuffix(".py"): LABEL.format(name) for name in files}
        self._main = main
        self._module = ModuleType(main)

    def begin(self) -> LoadFailure | None:
        """Compiles all files, and runs the main one."""
        codes = {}
        for name, label in self._modules.items():
            text = self._files[label]
            linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
            try:
                codes[name] = compile(text, label, "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                line = (error.lineno or 0) if isinstance(error, SyntaxError) else 0
                return LoadFailure("compile_error", self._failure(error), line)
        sys.meta_path.insert(0, _Finder(codes))
        try:
            self._module = importlib.import_module(self._main)
        except BaseException as error:
            return LoadFailure("load_error", self._failure(error))
        self.names = {name: "value" for name in vars(self._module) if not name.startswith("_")}
        return None

    def bind(self, name: str) -> Any:
        """The object itself. Counts as an operation: what is done with it cannot be seen."""
        try:
            value = vars(self._module)[name]
        except KeyError:
            raise MissingName(f"name {name!r} is not defined", name=name) from None
        self.operations += 1
        return value

    def rebind(self, name: str, value: Any) -> None:
        """Sets a name of its module."""
        setattr(self._module, name, value)

    def unbind(self, name: str) -> None:
        """Deletes a name of its module."""
        delattr(self._module, name)

    def failure_of(self, error: BaseException) -> CandidateFailure | None:
        """What the candidate raised: an exception that its code raised or let through."""
        frames = traceback.extract_tb(error.__traceback__)
        if any(frame.filename in self._files for frame in frames):
            return self._failure(error)
        return None

    def _failure(self, error: BaseException) -> CandidateFailure:
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename in self._files
        ]
        text = "".join(traceback.format_list(frames[-FRAMES:]))[-MAX_TEXT:]
        return CandidateFailure(type(error).__name__, describe(error), text)
