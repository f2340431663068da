"""kill -9 and SIGTERM while the server is at work: nothing lost, nothing judged wrong."""

import contextlib
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group, Score

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

KILL_EVERY_S = 0.02
CALLS, GROUPS, COMPLETIONS = 10, 8, 8


def batch(call: int) -> list[Group]:
    """Groups whose right verdicts are known: every second completion is right.

    The symbolic ones cost a worker milliseconds, so that kills meet it at work.
    """
    groups = []
    for number in range(GROUPS):
        shift = call * GROUPS + number + 2
        answer = f"x^2+{shift}x+{shift - 1}"
        completions = [
            f"\\boxed{{(x+{shift - 1})(x+{1 if index % 2 == 0 else index + 1})}} {index}"
            for index in range(COMPLETIONS)
        ]
        groups.append(Group("math", {"answer": answer}, completions))
    return groups


def check(results) -> None:
    for group in results:
        outcomes = [result.outcome for result in group.results]
        assert all(isinstance(outcome, Score) for outcome in outcomes), outcomes
        assert [outcome.passed for outcome in outcomes] == [
            index % 2 == 0 for index in range(COMPLETIONS)
        ]


def test_killed_workers_lose_nothing_and_change_no_verdict(tmp_path):
    with (
        running_server(tmp_path, "--workers", "2") as server,
        VerifierClient(server.address) as client,
    ):
        stop, killed = threading.Event(), []

        def kill() -> None:
            while not stop.is_set():
                workers = server.workers()
                if workers:
                    victim = random.choice(workers)
                    try:
                        os.kill(victim, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                    killed.append(victim)
                time.sleep(KILL_EVERY_S)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            with ThreadPoolExecutor(4) as threads:
                for results in threads.map(
                    lambda call: client.score(batch(call), timeout_s=120), range(CALLS)
                ):
                    check(results)
        finally:
            stop.set()
            killer.join()
        assert len(killed) >= 10
        check(client.score(batch(0), timeout_s=60))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def test_a_killed_jail_is_replaced(tmp_path):
    with (
        running_server(tmp_path, "--workers", "2") as server,
        VerifierClient(server.address) as client,
    ):
        check(client.score(batch(0), timeout_s=60))
        for pid in server.descendants():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        check(client.score(batch(1), timeout_s=60))


def test_sigterm_under_load_answers_every_accepted_group(tmp_path):
    """Calls that were accepted are answered in full; later ones are told to go elsewhere."""
    with running_server(tmp_path, "--workers", "2") as server:
        answered, refused = [], []
        started = threading.Barrier(9)

        def call(number: int) -> None:
            with VerifierClient(server.address) as client:
                check(client.score(batch(number)[:1], timeout_s=60))
                started.wait()
                try:
                    answered.append(client.score(batch(number), timeout_s=60))
                except Exception as error:
                    refused.append(error)

        threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        started.wait()
        time.sleep(0.15)  # let the calls arrive: what is refused at the door is not lost work
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(90) == 0
        for thread in threads:
            thread.join()
        assert answered, refused
        for results in answered:
            check(results)
        assert not [pid for pid in server.descendants() if pid]


def test_a_killed_server_leaves_no_process(tmp_path):
    with running_server(tmp_path, "--workers", "2") as server:
        below = server.descendants()
        assert len(below) >= 3
        server.process.kill()
        server.process.wait()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            left = [pid for pid in below if os.path.exists(f"/proc/{pid}")]
            if not left:
                break
            time.sleep(0.05)
        assert left == []
