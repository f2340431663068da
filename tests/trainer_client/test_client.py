import asyncio
import os
import pickle
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2, error_details_pb2
from verifier.v1 import common_pb2, scoring_pb2

from tests.trainer_client.conftest import QUICK
from tests.trainer_client.fake import (
    DIGEST,
    FakeServer,
    Reply,
    Request,
    Step,
    abort,
    abort_rich,
    bad_request,
    edit,
    fail_texts,
    group,
)
from trainer_client import batch as batch_module
from trainer_client import channel as channel_module
from trainer_client.channel import ChannelHolder
from trainer_client.client import AsyncVerifierClient, VerifierClient
from trainer_client.errors import (
    CallFailed,
    ClientError,
    DeadlineExceeded,
    FieldViolation,
    InvalidRequest,
    MalformedReply,
    RevisionChanged,
    ServerOverloaded,
    ServerUnavailable,
    VerifierNotFound,
)
from trainer_client.results import Group, GroupResult, View

TRANSIENT = [
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED,
]
FINAL = [
    (grpc.StatusCode.INTERNAL, CallFailed),
    (grpc.StatusCode.UNIMPLEMENTED, CallFailed),
    (grpc.StatusCode.PERMISSION_DENIED, CallFailed),
    (grpc.StatusCode.NOT_FOUND, VerifierNotFound),
    (grpc.StatusCode.INVALID_ARGUMENT, InvalidRequest),
]

type Score = Callable[..., list[GroupResult]]


@pytest.fixture(params=["sync", "async"])
def score(request: pytest.FixtureRequest, server: FakeServer) -> Score:
    """`score` of either client, so that both keep the same promises."""

    def sync(groups: list[Group], **options: Any) -> list[GroupResult]:
        with VerifierClient(server.target, timeout_s=10.0, retry=QUICK) as client:
            return client.score(groups, **options)

    async def run(groups: list[Group], **options: Any) -> list[GroupResult]:
        async with AsyncVerifierClient(server.target, timeout_s=10.0, retry=QUICK) as client:
            return await client.score(groups, **options)

    if request.param == "sync":
        return sync
    return lambda groups, **options: asyncio.run(run(groups, **options))


def values(results: list[GroupResult]) -> list[list[float | None]]:
    return [[each.score.value if each.score else None for each in one.results] for one in results]


def test_results_are_in_the_order_of_the_request(score: Score) -> None:
    results = score([group("a", "a", "x", "", name="one"), group("b", "x", "b", name="two")])
    assert [each.id for each in results] == ["one", "two"]
    assert values(results) == [[1.0, 0.0, 0.0], [0.0, 1.0]]
    assert [each.score.verdict for each in results[0].results if each.score] == [
        "CORRECT",
        "INCORRECT",
        "NO_ANSWER",
    ]
    assert results[0].revision_digest == DIGEST


def test_no_groups_need_no_server() -> None:
    assert VerifierClient("127.0.0.1:1").score([]) == []


def test_options_reach_the_server(server: FakeServer) -> None:
    with VerifierClient(server.target, fairness_key="run-7", pins={"echo": DIGEST}) as client:
        client.score([group("a", "a")], view=View.PRIVILEGED, cpu_limit_s=1.5)
    options = server.requests[0].options
    assert options.diagnostics_view == scoring_pb2.DIAGNOSTICS_VIEW_PRIVILEGED
    assert options.cpu_limit.ToMilliseconds() == 1500
    assert options.fairness_key == "run-7"
    assert [(pin.verifier, pin.digest) for pin in options.pins] == [("echo", DIGEST)]


def test_a_large_request_is_cut_and_put_together(
    score: Score, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "MAX_COMPLETIONS_PER_CALL", 7)
    groups = [group(str(n), *map(str, range(n % 5 + 8)), name=f"g{n}") for n in range(20)]
    results = score(groups)
    assert [each.id for each in results] == [each.id for each in groups]
    for n, result in enumerate(results):
        expected = [1.0 if str(n) == str(i) else 0.0 for i in range(n % 5 + 8)]
        assert values([result]) == [expected]
    assert len(server.requests) > 1
    assert all(sum(len(g.completions) for g in r.groups) <= 7 for r in server.requests)


def test_bytes_bound_a_call_too(client: VerifierClient, server: FakeServer) -> None:
    half = "x" * (batch_module.MAX_BYTES_PER_CALL // 2)
    assert values(client.score([group("a", half, "a", half, half)])) == [[0.0, 1.0, 0.0, 0.0]]
    assert len(server.requests) > 1
    assert max(each.ByteSize() for each in server.requests) <= batch_module.MAX_BYTES_PER_CALL


@pytest.mark.parametrize("status", TRANSIENT)
def test_what_says_later_is_sent_again(
    score: Score, server: FakeServer, status: grpc.StatusCode
) -> None:
    server.script.extend([abort(status)] * 3)
    assert values(score([group("a", "a", "b")])) == [[1.0, 0.0]]
    assert len(server.requests) == 4


@pytest.mark.parametrize(("status", "kind"), FINAL)
def test_everything_else_raises_at_once(
    score: Score, server: FakeServer, status: grpc.StatusCode, kind: type[ClientError]
) -> None:
    server.always = abort(status)
    with pytest.raises(kind, match=r"127\.0\.0\.1"):
        score([group("a", "a")])
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (grpc.StatusCode.UNAVAILABLE, ServerUnavailable),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, ServerOverloaded),
    ],
)
def test_retries_end_at_the_deadline(
    score: Score, server: FakeServer, status: grpc.StatusCode, kind: type[ClientError]
) -> None:
    server.always = abort(status)
    with pytest.raises(kind):
        score([group("a", "a")], timeout_s=0.4)
    assert len(server.requests) > 2


def test_the_servers_delay_is_kept(score: Score, server: FakeServer) -> None:
    info = error_details_pb2.RetryInfo()
    info.retry_delay.FromMilliseconds(60_000)
    server.always = abort_rich(code_pb2.RESOURCE_EXHAUSTED, info)
    with pytest.raises(ServerOverloaded):  # it would not fit, so there is nothing to wait for
        score([group("a", "a")], timeout_s=5.0)
    assert len(server.requests) == 1


def test_a_message_over_grpcs_limit_is_not_sent_again(score: Score, server: FakeServer) -> None:
    server.always = abort(
        grpc.StatusCode.RESOURCE_EXHAUSTED, "Received message larger than max (5 vs. 4)"
    )
    with pytest.raises(InvalidRequest, match="larger than max"):
        score([group("a", "a")])
    assert len(server.requests) == 1


def test_no_server_is_named_with_how_to_start_one() -> None:
    client = VerifierClient("127.0.0.1:1", timeout_s=0.3)
    for call in (lambda: client.score([group("a", "a")]), client.server_info, client.verifiers):
        with pytest.raises(ServerUnavailable, match=r"127\.0\.0\.1:1.*verifier-server serve"):
            call()


def test_a_silent_server_is_a_deadline(score: Score, server: FakeServer) -> None:
    release = threading.Event()

    def hang(_request: Request, reply: Reply, _context: grpc.ServicerContext) -> Reply:
        release.wait(10)
        return reply

    server.always = hang
    with pytest.raises(DeadlineExceeded) as caught:
        score([group("a", "a")], timeout_s=0.2)
    release.set()
    assert caught.value.partial == (None,)


def test_fields_at_fault_are_named_in_the_callers_terms(
    score: Score, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "MAX_COMPLETIONS_PER_CALL", 3)

    def second_call(request: Request, reply: Reply, context: grpc.ServicerContext) -> Reply:
        if any(each.text == b"bad" for one in request.groups for each in one.completions):
            return bad_request("groups[0].completions[1].id", "options.cpu_limit")(
                request, reply, context
            )
        return reply

    server.always = second_call
    with pytest.raises(InvalidRequest) as caught:
        score([group("a", "a", "b", "c"), group("a", "a", "bad")])
    assert caught.value.violations == (
        FieldViolation("groups[1].completions[1].id", "is wrong"),
        FieldViolation("options.cpu_limit", "is wrong"),
    )
    assert "groups[1].completions[1].id: is wrong" in str(caught.value)


@pytest.mark.parametrize(
    "task", [{"x": float("nan")}, {"x": {1, 2}}, {"x": "\ud800"}, {"x": object()}]
)
def test_a_task_that_is_not_json_is_refused_before_sending(
    client: VerifierClient, server: FakeServer, task: dict[str, object]
) -> None:
    with pytest.raises(InvalidRequest, match=r"groups\[1\].task"):
        client.score([group("a", "a"), Group("echo", task, ["a"])])
    with pytest.raises(InvalidRequest, match=r"groups\[0\].completions"):
        client.score([group("a")])
    assert not server.requests


@pytest.mark.parametrize("completions", ["text", b"text", [None], [["a"]], []])
def test_completions_are_a_list_of_texts(
    client: VerifierClient, server: FakeServer, completions: list[str]
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        client.score([Group("echo", {"answer": "a"}, completions)])
    assert [each.field for each in caught.value.violations] == ["groups[0].completions"]
    assert not server.requests


def test_no_text_can_fail_a_call(client: VerifierClient, server: FakeServer) -> None:
    texts: list[str | bytes] = ["\ud800", "\x00", "é" * 1000, b"\xff\xfe", "\U0010ffff", ""]
    assert values(client.score([group("é", *texts, "é")])) == [[0.0] * 6 + [1.0]]
    assert server.sent_texts[0] == b"\xed\xa0\x80"


def test_retryable_errors_are_sent_again_alone(score: Score, server: FakeServer) -> None:
    code = common_pb2.SCORE_ERROR_CODE_SANDBOX_FAULT
    server.script.extend([fail_texts(code, "b", "d"), fail_texts(code, "d")])
    results = score([group("a", "a", "b"), group("d", "c", "d")])
    assert values(results) == [[1.0, 0.0], [0.0, 1.0]]
    assert server.sent_texts == [b"a", b"b", b"c", b"d", b"b", b"d", b"d"]


def test_an_error_that_stays_is_returned(score: Score, server: FakeServer) -> None:
    server.always = fail_texts(common_pb2.SCORE_ERROR_CODE_OVERLOADED, "b")
    results = score([group("a", "a", "b")])
    assert values(results) == [[1.0, None]]
    assert results[0].results[1].error
    assert results[0].results[1].error.code == "OVERLOADED"
    assert server.sent_texts == [b"a", b"b", b"b", b"b"]
    assert results[0].error is None


def test_other_errors_are_not_sent_again(score: Score, server: FakeServer) -> None:
    results = score([Group("echo", {"question": 1}, ["a", "b"]), group("a", "a")])
    assert values(results) == [[None, None], [1.0]]
    assert results[0].error is not None
    assert (results[0].error.code, results[0].error.reason) == ("INVALID_TASK", "schema_violation")
    assert len(server.requests) == 1


def test_a_failed_resend_keeps_the_first_answer(score: Score, server: FakeServer) -> None:
    server.script.append(fail_texts(common_pb2.SCORE_ERROR_CODE_SANDBOX_FAULT, "b"))
    server.always = abort(grpc.StatusCode.INTERNAL)
    assert values(score([group("a", "a", "b")])) == [[1.0, None]]


def test_what_was_answered_before_a_failure_is_kept(
    score: Score, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "MAX_COMPLETIONS_PER_CALL", 2)

    def only_a(request: Request, reply: Reply, context: grpc.ServicerContext) -> Reply:
        if request.groups[0].completions[0].text != b"a":
            return abort(grpc.StatusCode.UNAVAILABLE)(request, reply, context)
        return reply

    server.always = only_a
    with pytest.raises(ServerUnavailable) as caught:
        score([group("a", "a", "b"), group("a", "b", "b")], timeout_s=0.5)
    first, second = caught.value.partial
    assert first is not None
    assert values([first]) == [[1.0, 0.0]]
    assert second is None


def _swap(reply: Reply) -> None:
    first, second = reply.groups[0].results[0], reply.groups[0].results[1]
    held = type(first)()
    held.CopyFrom(first)
    first.CopyFrom(second)
    second.CopyFrom(held)


def _group_id(reply: Reply) -> None:
    reply.groups[0].id = "another"


def _set_score(**fields: object) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        for name, value in fields.items():
            setattr(reply.groups[0].results[0].score, name, value)

    return change


MALFORMED: dict[str, Callable[[Reply], object]] = {
    "a group less": lambda reply: reply.groups.pop(),
    "a group more": lambda reply: reply.groups.append(reply.groups[0]),
    "a result less": lambda reply: reply.groups[0].results.pop(),
    "a result more": lambda reply: reply.groups[0].results.append(reply.groups[0].results[0]),
    "results swapped": _swap,
    "groups swapped": _group_id,
    "no outcome": lambda reply: reply.groups[0].results[0].ClearField("score"),
    "no verdict": _set_score(verdict=0),
    "unknown verdict": _set_score(verdict=99),
    "NaN": _set_score(value=float("nan")),
    "above one": _set_score(value=1.5),
    "below zero": _set_score(value=-0.1),
    "passed and wrong": _set_score(passed=True, verdict=scoring_pb2.VERDICT_INCORRECT),
    "unknown error": lambda reply: (
        reply.groups[0]
        .results[0]
        .error.CopyFrom(
            common_pb2.ScoreError(code=99)  # type: ignore[arg-type]  # the point of the case
        )
    ),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_reply_is_an_error(
    score: Score, server: FakeServer, change: Callable[[Reply], object]
) -> None:
    server.always = edit(change)
    with pytest.raises(MalformedReply):
        score([group("a", "a", "b", name="one"), group("b", "b", name="two")])


def _new_revision(server: FakeServer) -> Step:
    def step(_request: Request, reply: Reply, _context: grpc.ServicerContext) -> Reply:
        server.digest = "sha256:" + "cd" * 32
        return reply

    return step


def test_one_group_is_not_judged_by_two_revisions(
    server: FakeServer, client: VerifierClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "MAX_COMPLETIONS_PER_CALL", 1)

    def by_text(request: Request, reply: Reply, _context: grpc.ServicerContext) -> Reply:
        if request.groups[0].completions[0].text == b"b":
            reply.groups[0].revision_digest = "sha256:" + "cd" * 32
        return reply

    server.always = by_text
    with pytest.raises(RevisionChanged):
        client.score([group("a", "a", "b")])


def test_a_resend_judged_by_a_new_revision_is_not_used(
    server: FakeServer, client: VerifierClient
) -> None:
    fail = fail_texts(common_pb2.SCORE_ERROR_CODE_SANDBOX_FAULT, "b")
    server.script.append(lambda *sent: _new_revision(server)(sent[0], fail(*sent), sent[2]))
    results = client.score([group("a", "a", "b")])
    assert values(results) == [[1.0, None]]
    assert results[0].revision_digest == DIGEST


def test_registry(client: VerifierClient, server: FakeServer) -> None:
    assert client.server_info().sandbox == "nsjail"
    assert client.server_info().versions == (("python", "3"),)
    assert [each.name for each in client.verifiers()] == ["echo", "other"]
    assert client.verifier("other").digest == DIGEST
    with pytest.raises(VerifierNotFound, match="nothing"):
        client.verifier("nothing")

    async def run() -> list[str]:
        async with AsyncVerifierClient(server.target, timeout_s=5.0) as twin:
            assert await twin.server_info() == client.server_info()
            assert await twin.verifier("echo") == client.verifier("echo")
            with pytest.raises(VerifierNotFound):
                await twin.verifier("nothing")
            return [each.name for each in await twin.verifiers()]

    assert asyncio.run(run()) == ["echo", "other"]


def test_a_failure_cancels_what_else_is_in_flight(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "MAX_COMPLETIONS_PER_CALL", 1)
    arrived, gone = threading.Event(), threading.Event()

    def hang_or_fail(request: Request, reply: Reply, context: grpc.ServicerContext) -> Reply:
        if request.groups[0].completions[0].text == b"a":
            context.add_callback(gone.set)
            arrived.set()
            gone.wait(10)
            return reply
        arrived.wait(10)
        return abort(grpc.StatusCode.INTERNAL)(request, reply, context)

    server.always = hang_or_fail
    with VerifierClient(server.target, timeout_s=30.0) as client:
        with pytest.raises(CallFailed):
            client.score([group("a", "a", "b")])
        assert gone.wait(5)  # the client is still open: only the cancel can have ended it


async def test_a_cancelled_task_cancels_the_call(server: FakeServer) -> None:
    arrived, gone = threading.Event(), threading.Event()

    def hang(_request: Request, reply: Reply, context: grpc.ServicerContext) -> Reply:
        context.add_callback(gone.set)
        arrived.set()
        gone.wait(10)
        return reply

    server.always = hang
    async with AsyncVerifierClient(server.target, timeout_s=30.0) as client:
        task = asyncio.create_task(client.score([group("a", "a")]))
        await asyncio.to_thread(arrived.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(gone.wait, 10)
    assert len(server.requests) == 1


def test_a_server_that_returns_is_found_again(server: FakeServer, client: VerifierClient) -> None:
    assert values(client.score([group("a", "a")])) == [[1.0]]
    server.stop()
    timer = threading.Timer(0.5, server.start)
    timer.start()
    assert values(client.score([group("a", "a")])) == [[1.0]]
    timer.join()


def test_a_closed_client_opens_again(client: VerifierClient) -> None:
    client.score([group("a", "a")])
    client.close()
    client.close()
    assert values(client.score([group("a", "a")])) == [[1.0]]


def test_pickling_leaves_the_channel_behind(client: VerifierClient, server: FakeServer) -> None:
    client.score([group("a", "a")])
    copy = pickle.loads(pickle.dumps(client))
    assert copy.target == server.target
    assert values(copy.score([group("a", "a")])) == [[1.0]]
    copy.close()
    twin = pickle.loads(pickle.dumps(AsyncVerifierClient(server.target)))
    assert twin.target == server.target


def test_errors_pickle() -> None:
    error = InvalidRequest("no", violations=[FieldViolation("a", "b")], partial=[None])
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.violations, copy.partial) == (str(error), error.violations, (None,))


def test_threads_share_a_client(client: VerifierClient) -> None:
    seen: list[list[list[float | None]]] = []

    def work(n: int) -> None:
        seen.extend(values(client.score([group(str(n), *map(str, range(6)))])) for _ in range(5))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 30
    assert all(sum(each[0]) == 1.0 for each in seen)  # type: ignore[arg-type]  # all are judged


FORK = """
    import os, sys
    from trainer_client.client import VerifierClient
    from trainer_client.results import Group

    client = VerifierClient(sys.argv[1], timeout_s=10.0)
    work = [Group("echo", {"answer": "a"}, ["a", "b"])]

    def works():
        return [each.score.value for each in client.score(work)[0].results] == [1.0, 0.0]

    assert works()
    for _ in range(3):
        child = os.fork()
        if not child:
            os._exit(0 if works() and works() else 1)
        assert works()
        assert os.waitpid(child, 0)[1] == 0
    assert works()
"""


def test_a_forked_child_opens_its_own_channel(server: FakeServer) -> None:
    script = textwrap.dedent(FORK)
    subprocess.run([sys.executable, "-c", script, server.target], check=True, timeout=60)


def test_a_channel_is_not_shared_with_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = ChannelHolder("127.0.0.1:1")
    parents = holder.get()
    assert holder.get() is parents
    monkeypatch.setattr(os, "getpid", lambda: -1)
    childs = holder.get()
    assert childs is not parents
    assert holder.get() is childs
    assert parents in channel_module._inherited  # never finalised in the child
    childs.close()
    monkeypatch.undo()
    channel_module._inherited.remove(parents)
    parents.close()


def test_importing_the_client_is_cheap() -> None:
    heavy = ("torch", "transformers", "numpy", "verifier_server", "sandboxes", "datasets")
    script = (
        "import sys, trainer_client.client, trainer_client.reward;"
        f"found = [name for name in {heavy!r} if name in sys.modules]; assert not found, found"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
