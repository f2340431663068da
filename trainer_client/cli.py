"""`trainer-client`: train a policy on verifier rewards, or evaluate one.

Promises: what a person did wrong is one line on standard error and exit status 2;
what went wrong in the run (no server, too few judgements) is status 1; Ctrl-C is
status 130 with the run's own server stopped. Importing this module is cheap:
torch is imported when a command runs.

Does not cover: the server's commands (`verifier-server`).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from rich.console import Console

from trainer_client.client import VerifierClient
from trainer_client.errors import ClientError
from trainer_client.failures import ConfigError, RunError
from trainer_client.reward import CHECK_TIMEOUT_S
from trainer_client.server_process import verifier_server

if TYPE_CHECKING:
    from trainer_client.config import Config, Device
    from trainer_client.evaluate import Evaluation

_EXIT_FAILED = 1
_EXIT_USAGE = 2
_EXIT_INTERRUPTED = 130

_DEMO_CONFIG = Path(__file__).with_name("demo.toml")
_SERVER_LOG = "server.log"

# That of the settings, which cannot be imported cheaply.
_MAX_SEED = 2**32 - 1

DeviceChoice = Literal["auto", "cpu", "cuda"]


@click.group()
@click.version_option(package_name="verifier-service")
def main() -> None:
    """Trains policies with rewards from a verifier server."""


def _common(command: Callable[..., None]) -> Callable[..., None]:
    options = [
        click.option(
            "--config",
            "config_path",
            type=click.Path(path_type=Path, dir_okay=False),
            default=_DEMO_CONFIG,
            help="TOML file with the settings; default: the demo's.",
        ),
        click.option(
            "--server", metavar="ADDR", help="A running server; default: start one for this run."
        ),
        click.option(
            "--seed", type=click.IntRange(0, _MAX_SEED), help="Overrides the file's seed."
        ),
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            help="auto takes a GPU where there is one, with the file's [gpu] settings.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@_common
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("runs/latest"),
    show_default=True,
    help="Directory for the policy, metrics.jsonl, summary.json and report.html.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Start from a local Hugging Face model or a policy saved by an earlier run.",
)
@click.option(
    "--warm-start/--no-warm-start",
    default=None,
    help="Whether to warm up on demonstrations; default: unless --model is given.",
)
def train(
    config_path: Path,
    server: str | None,
    seed: int | None,
    device: DeviceChoice,
    out: Path,
    model: Path | None,
    warm_start: bool | None,
) -> None:
    """Warms up a policy, trains it with GRPO, and reports pass@1 before and after."""
    console = Console()
    overrides = _overrides(seed, model)
    if warm_start is False or (warm_start is None and model is not None):
        overrides["warm_start"] = {"steps": 0}
    with _failures(console):
        config, chosen = _settings(config_path, device, overrides)
        _make_directory(out)
        with _server(server, out / _SERVER_LOG, console) as address:
            console.print("loading torch, transformers and TRL ...", highlight=False)
            from trainer_client.console import before_after_table
            from trainer_client.progress import RunProgress
            from trainer_client.run import REPORT_FILE, run
            from trainer_client.runtime import quiet_libraries

            quiet_libraries(config.threads)
            with RunProgress(console) as progress:
                record = run(config, server=address, out=out, device=chosen, progress=progress)
        console.print(before_after_table(record.before, record.after))
        console.print(
            f"{sum(record.wall_s.values()):.0f} s, {sum(record.cpu_s.values()):.0f} CPU s. "
            f"Report: {out / REPORT_FILE}",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )


@main.command()
@_common
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="A local Hugging Face model or a policy saved by a run.",
)
def evaluate(
    config_path: Path, server: str | None, seed: int | None, device: DeviceChoice, model: Path
) -> None:
    """Measures held-out pass@1 and pass@4 of a model."""
    import tempfile

    console = Console()
    with _failures(console):
        config, chosen = _settings(config_path, device, _overrides(seed, model))
        with (
            tempfile.TemporaryDirectory(prefix="trainer-client-") as scratch,
            _server(server, Path(scratch) / _SERVER_LOG, console) as address,
        ):
            evaluation = _evaluate(config, chosen, model, address, console)
        from trainer_client.console import figures_table

        console.print(figures_table(evaluation))


def _evaluate(
    config: "Config", device: "Device", model: Path, address: str, console: Console
) -> "Evaluation":
    from trainer_client.policy import load_policy
    from trainer_client.progress import RunProgress
    from trainer_client.prompts import choose_style
    from trainer_client.run import EVALUATION_TIMEOUT_S, evaluate_policy, make_splits
    from trainer_client.runtime import quiet_libraries

    quiet_libraries(config.threads)
    policy, tokenizer = load_policy(model)
    policy.to(device)
    style = choose_style(config.policy.prompt, policy, tokenizer, warm_start=False)
    with (
        VerifierClient(address, timeout_s=EVALUATION_TIMEOUT_S) as client,
        RunProgress(console) as progress,
    ):
        held_out = make_splits(config).held_out
        return evaluate_policy(
            policy, tokenizer, held_out, client, config, style, progress, "evaluation"
        )


def _overrides(seed: int | None, model: Path | None) -> dict[str, Any]:
    overrides: dict[str, Any] = {}
    if seed is not None:
        overrides["seed"] = seed
    if model is not None:
        overrides["policy"] = {"path": str(model)}
    return overrides


def _settings(
    path: Path, device: DeviceChoice, overrides: dict[str, Any]
) -> tuple["Config", "Device"]:
    """The settings for the device that there is. Raises ConfigError."""
    from trainer_client.config import load_config
    from trainer_client.runtime import choose_device, prepare

    # A bad file is told before torch, which takes seconds to import.
    prepare(load_config(path, overrides=overrides).threads)
    chosen = choose_device(device)
    return load_config(path, device=chosen, overrides=overrides), chosen


def _make_directory(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror}") from error


@contextmanager
def _server(address: str | None, log: Path, console: Console) -> Iterator[str]:
    """The address of the server to use, started for this run when none is named."""
    if address is not None:
        # Told before torch, which takes seconds to import.
        with VerifierClient(address) as client:
            client.server_info(CHECK_TIMEOUT_S)
        yield address
        return
    with verifier_server(log) as started:
        console.print(
            f"verifier server at {started}, log in {log}", highlight=False, soft_wrap=True
        )
        yield started


@contextmanager
def _failures(console: Console) -> Iterator[None]:
    """Turns what can go wrong into a message and an exit status."""
    try:
        yield
    except ConfigError as error:
        _fail(str(error), _EXIT_USAGE)
    except (RunError, ClientError) as error:
        _fail(str(error), _EXIT_FAILED)
    except ImportError as error:
        _fail(f"{error}. Training needs the [trainer] extra of the package.", _EXIT_USAGE)
    except KeyboardInterrupt:
        console.print("interrupted", highlight=False)
        sys.exit(_EXIT_INTERRUPTED)


def _fail(message: str, status: int) -> None:
    click.echo(f"error: {message}", err=True)
    sys.exit(status)
