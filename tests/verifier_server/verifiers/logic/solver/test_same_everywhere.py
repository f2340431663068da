"""An outcome, units and all, is the same wherever and after whatever it is computed."""

import json
import os
import subprocess
import sys
import threading

import pytest

from tests.verifier_server.verifiers.logic.solver.outcomes import Outcome, outcomes, shuffled
from tests.verifier_server.verifiers.logic.solver.problems import DENSE, PROBLEMS, pigeons
from verifier_server.verifiers.logic.solver.session import Session

BUSY = "while True: pass"


def elsewhere(order: int, hash_seed: str) -> dict[str, Outcome]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.verifier_server.verifiers.logic.solver.outcomes", str(order)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    found: dict[str, Outcome] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def here() -> dict[str, Outcome]:
    return outcomes(sorted(PROBLEMS))


def test_there_are_sixty() -> None:
    assert len(PROBLEMS) == 60


@pytest.mark.slow
@pytest.mark.parametrize(("order", "hash_seed"), [(1, "0"), (2, "1"), (3, "4242")])
def test_other_processes_hash_seeds_and_orders(
    here: dict[str, Outcome], order: int, hash_seed: str
) -> None:
    assert elsewhere(order, hash_seed) == here


@pytest.mark.slow
def test_beside_other_threads_and_a_busy_process(here: dict[str, Outcome]) -> None:
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            with Session([*DENSE, *pigeons(6)]) as session:
                session.consistent()

    busy = subprocess.Popen([sys.executable, "-c", BUSY])
    beside = threading.Thread(target=load)
    beside.start()
    try:
        assert outcomes(shuffled(9)) == here
    finally:
        stop.set()
        beside.join()
        busy.kill()
        busy.wait()


def test_after_itself_and_in_another_order() -> None:
    names = [name for name in PROBLEMS if name.startswith(("random", "pigeons4", "los"))]
    assert outcomes(reversed(names)) == outcomes(names)
