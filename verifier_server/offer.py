"""What this server offers to code that completions bring.

Promises: the runtimes are declared by name, and every version that can decide a
verdict is in `versions`, which goes into the digest of each verifier that runs
such code.

Does not cover: the jails that make the offer good (`jails.py`).
"""

import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from sandboxes.distributions import closure
from verifier_server.toolchain import Toolchain, find_toolchain

STDLIB = "stdlib"
# What may be offered beside the standard library, by name of the runtime: distributions.
RUNTIMES: dict[str, tuple[str, ...]] = {
    "numpy": ("numpy",),
    "scientific": ("numpy", "scipy", "sympy", "networkx"),
}
# What the task's own code may use: it runs in a jail of its own.
CHECKER = ("pytest", "bandit")


class OfferError(Exception):
    """A runtime cannot be offered; the message says what is missing."""


@dataclass(frozen=True)
class Offer:
    """`runtimes` are names, STDLIB among them; `in_process` allows the lower trust."""

    runtimes: tuple[str, ...] = (STDLIB,)
    in_process: bool = False
    toolchain: Toolchain | None = None

    @property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """(name, version) of everything that candidates and checks run on, by name."""
        wanted = [name for each in self.runtimes if each != STDLIB for name in RUNTIMES[each]]
        found = {name: importlib.metadata.version(name) for name in closure([*wanted, *CHECKER])}
        found["python"] = platform.python_version()
        if self.toolchain is not None:
            found["g++"] = self.toolchain.version
        return tuple(sorted(found.items()))


def make_offer(runtimes: Sequence[str], *, in_process: bool) -> Offer:
    """The offer of this host.

    Args:
        runtimes: names out of RUNTIMES, to be offered beside STDLIB.
        in_process: whether tasks may run candidates in the process of their tests.

    Raises:
        OfferError: a runtime is unknown or not installed.
    """
    for name in runtimes:
        if name not in RUNTIMES:
            known = ", ".join(sorted(RUNTIMES))
            raise OfferError(f"there is no runtime {name!r} for candidates; there are: {known}")
        try:
            closure(RUNTIMES[name])
        except importlib.metadata.PackageNotFoundError as error:
            raise OfferError(f"the runtime {name!r} needs {error.name}, not installed") from None
    offered = tuple(dict.fromkeys((STDLIB, *runtimes)))
    return Offer(offered, in_process, find_toolchain())
