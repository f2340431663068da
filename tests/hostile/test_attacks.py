"""Every attack, through a real server: worth nothing, and the next completion is judged right."""

from importlib import import_module

import pytest

from tests.hostile.kit import Attack
from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

KINDS = (
    "callbacks",
    "channel",
    "classes",
    "equality",
    "exits",
    "framework",
    "leaks",
    "native",
    "patches",
    "persistence",
    "resources",
    "streams",
    "values",
)
ATTACKS: list[Attack] = [
    attack for kind in KINDS for attack in import_module(f"tests.hostile.attacks.{kind}").ATTACKS
]
TIMEOUT_S = 120.0


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    # One worker: what an attack leaves behind can only be met by who comes after it.
    with (
        running_server(tmp_path_factory.mktemp("server"), "--workers", "1") as server,
        VerifierClient(server.address) as client,
    ):
        yield client


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_worth_nothing_and_harms_nobody(client, attack):
    texts = [*attack.before, attack.completion, f"{attack.honest}\n"]
    (group,) = client.score([Group("code", attack.task, texts)], TIMEOUT_S)
    *hostile, honest = group.results
    for result in hostile:
        assert result.score is not None, result.error
        assert result.score.value == 0.0, result
        assert not result.score.passed
    assert honest.score is not None, honest.error
    assert honest.score.verdict == "CORRECT", honest


def test_names_are_unique():
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names))
