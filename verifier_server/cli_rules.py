"""The command line for authors of rule packs: check, digest, bundle.

Promises: as `cli.py`. `check` exits 1 when a gate fails, `digest` when a pack cannot be read.

Does not cover: what the commands do (`rule_packs.py`).
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from verifier_server.verifiers.rules.authoring.report import Gate, Report

EXIT_INCOMPLETE = 1
_PACK = click.argument("pack", type=click.Path(exists=True, path_type=Path))


@click.group()
def rules() -> None:
    """For authors of rule packs."""


@rules.command()
@_PACK
@click.option(
    "--cases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Cases, JSON Lines. [cases.jsonl of the folder]",
)
@click.option(
    "--accepted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Mutants that are accepted, TOML. [accepted_mutants.toml of the folder]",
)
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    help="The lowest mutation score that holds. [0.9]",
)
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object.")
def check(
    pack: Path, cases: Path | None, accepted: Path | None, least: float | None, as_object: bool
) -> None:
    """Say whether PACK, a folder or a JSON file, is fit to judge; exits 1 where it is not.

    Its cases must agree with its rules, show both sides of each, and notice small mistakes in
    them; no answer may evade a rule or bring one to fail; every rule cites a dated source.
    """
    if cases is None and not pack.is_dir():
        raise click.UsageError("a pack in one file needs --cases")
    from verifier_server.rule_packs import LEAST, as_json, report_on

    report = report_on(pack, cases, accepted, LEAST if least is None else least)
    if as_object:
        click.echo(json.dumps(as_json(report), ensure_ascii=False))
    else:
        _print(report)
    if not report.holds:
        sys.exit(EXIT_INCOMPLETE)


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def digest(folder: Path) -> None:
    """Print what tasks write as "pack" for each pack of FOLDER, one JSON object a line."""
    from verifier_server.rule_packs import pack_digests

    whole = True
    for each in pack_digests(folder):
        if isinstance(each, str):
            click.echo(f"verifier-server: {each}", err=True)
            whole = False
        else:
            click.echo(json.dumps({"name": each.name, "digest": each.digest}))
    if not whole:
        sys.exit(EXIT_INCOMPLETE)


@rules.command()
@_PACK
def bundle(pack: Path) -> None:
    """Print PACK as one JSON object, as a task takes it for "ruleset"."""
    from verifier_server.rule_packs import bundled
    from verifier_server.verifiers.rules.pack import PackFaultError

    try:
        click.echo(bundled(pack), nl=False)
    except PackFaultError as error:
        click.echo(f"verifier-server: {error.pointer or pack.name}: {error}", err=True)
        sys.exit(EXIT_INCOMPLETE)


def _print(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    # Text, because what is found may hold brackets, which are markup to rich.
    name = f"{report.pack} {report.version}".strip() or "Rule pack"
    table = Table("gate", "", "figures", title=Text(name))
    for gate in report.gates:
        mark = Text("holds", "green") if gate.holds else Text("FAILS", "bold red")
        table.add_row(Text(gate.name), mark, Text(_figures(gate)))
    console.print(table)
    for gate in report.gates:
        if gate.findings:
            console.print(_findings(gate))


def _figures(gate: "Gate") -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in gate.figures.items())


def _findings(gate: "Gate") -> Any:
    from rich.table import Table
    from rich.text import Text

    styles = {"failure": "red", "warning": "yellow"}
    table = Table("", "place", "rule", "finding", title=Text(gate.name), title_justify="left")
    for each in gate.findings:
        level = Text(each.level.value, styles[each.level.value])
        table.add_row(level, Text(each.place), Text(each.rule), Text(each.message))
    return table
