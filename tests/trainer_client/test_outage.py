import pickle
from collections.abc import Sequence

import pytest

from trainer_client import outage as outage_module
from trainer_client.errors import ServerOverloaded, VerifierNotFound
from trainer_client.outage import PROBE_S, Outage, OutageWatch, score_through_outage
from trainer_client.results import CompletionResult, Group, GroupResult, Score

GROUPS = [Group("v", b"{}", [str(n)], str(n)) for n in range(3)]


class Clock:
    """Stands for the module `time`: moves only when something sleeps or works."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(outage_module, "time", made)
    return made


def result(group: Group) -> GroupResult:
    return GroupResult(group.id, (CompletionResult(Score(1.0, True, "CORRECT", "")),))


class Service:
    """Fails `failures` times, each after the whole timeout, having answered the first group."""

    def __init__(self, clock: Clock, failures: int) -> None:
        self.clock = clock
        self.failures = failures
        self.calls: list[tuple[list[str], float]] = []

    def __call__(self, groups: Sequence[Group], timeout_s: float) -> list[GroupResult]:
        self.calls.append(([each.id for each in groups], timeout_s))
        if self.failures:
            self.failures -= 1
            self.clock.sleep(timeout_s)
            partial = [result(groups[0]) if groups[0].id == "0" else None]
            raise ServerOverloaded("later", partial=[*partial, *[None] * (len(groups) - 1)])
        return [result(each) for each in groups]


def test_it_asks_again_for_what_is_open(clock: Clock) -> None:
    service = Service(clock, failures=2)
    answers = score_through_outage(service, GROUPS, OutageWatch(Outage(wait_s=100.0)), 10.0)
    assert [each.id if each else None for each in answers] == ["0", "1", "2"]
    assert [ids for ids, _ in service.calls] == [["0", "1", "2"], ["1", "2"], ["1", "2"]]


def test_the_wait_is_spent_once_over_all_calls(clock: Clock) -> None:
    watch = OutageWatch(Outage(wait_s=100.0))
    service = Service(clock, failures=1000)
    began = clock.now
    assert score_through_outage(service, GROUPS[1:], watch, 30.0) == [None, None]
    assert 100.0 <= clock.now - began <= 100.0 + PROBE_S
    for _ in range(3):
        before = clock.now
        assert score_through_outage(service, GROUPS[1:], watch, 30.0) == [None, None]
        assert clock.now - before == PROBE_S


def test_after_an_answer_the_next_outage_is_waited_for_again(clock: Clock) -> None:
    watch = OutageWatch(Outage(wait_s=100.0))
    score_through_outage(Service(clock, failures=1000), GROUPS[1:], watch, 30.0)
    assert None not in score_through_outage(Service(clock, failures=0), GROUPS, watch, 30.0)
    assert watch.wait_left_s() is None
    assert None not in score_through_outage(Service(clock, failures=2), GROUPS, watch, 30.0)


def test_what_waiting_does_not_help_is_raised(clock: Clock) -> None:
    def refuse(_groups: Sequence[Group], _timeout_s: float) -> list[GroupResult]:
        raise VerifierNotFound("none of that name")

    with pytest.raises(VerifierNotFound):
        score_through_outage(refuse, GROUPS, OutageWatch(Outage()), 1.0)


def test_calls_above_the_tolerance_are_counted_in_a_row() -> None:
    watch = OutageWatch(Outage(max_missing=0.25))
    shares = [(1, 4), (2, 4), (4, 4), (0, 4), (0, 0), (3, 4)]
    assert [watch.count(missing=m, total=t) for m, t in shares] == [0, 1, 2, 0, 0, 1]


def test_a_copy_starts_afresh() -> None:
    watch = OutageWatch(Outage(max_missing=0.5))
    watch.failed(0.0)
    watch.count(missing=1, total=1)
    copy = pickle.loads(pickle.dumps(watch))
    assert copy.policy == watch.policy
    assert copy.wait_left_s() is None
    assert copy.count(missing=1, total=1) == 1


@pytest.mark.parametrize("fields", [{"wait_s": -1.0}, {"max_missing": 1.5}, {"max_calls": 0}])
def test_a_tolerance_that_makes_no_sense_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not a tolerance"):
        Outage(**fields)  # type: ignore[arg-type]  # the names are those of the fields
