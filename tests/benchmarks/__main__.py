"""Runs the benchmarks and prints their tables: `python -m tests.benchmarks`."""

import os
import platform
import tempfile
from pathlib import Path

from rich.console import Console

from tests.benchmarks import code, scoring, workload
from tests.conftest import SUITES
from tests.servers import running_server

HUMANEVAL = SUITES / "code" / "HumanEval.jsonl.gz"


def main() -> None:
    """Entry point."""
    console = Console()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    console.print(f"{platform.processor() or platform.machine()}, load {load} before the run")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder), "--log-level", "warning") as server,
    ):
        for verifier in workload.MAKERS:
            console.print(scoring.table(server, verifier))
        if HUMANEVAL.exists():
            console.print(code.table(server, HUMANEVAL))
        else:
            console.print(f"no table of the code verifier: there is no {HUMANEVAL}")


if __name__ == "__main__":
    main()
