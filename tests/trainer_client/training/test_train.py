"""GRPO with TRL on a tiny model, without the command around it."""

from pathlib import Path

import pytest

from tests.trainer_client.fake import FakeServer
from trainer_client.config import Config, GrpoConfig, PolicyConfig, TaskSizes
from trainer_client.failures import RunError
from trainer_client.policy import build_model, save_policy, train_tokenizer
from trainer_client.reward import RemoteReward
from trainer_client.train import train


@pytest.mark.slow
def test_training_that_takes_fewer_steps_than_asked_fails(
    server: FakeServer, tmp_path: Path
) -> None:
    server.verifiers = ("math",)
    tokenizer = train_tokenizer(["solve 2x+1=5\n"], 300)
    model = build_model(tokenizer, PolicyConfig(width=32, layers=1, heads=2), seed=0)
    save_policy(model, tokenizer, tmp_path / "policy")
    config = Config(
        tasks={"math": TaskSizes(demonstrations=1, train=4, held_out=1)},
        grpo=GrpoConfig(steps=2, prompts_per_step=4, group_size=2, max_new_tokens=2),
    )
    # Fewer rows than a step takes: TRL has no batch, logs a warning and returns.
    row = {"prompt": "solve 2x+1=5\n", "verifier": "math", "task": '{"answer": "2"}'}
    reward = RemoteReward(server.target)
    try:
        with pytest.raises(RunError, match="0 of 2 steps"):
            train(
                tmp_path / "policy",
                [row],
                reward,
                config,
                device="cpu",
                scratch=tmp_path / "scratch",
                on_step=lambda _: None,
            )
    finally:
        reward.close()
