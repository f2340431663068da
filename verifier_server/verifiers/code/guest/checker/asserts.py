"""Assert programs: tests in the style of HumanEval and MBPP.

Promises: programs share one namespace and run in order, after the setup. A name that
they use means, in this order: what the tests define, what the setup defines, a
builtin or a module of the standard library, the candidate's. Declared entry points
are the candidate's, whatever the setup defines (HumanEval's prompt does). A test
passes only when it ran to its end; without partial credit the first failure ends it.

Does not cover: test frameworks (`pytest_files.py`, `unittest_files.py`).
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from ..faults import CandidateGone, MissingName
from . import counting, items, programs, reach, solution, traces
from .answers import Answer, blame, require_present
from .candidate import IN_PROCESS, Candidate
from .draws import seed
from .protocol import Prepared
from .task_fault import BAD_GROUND_TRUTH, INVALID_TASK, TaskFault, describe


@dataclass(frozen=True, slots=True)
class AssertTests:
    """Prepared programs. `namespace` is what each item starts with.

    `places` is None unless asserts are counted one by one.
    """

    codes: tuple[CodeType, ...]
    sources: Mapping[str, str]
    names: programs.Names
    expected: frozenset[str]
    entry_points: frozenset[str]
    namespace: "Namespace"
    partial: bool
    places: list[counting.Place] | None

    @property
    def total(self) -> int:
        """How many tests there are, at least."""
        return len(self.codes) if self.places is None else max(1, len(self.places))

    def run(self, candidate: Candidate, answer: Answer) -> None:
        """Runs the tests against one candidate. Raises `TaskFault`."""
        # Names that begin with an underscore are not told: `_bind` finds out.
        told = candidate.names.keys()
        space = self.namespace.take()
        lacking = sorted(name for name in self.entry_points - told if not name.startswith("_"))
        if lacking:
            error = MissingName(f"name {lacking[0]!r} is not defined", name=lacking[0])
            self._blame(error, candidate, answer, 0)
            answer.add_not_run(self.total - 1)
        elif self.places is None:
            self._run_each(candidate, answer, space)
        else:
            self._run_counted(candidate, answer, space, counting.tally_for(self.places))

    def _run_each(self, candidate: Candidate, answer: Answer, space: dict[str, Any]) -> None:
        for index, code in enumerate(self.codes):
            try:
                if not index:
                    self._bind(candidate, answer, space)
                exec(code, space)  # noqa: S102 - the task's own tests
                require_present(candidate, answer)
            except BaseException as error:
                self._blame(error, candidate, answer, index)
                if not self.partial or answer.event is not None:
                    answer.add_not_run(len(self.codes) - index - 1)
                    return
            else:
                answer.add_passed()

    def _run_counted(
        self, candidate: Candidate, answer: Answer, space: dict[str, Any], tally: counting.Tally
    ) -> None:
        ended_by: BaseException | None = None
        try:
            self._bind(candidate, answer, space)
            space[counting.TALLY] = tally
            exec(self.codes[0], space)  # noqa: S102 - likewise
            require_present(candidate, answer)
        except BaseException as error:
            ended_by = error
        passed, total = tally.results(ended_by is None)
        answer.add_passed(passed)
        for failure in tally.failures:
            self._blame(failure, candidate, answer, 0)
        if ended_by is not None:
            self._blame(ended_by, candidate, answer, 0)
            answer.finished = False
        answer.add_failed(total + (ended_by is not None) - answer.total)

    def _bind(self, candidate: Candidate, answer: Answer, space: dict[str, Any]) -> None:
        wanted = set(self.names.wanted)
        if self.names.dynamic:
            defined = space.keys() | programs.BUILTINS
            wanted |= candidate.names.keys() - defined - sys.stdlib_module_names
        for name in wanted:
            if name in candidate.names or name.startswith("_"):
                try:
                    space[name] = candidate.bind(name)
                except MissingName:
                    if name in self.entry_points:  # the setup may define it, and is not asked
                        raise
                    continue
                answer.use.note(candidate.names.get(name, ""))

    def _blame(
        self, error: BaseException, candidate: Candidate, answer: Answer, index: int
    ) -> None:
        entry_points = self.entry_points or self.expected
        expected = self.names.wanted | self.expected | answer.use.missed
        label = self.codes[index].co_filename
        answer.add_blame(label, blame(error, candidate, entry_points, expected, self.sources))
        if isinstance(error, CandidateGone):
            answer.gone(error)


class Namespace:
    """What each item starts with: the names that the setup leaves, and what was provided.

    With `setup` it is run again for each item after the first, because items share
    a process; without, each item has a fork of its own.
    """

    def __init__(
        self, setup: CodeType | None, first: dict[str, Any], provided: Mapping[str, Any]
    ) -> None:
        self._setup = setup
        self._first: dict[str, Any] | None = first
        self._provided = provided

    def take(self) -> dict[str, Any]:
        """A namespace that no other item has seen. Raises `TaskFault`."""
        first, self._first = self._first, None
        if first is not None:
            return first
        if self._setup is None:
            raise RuntimeError("an item without a fork took what another one has")
        namespace = {**_run_setup(self._setup), **self._provided}
        seed()  # what the setup drew is no item's business, be it the first or a later one
        return namespace


def prepare(request: Mapping[str, Any]) -> Prepared:
    """Compiles the programs and runs the setup.

    Raises:
        TaskFault: a syntax error, a module that is not there, tests that use nothing of a
            candidate, or a setup that raises.
    """
    setup = programs.parse(request["setup"], "<setup>", "/setup")
    given = request["tests"]
    if isinstance(given, str):
        parsed = [programs.parse(given, "<tests>", "/tests")]
    else:
        parsed = [
            programs.parse(source, f"<tests[{index}]>", f"/tests/{index}")
            for index, source in enumerate(given)
        ]
    modules = request["modules"]
    for program in (setup, *parsed):
        programs.require_modules(program, modules)
        if request["trust"] != IN_PROCESS:
            reach.require_reachable(program, modules)
    setup_code = programs.compiled(setup)
    namespace = _run_setup(setup_code)
    entry_points = frozenset(request["entry_points"])
    names = programs.resolve((setup, *parsed), entry_points, namespace)
    taken = [programs.taken_from(program, modules) for program in parsed]
    if not (names.wanted or names.dynamic or any(found is not None for found in taken)):
        raise TaskFault(
            INVALID_TASK,
            "tests_do_not_call",
            "the tests use no name of a candidate (one named like a builtin must be entry_point)",
            "/tests",
        )
    provided = programs.provide(names, "/tests")
    namespace |= provided
    named = any(module in program.source for program in (setup, *parsed) for module in modules)
    remote = request["trust"] != IN_PROCESS
    forks = named or not remote or not traces.leaves_none((setup, *parsed), names)
    space = Namespace(None if forks else setup_code, namespace, provided)
    places = None
    partial = request["partial"]
    if partial and isinstance(given, str):
        _, places = counting.counted(parsed[0].tree)
    codes = [programs.compiled(program) for program in parsed]
    sources = {program.label: program.source for program in (setup, *parsed)}
    expected = sorted(names.expected.union(*filter(None, taken)))
    tests = AssertTests(
        tuple(codes), sources, names, frozenset(expected), entry_points, space, partial, places
    )
    serve = items.serving(tests, request, solution.Wants(expected, provided, named))
    return Prepared(serve, expected, reach.reads_output(parsed), forks)


def _run_setup(code: CodeType) -> dict[str, Any]:
    """The namespace of a `__main__` of its own, after the setup ran in it."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = vars(module)
    try:
        exec(code, namespace)  # noqa: S102 - likewise
    except BaseException as error:
        message = f"the setup raised {describe(error)}"
        raise TaskFault(BAD_GROUND_TRUTH, "setup_raised", message, "/setup") from error
    return namespace
