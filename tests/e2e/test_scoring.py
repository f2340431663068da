"""A real server, real jails, the real client: verdicts and where they come from."""

import json

import pytest

from trainer_client.client import AsyncVerifierClient
from trainer_client.results import Group

pytestmark = pytest.mark.sandbox

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
GROUPS = [
    Group(
        "math",
        {"answer": "\\frac{1}{2}"},
        [
            "so \\boxed{0.5}",
            "so \\boxed{0.51}",
            "no idea",
            "\\boxed{\\frac{",
            "so \\boxed{0.5}",
            b"\xff\xfe \\boxed{2/4}",
        ],
        id="half",
    ),
    Group(
        "json",
        {"schema": PERSON, "expected": {"name": "Ada", "age": 36}},
        [
            '{"name": "Ada", "age": 36}',
            '{"name": "Ada", "age": 37}',
            '{"name": "Ada", "age": "36"}',
            '{"name": "Ada"',
            "",
        ],
        id="ada",
    ),
]


def test_verdicts(client):
    half, ada = client.score(GROUPS)
    assert [result.outcome.verdict for result in half.results] == [
        "CORRECT",
        "INCORRECT",
        "NO_ANSWER",
        "NO_ANSWER",
        "CORRECT",
        "CORRECT",
    ]
    assert [result.deduplicated for result in half.results] == [False] * 4 + [True, False]
    assert [result.outcome.verdict for result in ada.results] == [
        "CORRECT",
        "PARTIAL",
        "INCORRECT",
        "MALFORMED",
        "NO_ANSWER",
    ]
    assert ada.results[1].outcome.value == 0.5
    assert (half.id, ada.id) == ("half", "ada")


def test_the_digest_that_judged_is_the_registered_one(client):
    half, ada = client.score(GROUPS)
    registered = {info.name: info.digest for info in client.verifiers()}
    assert half.revision_digest == registered["math"]
    assert ada.revision_digest == registered["json"]


def test_same_input_same_verdict_in_any_order_and_company(client):
    def plain(results):
        return [(result.outcome, result.diagnostics) for result in results]

    alone = [plain(client.score([group])[0].results) for group in GROUPS]
    for _ in range(3):
        together = client.score([*reversed(GROUPS * 4), *GROUPS])
        by_id = {}
        for result in together:
            by_id.setdefault(result.id, []).append(plain(result.results))
        assert all(each == alone[0] for each in by_id["half"])
        assert all(each == alone[1] for each in by_id["ada"])


async def test_the_async_client_agrees(server, client):
    async with AsyncVerifierClient(server.address) as other:
        theirs = await other.score(GROUPS)
    ours = client.score(GROUPS)
    assert [[r.outcome for r in group.results] for group in theirs] == [
        [r.outcome for r in group.results] for group in ours
    ]


def test_server_info_names_versions_and_sandbox(client):
    info = client.server_info()
    assert info.sandbox == "nsjail"
    assert info.workers == 2
    assert {"python", "grpcio", "sympy", "jsonschema"} <= dict(info.versions).keys()


def test_task_schemas_are_served_and_are_schemas(client):
    from jsonschema import Draft202012Validator

    for info in client.verifiers():
        schema = json.loads(info.task_schema)
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    "bomb",
    [
        "\\boxed{1E999999999}",
        "\\boxed{10^{10^{10}}}",
        "\\boxed{99999999!}",
        "\\boxed{" + "(" * 50_000 + "1" + ")" * 50_000 + "}",
        "\\boxed{" * 50_000,
        "\\boxed{2^{2^{2^{2^{2^{2}}}}}}",
    ],
)
def test_bombs_are_judged_and_cost_their_neighbours_nothing(client, bomb):
    (group,) = client.score([Group("math", {"answer": "42"}, ["\\boxed{42}", bomb, "\\boxed{42}"])])
    before, at, after = (result.outcome for result in group.results)
    assert before.passed
    assert after.passed
    assert not at.passed
    assert at.value == 0.0
