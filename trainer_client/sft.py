"""The warm start: supervised steps on demonstrations.

Promises: only completion tokens carry loss; the same seed and data give the
same batches; returns the loss of every step.

Does not cover: packing, distributed training, evaluation.

The schedule (short warm-up, flat, then linear decay to a tenth) lets a
from-scratch model learn the form of the answers in a few hundred steps.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import torch

from trainer_client.config import WarmStartConfig

_WARMUP_STEPS = 30
_FLAT_SHARE = 0.4
_FINAL_RATE = 0.1
_BETAS = (0.9, 0.95)
_WEIGHT_DECAY = 0.01
_MAX_GRAD_NORM = 1.0
_IGNORED = -100  # the label that transformers' loss leaves out


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the completion to imitate."""

    prompt: str
    completion: str


def warm_start(
    model: Any,
    tokenizer: Any,
    examples: Sequence[Example],
    settings: WarmStartConfig,
    *,
    seed: int,
    on_step: Callable[[float], None],
) -> list[float]:
    """Trains the model in place.

    Args:
        model: a causal language model; stays on its device.
        tokenizer: its tokenizer, with end-of-sequence and padding tokens.
        examples: at least one.
        settings: steps, batch size, peak learning rate.
        seed: of the order of the examples.
        on_step: called after each step with its loss, in nats a token.

    Returns:
        The loss of each step.
    """
    encoded = [_encode(tokenizer, example) for example in examples]
    # One length for every batch: CPU kernels keep their shapes and buffers.
    length = max(len(ids) for ids, _ in encoded)
    device = next(model.parameters()).device
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, betas=_BETAS, weight_decay=_WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _rate(step, settings.steps)
    )
    batches = _batches(len(encoded), settings.batch_size, seed)
    losses: list[float] = []
    model.train()
    for _ in range(settings.steps):
        batch = _collate([encoded[i] for i in next(batches)], length, tokenizer.pad_token_id)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            loss = model(**{name: value.to(device) for name, value in batch.items()}).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), _MAX_GRAD_NORM)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        on_step(losses[-1])
    model.eval()
    return losses


def _encode(tokenizer: Any, example: Example) -> tuple[list[int], int]:
    """Token ids of prompt, completion and end; and the length of the prompt."""
    prompt = tokenizer(example.prompt)["input_ids"]
    completion = tokenizer(example.completion, add_special_tokens=False)["input_ids"]
    return [*prompt, *completion, tokenizer.eos_token_id], len(prompt)


def _rate(step: int, steps: int) -> float:
    """Learning rate at a step, as a share of the peak."""
    warm = min(1.0, (step + 1) / _WARMUP_STEPS)
    left = (1 - step / steps) / (1 - _FLAT_SHARE)
    return warm * min(1.0, _FINAL_RATE + (1 - _FINAL_RATE) * left)


def _batches(count: int, size: int, seed: int) -> Iterator[list[int]]:
    """Endless batches of indices; every example once before any twice."""
    rng = Random(f"{seed}-batches")
    order: list[int] = []
    while True:
        while len(order) < size:
            epoch = list(range(count))
            rng.shuffle(epoch)
            order += epoch
        yield order[:size]
        order = order[size:]


def _collate(
    rows: Sequence[tuple[list[int], int]], length: int, padding: int
) -> dict[str, torch.Tensor]:
    ids = torch.full((len(rows), length), padding)
    labels = torch.full((len(rows), length), _IGNORED)
    mask = torch.zeros((len(rows), length), dtype=torch.long)
    for row, (tokens, prompt_length) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        labels[row, prompt_length : len(tokens)] = torch.tensor(tokens[prompt_length:])
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}
