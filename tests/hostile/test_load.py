"""Hostile work in bulk and under load: nothing is left over, and no verdict changes.

The loops that overload the machine run on every core beside the server, as many as
`LOOPS` each; a verdict that depended on the clock would change.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib import import_module

import pytest

from tests.conformance.code import assert_task, fenced
from tests.hostile.kit import Attack, python
from tests.hostile.leftovers import holdings, resident_bytes, settled
from tests.hostile.test_attacks import ATTACKS
from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group, GroupResult

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

TIMEOUT_S = 900.0
RUNS, EARLY_RUNS = 1000, 300
GROUPS_A_CALL = 25
MAX_GROWTH_BYTES = 8 << 20  # of the front process, from EARLY_RUNS to RUNS
COSTLY = ("native", "resources", "values")  # kinds that burn their limits
COSTLY_SHARE = 0.1
LOOPS = 8
# Low, so that attacks that burn all of it end soon even where they get a ninth of a core.
VECTOR_LIMITS = {"cpu_s": 0.5, "memory_mb": 512, "idle_s": 0.5}


def mixed(count: int) -> list[Attack]:
    """Attacks of every kind, by a fixed draw."""
    draw = random.Random(1)
    costly = [each for kind in COSTLY for each in _of(kind)]
    names = {each.name for each in costly}
    cheap = [each for each in ATTACKS if each.name not in names]
    return [draw.choice(costly if draw.random() < COSTLY_SHARE else cheap) for _ in range(count)]


def _of(kind: str) -> list[Attack]:
    return import_module(f"tests.hostile.attacks.{kind}").ATTACKS


def _attack(client: VerifierClient, attacks: list[Attack]) -> None:
    groups = [
        Group("code", each.task, [*each.before, each.completion, each.honest]) for each in attacks
    ]
    with ThreadPoolExecutor(2) as threads:
        parts = [groups[at : at + GROUPS_A_CALL] for at in range(0, len(groups), GROUPS_A_CALL)]
        judged = [
            group
            for part in threads.map(lambda part: client.score(part, TIMEOUT_S), parts)
            for group in part
        ]
    for attack, group in zip(attacks, judged, strict=True):
        *hostile, honest = group.results
        assert [each.score and each.score.value for each in hostile] == [0.0] * len(hostile), (
            attack.name,
            hostile,
        )
        assert honest.score is not None, (attack.name, honest)
        assert honest.score.passed, (attack.name, honest)


def test_a_thousand_attacks_leave_nothing(tmp_path, monkeypatch):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    attacks = mixed(RUNS)
    with (
        running_server(tmp_path, "--workers", "2") as server,
        VerifierClient(server.address) as client,
    ):
        _attack(client, attacks[:20])  # every jail has been used once
        before = holdings(server, temporary)
        _attack(client, attacks[20:EARLY_RUNS])
        early = resident_bytes(server)
        _attack(client, attacks[EARLY_RUNS:])
        grown = resident_bytes(server) - early
        assert settled(server, temporary, before) == before
        assert grown < MAX_GROWTH_BYTES


@contextmanager
def overload(loops: int) -> Iterator[None]:
    """Busy loops beside everything else, so many a core."""
    with ExitStack() as stack:
        for _ in range(loops * len(os.sched_getaffinity(0))):
            # Each in a session of its own: with autogroups (sched(7)) sessions share the CPU
            # alike, and every jailed child has one.
            loop = subprocess.Popen(
                [sys.executable, "-c", "while True: pass"], start_new_session=True
            )
            stack.callback(loop.wait)
            stack.callback(loop.kill)
        yield


def _vector(client: VerifierClient, rows: list[dict]) -> list[bool | None]:
    groups = []
    for row in rows:
        task = assert_task(row)
        if not row["must_score"]:
            task["limits"] = VECTOR_LIMITS
        groups.append(Group("code", task, [fenced(row["completion"])]))
    results: list[GroupResult] = []
    for at in range(0, len(groups), GROUPS_A_CALL):
        results += client.score(groups[at : at + GROUPS_A_CALL], TIMEOUT_S)
    scores = [group.results[0].score for group in results]
    return [score.passed if score is not None else None for score in scores]


@pytest.mark.suites
@pytest.mark.parametrize(("loops", "rounds"), [(0, 3), (LOOPS, 1)])
def test_the_same_vector_at_any_load(tmp_path, suites, loops, rounds):
    rows = [
        json.loads(line)
        for name in ("exploits", "honest_odd")
        for line in (suites / "code" / f"{name}.jsonl").read_text().splitlines()
    ]
    wanted = [bool(row["must_score"]) for row in rows]
    with (
        running_server(tmp_path) as server,
        VerifierClient(server.address) as client,
        overload(loops),
    ):
        for _ in range(rounds):
            got = _vector(client, rows)
            names = [
                (row["id"], passed)
                for row, right, passed in zip(rows, wanted, got, strict=True)
                if passed is not right
            ]
            assert names == []


def test_a_correct_program_is_correct_on_a_busy_machine(tmp_path):
    groups = [
        Group(
            "code",
            {
                "mode": mode,
                "entry_point": "burn",
                "limits": {"cpu_s": 2},
                **(
                    {"tests": [f"assert burn({number}) == {number}"]}
                    if mode == "assert"
                    else {"cases": [{"args": [number], "expected": number}]}
                ),
            },
            [
                python(f"""
                    import time
                    def burn(n):
                        while time.process_time() < 0.8: pass
                        return n  # {copy}
                """)
                for copy in range(2)
            ],
        )
        for number, mode in enumerate(["assert", "function"] * 6)
    ]
    with (
        running_server(tmp_path, "--workers", "12") as server,
        VerifierClient(server.address) as client,
    ):
        results = client.score(groups, TIMEOUT_S)
    outcomes = [each.outcome for group in results for each in group.results]
    assert len(outcomes) == 24
    assert all(outcome.verdict == "CORRECT" for outcome in outcomes), outcomes


MIB = 1 << 20
LINES = MIB // 8
# A task of the same size would be refused, so the judge makes what it expects.
WHOLE = f"def check(output):\n    return output == ''.join(f'{{n:07}}\\n' for n in range({LINES}))"


@pytest.mark.parametrize(
    ("limit", "verdict", "reason"),
    [
        (MIB, "CORRECT", "all_passed"),
        (MIB - 1, "RESOURCE_LIMIT", "output_limit"),
    ],
)
def test_a_mebibyte_of_output_is_whole_or_told(tmp_path, limit, verdict, reason):
    task = {
        "mode": "stdio",
        "cases": [{"stdin": ""}],
        "judge": WHOLE,
        "limits": {"output_bytes": limit},
    }
    by_lines = python(f"for n in range({LINES}): print(f'{{n:07}}')")
    at_once = python(f"print('\\n'.join(f'{{n:07}}' for n in range({LINES})))")
    last_wrong = python(f"for n in range({LINES}): print(f'{{n if n < {LINES - 1} else 0:07}}')")
    with running_server(tmp_path) as server, VerifierClient(server.address) as client:
        (group,) = client.score([Group("code", task, [by_lines, at_once, last_wrong])], TIMEOUT_S)
    *right, wrong = (result.outcome for result in group.results)
    assert [(each.verdict, each.reason) for each in right] == [(verdict, reason)] * 2
    assert wrong.value == 0.0


def test_much_input_and_output_go_both_ways_at_once(tmp_path):
    text = "".join(f"{number:07}\n" for number in range(LINES // 3))
    task = {
        "mode": "stdio",
        "cases": [{"stdin": text, "stdout": text, "compare": {"method": "exact"}}],
    }
    by_lines = python("import sys\nfor line in sys.stdin: sys.stdout.write(line)")
    whole = python("import sys\nsys.stdout.write(sys.stdin.read())")
    cut = python("import sys\nsys.stdout.write(sys.stdin.read()[:-8])")
    with running_server(tmp_path) as server, VerifierClient(server.address) as client:
        (group,) = client.score([Group("code", task, [by_lines, whole, cut])], TIMEOUT_S)
    verdicts = [result.outcome.verdict for result in group.results]
    assert verdicts == ["CORRECT", "CORRECT", "INCORRECT"]
