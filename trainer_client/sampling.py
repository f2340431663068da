"""Completions sampled from a policy outside of training.

Promises: the caller's random state, the model's mode and its generation
settings are as before; none of the latter but the token ids has a part in the
sampling; completions come in the order of the prompts.

Does not cover: sampling within GRPO steps, which TRL does.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import GenerationConfig


@contextmanager
def own_settings_aside(model: Any, tokenizer: Any) -> Iterator[None]:
    """Sets the model's generation settings aside, all but the ids of its special tokens.

    `generate` fills what its argument leaves open from `model.generation_config`, so
    a repetition penalty or banned tokens that a model was published with would
    apply. Every end token of model and tokenizer ends a completion, as in TRL.
    """
    own = model.generation_config
    ends = own.eos_token_id if isinstance(own.eos_token_id, list) else [own.eos_token_id]
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=[
            tokenizer.eos_token_id,
            *(end for end in ends if end not in (None, tokenizer.eos_token_id)),
        ],
        pad_token_id=tokenizer.pad_token_id,
    )
    try:
        yield
    finally:
        model.generation_config = own


def sample_completions(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    *,
    samples: int,
    temperature: float,
    max_new_tokens: int,
    batch_size: int,
    seed: int,
    advance: Callable[[int], None],
) -> list[list[str]]:
    """Samples completions.

    Args:
        model: a causal language model, on any device.
        tokenizer: its tokenizer; pads on the left.
        prompts: texts to continue.
        samples: completions a prompt.
        temperature: 0 is greedy decoding; else the whole distribution is sampled.
        max_new_tokens: longest completion, in tokens.
        batch_size: sequences at once.
        seed: of the sampling.
        advance: called with the number of sequences finished since the last call.

    Returns:
        `samples` completions for each prompt, special tokens stripped.
    """
    flat = [prompt for prompt in prompts for _ in range(samples)]
    decoding: dict[str, Any] = {"do_sample": False}
    if temperature > 0:
        decoding = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    texts: list[str] = []
    try:
        with (
            own_settings_aside(model, tokenizer),
            torch.random.fork_rng(devices=[device] if device.type == "cuda" else []),
            torch.no_grad(),
            torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"),
        ):
            torch.manual_seed(seed)
            for start in range(0, len(flat), batch_size):
                batch = tokenizer(
                    flat[start : start + batch_size],
                    return_tensors="pt",
                    padding=True,
                    return_token_type_ids=False,
                ).to(device)
                tokens = model.generate(**batch, max_new_tokens=max_new_tokens, **decoding)
                new = tokens[:, batch["input_ids"].shape[1] :]
                texts += tokenizer.batch_decode(new, skip_special_tokens=True)
                advance(len(new))
    finally:
        model.train(was_training)
    return [texts[i * samples : (i + 1) * samples] for i in range(len(prompts))]
