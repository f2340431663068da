"""The whole path against the same work in-process, by batch size.

In-process is the verifier's code called in one process that already imported
it: no RPC, no sandbox, no second core. The path is client, gRPC, front process,
jail and worker. Rounds are interleaved, so that a noisy machine is noisy for
every row alike; the median round is shown, CPU in microseconds a completion.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from tests.benchmarks import cpu, workload
from tests.servers import RunningServer
from trainer_client.client import VerifierClient
from trainer_client.codec import encode_completion, encode_task
from trainer_client.results import Group
from verifier_server.verifiers import BUILTIN
from verifier_server.worker import open_job

ROUNDS = 7
COMPLETIONS = 2048  # in each round and row
BATCHES = (8, 128)  # completions in a call
IN_FLIGHT = 4  # calls at a time


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: completions a second, and CPU microseconds a completion."""

    rate: float
    client: float = 0.0
    front: float = 0.0
    workers: float = 0.0

    @property
    def total(self) -> float:
        """CPU microseconds a completion, everywhere."""
        return self.client + self.front + self.workers


def _in_process(setups: Sequence[tuple[dict[str, Any], list[bytes]]]) -> Measured:
    started, cpu_before = time.perf_counter(), time.process_time()
    done = 0
    for setup, texts in setups:
        _, judge = open_job(setup)
        assert judge is not None
        for text in texts:
            judge(text)
            done += 1
    cpu_s = time.process_time() - cpu_before
    return Measured(done / (time.perf_counter() - started), workers=cpu_s / done * 1e6)


def _through_server(
    groups: Sequence[Group], batch: int, client: VerifierClient, server: RunningServer
) -> Measured:
    size = batch // workload.GROUP_SIZE
    calls = [groups[start : start + size] for start in range(0, len(groups), size)]
    front, jail = cpu.of_server(server)
    started, cpu_before = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        results = list(threads.map(client.score, calls))
    wall_s, ours = time.perf_counter() - started, time.process_time() - cpu_before
    front_after, jail_after = cpu.of_server(server)
    outcomes = [each.score for call in results for group in call for each in group.results]
    # A benchmark of wrong answers would measure nothing: half are right, by design.
    assert sum(score is not None and score.passed for score in outcomes) == len(outcomes) // 2
    scale = 1e6 / len(outcomes)
    return Measured(
        len(outcomes) / wall_s,
        ours * scale,
        (front_after - front) * scale,
        (jail_after - jail) * scale,
    )


def _setups(groups: Sequence[Group]) -> list[tuple[dict[str, Any], list[bytes]]]:
    manifests = {manifest.name: manifest for manifest in BUILTIN}
    return [
        (
            {
                "module": manifests[group.verifier].module,
                "package": manifests[group.verifier].package,
                "task": encode_task(group.task),
                "media_type": "application/json",
            },
            [encode_completion(text) for text in group.completions],
        )
        for group in groups
    ]


def _median(rounds: Sequence[Measured]) -> Measured:
    return Measured(
        *(
            statistics.median(getattr(each, part) for each in rounds)
            for part in ("rate", "client", "front", "workers")
        )
    )


def measure(server: RunningServer, verifier: str) -> dict[str, Measured]:
    """The median round of each row, for one verifier."""
    count = COMPLETIONS // workload.GROUP_SIZE
    rows: dict[str, list[Measured]] = {}
    with VerifierClient(server.address) as client:
        for number in range(ROUNDS + 1):
            # New groups each round, so that no cache answers; the first round warms up.
            groups = workload.groups(verifier, count, seed=number)
            setups = _setups(groups)
            tries: dict[str, Callable[[], Measured]] = {
                "in-process, 1 core": lambda setups=setups: _in_process(setups),
                **{
                    f"server, {batch} a call": lambda groups=groups, batch=batch: _through_server(
                        groups, batch, client, server
                    )
                    for batch in BATCHES
                },
            }
            for name, attempt in tries.items():
                measured = attempt()
                if number:
                    rows.setdefault(name, []).append(measured)
    return {name: _median(each) for name, each in rows.items()}


def table(server: RunningServer, verifier: str) -> Table:
    """The printed table for one verifier."""
    made = Table(
        "row", "completions/s", "CPU us", "client", "front", "workers", title=f"{verifier} verifier"
    )
    for name, row in measure(server, verifier).items():
        parts = (row.total, row.client, row.front, row.workers)
        made.add_row(name, f"{row.rate:,.0f}", *(f"{part:,.0f}" for part in parts))
    return made
