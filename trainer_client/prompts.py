"""How a sample is put to a policy.

Promises: one function makes the prompt for the warm start, for training and
for evaluation, so they cannot differ.

Does not cover: conversations of several turns, tools, or system prompts.
"""

from typing import Any, Literal

from jinja2 import TemplateError

from trainer_client.failures import ConfigError, PolicyError
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
        PolicyError: style "chat", and the template fails.
    """
    if style == "terse":
        return f"{sample.question}\n"
    instructed = f"{FAMILIES[sample.verifier].instruction}\n{sample.question}\n"
    if style == "instructed":
        return instructed
    if not tokenizer.chat_template:
        raise ConfigError('policy.prompt = "chat" needs a tokenizer with a chat template')
    try:
        text: str = tokenizer.apply_chat_template(
            [{"role": "user", "content": instructed}], tokenize=False, add_generation_prompt=True
        )
    # A template is a program: its own errors, and those of the Python that it calls.
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise PolicyError(f"the model's chat template fails: {reason}") from error
    # Where tokenizing adds the beginning-of-sequence token, the template's would be a second.
    adds_bos = tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]
    return text.removeprefix(tokenizer.bos_token) if adds_bos else text
