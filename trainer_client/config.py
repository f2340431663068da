"""The settings of a training run: one TOML file.

Promises: every setting has a name, a type, a range and a default; an unknown or
bad one is a `ConfigError` that names the field. The `[gpu]` table of a file
holds overrides that apply only where the run uses CUDA.

Does not cover: settings of the verifier server.
"""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from trainer_client.failures import ConfigError

Device = Literal["cpu", "cuda"]

# numpy's seeds are of 32 bits, and transformers' set_seed seeds numpy too.
_MAX_SEED = 2**32 - 1


class _Table(BaseModel):
    """One TOML table: unknown keys are errors and values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TaskSizes(_Table):
    """Problems of one family: how many are demonstrated, trained on, held out."""

    demonstrations: int = Field(ge=0)
    train: int = Field(ge=1)
    held_out: int = Field(ge=1)


class PolicyConfig(_Table):
    """The model. With `path` a local Hugging Face model; else one is built.

    `prompt` is how a question is put: "terse" as a warm start teaches it,
    "instructed" with the family's instruction, "chat" as instructed through the
    tokenizer's chat template. "auto" takes what the policy was saved with, else
    terse before a warm start, else chat where there is a template.
    """

    path: Path | None = None
    prompt: Literal["auto", "terse", "instructed", "chat"] = "auto"
    vocabulary: int = Field(default=384, ge=300)
    width: int = Field(default=96, ge=8)
    layers: int = Field(default=3, ge=1)
    heads: int = Field(default=4, ge=1)
    context: int = Field(default=256, ge=32)

    @model_validator(mode="after")
    def _fits_together(self) -> "PolicyConfig":
        # Rotary embeddings turn pairs of channels, so a head's width must be even.
        if self.width % (2 * self.heads):
            raise ValueError("width must be a multiple of twice the number of heads")
        if self.path is None and self.prompt not in ("auto", "terse"):
            raise ValueError("a model built from random weights is asked in terse prompts")
        return self


class WarmStartConfig(_Table):
    """Supervised steps on demonstrations, a share of which is wrong. 0 steps: none."""

    steps: int = Field(default=400, ge=0)
    batch_size: int = Field(default=64, ge=1)
    learning_rate: float = Field(default=3e-3, gt=0)
    wrong_share: float = Field(default=0.7, ge=0, lt=1)


class GrpoConfig(_Table):
    """Group relative policy optimisation; names and meanings are TRL's `GRPOConfig`.

    A step samples `prompts_per_step` groups of `group_size` completions and
    learns from them in `micro_batches` passes.
    """

    steps: int = Field(default=100, ge=1)
    prompts_per_step: int = Field(default=16, ge=1)
    group_size: int = Field(default=8, ge=2)
    learning_rate: float = Field(default=3e-4, gt=0)
    beta: float = Field(default=0.01, ge=0)
    temperature: float = Field(default=1.0, gt=0)
    max_new_tokens: int = Field(default=32, ge=1)
    micro_batches: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _micro_batches_divide(self) -> "GrpoConfig":
        if (self.prompts_per_step * self.group_size) % self.micro_batches:
            raise ValueError("micro_batches must divide prompts_per_step * group_size")
        return self


class EvaluationConfig(_Table):
    """Held-out evaluation: `samples` completions a prompt at `temperature`, and a greedy one.

    More than `max_missing` of the judgements missing fails the evaluation.
    """

    samples: int = Field(default=8, ge=4)
    temperature: float = Field(default=1.0, gt=0)
    batch_size: int = Field(default=256, ge=1)
    max_missing: float = Field(default=0.02, ge=0, lt=1)


class Config(_Table):
    """All settings of a run. `threads` is torch's number of CPU threads."""

    seed: int = Field(default=0, ge=0, le=_MAX_SEED)
    threads: int = Field(default=2, ge=1)
    tasks: dict[str, TaskSizes] = Field(min_length=1)
    policy: PolicyConfig = PolicyConfig()
    warm_start: WarmStartConfig = WarmStartConfig()
    grpo: GrpoConfig = GrpoConfig()
    evaluation: EvaluationConfig = EvaluationConfig()

    @model_validator(mode="after")
    def _warm_start_has_data(self) -> "Config":
        if self.warm_start.steps and not any(t.demonstrations for t in self.tasks.values()):
            raise ValueError("warm_start.steps needs demonstrations in at least one of tasks")
        return self

    @model_validator(mode="after")
    def _a_step_can_be_filled(self) -> "Config":
        # TRL drops a batch it cannot fill, and would train on nothing at all.
        prompts = sum(task.train for task in self.tasks.values())
        if prompts < self.grpo.prompts_per_step:
            raise ValueError(
                f"the tasks' train add up to {prompts} prompts, fewer than "
                f"grpo.prompts_per_step = {self.grpo.prompts_per_step}"
            )
        return self


def load_config(
    path: Path, *, device: Device = "cpu", overrides: dict[str, Any] | None = None
) -> Config:
    """Reads a configuration file.

    Args:
        path: the TOML file.
        device: "cuda" also applies the file's `[gpu]` table.
        overrides: nested settings that win over the file, such as those of flags.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or a setting is bad.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    gpu = settings.pop("gpu", {})
    if not isinstance(gpu, dict):
        raise ConfigError(f"{path}: gpu: must be a table")
    try:
        config = Config.model_validate(_merge(settings, overrides or {}))
        on_gpu = Config.model_validate(_merge(_merge(settings, gpu), overrides or {}))
    except ValidationError as error:
        problems = "; ".join(_describe(dict(detail)) for detail in error.errors())
        raise ConfigError(f"{path}: {problems}") from error
    return on_gpu if device == "cuda" else config


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        under = merged.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            merged[key] = _merge(under, value)
        else:
            merged[key] = value
    return merged


def _describe(detail: dict[str, Any]) -> str:
    field = ".".join(str(part) for part in detail["loc"]) or "settings"
    return f"{field}: {detail['msg']}"
