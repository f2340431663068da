from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer_client.config import PolicyConfig, WarmStartConfig
from trainer_client.failures import ConfigError, PolicyError
from trainer_client.policy import (
    build_model,
    load_policy,
    parameter_count,
    save_policy,
    train_tokenizer,
)
from trainer_client.prompts import choose_style, render_prompt
from trainer_client.sampling import sample_completions
from trainer_client.sft import Example, warm_start
from trainer_client.tasks import FAMILIES
from trainer_client.tasks.splits import SplitSizes, build_splits

SHAPE = PolicyConfig(width=32, layers=1, heads=2)
SPLITS = build_splits({"math": SplitSizes(64, 8, 4)}, seed=0, wrong_share=0.0)
EXAMPLES = [Example(f"{d.sample.question}\n", d.completion) for d in SPLITS.demonstrations]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer([e.prompt + e.completion for e in EXAMPLES], SHAPE.vocabulary)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_survives_the_tokenizer(tokenizer: Any, text: str) -> None:
    ids = tokenizer(text)["input_ids"]
    kept = text.replace("<pad>", "").replace("<eos>", "")
    assert tokenizer.decode(ids, skip_special_tokens=True) == kept


def test_digits_stay_single_tokens(tokenizer: Any) -> None:
    digits = tokenizer.convert_ids_to_tokens(tokenizer("solve 48x+92=1367")["input_ids"])
    assert all(sum(char.isdigit() for char in token) <= 1 for token in digits)


def test_the_demo_model_has_half_a_million_weights(tokenizer: Any) -> None:
    assert 0.4e6 < parameter_count(build_model(tokenizer, PolicyConfig(), seed=0)) < 0.5e6


def test_a_saved_policy_loads_with_the_same_logits_and_style(
    tokenizer: Any, tmp_path: Path
) -> None:
    model = build_model(tokenizer, SHAPE, seed=0)
    assert choose_style("auto", model, tokenizer, warm_start=True) == "terse"
    save_policy(model, tokenizer, tmp_path)
    again, its_tokenizer = load_policy(tmp_path)
    ids = tokenizer("solve 3x+4=19\n", return_tensors="pt")["input_ids"]
    assert its_tokenizer("solve 3x+4=19\n")["input_ids"] == ids[0].tolist()
    assert torch.equal(model(ids).logits, again(ids).logits)
    assert choose_style("auto", again, its_tokenizer, warm_start=False) == "terse"
    assert again.generation_config.bos_token_id is None


def test_the_same_seed_builds_the_same_model(tokenizer: Any) -> None:
    first, same, other = (build_model(tokenizer, SHAPE, seed=seed) for seed in (1, 1, 2))
    weights = [next(iter(model.parameters())) for model in (first, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_a_directory_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"config\.json"):
        load_policy(tmp_path)


def test_a_strange_model_is_asked_with_the_instruction(tokenizer: Any) -> None:
    model = build_model(tokenizer, SHAPE, seed=0)
    style = choose_style("auto", model, tokenizer, warm_start=False)
    sample = SPLITS.held_out[0]
    assert style == "instructed"
    prompt = render_prompt(sample, style, tokenizer)
    assert FAMILIES["math"].instruction in prompt
    assert sample.question in prompt


def test_chat_style_uses_the_template_without_its_first_token(tokenizer: Any) -> None:
    class Chat:
        chat_template = "some"
        bos_token = "<s>"
        bos_token_id = 1

        def __call__(self, text: str) -> dict[str, list[int]]:
            return {"input_ids": [1]}

        def apply_chat_template(self, messages: Any, **_: Any) -> str:
            return f"<s>[user]{messages[0]['content']}[model]"

    prompt = render_prompt(SPLITS.held_out[0], "chat", Chat())
    assert prompt.startswith("[user]")
    assert prompt.endswith("[model]")
    tokenizer.chat_template = None
    with pytest.raises(ConfigError, match="chat template"):
        render_prompt(SPLITS.held_out[0], "chat", tokenizer)


def test_the_warm_start_lowers_the_loss_and_repeats(tokenizer: Any) -> None:
    settings = WarmStartConfig(steps=60, batch_size=16, learning_rate=5e-3, wrong_share=0.0)

    def losses() -> list[float]:
        model = build_model(tokenizer, SHAPE, seed=0)
        return warm_start(model, tokenizer, EXAMPLES, settings, seed=0, on_step=lambda _: None)

    first = losses()
    assert len(first) == 60
    assert sum(first[-5:]) / 5 < 0.6 * first[0]
    assert losses() == pytest.approx(first, rel=1e-4)


def test_only_completion_tokens_carry_loss(tokenizer: Any) -> None:
    model = build_model(tokenizer, SHAPE, seed=0)
    example = EXAMPLES[0]
    one_step = WarmStartConfig(steps=1, batch_size=1, wrong_share=0.0)
    ids = tokenizer(example.prompt + example.completion)["input_ids"]
    prompt_length = len(tokenizer(example.prompt)["input_ids"])
    tokens = torch.tensor([[*ids, tokenizer.eos_token_id]])
    with torch.no_grad():
        logits = model(tokens).logits[0, prompt_length - 1 : -1]
    expected = torch.nn.functional.cross_entropy(logits, tokens[0, prompt_length:])
    found = warm_start(model, tokenizer, [example], one_step, seed=0, on_step=lambda _: None)
    assert found[0] == pytest.approx(float(expected), rel=1e-4)


def test_sampling_keeps_order_mode_and_random_state(tokenizer: Any) -> None:
    model = build_model(tokenizer, SHAPE, seed=0).train()
    seen: list[int] = []
    state = torch.get_rng_state()

    def sample(temperature: float, batch_size: int) -> list[list[str]]:
        return sample_completions(
            model,
            tokenizer,
            ["solve 2x+1=5\n", "extract: bob is 44 and lives in rome\n", "a\n"],
            samples=2,
            temperature=temperature,
            max_new_tokens=6,
            batch_size=batch_size,
            seed=5,
            advance=seen.append,
        )

    sampled = sample(1.0, 6)
    assert [len(each) for each in sampled] == [2, 2, 2]
    assert sum(seen) == 6
    assert sampled == sample(1.0, 6)
    assert model.training
    assert torch.equal(state, torch.get_rng_state())
    greedy = sample(0.0, 4)
    assert all(first == second for first, second in greedy)
    assert greedy == sample(0.0, 1)
