from collections.abc import Iterator

import pytest

from tests.trainer_client.fake import FakeServer, running
from trainer_client.client import VerifierClient
from trainer_client.retry import RetryPolicy

QUICK = RetryPolicy(initial_backoff_s=0.005, max_backoff_s=0.02)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


@pytest.fixture
def client(server: FakeServer) -> Iterator[VerifierClient]:
    with VerifierClient(server.target, timeout_s=10.0, retry=QUICK) as made:
        yield made
