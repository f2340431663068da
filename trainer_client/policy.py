"""The policy: a small Llama and its tokenizer built in process, or a local model.

Promises: nothing is looked up on a model hub; a saved policy loads again with
its tokenizer and gives the same logits.

Does not cover: adapters (PEFT), quantised models, or models of several modalities.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from trainer_client.config import PolicyConfig
from trainer_client.failures import PolicyError

_FEED_FORWARD_FACTOR = 4
_PADDING, _END = "<pad>", "<eos>"

_NAMED_WEIGHTS = 3
_MAX_REASON_LENGTH = 300


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """A byte-level BPE tokenizer that encodes any text and decodes it unchanged.

    Digits stay single tokens: merged digits hide place value from a small model.

    Args:
        texts: what to learn merges from.
        vocabulary: entries, of which 256 are bytes and two are special.
    """
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[_PADDING, _END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    special = {"pad_token": _PADDING, "eos_token": _END}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, padding_side="left", **special)
    # Else decoding would drop the space in " ," and the like.
    tokenizer.clean_up_tokenization_spaces = False
    return tokenizer


def build_model(tokenizer: Any, shape: PolicyConfig, seed: int) -> Any:
    """A Llama of the given shape with random weights, in float32 on the CPU."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.width,
            intermediate_size=shape.width * _FEED_FORWARD_FACTOR,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads,
            max_position_embeddings=shape.context,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    generation = model.generation_config
    generation.pad_token_id = tokenizer.pad_token_id
    generation.eos_token_id = tokenizer.eos_token_id
    # transformers' default of 1 would be <eos> here, and TRL would prepend it.
    generation.bos_token_id = None
    return model


def load_policy(path: Path) -> tuple[Any, Any]:
    """Loads (model, tokenizer) from a directory, in float32 on the CPU.

    Raises:
        PolicyError: the directory does not hold a usable causal language model, or
            not all of its weights, which transformers would draw at random.
    """
    if not (path / "config.json").is_file():
        raise PolicyError(f"{path} is no Hugging Face model: it has no config.json")
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        model, loading = AutoModelForCausalLM.from_pretrained(
            path,
            local_files_only=True,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # else an error that does not name the weights
        )
    # Each parser has exceptions of its own (SafetensorError, UnpicklingError), and
    # that of tokenizers raises a bare Exception.
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_REASON_LENGTH]
        raise PolicyError(f"cannot load the model in {path}: {reason}") from error
    _refuse_random_weights(loading, path)
    if tokenizer.eos_token_id is None:
        raise PolicyError(f"the tokenizer in {path} has no end-of-sequence token")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    if tokenizer.bos_token_id is None:
        model.generation_config.bos_token_id = None
    return model, tokenizer


def _refuse_random_weights(loading: dict[str, Any], path: Path) -> None:
    # transformers does not count a weight as missing that is tied to one it has.
    random = sorted(loading["missing_keys"] | {name for name, *_ in loading["mismatched_keys"]})
    if random:
        raise PolicyError(
            f"the checkpoint in {path} does not fit its config.json: {len(random)} weights are "
            f"missing or of another shape, among them {', '.join(random[:_NAMED_WEIGHTS])}"
        )


def save_policy(model: Any, tokenizer: Any, path: Path) -> None:
    """Writes model and tokenizer to a directory that `load_policy` reads."""
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    # The tokenizer is trained on the demonstrations of the run, so a checkpoint
    # without it cannot be used.
    tokenizer.save_pretrained(path)


def parameter_count(model: Any) -> int:
    """Number of weights, tied ones counted once."""
    return sum(weight.numel() for weight in model.parameters())
