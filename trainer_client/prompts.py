"""How a sample is put to a policy.

Promises: one function makes the prompt for the warm start, for training and
for evaluation, so they cannot differ.

Does not cover: conversations of several turns, tools, or system prompts.
"""

from typing import Any, Literal

from trainer_client.failures import ConfigError
from trainer_client.tasks import FAMILIES
from trainer_client.tasks.sample import Sample

Style = Literal["terse", "instructed", "chat"]

# Kept in the model's config.json, so a saved policy is asked as it was trained.
_SAVED_AS = "prompt_style"


def choose_style(
    asked: Literal["auto"] | Style, model: Any, tokenizer: Any, *, warm_start: bool
) -> Style:
    """The style for a policy, which it remembers from now on.

    Args:
        asked: the setting `policy.prompt`.
        model: a causal language model; its config is changed.
        tokenizer: its tokenizer.
        warm_start: whether demonstrations are about to teach the terse style.
    """
    style: Style = asked if asked != "auto" else _fitting_style(model, tokenizer, warm_start)
    setattr(model.config, _SAVED_AS, style)
    return style


def _fitting_style(model: Any, tokenizer: Any, warm_start: bool) -> Style:
    saved: Style | None = getattr(model.config, _SAVED_AS, None)
    if saved is not None:
        return saved
    if warm_start:
        return "terse"
    return "chat" if tokenizer.chat_template else "instructed"


def render_prompt(sample: Sample, style: Style, tokenizer: Any) -> str:
    """The text after which the policy writes its completion.

    Raises:
        ConfigError: style "chat", and the tokenizer has no chat template.
    """
    if style == "terse":
        return f"{sample.question}\n"
    instructed = f"{FAMILIES[sample.verifier].instruction}\n{sample.question}\n"
    if style == "instructed":
        return instructed
    if not tokenizer.chat_template:
        raise ConfigError('policy.prompt = "chat" needs a tokenizer with a chat template')
    text: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": instructed}], tokenize=False, add_generation_prompt=True
    )
    # Tokenizing adds the beginning-of-sequence token; the template did too.
    return text.removeprefix(tokenizer.bos_token or "")
