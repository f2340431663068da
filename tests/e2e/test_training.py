"""Real training against a real server: TRL, jails, and a server that dies on the way."""

import json
import re
import subprocess
import sys

import pytest

from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.errors import ServerUnavailable, VerifierOutage
from trainer_client.results import Group
from trainer_client.reward import Outage, RemoteReward

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

SHORT = """
threads = 1
[tasks.math]
demonstrations = 150
train = 48
held_out = 12
[tasks.json]
demonstrations = 150
train = 48
held_out = 12
[policy]
width = 64
layers = 2
heads = 2
[warm_start]
steps = 60
batch_size = 24
[grpo]
steps = 4
prompts_per_step = 8
group_size = 8
beta = 0.01
[evaluation]
samples = 4
"""


def trainer(*arguments):
    command = [sys.executable, "-m", "trainer_client", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=400)


def test_a_short_run_through_real_jails(tmp_path):
    config, out = tmp_path / "short.toml", tmp_path / "out"
    config.write_text(SHORT)
    done = trainer("train", "--config", config, "--out", out, "--device", "cpu")
    assert done.returncode == 0, done.stdout + done.stderr

    steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    for step in steps:
        assert step["completions"] == 64
        assert step["missing"] == 0
        assert sum(step["verdicts"].values()) == 64
        assert 0.0 <= step["reward"] <= 1.0
        assert step["kl"] is not None  # beta > 0: there is a reference model

    summary = json.loads((out / "summary.json").read_text())
    assert set(summary["revisions"]) == {"math", "json"}
    report = (out / "report.html").read_text()
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", report)
    assert "pass@1" in report
    assert "server" in done.stdout

    again = trainer("evaluate", "--config", config, "--model", out / "policy", "--device", "cpu")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "pass@1" in again.stdout


def test_a_server_that_is_down_at_the_start_is_a_clear_error(tmp_path):
    config = tmp_path / "short.toml"
    config.write_text(SHORT)
    done = trainer("train", "--config", config, "--out", tmp_path, "--server", "127.0.0.1:9")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def call(reward):
    tasks = [{"answer": "1"}] * 4 + [{"answer": "2"}] * 4
    completions = ["\\boxed{1}", "\\boxed{2}"] * 4
    return reward(prompts=["?"] * 8, completions=completions, verifier=["math"] * 8, task=tasks)


def test_a_server_that_dies_never_becomes_zeros(tmp_path):
    outage = Outage(wait_s=1.0, max_missing=0.25, max_calls=2)
    with running_server(tmp_path, "--workers", "1") as server:
        reward = RemoteReward(server.address, outage=outage, deadline_s=5.0)
        assert call(reward) == [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]
        server.process.kill()
        server.process.wait()
        assert call(reward) == [None] * 8
        with pytest.raises(VerifierOutage):
            call(reward)
    with pytest.raises(ServerUnavailable):
        call(RemoteReward(server.address, outage=outage, deadline_s=2.0))


def test_a_server_that_comes_back_is_used_again(tmp_path):
    with running_server(tmp_path, "--workers", "1") as server:
        address = server.address
        reward = RemoteReward(address, outage=Outage(wait_s=60.0), deadline_s=30.0)
        assert call(reward)[0] == 1.0
        server.process.kill()
        server.process.wait()
    (tmp_path / "ready").unlink()
    with running_server(tmp_path, "--workers", "1", "--listen", address) as again:
        assert address in (tmp_path / "ready").read_text()
        assert call(reward) == [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]
        with VerifierClient(again.address) as client:
            assert client.score([Group("math", {"answer": "1"}, ["\\boxed{1}"])])[0].error is None
