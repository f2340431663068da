"""The gRPC server: services, health, reflection; start, drain, stop.

Promises: health says SERVING only while calls are taken; a drain answers every
group that was taken, and what its grace cuts short is answered as such; the
services never see a connection before the workers are ready.

Does not cover: signals, exit codes and the sandbox's life (`process.py`), or
addresses and options (`transport.py`).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from verifier_server import registry_service, service
from verifier_server.admission import QueueLimits
from verifier_server.contract import Folder
from verifier_server.lifecycle import Lifecycle
from verifier_server.registry import Registry
from verifier_server.registry_service import RegistryService, ServerFacts
from verifier_server.scheduler import Scheduler, Workers
from verifier_server.service import ScoringService
from verifier_server.transport import bind, server_options

# For answers that are ready to leave when the drain ends.
STOP_GRACE_S = 2.0
_SERVICES = (service.SERVICE, registry_service.SERVICE)
_HEALTH_ENTRIES = ("", *_SERVICES)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server listens and drains, and where its workers find what tasks name."""

    listen: tuple[str, ...]
    queue: QueueLimits
    drain_grace_s: float
    connection_age_s: float
    folders: Mapping[Folder, str] = field(default_factory=dict)


class Server:
    """One server in this event loop; start once, then drain, then stop."""

    def __init__(
        self, registry: Registry, workers: Workers, sandbox: str, options: ServerOptions
    ) -> None:
        self.server_id = secrets.token_hex(8)
        self._options = options
        self._lifecycle = Lifecycle()
        self._scheduler = Scheduler(registry, workers, options.queue, options.folders)
        self._health = health.aio.HealthServicer()
        self._grpc = grpc.aio.server(options=server_options(options.connection_age_s))
        scoring = ScoringService(registry, self._scheduler, self._lifecycle, self.server_id)
        facts = ServerFacts(self.server_id, sandbox, workers.size)
        self._grpc.add_generic_rpc_handlers(
            (scoring.handler(), RegistryService(registry, facts).handler())
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        names = (*_SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._grpc)

    async def start(self) -> tuple[str, ...]:
        """Binds, serves, and returns the addresses.

        Raises:
            AddressError: an address cannot be bound.
        """
        addresses = bind(self._grpc, self._options.listen)
        await self._set_health(health_pb2.HealthCheckResponse.SERVING)
        await self._grpc.start()
        return addresses

    @property
    def calls(self) -> int:
        """Scoring calls without an end."""
        return self._lifecycle.calls

    async def drain(self) -> bool:
        """Refuses new calls and waits for the others, at most the grace of the options.

        Groups that are not judged by then are answered OVERLOADED, reason
        `shutting_down`, and False is returned.
        """
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        finished = await self._lifecycle.drain(self._options.drain_grace_s)
        if not finished:
            self._scheduler.abandon()
        return finished

    async def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """Closes the ports, gives answers `grace_s` to leave, and ends."""
        self._scheduler.abandon()
        await self._grpc.stop(grace_s)

    async def _set_health(self, status: int) -> None:
        for entry in _HEALTH_ENTRIES:
            await self._health.set(entry, status)
