"""Every attack, through a real server: worth nothing, and the next completion is judged right."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest

from tests.hostile.kit import Attack
from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group, GroupResult

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
SERVERS = 2


def _judge(folder: Path, attacks: Sequence[Attack]) -> dict[str, GroupResult]:
    """What a server of its own makes of some attacks, one after the other."""
    # One worker: what an attack leaves behind can only be met by who comes after it.
    with (
        running_server(folder, "--workers", "1") as server,
        VerifierClient(server.address) as client,
    ):
        found = {}
        for attack in attacks:
            texts = [*attack.before, attack.completion, f"{attack.honest}\n"]
            (found[attack.name],) = client.score([Group("code", attack.task, texts)], TIMEOUT_S)
        return found


@pytest.fixture(scope="module")
def judged(request, tmp_path_factory):
    """The results of the attacks that this run selected, by name; two servers side by side."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    attacks = [call.params["attack"] for call in calls if call and "attack" in call.params]
    folders = [tmp_path_factory.mktemp("server") for _ in range(SERVERS)]
    parts = [attacks[index::SERVERS] for index in range(SERVERS)]
    with ThreadPoolExecutor(SERVERS) as threads:
        found = list(threads.map(_judge, folders, parts))
    return {name: group for part in found for name, group in part.items()}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_worth_nothing_and_harms_nobody(judged, attack):
    *hostile, honest = judged[attack.name].results
    for result in hostile:
        assert result.score is not None, result.error
        assert result.score.value == 0.0, result
        assert not result.score.passed
    assert honest.score is not None, honest.error
    assert honest.score.verdict == "CORRECT", honest


def test_names_are_unique():
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names))
