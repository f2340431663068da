from pathlib import Path
from typing import Any

import pytest

import trainer_client.config
from trainer_client.config import load_config
from trainer_client.failures import ConfigError

DEMO = Path(trainer_client.config.__file__).with_name("demo.toml")
TASKS = "[tasks.math]\ndemonstrations = 4\ntrain = 16\nheld_out = 4\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (TASKS + "[grpo]\nbeta = -1\n", r"grpo\.beta"),
        (TASKS + "[grpo]\nlearning_rat = 1\n", r"grpo\.learning_rat"),
        (TASKS + "[grpo]\nmicro_batches = 3\n", "micro_batches"),
        (TASKS + "[policy]\nwidth = 100\nheads = 3\n", "width"),
        (TASKS + '[policy]\nprompt = "chat"\n', "terse"),
        (TASKS + "[warm_start]\nwrong_share = 1.5\n", r"warm_start\.wrong_share"),
        (TASKS + "[evaluation]\nsamples = 2\n", r"evaluation\.samples"),
        ("seed = 1\n", "tasks"),
        ("[tasks.math]\ndemonstrations = 0\ntrain = 16\nheld_out = 4\n", "demonstrations"),
        (TASKS + "[gpu.grpo]\nsteps = 0\n", r"grpo\.steps"),
        (TASKS + "[grpo]\nprompts_per_step = 17\n", r"tasks' train.*grpo\.prompts_per_step"),
        (TASKS + "[gpu.grpo]\nprompts_per_step = 17\n", r"tasks' train.*grpo\.prompts_per_step"),
        (f"seed = {2**32}\n" + TASKS, "seed"),
        ("gpu = 1\n" + TASKS, "gpu"),
        ("seed = ", "not a TOML file"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        load_config(write(tmp_path, text))
    assert "run.toml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load_config(tmp_path / "absent.toml")


def test_the_demo_file_is_valid_and_its_gpu_table_applies_on_a_gpu_only() -> None:
    on_cpu, on_gpu = load_config(DEMO), load_config(DEMO, device="cuda")
    assert on_cpu.policy.width < on_gpu.policy.width
    assert on_cpu.tasks == on_gpu.tasks
    assert set(on_cpu.tasks) == {"math", "json"}


def test_one_step_may_take_every_training_prompt_and_the_largest_seed(tmp_path: Path) -> None:
    two = TASKS + "[tasks.json]\ndemonstrations = 0\ntrain = 1\nheld_out = 1\n"
    text = f"seed = {2**32 - 1}\n" + two + "[grpo]\nprompts_per_step = 17\n"
    config = load_config(write(tmp_path, text))
    assert (config.seed, config.grpo.prompts_per_step) == (2**32 - 1, 17)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_overrides_win(device: Any) -> None:
    config = load_config(DEMO, device=device, overrides={"seed": 9, "grpo": {"steps": 2}})
    assert (config.seed, config.grpo.steps) == (9, 2)
    assert config.grpo.group_size >= 8
