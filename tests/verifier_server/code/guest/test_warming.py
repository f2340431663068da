import subprocess
import sys

from tests.verifier_server.code.guest.processes import loaded
from verifier_server.verifiers.code.guest import warming

# In a process of its own: what was warmed has its streams made ahead, as all its forks then have.
WARMING = """
import gc, os, sys
from verifier_server.verifiers.code.guest import warming

def seen():
    return list(sys.meta_path), list(sys.argv), gc.isenabled(), os.listdir("/proc/self/fd")

before = seen()
warming.warm()
assert before == seen(), (before, seen())
assert "solution" not in sys.modules
"""


def test_warming_leaves_nothing_that_a_candidate_could_see() -> None:
    subprocess.run([sys.executable, "-c", WARMING], check=True, timeout=60)


def test_what_is_warmed_is_what_runs() -> None:
    """The prepared conversation is a real one: a candidate answers it alike."""
    with loaded(warming._SOURCE) as session:
        point = session.bind("Point")(1)
        assert (point.x, point.move(2)) == (1, 3)
