"""What a request can do wrong: each has its status or its error, and the server stays up."""

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from verifier.v1 import common_pb2, registry_pb2, scoring_pb2

from tests.verifier_server.harness import REGISTRY, Running, group, running, task, violations
from verifier_server import bounds
from verifier_server.status import InvalidRequest, Violation
from verifier_server.validation import check_batch

INVALID_TASK = common_pb2.SCORE_ERROR_CODE_INVALID_TASK
NOT_FOUND = common_pb2.SCORE_ERROR_CODE_VERIFIER_NOT_FOUND


async def refused(host: Running, *groups: scoring_pb2.Group, **fields: object) -> dict[str, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await host.batch(*groups, **fields)
    (good,) = (await host.batch(group("yes"))).groups
    assert good.results[0].score.passed, "the server must stay up"
    return violations(caught.value)


async def test_unknown_verifier_fails_its_group_alone_and_names_the_known() -> None:
    async with running() as host:
        wrong, right = (await host.batch(group("a", "b", verifier="ecko"), group("yes"))).groups
    assert right.results[0].score.passed
    assert wrong.error.code == NOT_FOUND
    assert wrong.error.reason == "unknown_verifier"
    assert "groups[0].verifier" in wrong.error.message
    assert "did you mean 'echo'?" in wrong.error.message
    assert [each.error for each in wrong.results] == [wrong.error] * 2


@pytest.mark.parametrize(
    ("data", "reason", "message"),
    [
        (b'{"answer": 5}', "schema_violation", 'task/answer: must be of type "string", not number'),
        (b"{}", "schema_violation", "task: lacks the required property 'answer'"),
        (b'{"answer": "a", "anwser": 1}', "schema_violation", "unknown property 'anwser'"),
        (b'{"answer": ""}', "schema_violation", "task/answer: must satisfy minLength 1"),
        (
            b'{"answer": "a", "list": [1, 3]}',
            "schema_violation",
            "task/list/1: must be one of [1, 2]",
        ),
        (b"not json", "not_json", "task: not valid JSON at line 1 column 1"),
        (b'"text"', "not_an_object", 'task: must be of type "object", not string'),
        (b"\xff", "not_utf8", "task: byte 0 is not UTF-8"),
        (b'{"answer": "a", "answer": "b"}', "duplicate_key", "the key 'answer' stands twice"),
        (b'{"answer": NaN}', "not_json", "NaN is not JSON"),
        (b'{"answer": 1e999}', "number_out_of_range", "range of a double"),
        (b"[" * 100_000, "too_deep", "nested more than 128"),
    ],
)
async def test_unusable_task(data: bytes, reason: str, message: str) -> None:
    async with running() as host:
        wrong, right = (
            await host.batch(group("a", payload=common_pb2.Payload(data=data)), group("yes"))
        ).groups
    assert right.results[0].score.passed
    assert (wrong.error.code, wrong.error.reason) == (INVALID_TASK, reason)
    assert message in wrong.error.message
    assert wrong.results[0].error == wrong.error
    assert not wrong.error.retryable


async def test_bad_ground_truth_names_its_place() -> None:
    async with running() as host:
        (wrong,) = (await host.batch(group("a", answer="impossible"))).groups
    assert wrong.error.code == common_pb2.SCORE_ERROR_CODE_BAD_GROUND_TRUTH
    assert wrong.error.message == "task/answer: cannot be met"


async def test_every_violation_is_listed() -> None:
    bad = scoring_pb2.Group(id="i" * 129, verifier="", completions=[])
    worse = group("a")
    worse.task.media_type = "text/yaml"
    worse.task.data = b""
    worse.completions[0].id = "é" * 65
    options = scoring_pb2.ScoreOptions(
        diagnostics_view=9,  # type: ignore[arg-type]  # no such view is the point
        cpu_limit=Duration(seconds=-1),
        fairness_key="k" * 65,
        pins=[scoring_pb2.RevisionPin(verifier="echo", digest="sha256:12")] * 2,
    )
    async with running() as host:
        found = await refused(host, bad, worse, options=options, deadline_margin=Duration(nanos=-1))
    assert found.keys() == {
        "groups[0].id",
        "groups[0].verifier",
        "groups[0].task",
        "groups[0].completions",
        "groups[1].task.data",
        "groups[1].task.media_type",
        "groups[1].completions[0].id",
        "options.diagnostics_view",
        "options.cpu_limit",
        "options.fairness_key",
        "options.pins[0].digest",
        "options.pins[1].digest",
        "options.pins[1].verifier",
        "deadline_margin",
    }


async def test_bounds_of_groups_and_completions() -> None:
    async with running() as host:
        assert await refused(host) == {"groups": "must hold 1 to 1024 groups, not 0"}
        assert "groups" in await refused(host, *[group("a")] * 1025)
        assert "groups[1].completions" in await refused(host, group("a"), group())
        found = await refused(host, group(*["a"] * 300))
        assert found == {"groups[0].completions": "must hold 1 to 256 completions, not 300"}
        big = common_pb2.Payload(data=b" " * ((1 << 20) + 1))
        assert "groups[0].task.data" in await refused(host, group("a", payload=big))


async def test_cpu_limit_above_the_verifiers_maximum() -> None:
    async with running() as host:
        options = scoring_pb2.ScoreOptions(cpu_limit=Duration(seconds=6))
        found = await refused(host, group("a"), options=options)
    assert found == {"options.cpu_limit": "must be at most 5 s for 'echo'"}


async def test_thousands_of_violations_still_reach_the_client() -> None:
    wrong = group(*["a"] * 256)
    for completion in wrong.completions:
        completion.id = "x" * 200
    async with running() as host:
        found = await refused(host, *[wrong] * 20)
    assert "more violations" in found[""]
    assert "groups[0].completions[0].id" in found


async def test_of_too_many_groups_only_their_number_is_told() -> None:
    async with running() as host:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.raw("ScoringService/ScoreBatch", b"\n\0" * 100_000)
    assert violations(caught.value) == {"groups": "must hold 1 to 1024 groups, not 100000"}


def test_violations_are_collected_up_to_a_bound() -> None:
    request = scoring_pb2.ScoreBatchRequest(groups=[scoring_pb2.Group()] * 1024)
    with pytest.raises(InvalidRequest) as caught:
        check_batch(request, REGISTRY)
    assert len(caught.value.violations) == bounds.MAX_VIOLATIONS
    assert not caught.value.complete


def test_completions_of_a_batch_in_all() -> None:
    full = [group(*["a"] * bounds.MAX_COMPLETIONS)] * (
        bounds.MAX_BATCH_COMPLETIONS // bounds.MAX_COMPLETIONS
    )
    check_batch(scoring_pb2.ScoreBatchRequest(groups=full), REGISTRY)
    with pytest.raises(InvalidRequest) as caught:
        check_batch(scoring_pb2.ScoreBatchRequest(groups=[*full, group("a")]), REGISTRY)
    assert caught.value.violations == (
        Violation("groups", "must hold at most 8192 completions in all, not 8193"),
    )


async def test_of_too_many_completions_and_pins_only_their_number_is_told() -> None:
    wrong = group(*["a"] * 300)
    for completion in wrong.completions:
        completion.id = "x" * 200
    options = scoring_pb2.ScoreOptions(pins=[scoring_pb2.RevisionPin()] * 300)
    async with running() as host:
        found = await refused(host, wrong, options=options)
    assert found == {
        "groups[0].completions": "must hold 1 to 256 completions, not 300",
        "options.pins": "must hold at most 256 pins, not 300",
    }


@pytest.mark.parametrize(
    "name", ["n" * 64, "é" * 32, "n" * 100_000, "\N{GRINNING FACE}" * 4_000_000], ids=len
)
async def test_a_name_too_long_for_a_verifier_is_refused_without_an_echo(name: str) -> None:
    wanted = registry_pb2.GetVerifierRequest(name=name).SerializeToString()
    async with running() as host:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.raw("RegistryService/GetVerifier", wanted)
        assert violations(caught.value) == {"name": "must have at most 63 bytes"}
        pins = [scoring_pb2.RevisionPin(verifier=name, digest="sha256:" + "0" * 64)]
        found = await refused(host, group("a"), options=scoring_pb2.ScoreOptions(pins=pins))
        assert found == {"options.pins[0].verifier": "must have at most 63 bytes"}


async def test_a_page_token_too_long_to_be_ours_is_refused() -> None:
    request = registry_pb2.ListVerifiersRequest(page_token="YWFh" * 100_000)
    async with running() as host:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.raw("RegistryService/ListVerifiers", request.SerializeToString())
    assert violations(caught.value).keys() == {"page_token"}


async def test_completion_of_ten_megabytes_is_judged_without_a_worker() -> None:
    async with running() as host:
        (result,) = (await host.batch(group("yes", b"x" * 10_000_000, "no"))).groups
        assert host.pool.judged == [b"yes", b"no"]
    right, huge, wrong = result.results
    assert (right.score.passed, wrong.score.passed) == (True, False)
    assert huge.score.verdict == scoring_pb2.VERDICT_RESOURCE_LIMIT
    assert (huge.score.reason, huge.score.value) == ("completion_too_large", 0.0)


async def test_text_that_is_not_utf8_is_judged_and_never_breaks_the_answer() -> None:
    async with running() as host:
        (result,) = (await host.batch(group(b"\xff\xfe yes", "yes"))).groups
    assert result.results[0].score.verdict == scoring_pb2.VERDICT_INCORRECT
    assert result.results[0].diagnostics.extracted == "�� yes"
    assert result.results[1].score.passed


METHODS = [
    "ScoringService/ScoreBatch",
    "RegistryService/ListVerifiers",
    "RegistryService/GetVerifier",
    "RegistryService/GetServerInfo",
]


@pytest.mark.parametrize("method", METHODS)
async def test_bytes_that_are_no_message(method: str) -> None:
    async with running() as host:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.raw(method, b"\xff\xff\xff garbage")
        assert "not a valid verifier.v1." in violations(caught.value)[""]


async def status(host: Running, method: str, data: bytes) -> grpc.StatusCode:
    try:
        await host.raw(method, data)
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(noise=st.lists(st.binary(max_size=60), min_size=1, max_size=30))
async def test_no_bytes_are_answered_as_our_fault(noise: list[bytes]) -> None:
    good = scoring_pb2.ScoreBatchRequest(groups=[group("a", "b")]).SerializeToString()
    async with running() as host:
        for index, data in enumerate(noise):
            for request in (data, good[:index] + data + good[index:], good + data):
                for method in METHODS:
                    assert await status(host, method, request) in {
                        grpc.StatusCode.OK,
                        grpc.StatusCode.INVALID_ARGUMENT,
                        grpc.StatusCode.NOT_FOUND,
                    }


async def test_registry_requests() -> None:
    async with running() as host:
        request = registry_pb2.ListVerifiersRequest(page_token="?")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.raw("RegistryService/ListVerifiers", request.SerializeToString())
        assert violations(caught.value).keys() == {"page_token"}
        wanted = registry_pb2.GetVerifierRequest(name="ech").SerializeToString()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.raw("RegistryService/GetVerifier", wanted)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        assert "did you mean 'echo'?" in (caught.value.details() or "")


async def test_pinned_revision() -> None:
    async with running() as host:
        pin = scoring_pb2.RevisionPin(verifier="echo", digest="sha256:" + "0" * 64)
        options = scoring_pb2.ScoreOptions(pins=[pin])
        (wrong,) = (await host.batch(group("yes"), options=options)).groups
        assert (wrong.error.code, wrong.error.reason) == (NOT_FOUND, "revision_mismatch")
        (right,) = (await host.batch(group("yes"))).groups
        pin.digest = right.revision_digest
        options = scoring_pb2.ScoreOptions(pins=[pin])
        (right,) = (await host.batch(group("yes"), options=options)).groups
        assert right.results[0].score.passed


async def test_media_type_json_may_be_named() -> None:
    named = task()
    named.media_type = "application/json"
    async with running() as host:
        (right,) = (await host.batch(group("yes", payload=named))).groups
    assert right.results[0].score.passed
