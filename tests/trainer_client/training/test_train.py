"""GRPO with TRL on a tiny model, without the command around it."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from transformers import GenerationConfig
from verifier.v1 import scoring_pb2

from tests.trainer_client.fake import FakeServer
from trainer_client.config import Config, GrpoConfig, PolicyConfig, TaskSizes
from trainer_client.failures import RunError
from trainer_client.policy import build_model, load_policy, save_policy, train_tokenizer
from trainer_client.reward import RemoteReward
from trainer_client.train import train

PROMPT = "solve 2x+1=5\n"
ROW = {"prompt": PROMPT, "verifier": "math", "task": '{"answer": "2"}'}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    tokenizer = train_tokenizer([PROMPT], 300)
    model = build_model(tokenizer, PolicyConfig(width=32, layers=1, heads=2), seed=0)
    save_policy(model, tokenizer, tmp_path / "policy")
    return tmp_path / "policy"


def train_on(rows: list[dict[str, str]], policy: Path, server: FakeServer) -> Any:
    """Two steps of two prompts each; returns the model."""
    server.verifiers = ("math",)
    config = Config(
        tasks={"math": TaskSizes(demonstrations=1, train=2, held_out=1)},
        grpo=GrpoConfig(steps=2, prompts_per_step=2, group_size=4, max_new_tokens=4),
    )
    reward = RemoteReward(server.target)
    scratch = policy.with_name("scratch")
    try:
        model, _ = train(
            policy, rows, reward, config, device="cpu", scratch=scratch, on_step=lambda _: None
        )
    finally:
        reward.close()
    return model


@pytest.mark.slow
def test_training_that_takes_fewer_steps_than_asked_fails(server: FakeServer, policy: Path) -> None:
    # Fewer rows than a step takes: TRL has no batch, logs a warning and returns.
    with pytest.raises(RunError, match="0 of 2 steps"):
        train_on([ROW], policy, server)


@pytest.mark.slow
def test_the_models_own_decoding_settings_are_left_out(server: FakeServer, policy: Path) -> None:
    settings = GenerationConfig.from_pretrained(policy)
    _, tokenizer = load_policy(policy)
    only = tokenizer.convert_tokens_to_ids("x")
    settings.suppress_tokens = [token for token in range(len(tokenizer)) if token != only]
    settings.save_pretrained(policy)
    texts: set[bytes] = set()

    def listen(
        request: scoring_pb2.ScoreBatchRequest,
        reply: scoring_pb2.ScoreBatchResponse,
        context: grpc.ServicerContext,
    ) -> scoring_pb2.ScoreBatchResponse:
        texts.update(each.text for group in request.groups for each in group.completions)
        return reply

    server.always = listen
    model = train_on([ROW, ROW], policy, server)
    assert texts
    assert texts != {b"xxxx"}
    assert model.generation_config.suppress_tokens == settings.suppress_tokens
