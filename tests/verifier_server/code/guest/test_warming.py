import gc
import sys

from tests.verifier_server.code.guest.processes import loaded
from verifier_server.verifiers.code.guest import warming


def _seen() -> tuple[object, ...]:
    return (sys.stdout, list(sys.meta_path), sys.argv, gc.isenabled(), set(sys.modules))


def test_warming_leaves_nothing_that_a_candidate_could_see() -> None:
    before = _seen()
    warming.warm()
    assert before == _seen()
    assert "solution" not in sys.modules


def test_what_is_warmed_is_what_runs() -> None:
    """The prepared conversation is a real one: a candidate answers it alike."""
    with loaded(warming._SOURCE) as session:
        point = session.bind("Point")(1)
        assert (point.x, point.move(2)) == (1, 3)
