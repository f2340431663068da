"""z3's shared library, called directly.

Promises: only the C functions that this package needs, with their types, and a
`Context` that is alone: it shares nothing with other contexts but the library. A
failing call raises `Z3Error`; it never ends the process (z3's own handler would)
and never prints. Global parameters are never read from the environment nor set.
Loading costs one dlopen: z3's Python package is not imported, because building
through its wrapper objects took half of the time of a small entailment.

References: contexts are made by Z3_mk_context, not Z3_mk_context_rc, so every
expression, sort and declaration lives until its context is closed (z3_api.h,
Z3_mk_context) and nothing can be used after it was freed; solvers, models and the
other objects are counted by their owners here.

Does not cover: threads. One context belongs to one thread.

Source of the signatures: z3_api.h of z3-solver; they have not changed since 4.8.
"""

import ctypes
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

OK = 0
MEMORY_OUT = 7
UNSAT, UNDECIDED, SAT = -1, 0, 1

# malloc.h; the largest threshold for mappings that glibc takes is 32 MiB.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_KEPT_BYTES = 32 * 1024 * 1024

_P = ctypes.c_void_p
_U = ctypes.c_uint
_I = ctypes.c_int
_S = ctypes.c_char_p


class Z3Error(RuntimeError):
    """A call into z3 failed: `code` is its Z3_error_code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _path() -> Path:
    found = importlib.util.find_spec("z3")
    for location in (found.submodule_search_locations or ()) if found else ():
        # The versioned name first: it is the one that z3's Python package loads.
        names = sorted(Path(location, "lib").glob("libz3.*"), key=lambda path: -len(path.name))
        for path in names:
            return path
    raise ImportError("z3-solver is not installed")


def _keep_freed_memory() -> None:
    """Have the C library keep what a closed context frees, for the next one.

    A context takes some 10 MB in large pieces. By default glibc maps such pieces anew
    each time, and zeroing their pages cost ten times what a small entailment does;
    whether it does so depends on what the process did before (mallopt(3)). Both limits
    must be set: each alone leaves the other way of giving memory back.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)


_keep_freed_memory()
_LIBRARY = ctypes.CDLL(str(_path()))


def _short(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function too quick for releasing the interpreter's lock to pay."""
    return ctypes.PYFUNCTYPE(result, *arguments)((name, _LIBRARY))


def _make(name: str, *arguments: Any) -> Callable[..., int]:
    """One that gives a pointer: 0 or None when it failed."""
    made: Callable[..., int] = _short(name, _P, *arguments)
    return made


def _long(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.CFUNCTYPE(result, *arguments)((name, _LIBRARY))


# Contexts
mk_config = _make("Z3_mk_config")
mk_context = _make("Z3_mk_context", _P)
del_context = _long("Z3_del_context", None, _P)
set_error_handler = _short("Z3_set_error_handler", None, _P, _P)
get_error_code = _short("Z3_get_error_code", _I, _P)
get_error_message = _short("Z3_get_error_msg", _S, _P, _I)
get_full_version = _short("Z3_get_full_version", _S)

# Sorts, symbols, declarations
mk_int_symbol = _make("Z3_mk_int_symbol", _P, _I)
mk_string_symbol = _make("Z3_mk_string_symbol", _P, _S)
mk_uninterpreted_sort = _make("Z3_mk_uninterpreted_sort", _P, _P)
mk_bool_sort = _make("Z3_mk_bool_sort", _P)
mk_int_sort = _make("Z3_mk_int_sort", _P)
mk_real_sort = _make("Z3_mk_real_sort", _P)
mk_func_decl = _make("Z3_mk_func_decl", _P, _P, _U, _P, _P)

# Expressions
mk_app = _make("Z3_mk_app", _P, _P, _U, _P)
mk_true = _make("Z3_mk_true", _P)
mk_false = _make("Z3_mk_false", _P)
mk_eq = _make("Z3_mk_eq", _P, _P, _P)
mk_not = _make("Z3_mk_not", _P, _P)
mk_ite = _make("Z3_mk_ite", _P, _P, _P, _P)
mk_iff = _make("Z3_mk_iff", _P, _P, _P)
mk_implies = _make("Z3_mk_implies", _P, _P, _P)
mk_xor = _make("Z3_mk_xor", _P, _P, _P)
mk_and = _make("Z3_mk_and", _P, _U, _P)
mk_or = _make("Z3_mk_or", _P, _U, _P)
mk_add = _make("Z3_mk_add", _P, _U, _P)
mk_mul = _make("Z3_mk_mul", _P, _U, _P)
mk_sub = _make("Z3_mk_sub", _P, _U, _P)
mk_unary_minus = _make("Z3_mk_unary_minus", _P, _P)
mk_div = _make("Z3_mk_div", _P, _P, _P)
mk_mod = _make("Z3_mk_mod", _P, _P, _P)
mk_lt = _make("Z3_mk_lt", _P, _P, _P)
mk_le = _make("Z3_mk_le", _P, _P, _P)
mk_gt = _make("Z3_mk_gt", _P, _P, _P)
mk_ge = _make("Z3_mk_ge", _P, _P, _P)
mk_int2real = _make("Z3_mk_int2real", _P, _P)
mk_real2int = _make("Z3_mk_real2int", _P, _P)
mk_numeral = _make("Z3_mk_numeral", _P, _S, _P)
mk_bound = _make("Z3_mk_bound", _P, _U, _P)
mk_quantifier = _make("Z3_mk_quantifier", _P, ctypes.c_bool, _U, _U, _P, _U, _P, _P, _P)

# Solvers
mk_simple_solver = _make("Z3_mk_simple_solver", _P)
solver_inc_ref = _short("Z3_solver_inc_ref", None, _P, _P)
solver_dec_ref = _long("Z3_solver_dec_ref", None, _P, _P)
solver_set_params = _short("Z3_solver_set_params", None, _P, _P, _P)
solver_assert = _long("Z3_solver_assert", None, _P, _P, _P)
solver_check = _long("Z3_solver_check", _I, _P, _P)
solver_check_assumptions = _long("Z3_solver_check_assumptions", _I, _P, _P, _U, _P)
solver_get_unsat_core = _make("Z3_solver_get_unsat_core", _P, _P)
solver_get_model = _make("Z3_solver_get_model", _P, _P)
solver_get_statistics = _make("Z3_solver_get_statistics", _P, _P)

# Parameters, statistics, vectors, models
mk_params = _make("Z3_mk_params", _P)
params_inc_ref = _short("Z3_params_inc_ref", None, _P, _P)
params_dec_ref = _short("Z3_params_dec_ref", None, _P, _P)
params_set_uint = _short("Z3_params_set_uint", None, _P, _P, _P, _U)
params_set_bool = _short("Z3_params_set_bool", None, _P, _P, _P, ctypes.c_bool)
stats_inc_ref = _short("Z3_stats_inc_ref", None, _P, _P)
stats_dec_ref = _short("Z3_stats_dec_ref", None, _P, _P)
stats_size = _short("Z3_stats_size", _U, _P, _P)
stats_get_key = _short("Z3_stats_get_key", _S, _P, _P, _U)
stats_get_uint = _short("Z3_stats_get_uint_value", _U, _P, _P, _U)
vector_inc_ref = _short("Z3_ast_vector_inc_ref", None, _P, _P)
vector_dec_ref = _short("Z3_ast_vector_dec_ref", None, _P, _P)
vector_size = _short("Z3_ast_vector_size", _U, _P, _P)
vector_get = _make("Z3_ast_vector_get", _P, _P, _U)
model_inc_ref = _short("Z3_model_inc_ref", None, _P, _P)
model_dec_ref = _short("Z3_model_dec_ref", None, _P, _P)
model_eval = _long("Z3_model_eval", ctypes.c_bool, _P, _P, _P, ctypes.c_bool, _P)
get_bool_value = _short("Z3_get_bool_value", _I, _P, _P)
get_numeral_string = _short("Z3_get_numeral_string", _S, _P, _P)
is_numeral_ast = _short("Z3_is_numeral_ast", ctypes.c_bool, _P, _P)

_ARRAYS: list[Any] = [_P * length for length in range(17)]

_CONFIG = mk_config()


def version() -> str:
    """z3's full version."""
    return str(get_full_version().decode())


def array(pointers: Sequence[int]) -> Any:
    """The pointers as C takes them."""
    length = len(pointers)
    kind = _ARRAYS[length] if length < len(_ARRAYS) else _P * length
    return kind(*pointers)


class Context:
    """One context of z3; `handle` is its Z3_context. Closing it frees all that is in it.

    `counted` is z3's count of units in it when it was last read, which is dear to read.
    """

    __slots__ = ("counted", "handle")

    def __init__(self) -> None:
        self.counted = 0
        self.handle: int = mk_context(_CONFIG)
        if not self.handle:
            raise Z3Error(MEMORY_OUT, "z3 made no context")
        set_error_handler(self.handle, None)

    def checked(self, made: int | None) -> int:
        """The pointer itself.

        Raises:
            Z3Error: z3 made nothing.
        """
        if not made:
            code = get_error_code(self.handle)
            raise Z3Error(code, get_error_message(self.handle, code).decode(errors="replace"))
        return made

    def check(self) -> None:
        """Raise `Z3Error` when the last call failed."""
        code = get_error_code(self.handle)
        if code != OK:
            raise Z3Error(code, get_error_message(self.handle, code).decode(errors="replace"))

    def close(self) -> None:
        """Free it, once."""
        if self.handle:
            del_context(self.handle)
            self.handle = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
