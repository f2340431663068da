"""What holds for every test here: no unboxed child outlives its test."""

import pytest

from tests.verifier_server.code.unboxed import end_everyone


@pytest.fixture(autouse=True)
def _no_child_outlives_its_test():
    yield
    end_everyone()
