"""One training run from beginning to end.

Promises: data, warm start, evaluation, GRPO, evaluation, report; every artefact
in the run's directory; the server that judges before, during and after is one,
and its revisions are pinned, so the figures compare.

Does not cover: reading settings (`config.py`) or talking to a person beyond
progress (`cli.py`).
"""

import dataclasses
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer_client.client import VerifierClient
from trainer_client.config import Config, Device
from trainer_client.evaluate import Evaluation, evaluate
from trainer_client.policy import (
    build_model,
    load_policy,
    parameter_count,
    save_policy,
    train_tokenizer,
)
from trainer_client.progress import RunProgress
from trainer_client.prompts import Style, choose_style, render_prompt
from trainer_client.report import RunRecord, write_report
from trainer_client.results import VerifierInfo
from trainer_client.reward import CHECK_TIMEOUT_S, RemoteReward
from trainer_client.runtime import cpu_seconds, library_versions, wall_seconds
from trainer_client.sft import Example, warm_start
from trainer_client.steps import StepRecord
from trainer_client.tasks.sample import Sample
from trainer_client.tasks.splits import Splits, SplitSizes, build_splits
from trainer_client.train import reward_rows, train

WARM_START_DIR = "warm_start"
POLICY_DIR = "policy"
METRICS_FILE = "metrics.jsonl"
SUMMARY_FILE = "summary.json"
REPORT_FILE = "report.html"

# A thousand completions at once, on a server that may be busy with other runs.
EVALUATION_TIMEOUT_S = 300.0
_CHECKED_ROWS = 8


@dataclass
class _Clock:
    """Wall and CPU seconds by phase."""

    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        wall, cpu = time.monotonic(), cpu_seconds()
        yield
        self.wall_s[name] = round(time.monotonic() - wall, 2)
        self.cpu_s[name] = round(cpu_seconds() - cpu, 2)


def run(
    config: Config, *, server: str, out: Path, device: Device, progress: RunProgress
) -> RunRecord:
    """Trains a policy and writes everything to `out`.

    Args:
        config: the settings.
        server: address of a verifier server.
        out: an existing directory.
        device: where to train.
        progress: started.

    Raises:
        PolicyError: the model at `policy.path` cannot be used.
        ClientError: the server is not there, or lacks a verifier.
        RunError: GRPO took fewer steps than asked.
        EvaluationError: too few judgements.
    """
    clock = _Clock()
    clock.wall_s["imports and server"] = round(wall_seconds(), 2)
    clock.cpu_s["imports and server"] = round(cpu_seconds(), 2)
    splits = make_splits(config)
    held_out = splits.held_out
    with VerifierClient(server, timeout_s=CHECK_TIMEOUT_S) as client:
        verifiers = [client.verifier(name) for name in sorted(config.tasks)]
        server_info = client.server_info()
    pins = {each.name: each.digest for each in verifiers}
    with clock.phase("warm start"):
        model, tokenizer, style, losses = _starting_policy(config, splits, device, progress)
        save_policy(model, tokenizer, out / WARM_START_DIR)
    with VerifierClient(server, timeout_s=EVALUATION_TIMEOUT_S, pins=pins) as client:
        with clock.phase("evaluation before"):
            before = evaluate_policy(
                model, tokenizer, held_out, client, config, style, progress, "evaluation before"
            )
        del model
        steps: list[StepRecord] = []
        with clock.phase("GRPO"):
            rows = reward_rows(splits.train, style, tokenizer)
            model, tokenizer = _train(config, rows, server, pins, out, device, progress, steps)
            save_policy(model, tokenizer, out / POLICY_DIR)
        with clock.phase("evaluation after"):
            after = evaluate_policy(
                model, tokenizer, held_out, client, config, style, progress, "evaluation after"
            )
    record = RunRecord(
        config=config,
        device=device,
        parameters=parameter_count(model),
        before=before,
        after=after,
        losses=tuple(losses),
        steps=tuple(steps),
        wall_s=clock.wall_s,
        cpu_s=clock.cpu_s,
        versions=library_versions() | {"server": server_info.version},
        sandbox=server_info.sandbox,
        revisions={each.name: each.digest for each in verifiers},
    )
    _write_summary(record, verifiers, out)
    write_report(record, out / REPORT_FILE)
    return record


def make_splits(config: Config) -> Splits:
    """The data of a run."""
    sizes = {
        name: SplitSizes(
            demonstrations=size.demonstrations, train=size.train, held_out=size.held_out
        )
        for name, size in config.tasks.items()
    }
    return build_splits(sizes, seed=config.seed, wrong_share=config.warm_start.wrong_share)


def evaluate_policy(
    model: Any,
    tokenizer: Any,
    held_out: Sequence[Sample],
    client: VerifierClient,
    config: Config,
    style: Style,
    progress: RunProgress,
    title: str,
) -> Evaluation:
    """Evaluates on held-out prompts with a bar named `title`. Raises as `evaluate`."""
    total = len(held_out) * (config.evaluation.samples + 1)
    with progress.phase(title, total) as phase:
        return evaluate(
            model, tokenizer, held_out, client, config, style=style, advance=phase.advance
        )


def _starting_policy(
    config: Config, splits: Splits, device: Device, progress: RunProgress
) -> tuple[Any, Any, Style, list[float]]:
    """The policy before GRPO: built or loaded, then warmed up; and the losses of that."""
    warm = config.warm_start.steps > 0
    if config.policy.path is not None:
        model, tokenizer = load_policy(config.policy.path)
        style = choose_style(config.policy.prompt, model, tokenizer, warm_start=warm)
        examples = _examples(splits, style, tokenizer)
    else:
        # A model from random weights knows no instruction: only terse fits it.
        style = "terse"
        examples = _examples(splits, style, None)
        with progress.phase("tokenizer", 1) as phase:
            texts = [example.prompt + example.completion for example in examples]
            tokenizer = train_tokenizer(texts, config.policy.vocabulary)
            phase.advance()
        model = build_model(tokenizer, config.policy, config.seed)
        choose_style(style, model, tokenizer, warm_start=warm)
    model.to(device)
    if not warm:
        return model, tokenizer, style, []
    with progress.phase("warm start (SFT)", config.warm_start.steps, plain_every=100) as phase:
        losses = warm_start(
            model,
            tokenizer,
            examples,
            config.warm_start,
            seed=config.seed,
            on_step=lambda loss: phase.advance(note=f"loss {loss:.3f}"),
        )
    return model, tokenizer, style, losses


def _examples(splits: Splits, style: Style, tokenizer: Any) -> list[Example]:
    return [
        Example(render_prompt(each.sample, style, tokenizer), each.completion)
        for each in splits.demonstrations
    ]


def _train(
    config: Config,
    rows: list[dict[str, str]],
    server: str,
    pins: dict[str, str],
    out: Path,
    device: Device,
    progress: RunProgress,
    steps: list[StepRecord],
) -> tuple[Any, Any]:
    """GRPO, with each step's record written as it comes and appended to `steps`."""
    reward = RemoteReward(server, pins=pins)
    reward.check(rows[:_CHECKED_ROWS])
    with (
        progress.phase("GRPO", config.grpo.steps) as phase,
        (out / METRICS_FILE).open("w", encoding="utf-8") as metrics,
        tempfile.TemporaryDirectory(prefix="trainer-client-") as scratch,
    ):

        def on_step(record: StepRecord) -> None:
            steps.append(record)
            metrics.write(json.dumps(dataclasses.asdict(record)) + "\n")
            metrics.flush()
            phase.advance(note=record.line())

        try:
            return train(
                out / WARM_START_DIR,
                rows,
                reward,
                config,
                device=device,
                scratch=Path(scratch),
                on_step=on_step,
            )
        finally:
            reward.close()


def _write_summary(record: RunRecord, verifiers: list[VerifierInfo], out: Path) -> None:
    summary = {
        "config": record.config.model_dump(mode="json"),
        "device": record.device,
        "parameters": record.parameters,
        "before": {name: dataclasses.asdict(f) for name, f in record.before.figures.items()},
        "after": {name: dataclasses.asdict(f) for name, f in record.after.figures.items()},
        "wall_s": record.wall_s,
        "cpu_s": record.cpu_s,
        "versions": record.versions,
        "sandbox": record.sandbox,
        "revisions": record.revisions,
        "verifiers": {
            each.name: {"version": each.version, "libraries": dict(each.libraries)}
            for each in verifiers
        },
    }
    text = json.dumps(summary, indent=2, ensure_ascii=True)
    (out / SUMMARY_FILE).write_text(text + "\n", encoding="utf-8")
