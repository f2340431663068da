"""The server as a process: sandbox, signals, ready file, exit code.

Promises: the sandbox is up before the port opens and down before the process
ends; the first SIGTERM or SIGINT drains, the second ends at once; whatever
keeps a server from running has its own exit code and a message that says what
to do.

Does not cover: what the server does while it runs (`server.py`).
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from sandboxes.pool import Pool, PoolSettings, SandboxUnavailable
from sandboxes.runtime import Bind
from verifier_server.admission import QueueLimits
from verifier_server.bounds import MIB
from verifier_server.contract import Folder
from verifier_server.jails import child_jails
from verifier_server.offer import Offer, OfferError, make_offer
from verifier_server.registry import Registry, builtin_registry
from verifier_server.server import Server, ServerOptions
from verifier_server.settings import Settings
from verifier_server.transport import AddressError, check_open_addresses
from verifier_server.worker import HANDLER

EXIT_OK = 0
EXIT_FORCED = 1
EXIT_SANDBOX = 3
EXIT_ADDRESS = 4
EXIT_OFFER = 5

STDIN = 0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Announce:
    """How the process tells that it is ready, and whom it outlives.

    `ready_file` gets the bound addresses, one a line, written at once.
    `stop_on_stdin_eof` ends the server as SIGTERM does when its standard input
    closes: a parent that dies leaves no server behind.
    """

    ready_file: Path | None = None
    stop_on_stdin_eof: bool = False


class CannotServe(Exception):
    """The server cannot start; `exit_code` says why to a script, the message to a person."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message)
        self.exit_code = exit_code


async def serve(settings: Settings, announce: Announce) -> int:
    """Runs a server until it is told to stop; returns the exit code.

    Raises:
        CannotServe: it could not start.
    """
    try:
        check_open_addresses(settings.listen, insecure=settings.insecure)
    except AddressError as error:
        raise CannotServe(EXIT_ADDRESS, str(error)) from None
    try:
        offer = _offer(settings)
    except OfferError as error:
        raise CannotServe(EXIT_OFFER, f"code_runtimes: {error}") from None
    registry = builtin_registry(settings.worker_memory_mib * MIB, offer)
    pool = Pool(_pool_settings(settings, offer))
    with _signals(announce) as stop:
        try:
            await pool.start()
            return await _serve(settings, announce, registry, pool, stop)
        except SandboxUnavailable as error:
            raise CannotServe(EXIT_SANDBOX, str(error)) from None
        except AddressError as error:
            raise CannotServe(EXIT_ADDRESS, str(error)) from None
        finally:
            await pool.close()


@dataclass(frozen=True)
class _Stop:
    """Set by the first and by the second request to stop."""

    asked: asyncio.Event
    forced: asyncio.Event

    def ask(self) -> None:
        (self.forced if self.asked.is_set() else self.asked).set()


async def _serve(
    settings: Settings, announce: Announce, registry: Registry, pool: Pool, stop: _Stop
) -> int:
    options = ServerOptions(
        listen=settings.listen,
        queue=QueueLimits(settings.queue_groups, settings.queue_mib * MIB),
        drain_grace_s=settings.drain_grace_s,
        connection_age_s=settings.connection_age_s,
        folders=_folders_of_workers(settings),
    )
    server = Server(registry, pool, pool.sandbox, options)
    addresses = await server.start()
    if pool.sandbox != "nsjail":
        _log.warning("no_sandbox", sandbox=pool.sandbox, meaning="for development only")
    _log.info(
        "ready",
        listen=addresses,
        workers=pool.size,
        sandbox=pool.sandbox,
        verifiers=registry.names,
        server_id=server.server_id,
    )
    if announce.ready_file is not None:
        _write_atomically(announce.ready_file, "".join(f"{each}\n" for each in addresses))
    await stop.asked.wait()
    _log.info("draining", calls=server.calls, grace_s=settings.drain_grace_s)
    return await _wind_down(server, stop)


async def _wind_down(server: Server, stop: _Stop) -> int:
    draining = asyncio.create_task(server.drain())
    forced = asyncio.create_task(stop.forced.wait())
    await asyncio.wait({draining, forced}, return_when=asyncio.FIRST_COMPLETED)
    if not draining.done():
        draining.cancel()
        await server.stop(0)
        _log.warning("stopped", how="at once, on the second signal", calls=server.calls)
        return EXIT_FORCED
    forced.cancel()
    await server.stop()
    _log.info("stopped", how="drained" if draining.result() else "drain grace exceeded")
    return EXIT_OK


@contextmanager
def _signals(announce: Announce) -> Iterator[_Stop]:
    stop = _Stop(asyncio.Event(), asyncio.Event())
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.ask)
    if announce.stop_on_stdin_eof:
        try:
            loop.add_reader(STDIN, _on_stdin, stop)
        except PermissionError:
            # epoll takes pipes, sockets and terminals, not files: nobody can close those on us.
            announce = replace(announce, stop_on_stdin_eof=False)
    try:
        yield stop
    finally:
        if announce.stop_on_stdin_eof:
            loop.remove_reader(STDIN)
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)


def _on_stdin(stop: _Stop) -> None:
    if not os.read(STDIN, 4096):
        asyncio.get_running_loop().remove_reader(STDIN)
        stop.ask()


def _offer(settings: Settings) -> Offer | None:
    """What candidates get; None without nsjail, which alone may contain them."""
    if settings.sandbox != "nsjail":
        return None
    return make_offer(settings.code_runtimes, in_process=settings.allow_in_process)


def _pool_settings(settings: Settings, offer: Offer | None) -> PoolSettings:
    return PoolSettings(
        handler=HANDLER,
        preload=("verifier_server.warm",),
        workers=settings.workers,
        packages=("sandboxes", "verifier_server"),
        sandbox=settings.sandbox,
        memory_bytes=settings.worker_memory_mib * MIB,
        children=child_jails(offer, settings.workers) if offer else (),
        binds=tuple(Bind(path, _in_jail(name)) for name, path in _folders(settings).items()),
    )


def _folders(settings: Settings) -> Mapping[Folder, Path]:
    """The folders that tasks may name things of, where they are on this machine."""
    given: Mapping[Folder, Path | None] = {
        "databases": settings.database_folder,
        "packs": settings.pack_folder,
    }
    return {name: path.resolve() for name, path in given.items() if path is not None}


def _folders_of_workers(settings: Settings) -> Mapping[Folder, str]:
    """The same, where workers see them."""
    jailed = settings.sandbox == "nsjail"
    return {
        name: _in_jail(name) if jailed else str(path) for name, path in _folders(settings).items()
    }


def _in_jail(name: Folder) -> str:
    return f"/{name}"


def _write_atomically(path: Path, text: str) -> None:
    """A reader sees the whole file or none."""
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        file.write(text)
    Path(file.name).replace(path)
