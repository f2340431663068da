"""File names of a task: the solution's files, and test files.

Promises: every name stays inside the directory it is written to, on any file
system, and no two are the same there. A solution's module never hides one of
the standard library, which the tests and the solution itself may import.

Does not cover: whether a completion holds the files (`extract.py`).
"""

import keyword
import re
import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from verifier_server.verifiers.code.refusals import program, refuse
from verifier_server.verifiers.code.task import Language, Mode, Solution

MAX_PATH_CHARS = 200
MAX_PATH_PARTS = 5

_SUFFIXES = {
    Language.PYTHON: (".py",),
    Language.CPP: (".cpp", ".cc", ".cxx", ".h", ".hh", ".hpp"),
}
CPP_SOURCES = (".cpp", ".cc", ".cxx")
_CPP_STEM = re.compile(r"[A-Za-z0-9_]{1,100}")
_PATH_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
# The names that pytest and unittest discover by default, and what they share.
_TEST_FILES = {Mode.PYTEST: ("test_*.py", "*_test.py"), Mode.UNITTEST: ("test*.py",)}


def solution(raw: Mapping[str, Any], language: Language) -> Solution:
    """The files a completion must hold.

    Raises:
        TaskError: `bad_name` or `conflict`.
    """
    default = "solution" + _SUFFIXES[language][0]
    files = tuple(raw.get("solution_files", (default,)))
    for index, name in enumerate(files):
        _check_solution_file(name, language, f"/solution_files/{index}")
        if name.casefold() in map(str.casefold, files[:index]):
            raise refuse("bad_name", f"{name!r} stands twice", f"/solution_files/{index}")
    if language is Language.CPP:
        return _cpp_solution(raw, files)
    main = raw.get("main", files[0])
    if main not in files:
        raise refuse("conflict", f"must be one of solution_files, not {main[:64]!r}", "/main")
    return Solution(files, main, named=len(files) > 1)


def _cpp_solution(raw: Mapping[str, Any], files: tuple[str, ...]) -> Solution:
    if "main" in raw:
        message = "every source file is compiled and one defines main(): omit this field"
        raise refuse("field_not_used", message, "/main")
    sources = [name for name in files if name.endswith(CPP_SOURCES)]
    if not sources:
        message = f"needs a file to compile: {', '.join(CPP_SOURCES)}"
        raise refuse("bad_name", message, "/solution_files")
    return Solution(files, sources[0], named=len(files) > 1)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _check_solution_file(name: str, language: Language, pointer: str) -> None:
    suffixes = _SUFFIXES[language]
    stem = next((name.removesuffix(each) for each in suffixes if name.endswith(each)), None)
    if stem is None:
        message = f"must be a plain file name that ends in {', '.join(suffixes)}"
        raise refuse("bad_name", message, pointer)
    if language is Language.CPP:
        if not _CPP_STEM.fullmatch(stem):
            raise refuse("bad_name", "takes letters, digits and _ before its ending", pointer)
        return
    if not (stem.isascii() and stem.isidentifier()) or keyword.iskeyword(stem) or len(stem) > 100:
        raise refuse("bad_name", "must be a module's name and .py, without folders", pointer)
    if stem in sys.stdlib_module_names or stem.startswith("__"):
        message = f"{stem!r} would hide Python's own module: choose another name"
        raise refuse("bad_name", message, pointer)


def check_files(
    raw: Mapping[str, str], mode: Mode, solution_files: tuple[str, ...]
) -> Mapping[str, str]:
    """The test files, in the task's order.

    Raises:
        TaskError: `bad_name`, `bad_text`, `conflict` or `no_test_file`.
    """
    seen: dict[str, str] = {}
    modules = {_stem(name) for name in solution_files}
    for name, content in raw.items():
        pointer = "/files/" + name.replace("~", "~0").replace("/", "~1")
        _check_path(name, pointer)
        if seen.setdefault(name.casefold(), name) != name:
            raise refuse("bad_name", "differs from another name in case alone", pointer)
        if name.split("/")[0].removesuffix(".py").casefold() in modules:
            raise refuse("conflict", "would stand in for the solution's own module", pointer)
        program(content, pointer)
    if any(parent.as_posix() in raw for name in raw for parent in PurePosixPath(name).parents):
        raise refuse("bad_name", "a file cannot also be a folder", "/files")
    patterns = _TEST_FILES[mode]
    if not any(fnmatchcase(PurePosixPath(name).name, each) for name in raw for each in patterns):
        message = f"{mode} runs files named {' or '.join(patterns)}, and there is none"
        raise refuse("no_test_file", message, "/files")
    return dict(raw)


def _check_path(name: str, pointer: str) -> None:
    parts = name.split("/")
    if len(name) > MAX_PATH_CHARS or len(parts) > MAX_PATH_PARTS:
        message = f"takes at most {MAX_PATH_CHARS} characters and {MAX_PATH_PARTS} parts"
        raise refuse("bad_name", message, pointer)
    if not all(_PATH_PART.fullmatch(part) for part in parts):
        message = "must be a relative path of letters, digits, _, - and ., no part starting with ."
        raise refuse("bad_name", message, pointer)
