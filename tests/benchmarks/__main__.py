"""Runs the benchmarks and prints their tables: `python -m tests.benchmarks [NAME...]`."""

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tests.benchmarks import code, json, logic, math, rules, scoring, sql, workload
from tests.conftest import SUITES
from tests.servers import RunningServer, running_server

HUMANEVAL = SUITES / "code" / "HumanEval.jsonl.gz"


@contextmanager
def _server() -> Iterator[RunningServer]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder), "--log-level", "warning") as server,
    ):
        yield server


def _scoring(console: Console) -> None:
    with _server() as server:
        for verifier in workload.MAKERS:
            console.print(scoring.table(server, verifier))


def _code(console: Console) -> None:
    if not HUMANEVAL.exists():
        console.print(f"no table of the code verifier: there is no {HUMANEVAL}")
        return
    with _server() as server:
        console.print(code.table(server, HUMANEVAL))


def _math(console: Console) -> None:
    for table in math.tables(SUITES):
        console.print(table)


def _rules(console: Console) -> None:
    for table in rules.tables(SUITES):
        console.print(table)


def _sql(console: Console) -> None:
    if not (SUITES / "sql").is_dir():
        console.print(f"no table of the sql verifier: there is no {SUITES / 'sql'}")
        return
    for table in sql.tables(SUITES):
        console.print(table)


def _json(console: Console) -> None:
    for table in json.tables():
        console.print(table)


def _logic(console: Console) -> None:
    for table in logic.tables(SUITES):
        console.print(table)


BENCHMARKS = {
    "scoring": _scoring,
    "code": _code,
    "json": _json,
    "logic": _logic,
    "math": _math,
    "rules": _rules,
    "sql": _sql,
}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    console = Console()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    console.print(f"{platform.processor() or platform.machine()}, load {load} before the run")
    for name in names:
        BENCHMARKS[name](console)


if __name__ == "__main__":
    main()
