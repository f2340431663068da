"""The command line: serve, doctor, score, rules (`cli_rules.py`) and sql (`cli_sql.py`).

Promises: starting is cheap, because each command imports only what it needs;
results go to standard output and all else to standard error; exit codes are
those of docs/server.md.

Does not cover: what the commands do; this file only reads flags and prints.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from verifier_server.cli_rules import rules
from verifier_server.cli_sql import sql

if TYPE_CHECKING:
    from collections import Counter

    from sandboxes.check import Check
    from verifier_server.score_file import Summary

EXIT_INCOMPLETE = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
SERVER_PROBE_S = 10.0
_LOG_LEVELS = ("debug", "info", "warning", "error")


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        click.echo(f"verifier-server {metadata.version('verifier-service')}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Print the version.",
)
def main() -> None:
    """Verifiable rewards as a service."""


main.add_command(rules)
main.add_command(sql)


def entry() -> None:
    """What the command `verifier-server` runs: `main`, with a word on a client-only install."""
    try:
        main()
    except ModuleNotFoundError as error:
        needs = "the server needs the [server] extra of the package"
        click.echo(f"verifier-server: {error}; {needs}", err=True)
        sys.exit(EXIT_USAGE)


def _sandbox_options[F: Callable[..., Any]](command: F) -> F:
    """Flags of every command that starts workers."""
    options = (
        click.option(
            "--sandbox",
            type=click.Choice(["nsjail", "rlimits"]),
            help="What contains hostile work. rlimits is for development only. [nsjail]",
        ),
        click.option("--workers", type=int, help="Worker processes. [one for each CPU]"),
        click.option(
            "--database-folder",
            metavar="FOLDER",
            help="Databases that tasks of the sql verifier may name; workers only read it. [none]",
        ),
        click.option(
            "--pack-folder",
            metavar="FOLDER",
            help="Packs that tasks of the rules verifier may name; workers only read it. [none]",
        ),
    )
    for option in options:
        command = option(command)
    return command


@main.command()
@click.option(
    "--listen",
    multiple=True,
    metavar="ADDRESS",
    help="HOST:PORT or unix:PATH; may be repeated. [127.0.0.1:50051]",
)
@click.option(
    "--insecure",
    is_flag=True,
    default=None,
    help="Allow addresses that other machines reach, without TLS or authentication.",
)
@_sandbox_options
@click.option("--worker-memory-mib", type=int, help="Address space of one worker. [2048]")
@click.option(
    "--code-runtimes",
    metavar="NAME,...",
    help="Packages offered to candidates beside the standard library: numpy, scientific. [none]",
)
@click.option(
    "--allow-in-process",
    is_flag=True,
    default=None,
    help="Allow tasks that run candidates in the process of their tests (lower trust).",
)
@click.option("--drain-grace-s", type=float, help="Seconds to answer what was taken. [30]")
@click.option("--queue-groups", type=int, help="Most groups without an answer. [8192]")
@click.option("--queue-mib", type=int, help="Most MiB of groups without an answer. [512]")
@click.option("--connection-age-s", type=float, help="Seconds until a connection is renewed. [300]")
@click.option("--log-format", type=click.Choice(["auto", "json", "console"]), help="[auto]")
@click.option("--log-level", type=click.Choice(_LOG_LEVELS), help="[info]")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="VERIFIER_CONFIG",
    help="TOML file with the same keys, in snake_case.",
)
@click.option("--print-config", is_flag=True, help="Print the settings in force and end.")
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Written when the server is ready, with its addresses, one a line.",
)
@click.option(
    "--stop-on-stdin-eof",
    is_flag=True,
    help="Drain and end when standard input closes, as when the parent dies.",
)
def serve(
    config: Path | None,
    print_config: bool,
    ready_file: Path | None,
    stop_on_stdin_eof: bool,
    listen: tuple[str, ...],
    **flags: Any,
) -> None:
    """Serve verifiers over gRPC."""
    from verifier_server.settings import SettingsError, load_settings, to_toml

    try:
        settings = load_settings({**flags, "listen": listen or None}, config)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    if print_config:
        click.echo(to_toml(settings), nl=False)
        return

    import asyncio
    import os

    # gRPC's own complaints repeat what the messages below say.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from verifier_server.observability import configure_logging
    from verifier_server.process import Announce, CannotServe
    from verifier_server.process import serve as run

    configure_logging(settings.log_format, settings.log_level)
    try:
        sys.exit(asyncio.run(run(settings, Announce(ready_file, stop_on_stdin_eof))))
    except CannotServe as error:
        click.echo(f"verifier-server: {error}", err=True)
        sys.exit(error.exit_code)


@main.command()
def doctor() -> None:
    """Try every promise of the sandbox on this machine."""
    from rich.console import Console

    from sandboxes import selfcheck

    with Console(stderr=True).status("checking") as status:
        checks = list(selfcheck.run(progress=status.update))
    Console().print(_check_table(checks))
    if any(check.held is False for check in checks):
        sys.exit(EXIT_INCOMPLETE)


def _check_table(checks: "list[Check]") -> Any:
    from rich.table import Table
    from rich.text import Text

    marks = {True: ("held", "green"), False: ("NOT HELD", "bold red"), None: ("unknown", "yellow")}
    table = Table("promise", "", "detail", title="Sandbox")
    for check in checks:
        # Text, because a detail may hold brackets, which are markup to rich.
        table.add_row(
            Text(f"{check.name}: {check.promise}"), Text(*marks[check.held]), Text(check.detail)
        )
    return table


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--server", metavar="ADDRESS", help="Use this server, not an embedded one.")
@click.option("--out", type=click.File("w", encoding="ascii"), default="-", help="[stdout]")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    help="Seconds for a batch. [600]",
)
@_sandbox_options
def score(
    file: IO[bytes],
    server: str | None,
    out: IO[str],
    timeout_s: float,
    sandbox: str | None,
    workers: int | None,
    database_folder: str | None,
    pack_folder: str | None,
) -> None:
    """Score the rows {verifier, task, completion} of a JSON Lines FILE ("-": stdin).

    Each row is written with its "result": verdict, value, passed and reason, or
    error, reason and message. Exits 1 when a row has no judgement.
    """
    flags = {
        "sandbox": sandbox,
        "workers": workers,
        "database-folder": database_folder,
        "pack-folder": pack_folder,
    }
    if server and any(flags.values()):
        names = " and ".join(f"--{name}" for name, value in flags.items() if value)
        raise click.UsageError(f"{names}: for the embedded server only")
    import os

    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from trainer_client.client import VerifierClient
    from trainer_client.errors import ClientError
    from verifier_server.embedded import StartError
    from verifier_server.score_file import score_file

    try:
        with _target(server, flags) as target, VerifierClient(target) as client:
            client.server_info(timeout_s=SERVER_PROBE_S)
            with _progress(file) as progress:
                summary = score_file(file, out, client, timeout_s=timeout_s, progress=progress)
    except StartError as error:
        click.echo(f"verifier-server: {error}", err=True)
        sys.exit(error.exit_code)
    except ClientError as error:
        click.echo(f"verifier-server: {error}", err=True)
        sys.exit(EXIT_INCOMPLETE)
    except KeyboardInterrupt:
        # At once: an ordinary exit would wait for calls that retry until their deadline.
        out.flush()
        os._exit(EXIT_INTERRUPTED)
    _print_summary(summary)
    if not summary.all_judged:
        sys.exit(EXIT_INCOMPLETE)


@contextmanager
def _target(server: str | None, flags: Mapping[str, Any]) -> Iterator[str]:
    """The address of the server to use; an embedded one, with these flags, ends with the block."""
    if server:
        yield server
        return
    from verifier_server.embedded import embedded_server

    given = [f"--{name}={value}" for name, value in flags.items() if value]
    with embedded_server(["--log-level", "warning", *given]) as address:
        yield address


@contextmanager
def _progress(file: IO[bytes]) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    total = _size(file)
    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%")) if total else ()
    rows = TextColumn("{task.fields[rows]} rows")
    with Progress(*columns, rows, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("score", total=total, rows=0)
        done = 0

        def advance(count: int, size: int) -> None:
            nonlocal done
            done += count
            bar.update(task, advance=size, rows=done)

        yield advance


def _size(file: IO[bytes]) -> int | None:
    """Bytes of the input; None for a pipe."""
    if not file.seekable():
        return None
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _print_summary(summary: "Summary") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("verifier", "outcome", "rows", title="Scores")
    counts: list[Counter[tuple[str, str]]] = [summary.verdicts, summary.errors]
    for count, style in zip(counts, ("", "red"), strict=True):
        for (verifier, outcome), rows in sorted(count.items()):
            table.add_row(Text(verifier), Text(outcome, style), str(rows))
    console = Console(stderr=True)
    console.print(table)
    mean = f", mean value {summary.value_sum / summary.judged:.4f}" if summary.judged else ""
    console.print(f"{summary.judged} judged, {summary.errors.total()} not judged{mean}")
