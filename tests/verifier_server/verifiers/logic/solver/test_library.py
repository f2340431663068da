import pytest

from verifier_server.verifiers.logic.solver import library as z3
from verifier_server.verifiers.logic.solver.library import Context, Z3Error


def test_a_failing_call_raises_and_harms_nothing() -> None:
    with Context() as context:
        numeral = context.checked(
            z3.mk_numeral(context.handle, b"1", z3.mk_int_sort(context.handle))
        )
        with pytest.raises(Z3Error, match=r"(?i)sort"):
            context.checked(z3.mk_not(context.handle, numeral))
        with pytest.raises(Z3Error):
            context.checked(z3.mk_numeral(context.handle, b"x", z3.mk_int_sort(context.handle)))
        assert context.checked(z3.mk_unary_minus(context.handle, numeral))


def test_closing_twice_is_once() -> None:
    context = Context()
    context.close()
    context.close()


def test_the_version_is_known() -> None:
    assert "4." in z3.version() or "5." in z3.version()
