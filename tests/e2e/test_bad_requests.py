"""What a careless or hostile caller sends: the right status, the field named, the server up."""

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from verifier.v1 import common_pb2, scoring_pb2, scoring_pb2_grpc

pytestmark = pytest.mark.sandbox

OK_TASK = b'{"answer": "42"}'
MESSAGE_LIMIT = 64 << 20


@pytest.fixture
def channel(server):
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(server.address, options=options) as channel:
        yield channel


@pytest.fixture
def stub(channel):
    return scoring_pb2_grpc.ScoringServiceStub(channel)


def group(verifier="math", task=OK_TASK, completions=(b"\\boxed{42}",)):
    return scoring_pb2.Group(
        verifier=verifier,
        task=common_pb2.Payload(data=task),
        completions=[scoring_pb2.Completion(text=text) for text in completions],
    )


def score(stub, *groups):
    return stub.ScoreBatch(scoring_pb2.ScoreBatchRequest(groups=groups), timeout=60)


def violations(error):
    """Fields of the BadRequest in a failed call (google.rpc, AIP-193)."""
    found = {}
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                bad = error_details_pb2.BadRequest()
                if detail.Unpack(bad):
                    found |= {item.field: item.description for item in bad.field_violations}
    return found


def refused(stub, *groups):
    with pytest.raises(grpc.RpcError) as caught:
        score(stub, *groups)
    return caught.value


@pytest.fixture(autouse=True)
def _server_stays_up(stub, server):
    yield
    assert server.process.poll() is None
    (result,) = score(stub, group()).groups
    assert result.results[0].score.passed


def test_unknown_verifier(stub):
    bad, good = score(stub, group(verifier="maths"), group()).groups
    assert bad.error.code == common_pb2.SCORE_ERROR_CODE_VERIFIER_NOT_FOUND
    assert "groups[0].verifier" in bad.error.message
    assert "math" in bad.error.message
    assert bad.results[0].error == bad.error
    assert good.results[0].score.passed


def test_task_that_violates_its_schema(stub):
    bad, good = score(stub, group(task=b'{"answer": 42}'), group()).groups
    assert bad.error.code == common_pb2.SCORE_ERROR_CODE_INVALID_TASK
    assert "/answer" in bad.error.message
    assert good.results[0].score.passed


@pytest.mark.parametrize(
    "task", [b"{", b"[]", b'{"answer": "1", "answer": "2"}', b"[" * 100_000, b"\xff", b"NaN"]
)
def test_task_that_is_not_json(stub, task):
    (bad,) = score(stub, group(task=task)).groups
    assert bad.error.code == common_pb2.SCORE_ERROR_CODE_INVALID_TASK


def test_ground_truth_that_cannot_be_used(stub):
    (bad,) = score(stub, group(task=b'{"answer": "\\\\frac{1}{"}')).groups
    assert bad.error.code == common_pb2.SCORE_ERROR_CODE_BAD_GROUND_TRUTH
    assert "/answer" in bad.error.message


def test_empty_group(stub):
    error = refused(stub, group(), group(completions=()))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert list(violations(error)) == ["groups[1].completions"]


def test_no_group(stub):
    error = refused(stub)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert list(violations(error)) == ["groups"]


def test_300_completions(stub):
    error = refused(stub, group(completions=[b"x"] * 300))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "256" in violations(error)["groups[0].completions"]


def test_ten_megabytes_in_one_completion(stub):
    big = b"x" * (10 << 20)
    (result,) = score(stub, group(completions=[b"\\boxed{42}", big, b"\\boxed{42}"])).groups
    before, at, after = result.results
    assert at.score.verdict == scoring_pb2.VERDICT_RESOURCE_LIMIT
    assert at.score.reason == "completion_too_large"
    assert before.score.passed
    assert after.score.passed


def test_a_request_over_the_limit(stub):
    error = refused(stub, *[group(completions=[b"x" * (1 << 20)])] * 70)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_invalid_utf8_in_a_completion(stub):
    texts = [b"\xff\xfe\xed\xa0\x80", b"\xc3 \\boxed{42}"]
    (result,) = score(stub, group(completions=texts)).groups
    nothing, right = result.results
    assert nothing.score.verdict == scoring_pb2.VERDICT_NO_ANSWER
    assert right.score.passed


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff\xff", b"\x0a\x03\x12\x01\xff", b"\x00"])
def test_bytes_that_are_no_request(channel, garbage):
    call = channel.unary_unary("/verifier.v1.ScoringService/ScoreBatch")
    with pytest.raises(grpc.RpcError) as caught:
        call(garbage, timeout=10)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_every_violation_is_listed(stub):
    request = scoring_pb2.ScoreBatchRequest(
        groups=[group(verifier=""), group(task=b""), group(completions=())]
    )
    request.options.cpu_limit.FromMilliseconds(-1)
    with pytest.raises(grpc.RpcError) as caught:
        stub.ScoreBatch(request, timeout=10)
    assert {
        "groups[0].verifier",
        "groups[1].task",
        "groups[2].completions",
        "options.cpu_limit",
    } <= {field.removesuffix(".data") for field in violations(caught.value)}
