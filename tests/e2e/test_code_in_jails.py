"""Honest programs that ask much of the jails, and what low trust may not do, on a real server."""

import shutil

import pytest

from tests.hostile.kit import cpp, python
from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group

pytestmark = pytest.mark.sandbox

TIMEOUT_S = 60.0
LIMITS = {"cpu_s": 2, "idle_s": 1}


def judged(tmp_path, task, completion, *flags):
    with (
        running_server(tmp_path, "--workers", "1", *flags) as server,
        VerifierClient(server.address) as client,
    ):
        (group,) = client.score(
            [Group("code", {**task, "limits": LIMITS}, [completion])], TIMEOUT_S
        )
        return group.results[0].outcome


def test_numpy_multiplies_matrices(tmp_path):
    pytest.importorskip("numpy")
    task = {
        "mode": "function",
        "runtime": "numpy",
        "entry_point": "product",
        "cases": [{"args": [400], "expected": 400.0}],
    }
    code = """
        import numpy as np
        def product(n):
            ones = np.ones((n, n))
            return (ones @ ones)[0, 0]
    """
    score = judged(tmp_path, task, python(code), "--code-runtimes", "numpy")
    assert score.verdict == "CORRECT", score


@pytest.mark.skipif(shutil.which("g++") is None, reason="no g++ here")
def test_a_large_program_runs(tmp_path):
    task = {"mode": "stdio", "language": "cpp", "cases": [{"stdin": "", "stdout": "1"}]}
    code = """
        #include <cstdio>
        int table[6000000] = {1};
        int main() { printf("%d", table[0]); }
    """
    score = judged(tmp_path, task, cpp(code))
    assert score.verdict == "CORRECT", score


@pytest.mark.skipif(shutil.which("g++") is None, reason="no g++ here")
def test_a_deep_program_runs(tmp_path):
    task = {"mode": "stdio", "language": "cpp", "cases": [{"stdin": "50000", "stdout": "0"}]}
    code = """
        #include <cstdio>
        int deep(int n) {
            volatile char used[1024];
            used[0] = 0;
            return n ? deep(n - 1) + used[0] : 0;
        }
        int main() { int n; scanf("%d", &n); printf("%d", deep(n)); }
    """
    score = judged(tmp_path, task, cpp(code))
    assert score.verdict == "CORRECT", score


@pytest.mark.skipif(shutil.which("g++") is None, reason="no g++ here")
def test_a_large_program_may_write_no_large_file(tmp_path):
    task = {"mode": "stdio", "language": "cpp", "cases": [{"stdin": "", "stdout": "small"}]}
    code = """
        #include <csignal>
        #include <cstdio>
        #include <sys/mman.h>
        #include <unistd.h>
        int main() {
            signal(SIGXFSZ, SIG_IGN);
            puts(ftruncate(memfd_create("file", 0), 17 << 20) ? "small" : "large");
        }
    """
    score = judged(tmp_path, task, cpp(code))
    assert score.verdict == "CORRECT", score


def test_a_candidate_of_low_trust_starts_no_process(tmp_path):
    """What its processes used would be counted by nobody, and its worker would wait for ever."""
    task = {
        "mode": "assert",
        "trust": "in_process",
        "entry_point": "one",
        "tests": ["assert one() == 1"],
    }
    code = """
        import os
        def one():
            if os.fork() == 0:
                while True: pass
            os.wait()
            return 1
    """
    score = judged(tmp_path, task, python(code), "--allow-in-process")
    assert (score.verdict, score.reason) == ("RUNTIME_ERROR", "exception"), score
