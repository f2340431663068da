"""The candidate's module as tests import it: `import solution`, `from solution import f`.

Promises: names are looked up when they are asked for (PEP 562), so a name that the
candidate lacks fails the tests that use it and no other. Setting a name (mock.patch,
monkeypatch) reaches the candidate, and deleting it puts the candidate's own back, if it had one.
`from solution import *` brings what the tests expect of the candidate and nothing else:
no builtin, nothing that a test file has of its own, nothing that a framework collects.

Does not cover: packages and submodules of a solution.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ..faults import MissingName
from .candidate import KEPT, Candidate, Use

# Names that pytest or unittest look for wherever they look.
COLLECTED = re.compile(r"test|Test|pytest|set_?up|tear_?down|setUp|tearDown|load_tests")


@dataclass(frozen=True, slots=True)
class Wants:
    """What tests want of a candidate's module.

    `expected`: names that they use and have from nowhere else. `provided`: names that
    they have from the checker although they may import them from the candidate. `module`:
    whether they import it at all.
    """

    expected: Sequence[str]
    provided: Mapping[str, Any]
    module: bool = True


class SolutionModule(ModuleType):
    """A module whose public names are the candidate's.

    What is taken of it is noted in `use`.
    """

    def __init__(self, name: str, candidate: Candidate, wants: Wants, use: Use) -> None:
        super().__init__(name, "The candidate's module.")
        own = self.__dict__
        own["__use__"] = use
        own["__candidate__"] = candidate
        own["__originals__"] = {}
        own["__bound__"] = {}
        own.update(wants.provided)
        own["__all__"] = [
            *wants.provided,
            *(name for name in wants.expected if name in candidate.names),
        ]

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        if name.startswith("__"):
            raise AttributeError(f"module has no attribute {name!r}", name=name, obj=self)
        bound = own["__bound__"]
        if name in bound:
            return bound[name]
        candidate = own["__candidate__"]
        try:
            value = candidate.bind(name)
        except MissingName:
            if not (name.startswith("_") or COLLECTED.match(name)):
                own["__use__"].missed.add(name)
            said = f"module {own['__name__']!r} has no attribute {name!r}"
            raise AttributeError(said, name=name, obj=self) from None
        own["__use__"].note(candidate.names.get(name, ""))
        if candidate.names.get(name) in KEPT:
            bound[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if not name.startswith("__"):
            candidate = own["__candidate__"]
            if name in candidate.names and name not in own["__originals__"]:
                own["__originals__"][name] = candidate.bind(name)
            candidate.rebind(name, value)
            own["__bound__"].pop(name, None)
        own[name] = value

    def __delattr__(self, name: str) -> None:
        own = self.__dict__
        if name not in own:
            raise AttributeError(f"module has no attribute {name!r} of its own", name=name)
        del own[name]
        candidate, originals = own["__candidate__"], own["__originals__"]
        if name in originals:
            candidate.rebind(name, originals.pop(name))
        else:
            candidate.unbind(name)

    def __dir__(self) -> list[str]:
        return sorted(self.__dict__["__candidate__"].names)


def install(modules: Sequence[str], candidate: Candidate, wants: Wants, use: Use) -> None:
    """Puts the candidate's main module, the first of `modules`, in `sys.modules`."""
    sys.modules[modules[0]] = SolutionModule(modules[0], candidate, wants, use)
