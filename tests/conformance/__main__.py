"""Command line: `python -m tests.conformance SUITE PATH [--json] [--server ADDR]`.

PATH is a file of rows, or for json/schema_test_suite also the folder of all drafts.
Prints agreement by category and each disagreement with its id. With --json the
last line is {suite, rows, agree, disagree: [ids], unjudged: [ids], false_accepts:
[ids], false_rejects: [ids], skipped: {reason: count}}; the unjudged, which got an
error and no score, disagree too, and are neither accepted nor rejected.
Exit code 0 when every row was run or skipped, whatever the agreement; 2 when the
file or the suite's name is wrong.
"""

import json
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.conformance.adapters import ADAPTERS, FILES
from tests.conformance.cases import BadRow
from tests.conformance.runner import Tally, read_cases, run
from trainer_client.client import VerifierClient
from verifier_server.embedded import embedded_server


def _print(tally: Tally, console: Console) -> None:
    table = Table("category", "agree", "of", "false accepts", "false rejects", "not judged")
    wrong = {item.category for item in tally.disagree}
    for category in sorted({*tally.agree, *wrong}):
        agree = tally.agree[category]
        items = [item for item in tally.disagree if item.category == category]
        table.add_row(
            category,
            str(agree),
            str(agree + len(items)),
            str(sum(item.accepted for item in items)),
            str(sum(item.rejected for item in items)),
            str(sum(not item.judged for item in items)),
        )
    console.print(table)
    for item in tally.disagree:
        said = "disagrees" if item.judged else "not judged"
        console.print(f"{said}: {item.id}: {item.why}", markup=False, highlight=False)
    for reason, count in sorted(tally.skipped.items()):
        console.print(f"skipped: {count} ({reason})")
    agree = tally.agree.total()
    console.print(f"{agree} of {agree + len(tally.disagree)} as labelled, {tally.rows} rows")


def _files(suite: str, path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob(FILES[suite])) if suite in FILES else []
    if not files:
        raise click.UsageError(f"{path} is a folder without files of {suite}")
    return files


@click.command(help=(__doc__ or "").replace("\n\n", "\n\n\b\n"))
@click.argument("suite", type=click.Choice(sorted(ADAPTERS)))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@click.option("--server", help="Use this server in place of one of our own.")
def main(suite: str, path: Path, as_json: bool, server: str | None) -> None:
    """Entry point."""
    tally = Tally()
    try:
        rows = [
            cases
            for file in _files(suite, path)
            for cases in read_cases(ADAPTERS[suite], file, tally)
        ]
    except BadRow as error:
        raise click.UsageError(str(error)) from error
    with ExitStack() as stack:
        address = server or stack.enter_context(embedded_server(["--log-level", "warning"]))
        client = stack.enter_context(VerifierClient(address))
        progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
        bar = progress.add_task(suite, total=len(rows))
        run(rows, client, tally, lambda count: progress.advance(bar, count))
    _print(tally, Console(soft_wrap=True))
    if as_json:
        line = {
            "suite": suite,
            "rows": tally.rows,
            "agree": tally.agree.total(),
            "disagree": [item.id for item in tally.disagree],
            "unjudged": [item.id for item in tally.disagree if not item.judged],
            "false_accepts": [item.id for item in tally.disagree if item.accepted],
            "false_rejects": [item.id for item in tally.disagree if item.rejected],
            "skipped": dict(tally.skipped),
        }
        print(json.dumps(line))


if __name__ == "__main__":
    main()
