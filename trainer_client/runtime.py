"""The process that trains: environment, threads, device, quiet libraries.

Promises: `prepare` runs before torch is imported, so that its settings reach the
OpenMP runtime and CUDA; one GPU is visible; no library looks for a model hub or
draws its own progress bars.

Does not cover: several processes or devices.
"""

import logging
import os
import resource
import time
import warnings
from typing import Any, Literal

from trainer_client.config import Device
from trainer_client.failures import ConfigError

_ENVIRONMENT = {
    # Threads that spin at a barrier made a 4 s evaluation take 71 s on a busy machine.
    "OMP_WAIT_POLICY": "passive",
    "GOMP_SPINCOUNT": "0",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
}


# The command imports this module before anything heavy.
_STARTED = time.monotonic()


def prepare(threads: int) -> None:
    """Sets what must be set before torch is imported; what the user set stays.

    Of several GPUs the first stays visible: Trainer would wrap the model in
    `nn.DataParallel`, which TRL refuses. A distributed launch (torchrun,
    accelerate) is known by its `WORLD_SIZE` and keeps what it set.
    """
    for name, value in {**_ENVIRONMENT, "OMP_NUM_THREADS": str(threads)}.items():
        os.environ.setdefault(name, value)
    if "WORLD_SIZE" not in os.environ:
        first, *_ = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")
        os.environ["CUDA_VISIBLE_DEVICES"] = first


def choose_device(asked: Literal["auto", "cpu", "cuda"]) -> Device:
    """The device to train on. Imports torch.

    Raises:
        ConfigError: CUDA is asked for and there is none.
    """
    import torch

    available = torch.cuda.is_available()
    if asked == "cuda" and not available:
        raise ConfigError("--device cuda: torch finds no CUDA device")
    return "cuda" if asked != "cpu" and available else "cpu"


def quiet_libraries(threads: int) -> None:
    """Silences bars, tips and warnings of torch, transformers, datasets and TRL."""
    import datasets
    import torch
    import transformers

    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    for name in ("trl", "accelerate", "datasets"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(trl|transformers|accelerate|torch)(\..*)?")


def wall_seconds() -> float:
    """Seconds since this module was imported, which the command does first."""
    return time.monotonic() - _STARTED


def cpu_seconds() -> float:
    """CPU seconds, user and system, of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def library_versions() -> dict[str, str]:
    """Versions of what decides how a run goes."""
    import platform
    from importlib.metadata import version

    names = ("verifier-service", "torch", "transformers", "trl", "tokenizers", "datasets", "grpcio")
    found: dict[str, Any] = {"python": platform.python_version()}
    return found | {name: version(name) for name in names}
