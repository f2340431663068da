"""The CPU timer, in processes of its own."""

import subprocess
import sys

import pytest

from sandboxes.cputimer import EXIT_CPU

SPIN = """
import resource, time
from sandboxes.cputimer import CpuTimer
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
timer = CpuTimer()
timer.arm({seconds})
end = used() + {work}
{before}
while used() < end:
    pass
{after}
"""


def run(seconds, work, before="", after=""):
    code = SPIN.format(seconds=seconds, work=work, before=before, after=after)
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode


@pytest.mark.parametrize(
    ("seconds", "work", "status"), [(0.3, 5.0, EXIT_CPU), (0.3, 0.27, 0), (2.0, 0.1, 0)]
)
def test_it_ends_what_overspends_and_nothing_else(seconds, work, status):
    """0.27 of 0.3 s: a timer that counts ticks ends that now and then."""
    assert {run(seconds, work) for _ in range(3)} == {status}


def test_waiting_is_not_spending():
    assert run(0.2, 0.05, before="time.sleep(0.5)") == 0


def test_a_disarmed_timer_ends_nothing():
    assert run(0.1, 0.3, before="timer.disarm()") == 0


def test_it_works_inside_c_code():
    assert run(0.2, 0.0, after="import re; re.match(r'(a+)+$', 'a' * 64 + 'b')") == EXIT_CPU
