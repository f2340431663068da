"""Ctrl-C in the middle of a real run: its own server is drained and gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

TIMEOUT_S = 300
SETTINGS = """
threads = 1
[tasks.math]
demonstrations = 40
train = 16
held_out = 3
[tasks.json]
demonstrations = 40
train = 16
held_out = 3
[policy]
width = 32
layers = 1
heads = 2
[warm_start]
steps = 4
batch_size = 8
[grpo]
steps = 2000
prompts_per_step = 4
group_size = 4
[evaluation]
samples = 4
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    config = folder / "run.toml"
    config.write_text(SETTINGS)
    command = [str(Path(sys.executable).with_name("trainer-client")), "train"]
    command += ["--config", str(config), "--out", str(folder / "out"), "--device", "cpu"]
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)


def test_an_interrupted_run_stops_its_server(tmp_path: Path) -> None:
    run = start(tmp_path)
    metrics = tmp_path / "out" / "metrics.jsonl"
    deadline = time.monotonic() + TIMEOUT_S
    while not (metrics.exists() and metrics.stat().st_size):
        assert run.poll() is None, (tmp_path / "output").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(TIMEOUT_S) == 130
    assert '"stopped"' in (tmp_path / "out" / "server.log").read_text()
