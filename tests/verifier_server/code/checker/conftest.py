from collections.abc import Iterator

import pytest

from tests.verifier_server.code.checker.kit import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()
