"""A whole run on a tiny model, with TRL, against a server that judges by a rule."""

import json
from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner
from verifier.v1 import common_pb2, scoring_pb2

from tests.trainer_client.fake import FakeServer, fail_texts
from trainer_client.cli import main

TINY = """
threads = 1
[tasks.math]
demonstrations = 40
train = 8
held_out = 3
[policy]
width = 32
layers = 1
heads = 2
[warm_start]
steps = 3
batch_size = 8
[grpo]
steps = 2
prompts_per_step = 2
group_size = 4
max_new_tokens = 8
[evaluation]
samples = 4
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


def invoke(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.mark.slow
def test_a_run_leaves_everything_and_can_be_taken_up_again(
    server: FakeServer, config: Path, tmp_path: Path
) -> None:
    server.verifiers = ("math",)
    out = tmp_path / "out"
    common = ("--config", config, "--server", server.target, "--device", "cpu")
    status, output = invoke("train", *common, "--out", out)
    assert status == 0, output
    steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert [step["step"] for step in steps] == [1, 2]
    for step in steps:
        assert step["completions"] == 8
        assert sum(step["verdicts"].values()) == 8
        assert step["kl"] is not None
    summary = json.loads((out / "summary.json").read_text())
    assert set(summary["before"]) == {"math", "overall"}
    assert summary["after"]["math"]["judged"] == 3 * 5
    assert summary["revisions"] == {"math": server.digest}
    assert "GRPO run" in (out / "report.html").read_text()
    assert "report.html" in output

    status, output = invoke("evaluate", *common, "--model", out / "policy")
    assert status == 0, output
    assert "pass@1" in output

    again = tmp_path / "again"
    status, output = invoke("train", *common, "--model", out / "policy", "--out", again)
    assert status == 0, output
    assert "warm start (SFT)" not in output
    assert (again / "policy" / "tokenizer.json").is_file()


@pytest.mark.slow
def test_missing_judgements_fail_the_evaluation(
    server: FakeServer, config: Path, tmp_path: Path
) -> None:
    server.verifiers = ("math",)

    def lose_everything(
        request: scoring_pb2.ScoreBatchRequest,
        reply: scoring_pb2.ScoreBatchResponse,
        context: grpc.ServicerContext,
    ) -> scoring_pb2.ScoreBatchResponse:
        texts = [each.text.decode() for one in request.groups for each in one.completions]
        lose = fail_texts(common_pb2.SCORE_ERROR_CODE_SANDBOX_FAULT, *texts, retryable=False)
        return lose(request, reply, context)

    server.always = lose_everything
    status, output = invoke(
        "train", "--config", config, "--server", server.target, "--out", tmp_path / "out"
    )
    assert status == 1
    assert "were not judged" in output
    assert "SANDBOX_FAULT" in output


@pytest.mark.slow
def test_a_server_without_the_verifier_is_told_at_once(
    server: FakeServer, config: Path, tmp_path: Path
) -> None:
    status, output = invoke(
        "train", "--config", config, "--server", server.target, "--out", tmp_path / "out"
    )
    assert status == 1
    assert "math" in output
    assert "Traceback" not in output
