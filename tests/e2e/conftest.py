import pytest

from tests.servers import running_server
from trainer_client.client import VerifierClient


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One real server, with real jails, for the tests that do not harm it."""
    with running_server(tmp_path_factory.mktemp("server"), "--workers", "2") as running:
        yield running


@pytest.fixture
def client(server):
    with VerifierClient(server.address) as client:
        yield client
