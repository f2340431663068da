"""A verifier server in this process that judges by a rule and misbehaves on demand.

The rule: a completion is CORRECT when it is the task's "answer", or ends with it
in a \\boxed{}; NO_ANSWER when it is empty; else INCORRECT. Verifiers are "echo"
and "other", or what a test sets. A task without an answer is INVALID_TASK.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status
from verifier.v1 import (
    common_pb2,
    registry_pb2,
    registry_pb2_grpc,
    scoring_pb2,
    scoring_pb2_grpc,
)

from trainer_client.results import Group

VERIFIERS = ("echo", "other")
DIGEST = "sha256:" + "ab" * 32

Reply = scoring_pb2.ScoreBatchResponse
Request = scoring_pb2.ScoreBatchRequest
Step = Callable[[Request, Reply, grpc.ServicerContext], Reply]


def group(answer: str, *completions: str | bytes, verifier: str = "echo", name: str = "") -> Group:
    return Group(verifier, {"answer": answer}, completions, name)


def judge(text: bytes, task: dict[str, object]) -> scoring_pb2.Score:
    answer = str(task["answer"]).encode("utf-8", "surrogatepass")
    right = text == answer or text.endswith(b"\\boxed{" + answer + b"}")
    if right:
        return scoring_pb2.Score(
            value=1.0, passed=True, verdict=scoring_pb2.VERDICT_CORRECT, reason="equal"
        )
    if not text:
        return scoring_pb2.Score(verdict=scoring_pb2.VERDICT_NO_ANSWER, reason="empty")
    return scoring_pb2.Score(verdict=scoring_pb2.VERDICT_INCORRECT, reason="different")


def error(code: int, *, retryable: bool = False, reason: str = "test") -> common_pb2.ScoreError:
    return common_pb2.ScoreError(
        code=code,  # type: ignore[arg-type]  # any number, so that unknown ones can be sent
        reason=reason,
        message="a test's error",
        retryable=retryable,
    )


def answer_group(
    sent: scoring_pb2.Group, verifiers: Sequence[str], digest: str
) -> scoring_pb2.GroupResult:
    failure: common_pb2.ScoreError | None = None
    task = json.loads(sent.task.data)
    if sent.verifier not in verifiers:
        failure = error(common_pb2.SCORE_ERROR_CODE_VERIFIER_NOT_FOUND)
    elif not isinstance(task, dict) or "answer" not in task:
        failure = error(common_pb2.SCORE_ERROR_CODE_INVALID_TASK, reason="schema_violation")
    results = [
        scoring_pb2.CompletionResult(id=each.id, error=failure, attempts=0)
        if failure
        else scoring_pb2.CompletionResult(id=each.id, score=judge(each.text, task), attempts=1)
        for each in sent.completions
    ]
    return scoring_pb2.GroupResult(
        id=sent.id, results=results, error=failure, revision_digest="" if failure else digest
    )


class FakeServer(
    scoring_pb2_grpc.ScoringServiceServicer, registry_pb2_grpc.RegistryServiceServicer
):
    """`script` holds what to do to the next replies, one step a call; then it behaves."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.script: deque[Step] = deque()
        self.always: Step | None = None
        self.digest = DIGEST
        self.verifiers: Sequence[str] = VERIFIERS
        self.max_task_bytes = self.max_completion_bytes = 2**20
        self.port = 0
        self._lock = threading.Lock()
        self._server: grpc.Server | None = None

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def sent_texts(self) -> list[bytes]:
        return [
            each.text
            for request in self.requests
            for one in request.groups
            for each in one.completions
        ]

    def start(self) -> None:
        server = grpc.server(
            ThreadPoolExecutor(8),
            options=[
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", 64 * 2**20),
                ("grpc.max_send_message_length", 64 * 2**20),
            ],
        )
        scoring_pb2_grpc.add_ScoringServiceServicer_to_server(self, server)
        registry_pb2_grpc.add_RegistryServiceServicer_to_server(self, server)
        self.port = server.add_insecure_port(f"127.0.0.1:{self.port}")
        server.start()
        self._server = server

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(None).wait()
        self._server = None

    def ScoreBatch(self, request: Request, context: grpc.ServicerContext) -> Reply:  # noqa: N802
        with self._lock:
            self.requests.append(request)
            step = self.script.popleft() if self.script else self.always
        reply = Reply(
            groups=[answer_group(each, self.verifiers, self.digest) for each in request.groups]
        )
        return step(request, reply, context) if step else reply

    def ScoreStream(  # noqa: N802
        self, request_iterator: object, context: grpc.ServicerContext
    ) -> Iterator[scoring_pb2.ScoreStreamResponse]:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the client does not stream")

    def GetServerInfo(  # noqa: N802
        self, request: registry_pb2.GetServerInfoRequest, context: grpc.ServicerContext
    ) -> registry_pb2.GetServerInfoResponse:
        return registry_pb2.GetServerInfoResponse(
            version="1.2.3",
            sandbox="nsjail",
            max_task_bytes=self.max_task_bytes,
            max_completion_bytes=self.max_completion_bytes,
            versions=[common_pb2.Fact(key="python", value="3")],
        )

    def ListVerifiers(  # noqa: N802
        self, request: registry_pb2.ListVerifiersRequest, context: grpc.ServicerContext
    ) -> registry_pb2.ListVerifiersResponse:
        at = int(request.page_token or 0)
        return registry_pb2.ListVerifiersResponse(
            verifiers=[self._describe(self.verifiers[at])],
            next_page_token=str(at + 1) if at + 1 < len(self.verifiers) else "",
        )

    def GetVerifier(  # noqa: N802
        self, request: registry_pb2.GetVerifierRequest, context: grpc.ServicerContext
    ) -> registry_pb2.GetVerifierResponse:
        if request.name not in self.verifiers:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no verifier {request.name!r}")
        return registry_pb2.GetVerifierResponse(verifier=self._describe(request.name))

    def _describe(self, name: str) -> registry_pb2.Verifier:
        return registry_pb2.Verifier(
            name=name,
            revision=registry_pb2.Revision(digest=self.digest, version="1.0.0", task_schema="{}"),
        )


@contextmanager
def running() -> Iterator[FakeServer]:
    server = FakeServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def abort(status: grpc.StatusCode, details: str = "told to") -> Step:
    def step(_request: Request, _reply: Reply, context: grpc.ServicerContext) -> Reply:
        context.abort(status, details)

    return step


def abort_rich(code: int, *details: Message, trailers: Sequence[tuple[str, str]] = ()) -> Step:
    def step(_request: Request, _reply: Reply, context: grpc.ServicerContext) -> Reply:
        packed = []
        for detail in details:
            packed.append(any_pb2.Any())
            packed[-1].Pack(detail)
        status = rpc_status.to_status(status_pb2.Status(code=code, message="rich", details=packed))
        context.set_trailing_metadata((*status.trailing_metadata, *trailers))
        context.abort(status.code, status.details)

    return step


def bad_request(*fields: str) -> Step:
    violations = [
        error_details_pb2.BadRequest.FieldViolation(field=field, description="is wrong")
        for field in fields
    ]
    return abort_rich(
        code_pb2.INVALID_ARGUMENT, error_details_pb2.BadRequest(field_violations=violations)
    )


def edit(change: Callable[[Reply], object]) -> Step:
    def step(_request: Request, reply: Reply, _context: grpc.ServicerContext) -> Reply:
        change(reply)
        return reply

    return step


def fail_texts(code: int, *texts: str, retryable: bool = True) -> Step:
    """Answers `texts` with an error and judges the rest."""

    def step(request: Request, reply: Reply, _context: grpc.ServicerContext) -> Reply:
        for sent, result in zip(request.groups, reply.groups, strict=True):
            for each, outcome in zip(sent.completions, result.results, strict=True):
                if each.text.decode() in texts:
                    outcome.error.CopyFrom(error(code, retryable=retryable))
        return reply

    return step
