"""Scores groups of completions on a verifier server.

Promises: every group gets its results in the order of its completions, or the
call raises a `ClientError` that says what to do. Calls that failed for now are
repeated until the deadline (`retry.py`), completions that could not be judged
for now are sent again alone, and a large request becomes several calls in
flight (`batch.py`, `drive.py`). A client opens its connection when it is first
used, can be pickled and forked, and can be shared by threads.

Does not cover: TLS and credentials; outages longer than one call (`reward.py`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import grpc
from verifier.v1 import registry_pb2, registry_pb2_grpc, scoring_pb2, scoring_pb2_grpc

from trainer_client.async_client import DEFAULT_TIMEOUT_S, MAX_PAGES, AsyncVerifierClient
from trainer_client.batch import Batch
from trainer_client.channel import ChannelHolder
from trainer_client.codec import decode_server_info, decode_verifier, encode_options
from trainer_client.drive import ReplyFuture, drive, failure_of
from trainer_client.errors import ClientError, MalformedReply, call_error
from trainer_client.results import Group, GroupResult, ServerInfo, VerifierInfo, View
from trainer_client.retry import RetryPolicy, next_try_s

__all__ = ["AsyncVerifierClient", "VerifierClient"]


class VerifierClient:
    """A synchronous client.

    Args:
        target: a gRPC address: `host:port`, `dns:///name:port` (every address of
            the name, in turn), or `unix:/path`.
        timeout_s: seconds that a call may take, retries included.
        retry: when and how often a failed call is repeated.
        fairness_key: names the run, at most 64 bytes; runs with different keys
            take turns when the server is busy.
        pins: digests by verifier name; another revision is refused.
    """

    def __init__(
        self,
        target: str,
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008  immutable
        fairness_key: str = "",
        pins: Mapping[str, str] | None = None,
    ) -> None:
        self.target = target
        self.timeout_s = timeout_s
        self._retry = retry
        self._fairness_key = fairness_key
        self._pins = dict(pins or {})
        self._holder = ChannelHolder(target)

    def score(
        self,
        groups: Sequence[Group],
        timeout_s: float | None = None,
        *,
        view: View | str = View.SUMMARY,
        cpu_limit_s: float | None = None,
    ) -> list[GroupResult]:
        """Judges groups; results are in the order of `groups`.

        Args:
            groups: any number, of any size; no groups give no results.
            timeout_s: seconds in all; None for the client's own.
            view: how much detail to return.
            cpu_limit_s: CPU seconds that judging one completion may cost; None
                for the verifier's default.

        Raises:
            ClientError: the call failed as a whole; see `errors.py`. What could
                not be judged in a call that succeeded is a `ScoreError` in its place.
        """
        if not groups:
            return []
        options = encode_options(
            view=view, cpu_limit_s=cpu_limit_s, fairness_key=self._fairness_key, pins=self._pins
        )
        batch = Batch(groups, options, self._retry.item_attempts)
        deadline = self._deadline(timeout_s)
        try:
            drive(batch, self._send, policy=self._retry, target=self.target, deadline=deadline)
        except ClientError as error:
            error.partial = batch.partial()
            raise
        return batch.results()

    def _deadline(self, timeout_s: float | None) -> float:
        return time.monotonic() + (self.timeout_s if timeout_s is None else timeout_s)

    def _send(self, request: scoring_pb2.ScoreBatchRequest, timeout_s: float) -> ReplyFuture:
        stub = scoring_pb2_grpc.ScoringServiceStub(self._holder.get())
        return stub.ScoreBatch.future(request, timeout=timeout_s)

    def _registry[Request, Reply](
        self,
        method: Callable[[registry_pb2_grpc.RegistryServiceStub], Callable[..., Reply]],
        request: Request,
        timeout_s: float | None,
    ) -> Reply:
        """One call of the registry, repeated until the deadline."""
        deadline = self._deadline(timeout_s)
        tries = 0
        while True:
            stub = registry_pb2_grpc.RegistryServiceStub(self._holder.get())
            try:
                return method(stub)(request, timeout=max(0.0, deadline - time.monotonic()))
            except grpc.RpcError as error:
                failure = failure_of(error)
            tries += 1
            delay_s = next_try_s(self._retry, failure, tries, deadline - time.monotonic())
            if delay_s is None:
                raise call_error(
                    target=self.target,
                    status=failure.status,
                    details=failure.details,
                    violations=failure.violations,
                )
            time.sleep(delay_s)

    def server_info(self, timeout_s: float | None = None) -> ServerInfo:
        """The server's versions, sandbox and limits.

        Raises:
            ClientError: no answer; `ServerUnavailable` when nothing listens.
        """
        request = registry_pb2.GetServerInfoRequest()
        reply = self._registry(lambda stub: stub.GetServerInfo, request, timeout_s)
        return decode_server_info(reply)

    def verifiers(self, timeout_s: float | None = None) -> list[VerifierInfo]:
        """All verifiers of the server, by name. `timeout_s` is for each page.

        Raises:
            ClientError: no answer.
        """
        found: list[VerifierInfo] = []
        token = ""
        for _ in range(MAX_PAGES):
            request = registry_pb2.ListVerifiersRequest(page_token=token)
            page = self._registry(lambda stub: stub.ListVerifiers, request, timeout_s)
            found += [decode_verifier(each) for each in page.verifiers]
            token = page.next_page_token
            if not token:
                return found
        raise MalformedReply(f"{self.target} lists more than {MAX_PAGES} pages of verifiers")

    def verifier(self, name: str, timeout_s: float | None = None) -> VerifierInfo:
        """One verifier.

        Raises:
            VerifierNotFound: there is none of that name.
            ClientError: no answer.
        """
        request = registry_pb2.GetVerifierRequest(name=name)
        reply = self._registry(lambda stub: stub.GetVerifier, request, timeout_s)
        return decode_verifier(reply.verifier)

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        self._holder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
