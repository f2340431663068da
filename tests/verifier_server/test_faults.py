"""What the log says of exceptions."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.faults import MAX_FRAMES, UNKNOWN, Fault, fault_in, fault_of

SECRET = "the secret answer"


def deep(levels: int) -> None:
    if levels:
        deep(levels - 1)
    raise ValueError(SECRET)


def caught(message: str, *, chained: bool = False) -> ValueError:
    try:
        try:
            raise ValueError(message)
        except ValueError as error:
            if chained:
                raise RuntimeError(message) from error
            raise
    except (ValueError, RuntimeError) as error:
        return error  # type: ignore[return-value]  # either serves


def text_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def test_type_and_frames_of_an_exception() -> None:
    found = fault_of(caught(SECRET))
    assert found.exception == "ValueError"
    assert found.frames[-1].startswith(f"{__file__}:")
    assert found.frames[-1].endswith(" caught")


def test_a_worker_s_traceback_says_the_same() -> None:
    error = caught(SECRET)
    assert fault_in(text_of(error)) == fault_of(error)
    first = fault_in(text_of(caught(SECRET, chained=True)))
    assert first.exception == "ValueError"


def test_a_tail_still_has_its_frames() -> None:
    with pytest.raises(ValueError, match=SECRET) as caught:
        deep(50)
    assert len(fault_of(caught.value).frames) == MAX_FRAMES
    found = fault_in(text_of(caught.value)[60:])
    assert found.exception == "ValueError"
    assert found.frames[-1].endswith(" deep")


def test_a_message_in_the_form_of_a_frame_is_not_one() -> None:
    forged = (
        f'x\n  File "/{SECRET.replace(" ", "/")}.py", line 1, in {SECRET.split()[1]}\nSecret: y'
    )
    for chained in (False, True):
        found = fault_in(text_of(caught(forged, chained=chained)))
        assert "secret" not in str(found).lower()


def test_what_is_no_traceback() -> None:
    assert fault_in(f"the handler's value is not plain data: {SECRET}") == Fault(UNKNOWN, ())
    assert fault_in("") == Fault(UNKNOWN, ())


@given(st.text())
def test_no_text_of_a_message_is_passed_on(message: str) -> None:
    assert fault_in(text_of(caught(message))) == fault_of(caught("another"))
