"""kill -9 and SIGTERM while the server is at work: nothing lost, nothing judged wrong."""

import contextlib
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.errors import ServerUnavailable
from trainer_client.results import Group, Score

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

KILL_EVERY_S = 0.05
CALLS, GROUPS, COMPLETIONS = 10, 8, 8
KILLS = 10


def batch(call: int) -> list[Group]:
    """Groups whose right verdicts are known: every second completion is right.

    Each group takes a worker milliseconds, so that kills meet it at work.
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
                while len(killed) < KILLS:  # however fast the checks are
                    for results in threads.map(
                        lambda call: client.score(batch(call), timeout_s=120), range(CALLS)
                    ):
                        check(results)
        finally:
            stop.set()
            killer.join()
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


def calls_in_log(server) -> Counter:
    """How the batch calls ended, by the server's own log, and with how many groups."""
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    calls = [line for line in lines if line.get("method") == "ScoreBatch"]
    return Counter((call["ended"], call["groups"]) for call in calls)


def test_sigterm_under_load_answers_every_accepted_group(tmp_path):
    """Calls that were accepted are answered in full; later ones are told to go elsewhere."""
    callers = 8
    with running_server(tmp_path, "--workers", "2") as server:
        answered, refused = [], []
        started = threading.Barrier(callers + 1)

        def call(number: int) -> None:
            with VerifierClient(server.address) as client:
                check(client.score(batch(number)[:1], timeout_s=60))
                started.wait()
                try:
                    answered.append(client.score(batch(number), timeout_s=20))
                except ServerUnavailable as error:
                    refused.append(error)

        threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
        for thread in threads:
            thread.start()
        started.wait()
        time.sleep(0.15)  # let the calls arrive: what is refused at the door is not lost work
        below = server.descendants()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(90) == 0
        for thread in threads:
            thread.join()
        assert len(answered) + len(refused) == callers
        assert answered
        for results in answered:
            check(results)
        ended = calls_in_log(server)
        assert ended.pop(("ok", 1)) == callers
        assert ended.pop(("ok", GROUPS)) == len(answered)  # none that it took was left unanswered
        assert {how for how, _ in ended} <= {"UNAVAILABLE"}
        assert len(below) >= 3
        assert not [pid for pid in below if os.path.exists(f"/proc/{pid}")]


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
