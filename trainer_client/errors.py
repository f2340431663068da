"""Errors of a call as a whole, each with what to do about it.

Promises: every status that a call can end with becomes one of these types; the
text says which server was called and what to try next; they pickle, so they
survive a process boundary. A `TransientError` may go away by itself; any other
will not, and repeating the call is useless.

Does not cover: completions that could not be judged in a call that succeeded.
Those are `results.ScoreError` values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import grpc

from trainer_client.results import GroupResult

START_HINT = "Start one with `verifier-server serve`, or check the address."


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field at fault, such as `groups[2].task`, and what is wrong with it."""

    field: str
    description: str


class ClientError(Exception):
    """Base of everything that the client raises for a call as a whole.

    `partial` holds, for a call of `score`, one entry for each group: its result
    where every completion was answered before the failure, else None.
    """

    def __init__(self, message: str, *, partial: Sequence[GroupResult | None] = ()) -> None:
        super().__init__(message)
        self.partial = tuple(partial)

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    kind: type[ClientError], arguments: tuple[object, ...], state: dict[str, object]
) -> ClientError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


class TransientError(ClientError):
    """The same call may succeed later."""


class ServerUnavailable(TransientError):
    """No server answered at the target."""


class ServerOverloaded(TransientError):
    """The server shed the call until the deadline."""


class DeadlineExceeded(TransientError):
    """The call's deadline came before its answer."""


class RevisionChanged(TransientError):
    """Two revisions of a verifier judged parts of one group; neither is returned.

    It happens while servers are being replaced. `pins` refuse it for a whole run.
    """


class InvalidRequest(ClientError):
    """The request cannot be served as it is; `violations` lists the fields at fault."""

    def __init__(
        self,
        message: str,
        *,
        violations: Sequence[FieldViolation] = (),
        partial: Sequence[GroupResult | None] = (),
    ) -> None:
        lines = [message, *(f"  {each.field}: {each.description}" for each in violations)]
        super().__init__("\n".join(lines), partial=partial)
        self.violations = tuple(violations)


class VerifierNotFound(ClientError):
    """The server has no verifier of that name, or not with the pinned digest."""


class MalformedReply(ClientError):
    """The reply breaks the protocol; nothing in it is used."""


class CallFailed(ClientError):
    """The call ended with another status; `status` is its name, such as "INTERNAL"."""

    def __init__(
        self, message: str, *, status: str, partial: Sequence[GroupResult | None] = ()
    ) -> None:
        super().__init__(message, partial=partial)
        self.status = status


class VerifierOutage(ClientError):
    """Verdicts were missing for longer than the run tolerates."""


class InvalidTask(ClientError):
    """The verifier refuses the tasks of the data set."""


class MissingVerdicts(ClientError):
    """Some completions were not judged, and the caller asked for an exception."""


def call_error(
    *,
    target: str,
    status: grpc.StatusCode,
    details: str,
    violations: Sequence[FieldViolation],
    partial: Sequence[GroupResult | None] = (),
) -> ClientError:
    """The exception for a call to `target` that ended with `status`."""
    said = f" ({details})" if details else ""
    if status in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
        return ServerUnavailable(
            f"no verifier server answers at {target}{said}. {START_HINT}", partial=partial
        )
    if status is grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineExceeded(
            f"{target} did not answer before the deadline{said}. "
            "Send less at once, or raise timeout_s.",
            partial=partial,
        )
    if status is grpc.StatusCode.RESOURCE_EXHAUSTED:
        if is_oversize(details):
            return InvalidRequest(f"{target} cannot take this message{said}", partial=partial)
        return ServerOverloaded(
            f"{target} is shedding load{said}. Add workers or servers, or send less at once.",
            partial=partial,
        )
    if status is grpc.StatusCode.INVALID_ARGUMENT:
        why = "" if violations else said  # a server's details list the same fields
        return InvalidRequest(
            f"{target} refuses the request{why}", violations=violations, partial=partial
        )
    if status is grpc.StatusCode.NOT_FOUND:
        return VerifierNotFound(f"{target}: {details or 'not found'}", partial=partial)
    if status is grpc.StatusCode.UNIMPLEMENTED:
        said += ". Is this a verifier server, and of this version?"
    return CallFailed(f"{target} answered {status.name}{said}", status=status.name, partial=partial)


def is_oversize(details: str) -> bool:
    """Whether RESOURCE_EXHAUSTED means gRPC's own message limit, which no retry helps.

    gRPC core words it "Received message larger than max", "Sent message larger
    than max" or "Decompressed message larger than max".
    """
    return "larger than max" in details
