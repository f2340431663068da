"""Errors of a whole call, as google.rpc.Status.

Promises: a client gets the gRPC code, a sentence for a person and typed
details; all of it fits into HTTP/2 trailers. gRPC's C core refuses metadata
above 8 KiB by default, so long lists of violations are cut and say so.

Does not cover: errors of one group or one completion; those are in the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from verifier_server.admission import Overloaded

# Base64 makes details a third longer on the wire, and the message travels twice.
_MAX_VIOLATION_BYTES = 3000
_MAX_MESSAGE_CHARS = 500
_PUSHBACK = "grpc-retry-pushback-ms"

type Context = grpc.aio.ServicerContext[bytes, object]


@dataclass(frozen=True, slots=True)
class Violation:
    """One field at fault: its path in the request, and what would be right."""

    field: str
    description: str


class InvalidRequest(Exception):
    """A request that cannot be taken; lists every field at fault.

    `complete` is False where the search for more ended early.
    """

    def __init__(self, violations: Sequence[Violation], *, complete: bool = True) -> None:
        super().__init__("; ".join(f"{each.field}: {each.description}" for each in violations[:3]))
        self.violations = tuple(violations)
        self.complete = complete


async def abort_invalid(context: Context, error: InvalidRequest) -> Never:
    """Ends the call with INVALID_ARGUMENT and google.rpc.BadRequest."""
    details = error_details_pb2.BadRequest()
    size = 0
    least = "" if error.complete else "at least "
    for index, each in enumerate(error.violations):
        size += len(each.field.encode()) + len(each.description.encode())
        if size > _MAX_VIOLATION_BYTES:
            left = len(error.violations) - index
            details.field_violations.add(field="", description=f"and {least}{left} more violations")
            break
        details.field_violations.add(field=each.field, description=each.description)
    count = len(error.violations)
    more = f" (and {least}{count - 3} more)" if count > 3 else ""
    await _abort(
        context, code_pb2.INVALID_ARGUMENT, f"{error}"[:_MAX_MESSAGE_CHARS] + more, details
    )


async def abort_overloaded(context: Context, error: Overloaded) -> Never:
    """Ends the call with RESOURCE_EXHAUSTED, google.rpc.RetryInfo and gRPC's own pushback."""
    details = error_details_pb2.RetryInfo()
    details.retry_delay.FromNanoseconds(round(error.retry_after_s * 1e9))
    pushback = (_PUSHBACK, str(round(error.retry_after_s * 1000)))
    await _abort(context, code_pb2.RESOURCE_EXHAUSTED, error.message, details, pushback)


async def abort_draining(context: Context) -> Never:
    """Ends the call with UNAVAILABLE: another server, or a later try, can take it."""
    message = "the server is shutting down and takes no new calls"
    await context.abort(grpc.StatusCode.UNAVAILABLE, message)


async def _abort(
    context: Context,
    code: int,
    message: str,
    details: error_details_pb2.BadRequest | error_details_pb2.RetryInfo,
    *trailers: tuple[str, str],
) -> Never:
    status = status_pb2.Status(code=code, message=message)
    status.details.add().Pack(details)
    packed = rpc_status.to_status(status)
    trailing = (*packed.trailing_metadata, *trailers)
    await context.abort(packed.code, packed.details, trailing)
