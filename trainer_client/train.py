"""GRPO with TRL against a live verifier server.

Promises: every reward is the server's; the reference of the KL term is the
policy as it was saved before training; one record a step reaches `on_step`.

Does not cover: the warm start (`sft.py`), evaluation, vLLM, several devices.

Group relative policy optimisation: Shao et al. 2024, "DeepSeekMath", section
4.1. The token-level loss is TRL's "dapo" (Yu et al. 2025).
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback, ProgressCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from trainer_client.config import Config, Device
from trainer_client.failures import RunError
from trainer_client.policy import load_policy
from trainer_client.prompts import Style, render_prompt
from trainer_client.reward import RemoteReward
from trainer_client.sampling import own_settings_aside
from trainer_client.steps import StepRecord, step_record
from trainer_client.tasks.sample import Sample

_WARMUP_STEPS = 5
# TRL's default of .999 remembers a thousand steps; a run has a hundred.
_ADAM_BETA_2 = 0.95
_MAX_GRAD_NORM = 1.0


def reward_rows(samples: Sequence[Sample], style: Style, tokenizer: Any) -> list[dict[str, str]]:
    """The rows that TRL trains on: prompt, verifier, and the task as JSON text.

    Text, because Arrow gives every row of a struct column the same keys.
    """
    return [
        {
            "prompt": render_prompt(sample, style, tokenizer),
            "verifier": sample.verifier,
            "task": json.dumps(sample.task),
        }
        for sample in samples
    ]


def train(
    policy_path: Path,
    rows: Sequence[dict[str, str]],
    reward: RemoteReward,
    config: Config,
    *,
    device: Device,
    scratch: Path,
    on_step: Callable[[StepRecord], None],
) -> tuple[Any, Any]:
    """Trains the policy saved in `policy_path`; returns (model, tokenizer).

    Args:
        policy_path: a directory that `load_policy` reads. TRL reads it again for
            the reference model, so it must stay until the end.
        rows: as made by `reward_rows`.
        reward: asks the server.
        config: of the run; `grpo` and `seed` are used.
        device: where to train; bf16 autocast on "cuda".
        scratch: directory for TRL's own files.
        on_step: called after each step.

    Raises:
        ClientError: the verifier server is gone, or refuses the tasks.
        RunError: TRL took fewer steps than asked.
    """
    settings = config.grpo
    model, tokenizer = load_policy(policy_path)
    completions = settings.prompts_per_step * settings.group_size
    arguments = GRPOConfig(
        output_dir=str(scratch),
        seed=config.seed,
        max_steps=settings.steps,
        per_device_train_batch_size=completions // settings.micro_batches,
        gradient_accumulation_steps=settings.micro_batches,
        num_generations=settings.group_size,
        max_completion_length=settings.max_new_tokens,
        temperature=settings.temperature,
        top_k=0,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=min(_WARMUP_STEPS, settings.steps - 1),
        adam_beta2=_ADAM_BETA_2,
        weight_decay=0.0,
        max_grad_norm=_MAX_GRAD_NORM,
        beta=settings.beta,
        bf16=device == "cuda",
        use_cpu=device == "cpu",
        # Costs a second forward pass, and these activations fit.
        gradient_checkpointing=False,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=reward,
        args=arguments,
        train_dataset=Dataset.from_list(list(rows)),
        processing_class=tokenizer,
        callbacks=[_StepCallback(reward, on_step)],
    )
    # They print every log of TRL.
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    # TRL's own settings leave open what only some models have, such as banned tokens.
    with own_settings_aside(model, tokenizer):
        trainer.train()
    if trainer.state.global_step != settings.steps:
        raise RunError(
            f"training ended after {trainer.state.global_step} of {settings.steps} steps"
        )
    return trainer.accelerator.unwrap_model(trainer.model), tokenizer


class _StepCallback(TrainerCallback):  # type: ignore[misc]  # transformers is untyped for mypy
    """Hands each step's record on."""

    def __init__(self, reward: RemoteReward, on_step: Callable[[StepRecord], None]) -> None:
        self._reward = reward
        self._on_step = on_step
        self._started = time.monotonic()

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self._started = time.monotonic()

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        if logs is None or "reward" not in logs:  # the closing log has run times only
            return
        elapsed = time.monotonic() - self._started
        self._on_step(step_record(state.global_step, elapsed, logs, self._reward.last))
