"""The command line for authors of sql tasks: databases, report.

Promises: as `cli.py`. `report` exits 1 when a task cannot be judged against.

Does not cover: what the commands do (`sql_tasks.py`).
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

EXIT_INCOMPLETE = 1
TIMEOUT_S = 600.0


@click.group()
def sql() -> None:
    """For authors of sql tasks."""


@sql.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def databases(folder: Path) -> None:
    """Print what tasks write as "database" for each file of FOLDER, one JSON object a line."""
    import json

    from verifier_server.sql_tasks import database_files

    for each in database_files(folder):
        if isinstance(each, str):
            click.echo(f"verifier-server: no task can name {each!r}: rename it", err=True)
            continue
        click.echo(json.dumps({"name": each.name, "digest": each.digest}))


@sql.command()
@click.argument("file", type=click.File("rb"))
@click.option("--server", metavar="ADDRESS", help="Use this server, not an embedded one.")
@click.option(
    "--database-folder",
    type=click.Path(exists=True, file_okay=False),
    help="For the embedded server: databases that tasks name.",
)
def report(file: IO[bytes], server: str | None, database_folder: str | None) -> None:
    """Say how good the tasks of a JSON Lines FILE are ("-": stdin).

    Each line is a task, or a row with one under "task". A task is weak when its accepted
    query is trivial or unstable, or when its instances cannot tell it from its neighbours.
    """
    if server and database_folder:
        raise click.UsageError("--database-folder is for the embedded server")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from trainer_client.client import VerifierClient
    from trainer_client.errors import ClientError
    from verifier_server.embedded import StartError, embedded_server
    from verifier_server.sql_tasks import reports

    flags = ["--log-level", "warning"]
    flags += ["--database-folder", database_folder] if database_folder else []
    table = Table("line", "task", "findings", title="Tasks")
    usable = True
    try:
        with ExitStack() as stack:
            target = server or stack.enter_context(embedded_server(flags))
            client = stack.enter_context(VerifierClient(target))
            for each in reports(file, client, timeout_s=TIMEOUT_S):
                usable = usable and not each.error
                told = Text(each.error, "red") if each.error else Text(each.strength)
                table.add_row(str(each.line), told, Text("\n".join(each.findings), "yellow"))
    except (StartError, ClientError) as error:
        click.echo(f"verifier-server: {error}", err=True)
        sys.exit(EXIT_INCOMPLETE)
    Console().print(table)
    if not usable:
        sys.exit(EXIT_INCOMPLETE)
