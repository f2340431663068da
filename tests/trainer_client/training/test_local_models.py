"""Local models that are broken, or that bring settings of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from safetensors.torch import load_file, save_file
from tokenizers import processors

from tests.trainer_client.fake import FakeServer
from trainer_client.cli import main
from trainer_client.config import PolicyConfig
from trainer_client.failures import PolicyError
from trainer_client.policy import build_model, load_policy, save_policy, train_tokenizer
from trainer_client.prompts import render_prompt
from trainer_client.sampling import sample_completions
from trainer_client.tasks.splits import SplitSizes, build_splits

SHAPE = PolicyConfig(width=32, layers=1, heads=2)
QUESTION = "solve 2x+1=5\n"
SAMPLE = build_splits({"math": SplitSizes(1, 1, 1)}, seed=0, wrong_share=0.0).held_out[0]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    tokenizer = train_tokenizer([QUESTION], SHAPE.vocabulary)
    save_policy(build_model(tokenizer, SHAPE, seed=0), tokenizer, tmp_path / "model")
    return tmp_path / "model"


def edit_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def more_layers(model: Path) -> None:
    edit_json(model / "config.json", num_hidden_layers=3)


def another_width(model: Path) -> None:
    edit_json(model / "config.json", intermediate_size=96)


def no_embeddings(model: Path) -> None:
    """Both ends of a tied weight."""
    weights = load_file(model / "model.safetensors")
    del weights["model.embed_tokens.weight"]
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})


def truncated_weights(model: Path) -> None:
    weights = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(weights[: len(weights) // 2])


def pickle_that_is_none(model: Path) -> None:
    (model / "model.safetensors").unlink()
    (model / "pytorch_model.bin").write_bytes(b"\x80\x04none")


def tokenizer_of_another_kind(model: Path) -> None:
    edit_json(model / "tokenizer.json", model={"type": "none such"})


BROKEN = [
    (more_layers, r"model\.layers\.1"),
    (another_width, r"model\.layers\.0\.mlp"),
    (no_embeddings, r"embed_tokens"),
    (truncated_weights, "SafetensorError"),
    (pickle_that_is_none, "UnpicklingError"),
    (tokenizer_of_another_kind, "tokenizer|untagged|variant"),
]


@pytest.mark.parametrize(("damage", "named"), BROKEN)
def test_a_broken_model_is_refused_in_one_line(
    saved: Path, damage: Callable[[Path], None], named: str
) -> None:
    damage(saved)
    with pytest.raises(PolicyError, match=named) as caught:
        load_policy(saved)
    assert str(saved) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("tied", [True, False])
def test_tied_weights_are_not_missed(saved: Path, tied: bool) -> None:
    weights = load_file(saved / "model.safetensors")
    assert "lm_head.weight" not in weights
    edit_json(saved / "config.json", tie_word_embeddings=tied)
    if tied:
        load_policy(saved)
    else:
        with pytest.raises(PolicyError, match="lm_head"):
            load_policy(saved)


CHAT = "{{ bos_token }}[user]{{ messages[0]['content'] }}[model]"


def with_bos(model: Path, *, adds_it: bool, template: str = CHAT) -> Any:
    _, tokenizer = load_policy(model)
    tokenizer.add_special_tokens({"bos_token": "<bos>"})
    if adds_it:
        tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
            single="<bos> $A", special_tokens=[("<bos>", tokenizer.bos_token_id)]
        )
    tokenizer.chat_template = template
    return tokenizer


@pytest.mark.parametrize("adds_it", [True, False])
def test_a_chat_prompt_begins_with_one_bos(saved: Path, adds_it: bool) -> None:
    tokenizer = with_bos(saved, adds_it=adds_it)
    ids = tokenizer(render_prompt(SAMPLE, "chat", tokenizer))["input_ids"]
    assert ids[0] == tokenizer.bos_token_id
    assert ids.count(tokenizer.bos_token_id) == 1


@pytest.mark.parametrize(
    "template", ["{{ raise_exception('no\nuser') }}", "{{ 1 + 'a' }}", "{% if %}"]
)
def test_a_chat_template_that_fails_is_one_line(saved: Path, template: str) -> None:
    tokenizer = with_bos(saved, adds_it=False, template=template)
    with pytest.raises(PolicyError, match="chat template") as caught:
        render_prompt(SAMPLE, "chat", tokenizer)
    assert "\n" not in str(caught.value)


def test_a_broken_model_ends_the_command_with_status_1(saved: Path, server: FakeServer) -> None:
    more_layers(saved)
    server.verifiers = ("math", "json")
    arguments = ["--model", str(saved), "--server", server.target, "--device", "cpu"]
    done = CliRunner().invoke(main, ["evaluate", *arguments])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert done.output.splitlines()[-1].startswith("error: the checkpoint in")


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_models_own_decoding_settings_are_left_out(saved: Path, temperature: float) -> None:
    model, tokenizer = load_policy(saved)

    def sample() -> list[list[str]]:
        return sample_completions(
            model,
            tokenizer,
            [QUESTION],
            samples=4,
            temperature=temperature,
            max_new_tokens=16,
            batch_size=4,
            seed=5,
            advance=lambda _: None,
        )

    plain = sample()
    own = model.generation_config
    own.update(
        repetition_penalty=1.9,
        no_repeat_ngram_size=1,
        min_p=0.5,
        top_k=2,
        min_new_tokens=16,
        suppress_tokens=list(range(2, 200)),
        num_beams=2,
    )
    assert sample() == plain
    assert model.generation_config is own
    assert own.repetition_penalty == 1.9
