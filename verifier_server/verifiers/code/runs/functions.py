"""Function cases: this process calls the candidate's process and compares what returns.

Promises: one child answers all calls and keeps its state between them, unless the task
isolates them. After a death the other cases go on in a fresh child where they can still
earn something. What is expected never leaves this process, but for the judge's.

Does not cover: what a call is (`guest/session.py`), and equality (`compare.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandboxes.children import SandboxLost
from verifier_server.contract import TaskError, Verdict
from verifier_server.verifiers.code.compare import compare
from verifier_server.verifiers.code.guest.faults import (
    CandidateError,
    CandidateFailure,
    CandidateGone,
    LoadFailure,
    MissingName,
    Unserialisable,
)
from verifier_server.verifiers.code.guest.session import NotPlain, Session
from verifier_server.verifiers.code.runs import endings
from verifier_server.verifiers.code.runs.candidate import Candidate, Ended
from verifier_server.verifiers.code.runs.channel import FrameChannel
from verifier_server.verifiers.code.runs.judging import Judging
from verifier_server.verifiers.code.runs.programs import Place, module_order, open_session
from verifier_server.verifiers.code.runs.result import Cases, Found, shown
from verifier_server.verifiers.code.score import Failure
from verifier_server.verifiers.code.task import (
    FunctionCase,
    FunctionChecks,
    Raises,
    Returns,
    Task,
)


class _Blocked(Exception):
    """The candidate does not load, or died before a call could be made."""

    def __init__(self, failure: Failure, *, compiles: bool, traceback: str = "") -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.compiles = compiles
        self.traceback = traceback


@dataclass(frozen=True, slots=True)
class _Open:
    """A candidate that is loaded and can be called. `bound` holds what was looked up."""

    candidate: Candidate
    channel: FrameChannel
    session: Session
    bound: dict[str, Any] = field(default_factory=dict)

    def target(self, name: str) -> Any:
        """What a name of the candidate's module stands for. Raises MissingName."""
        if name not in self.bound:
            self.bound[name] = self.session.bind(name)
        return self.bound[name]


def run_functions(
    place: Place, task: Task, checks: FunctionChecks, files: Mapping[str, str], judging: Judging
) -> Found:
    """Runs the cases of a completion.

    Raises:
        TaskError: the judge cannot be used.
        CheckerFault: the judge's process is broken.
    """
    return _Run(place, task, checks, files, judging).run()


class _Run:
    def __init__(
        self,
        place: Place,
        task: Task,
        checks: FunctionChecks,
        files: Mapping[str, str],
        judging: Judging,
    ) -> None:
        self._place = place
        self._task = task
        self._checks = checks
        self._order = module_order(task, files)
        self._cases = Cases([case.weight for case in checks.cases])
        self._judging = judging
        self._open: _Open | None = None
        self._ended: Ended | None = None
        self._traceback = ""

    def run(self) -> Found:
        blocked: Failure | None = None
        compiles = True
        try:
            for index, case in enumerate(self._checks.cases):
                if not self._one(index, case) and not self._task.partial_credit:
                    break
                if self._judging.full:
                    self._judging.settle(self._cases)
        except TaskError:  # of the judge; the candidate has no part in it
            self._close()
            raise
        except _Blocked as stop:
            blocked, compiles, self._traceback = stop.failure, stop.compiles, stop.traceback
        # What the last child overspent, it overspent after its answers: it undoes them all.
        blocked = self._close() or blocked
        if blocked is None:
            self._judging.settle(self._cases)
        streams = Found.streams(self._ended) if self._ended is not None else {}
        return Found(
            None if blocked else self._cases.tally(),
            blocked,
            compiles=compiles,
            traceback=self._traceback,
            **streams,
        )

    def _one(self, index: int, case: FunctionCase) -> bool:
        """Runs a case. Returns whether it can still pass."""
        if self._open is None:
            if self._place.purse.empty:
                self._cases.fail(index, endings.cpu_limit())
                return False
            self._open = self._start()
        try:
            failure = self._call(index, case, self._open)
        except CandidateGone as gone:
            failure = self._bury(gone)
        else:
            if self._checks.isolate:
                failure = self._close() or failure
        if failure is not None:
            self._cases.fail(index, failure)
        elif not self._judging.pending(index):
            self._cases.passed(index)
        return failure is None

    def _start(self) -> _Open:
        candidate, channel = open_session(self._place, self._order)
        session = Session(channel)
        self._open = _Open(candidate, channel, session)
        try:
            failed = session.begin()
        except CandidateGone as gone:
            raise _Blocked(self._bury(gone), compiles=True) from None
        if failed is not None:
            raise _not_loaded(failed)
        return self._open

    def _bury(self, gone: CandidateGone) -> Failure:
        """The failure of a candidate that is gone, or whose words mean nothing."""
        overspent = self._close()
        assert self._ended is not None
        if overspent is None and gone.garbage:
            return endings.garbled()
        return overspent or endings.death(self._ended)

    def _close(self) -> Failure | None:
        """Ends the child, if there is one. Returns the limit that it overspent."""
        if self._open is None:
            return None
        self._ended = self._open.candidate.end()
        self._open.channel.close()
        self._open = None
        return endings.overspent(self._ended)

    def _call(self, index: int, case: FunctionCase, opened: _Open) -> Failure | None:
        session = opened.session
        args, kwargs = case.call()
        try:
            returned = session.plain(_settled(_result(opened, case, args, kwargs)))
            after = None if case.args_after is None else session.plain(list(args))
        except (CandidateGone, SandboxLost, MemoryError, RecursionError) as error:
            if session.failure_of(error) is None:
                raise
            return self._raised(case, error, session)
        except (MissingName, _NoMethod):
            return endings.missing(str(case.entry_point))
        except NotPlain:
            return _wrong(case, "not_plain", "the result holds an object that is no plain data")
        except Unserialisable as error:
            return _wrong(case, "unserialisable", f"the result cannot be read: {error}")
        except BaseException as error:
            return self._raised(case, error, session)
        return self._judge_values(index, case, returned, after)

    def _judge_values(
        self, index: int, case: FunctionCase, returned: Any, after: list[Any] | None
    ) -> Failure | None:
        if isinstance(case.expected, Raises):
            return _wrong(case, "no_exception", "no exception was raised", returned)
        if isinstance(case.expected, Returns) and not self._judging.active:
            found = compare(returned, case.expected.value, case.compare)
            if found is not None:
                return _wrong(case, "wrong_answer", f"the result differs: {found}", returned)
        if case.args_after is not None and after is not None:
            found = compare(after, list(case.args_after), case.compare)
            if found is not None:
                message = f"the arguments after the call differ: {found}"
                return _wrong(case, "wrong_arguments", message, after)
        if self._judging.active:
            return self._judging.add_function(index, case, returned)
        return None

    def _raised(self, case: FunctionCase, error: BaseException, session: Session) -> Failure | None:
        said = session.failure_of(error)
        if said is None:
            # Using a result as what it is not, such as calling a number, fails on this side.
            if not isinstance(error, TypeError | AttributeError):
                raise error
            said = CandidateFailure(type(error).__name__, str(error))
        if isinstance(case.expected, Raises):
            names = {said.type}
            if not isinstance(error, CandidateError):
                names |= {kind.__name__ for kind in type.mro(type(error))}
            if case.expected.name in names:
                return None
            return _wrong(case, "wrong_exception", f"{said.type} was raised")
        if self._cases.first_failure is None:
            self._traceback = said.traceback
        found = endings.raised(said)
        return Failure(found.verdict, found.reason, found.message, _privileged(case))


class _NoMethod(Exception):
    """The class lacks the method that the task calls."""


def _result(
    opened: _Open, case: FunctionCase, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    target = opened.target(case.entry_point.name)
    if case.entry_point.method is not None:
        instance = target()
        try:
            target = getattr(instance, case.entry_point.method)
        except AttributeError:
            raise _NoMethod from None
    return target(*args, **kwargs)


def _settled(value: Any) -> Any:
    """What an async function's result comes to; any other value as it is."""
    for kind in type.mro(type(value)):
        if "__await__" in type.__getattribute__(kind, "__dict__"):
            waiting = value.__await__()
            try:
                next(waiting)
            except StopIteration as stop:
                return stop.value
            raise NotPlain("an awaitable that does not end")
    return value


def _not_loaded(failed: LoadFailure) -> _Blocked:
    if failed.kind == "compile_error":
        failure = endings.not_compiled(failed.failure, failed.line)
        return _Blocked(failure, compiles=False, traceback=failed.failure.traceback)
    failure = endings.raised(failed.failure)
    return _Blocked(failure, compiles=True, traceback=failed.failure.traceback)


_NOTHING = object()


def _wrong(case: FunctionCase, reason: str, message: str, returned: Any = _NOTHING) -> Failure:
    got = () if returned is _NOTHING else (("returned", shown(returned)),)
    return Failure(Verdict.INCORRECT, reason, message, (*_privileged(case), *got))


def _privileged(case: FunctionCase) -> tuple[tuple[str, str], ...]:
    args = [shown(each) for each in case.args]
    args += [f"{name}={shown(value)}" for name, value in case.kwargs.items()]
    call = ("call", f"{case.entry_point}({', '.join(args)})")
    match case.expected:
        case Returns(value):
            return (call, ("expected", shown(value)))
        case Raises(name):
            return (call, ("expected", f"raises {name}"))
        case _:
            return (call,)
