"""The checker's life: prepared once, replaced after an accident, its faults told apart."""

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.contract import TaskError
from verifier_server.verifiers.code.runs import checker as checker_module
from verifier_server.verifiers.code.runs.checker import Checker, CheckerFault, Outcome
from verifier_server.verifiers.code.runs.loop import Loop

GUESTS = "tests.verifier_server.code.runs.guests"


def checker_of(guest, *, single=False):
    children = UnboxedChildren({"checker": f"{GUESTS}:{guest}"})
    return Checker(Loop(children), {"kind": "judge"}, single=single), children


@pytest.mark.parametrize(
    ("guest", "reason"),
    [
        ("checker_that_dies_at_once", "preparation_crashed"),
        ("checker_out_of_cpu_at_once", "preparation_cpu_limit"),
        ("sleep", "preparation_idle"),
        ("checker_that_finds_fault", "r"),
    ],
)
def test_a_program_that_cannot_be_prepared_is_the_tasks_fault(guest, reason, monkeypatch):
    monkeypatch.setattr(checker_module, "IDLE_S", 0.3)
    checker, _ = checker_of(guest)
    with pytest.raises(TaskError) as raised:
        checker.prepare()
    assert raised.value.reason == reason


def test_one_process_serves_a_group(monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_MARKER", str(tmp_path / "marker"))
    checker, children = checker_of("checker_that_crashes_once")
    checker.prepare()
    assert checker.ask({}).outcome is Outcome.CRASHED
    assert checker.ask({}).body["well"]
    assert checker.ask({}).body["well"]
    assert len(children.started) == 1
    checker.stop()


def test_a_single_item_ends_its_process_and_may_be_repeated(monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_MARKER", str(tmp_path / "marker"))
    checker, children = checker_of("checker_that_crashes_once", single=True)
    checker.prepare()
    assert checker.ask({}).outcome is Outcome.CRASHED
    assert checker.ask({}).outcome is Outcome.ANSWERED
    assert checker.ask({}).outcome is Outcome.ANSWERED
    assert len(children.started) == 2
    checker.stop()


def test_who_dies_in_its_items_place_is_broken():
    checker, _ = checker_of("checker_that_dies_over_an_item")
    checker.prepare()
    with pytest.raises(CheckerFault):
        checker.ask({})


def test_a_single_one_may_die_over_its_item():
    checker, _ = checker_of("checker_that_dies_over_an_item", single=True)
    checker.prepare()
    assert checker.ask({}).outcome is Outcome.CRASHED


def test_one_that_waits_for_ever_is_ended(monkeypatch):
    monkeypatch.setattr(checker_module, "IDLE_S", 0.3)
    checker, children = checker_of("checker_of_few_words")
    checker.prepare()
    assert checker.ask({}).outcome is Outcome.SILENT
    assert children.started[0][1].exit is not None


def test_garbage_is_a_fault():
    checker, _ = checker_of("frames_of_garbage")
    with pytest.raises(CheckerFault):
        checker.prepare()
