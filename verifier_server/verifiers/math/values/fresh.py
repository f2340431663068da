"""sympy as it was when it was loaded.

sympy keeps results, tries numbers and asks about signs in random order. It marks integrals
that it is about to find, and makes tables when they are first needed: work that is stopped
in the middle leaves marks and half a table behind. What it did before would decide how many
steps it takes next, and whether it finds anything.

Promises: importing this module has sympy load its tables; `forget` empties its caches and
mpmath's, and puts the dice back, so that equal work takes equal steps whatever was done before.

Does not cover: what is ordered by hashes and addresses, some steps in ten thousand. The hashes
of strings are fixed by `sandboxes`, and workers are forks, with equal addresses.
"""

import gc
from collections.abc import MutableMapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import mpmath
import sympy
from mpmath import libmp
from mpmath.libmp import gammazeta, libelefun
from sympy.core import intfunc, random
from sympy.core.cache import clear_cache
from sympy.multipledispatch.dispatcher import Dispatcher
from sympy.ntheory.generate import sieve
from sympy.polys import rootoftools

# Constants that mpmath keeps are made at more bits than any work needs.
_MOST_BITS = 7000
_DOUBLE = 53
# Functions of these names hide the modules.
_heurisch, _manual = map(
    import_module, ("sympy.integrals.heurisch", "sympy.integrals.manualintegrate")
)
# Their modules are imported when first needed.
_LATE = ("sympy.integrals", "sympy.polys", "sympy.polys.domains", "sympy.sets.handlers")
_CACHES: tuple[MutableMapping[Any, Any], ...] = (
    _heurisch._symbols_cache,
    _manual._integral_cache,
    rootoftools._reals_cache._dict,
    rootoftools._complexes_cache._dict,
    libelefun.cos_sin_cache,
    libelefun.log_int_cache,
    libelefun.log_taylor_cache,
    libelefun.atan_taylor_cache,
    gammazeta.bernoulli_cache,
    gammazeta.borwein_cache,
    gammazeta.zeta_int_cache,
    gammazeta.gamma_taylor_cache,
    gammazeta.gamma_stirling_cache,
)


def forget() -> None:
    """Takes back what earlier work left in sympy and mpmath."""
    clear_cache()
    intfunc.igcd.cache_clear()
    for cache in _CACHES:
        cache.clear()
    for dispatcher in _DISPATCHERS:
        dispatcher._cache.clear()
    sieve._reset()
    mpmath.mp._tanh_sinh.clear()
    mpmath.mp.prec = _DOUBLE
    random.seed(0)
    sympy.Dummy._count = _DUMMIES
    for each in _SINGLETONS:
        each._assumptions = each.default_assumptions


def _load() -> None:
    x, n = sympy.Symbol("x", real=True), sympy.Symbol("n", integer=True)
    for package in map(import_module, _LATE):
        for module in iter_modules(package.__path__):
            if module.name != "tests":
                import_module(f"{package.__name__}.{module.name}")
    sympy.integrate(sympy.exp(-(x**2)) * sympy.besselj(0, x), (x, 0, sympy.oo))
    sympy.integrate(sympy.sqrt(sympy.tan(x)), x)
    sympy.limit(sympy.sin(x) / x, x, 0)
    sympy.summation(1 / n**2, (n, 1, sympy.oo))
    sympy.product(1 - 1 / n**2, (n, 2, sympy.oo))
    sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 + sympy.gamma(x) / sympy.sqrt(x))
    sympy.hyperexpand(sympy.hyper([1, 1], [2], x))
    sympy.hyperexpand(sympy.meijerg([[], []], [[0], []], x))
    sympy.radsimp(sympy.sqrtdenest(1 / (1 + sympy.sqrt(3 + 2 * sympy.sqrt(2)))))
    sympy.Poly(x**3 - x - 1, x).intervals()
    sympy.factor_list(x**4 - 1)
    sympy.factorial(5)
    for constant in (libmp.mpf_pi, libmp.mpf_e, libmp.mpf_ln2, libmp.mpf_ln10, libmp.mpf_euler):
        constant(_MOST_BITS)


sympy.Dummy._base_dummy_index = 0  # drawn by every process: it orders what is a dummy
_load()
_DISPATCHERS = tuple(each for each in gc.get_objects() if isinstance(each, Dispatcher))
_DUMMIES = sympy.Dummy._count
_SINGLETONS = tuple(each for each in vars(type(sympy.S)).values() if isinstance(each, sympy.Basic))
