"""The asyncio twin of `VerifierClient`: same arguments, results and errors.

Promises: those of `client.py`. A cancelled task cancels its calls on the server.

Does not cover: forking, and use from several event loops. gRPC's asyncio API
breaks in both; one client belongs to the loop in which it was first used. Use
`VerifierClient` where either may happen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import grpc
import grpc.aio
from verifier.v1 import registry_pb2, registry_pb2_grpc, scoring_pb2_grpc

from trainer_client.batch import Batch, Call
from trainer_client.channel import OPTIONS
from trainer_client.codec import decode_server_info, decode_verifier, encode_options
from trainer_client.drive import MAX_CALLS_IN_FLIGHT, give_up, resends
from trainer_client.errors import ClientError, MalformedReply, call_error
from trainer_client.results import Group, GroupResult, ServerInfo, VerifierInfo, View
from trainer_client.retry import Failure, RetryPolicy, next_try_s, read_failure

DEFAULT_TIMEOUT_S = 30.0
MAX_PAGES = 1000  # of ListVerifiers; a server that pages for ever is broken


class AsyncVerifierClient:
    """An asyncio client. See `VerifierClient` for the arguments."""

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
        self._open: grpc.aio.Channel | None = None

    @property
    def _channel(self) -> grpc.aio.Channel:
        if self._open is None:
            self._open = grpc.aio.insecure_channel(self.target, options=list(OPTIONS))
        return self._open

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_open": None}

    async def score(
        self,
        groups: Sequence[Group],
        timeout_s: float | None = None,
        *,
        view: View | str = View.SUMMARY,
        cpu_limit_s: float | None = None,
    ) -> list[GroupResult]:
        """As `VerifierClient.score`."""
        if not groups:
            return []
        options = encode_options(
            view=view, cpu_limit_s=cpu_limit_s, fairness_key=self._fairness_key, pins=self._pins
        )
        batch = Batch(groups, options, self._retry.item_attempts)
        deadline = self._deadline(timeout_s)
        slots = asyncio.Semaphore(MAX_CALLS_IN_FLIGHT)
        try:
            async with asyncio.TaskGroup() as tasks:
                for call in batch.calls():
                    tasks.create_task(self._send(batch, call, deadline, slots))
        except* ClientError as errors:
            error = _first(errors)
            error.partial = batch.partial()
            raise error from None
        return batch.results()

    def _deadline(self, timeout_s: float | None) -> float:
        return time.monotonic() + (self.timeout_s if timeout_s is None else timeout_s)

    async def _send(
        self, batch: Batch, call: Call, deadline: float, slots: asyncio.Semaphore
    ) -> None:
        """Sends one call until it is answered, then what is worth sending again."""
        method = scoring_pb2_grpc.ScoringServiceStub(self._channel).ScoreBatch
        waiting = [(0.0, call)]
        while waiting:
            at, call = waiting.pop()
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            try:
                async with slots:
                    reply = await self._until_answered(method, call.request, deadline)
            except _Failed as failed:
                if call.sends:  # its completions keep the errors of the first reply
                    continue
                raise give_up(batch, call, failed.failure, self.target) from None
            again = resends(batch.accept(call, reply), self._retry, time.monotonic(), deadline)
            waiting += [(due, following) for due, following, _ in again]

    async def _until_answered[Request, Reply](
        self,
        method: Callable[..., Awaitable[Reply]],
        request: Request,
        deadline: float,
    ) -> Reply:
        """Calls until there is an answer; raises `_Failed` when there will be none."""
        tries = 0
        while True:
            try:
                return await method(request, timeout=max(0.0, deadline - time.monotonic()))
            except grpc.aio.AioRpcError as error:
                trailers = [(key, value) for key, value in error.trailing_metadata()]
                failure = read_failure(error.code(), error.details(), trailers)
            tries += 1
            delay_s = next_try_s(self._retry, failure, tries, deadline - time.monotonic())
            if delay_s is None:
                raise _Failed(failure)
            await asyncio.sleep(delay_s)

    async def _registry[Request, Reply](
        self,
        method: Callable[..., Awaitable[Reply]],
        request: Request,
        timeout_s: float | None,
    ) -> Reply:
        try:
            return await self._until_answered(method, request, self._deadline(timeout_s))
        except _Failed as failed:
            failure = failed.failure
        raise call_error(
            target=self.target,
            status=failure.status,
            details=failure.details,
            violations=failure.violations,
        )

    async def server_info(self, timeout_s: float | None = None) -> ServerInfo:
        """As `VerifierClient.server_info`."""
        method = registry_pb2_grpc.RegistryServiceStub(self._channel).GetServerInfo
        request = registry_pb2.GetServerInfoRequest()
        return decode_server_info(await self._registry(method, request, timeout_s))

    async def verifiers(self, timeout_s: float | None = None) -> list[VerifierInfo]:
        """As `VerifierClient.verifiers`."""
        method = registry_pb2_grpc.RegistryServiceStub(self._channel).ListVerifiers
        found: list[VerifierInfo] = []
        token = ""
        for _ in range(MAX_PAGES):
            request = registry_pb2.ListVerifiersRequest(page_token=token)
            page = await self._registry(method, request, timeout_s)
            found += [decode_verifier(each) for each in page.verifiers]
            token = page.next_page_token
            if not token:
                return found
        raise MalformedReply(f"{self.target} lists more than {MAX_PAGES} pages of verifiers")

    async def verifier(self, name: str, timeout_s: float | None = None) -> VerifierInfo:
        """As `VerifierClient.verifier`."""
        method = registry_pb2_grpc.RegistryServiceStub(self._channel).GetVerifier
        request = registry_pb2.GetVerifierRequest(name=name)
        return decode_verifier((await self._registry(method, request, timeout_s)).verifier)

    async def close(self) -> None:
        """Closes the connection; the next call opens another."""
        channel, self._open = self._open, None
        if channel is not None:
            await channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class _Failed(Exception):
    """A call will not be answered."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.details)
        self.failure = failure


def _first(errors: BaseExceptionGroup[ClientError]) -> ClientError:
    """The first error of a group, however nested."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
