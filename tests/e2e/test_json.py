"""The json verifier through a real server and jail: values, schemas, hostile answers, order.

What a completion does to the parser or the comparison costs it its own score and nothing
else; what a task gets wrong is the task's error, with the place.
"""

import json
import random

import pytest

from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group, View

pytestmark = pytest.mark.sandbox

SCHEMA = {
    "type": "object",
    "properties": {
        "ship": {"type": "string"},
        "built": {"type": "string", "format": "date"},
        "tonnes": {"type": "number", "minimum": 0},
        "crew": {"type": "array", "items": {"$ref": "#/$defs/sailor"}},
    },
    "required": ["ship", "built", "tonnes", "crew"],
    "additionalProperties": False,
    "$defs": {
        "sailor": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "rank": {"enum": ["mate", "cook"]}},
            "required": ["name", "rank"],
            "additionalProperties": False,
        }
    },
}
EXPECTED = {
    "ship": "Fram",
    "built": "1892-10-26",
    "tonnes": 402.5,
    "crew": [{"name": "Otto", "rank": "mate"}, {"name": "Adolf", "rank": "cook"}],
}
TASK = {
    "schema": SCHEMA,
    "expected": EXPECTED,
    "compare": {
        "/ship": {"type": "text"},
        "/tonnes": {"type": "number", "rel": 0.01},
        "/crew": {"list": "unordered"},
    },
}
RIGHT = json.dumps(EXPECTED)
ALSO_RIGHT = (
    "<think>Otto was the mate.</think>\nHere it is:\n```json\n"
    + json.dumps(
        {
            "crew": EXPECTED["crew"][::-1],
            "tonnes": 400,
            "built": "1892-10-26",
            "ship": " fram",
        },
        indent=2,
    )
    + "\n```"
)
PARTLY = json.dumps({**EXPECTED, "tonnes": 300, "crew": EXPECTED["crew"][:1]})
INVALID = json.dumps({**EXPECTED, "flag": "no"})
UNREAD = {
    "": "empty",
    "The ship is the Fram.": "no_json",
    f"<think>{RIGHT}": "unclosed_think",
    f"```json\n{RIGHT}\n```\n```json\n{RIGHT}\n```": "ambiguous",
    f"{RIGHT}\n{RIGHT}": "invalid_json",
    RIGHT[:-1]: "invalid_json",
    RIGHT.replace('"ship"', '"ship": "Gjoa", "ship"'): "duplicate_key",
    RIGHT.replace("402.5", "NaN"): "non_finite",
    RIGHT.replace("402.5", "1e999"): "number_out_of_range",
    RIGHT.replace("402.5", "4" * 5000): "number_out_of_range",
    RIGHT.replace("Fram", "\\ud800"): "lone_surrogate",
    "[" * 100_000: "too_deep",
    '{"a":' * 100_000: "too_deep",
    RIGHT.replace("402.5", "[" * 200 + "]" * 200): "too_deep",
}
HOSTILE = [
    "[" + "[],[]," * 50_000 + "0]",
    "[" + "0," * 300_000 + "0]",
    '"' + "\\u0041" * 150_000 + '"',
    "{" + ",".join(f'"{index}":{index}' for index in range(50_000)) + "}",
    RIGHT.replace("402.5", "402.5e-399"),
    RIGHT.replace("402.5", "4025" + "0" * 900 + "e-901"),
    json.dumps({**EXPECTED, "crew": [{"name": "Otto", "rank": "mate"}] * 10_000}),
    json.dumps({**EXPECTED, "crew": [{"name": str(i), "rank": "x"} for i in range(10_000)]}),
    json.dumps({**EXPECTED, "built": "9" * 100_000}),
    json.dumps({**EXPECTED, "__proto__": {"ship": "Fram"}, "$ref": "http://localhost:1/"}),
]


def results(client, task, completions, **asked):
    (group,) = client.score([Group("json", task, completions)], **asked)
    return group.results


def facts(result, key):
    return [value for name, value in result.diagnostics.facts if name == key]


def test_values_are_scored_and_their_fields_told(client):
    right, also, partly, invalid = results(client, TASK, [RIGHT, ALSO_RIGHT, PARTLY, INVALID])
    assert right.score.passed
    assert also.score.passed
    assert (partly.score.verdict, partly.score.reason) == ("PARTIAL", "values_differ")
    assert partly.score.value == pytest.approx(2 * 4 / (7 + 5))
    assert "/tonnes mismatch number" in facts(partly, "field")
    assert [part.name for part in partly.score.components] == ["parses", "schema", "values"]
    assert (invalid.score.value, invalid.score.reason) == (0.0, "schema_invalid")
    assert facts(invalid, "schema_error") == [" additionalProperties"]
    assert "/flag extra exact" in facts(invalid, "field")
    (kept,) = results(client, {**TASK, "invalid_weight": 0.5}, [INVALID])
    assert kept.score.value == pytest.approx(0.5 * 2 * 7 / (7 + 8))


def test_what_is_not_one_document_earns_nothing_and_has_its_place(client):
    for (text, reason), result in zip(
        UNREAD.items(), results(client, TASK, list(UNREAD)), strict=True
    ):
        assert (result.score.value, result.score.reason) == (0.0, reason), text[:80]
        assert 0 <= int(facts(result, "offset")[0]) <= len(text)


def test_hostile_documents_are_judged_and_cost_only_their_own_score(client):
    found = results(client, TASK, [*HOSTILE, RIGHT])
    assert found[-1].score.passed
    for text, result in zip(HOSTILE, found, strict=False):
        assert result.score is not None, (text[:80], result)
        assert not result.score.passed or result.score.value == 1.0
        assert result.attempts == 1, (text[:80], result)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"schema": {"type": "obj"}}, "INVALID_TASK", "task/schema/type"),
        ({"schema": {"$ref": "http://localhost:1/s.json"}}, "INVALID_TASK", "task/schema/$ref"),
        (
            {"schema": {"properties": {"ship": {"pattern": "("}}}},
            "INVALID_TASK",
            "task/schema/properties/ship/pattern",
        ),
        ({"schema": {"$schema": "https://example.org/d"}}, "INVALID_TASK", "task/schema/$schema"),
        ({"compare": {"/ship": {"type": "texts"}}}, "INVALID_TASK", "task/compare/~1ship/type"),
        ({"expected": {**EXPECTED, "tonnes": -1}}, "BAD_GROUND_TRUTH", "task/expected/tonnes"),
        ({"examples": {"valid": [{}]}}, "BAD_GROUND_TRUTH", "task/examples/valid/0"),
        ({"invalid_weight": 1}, "INVALID_TASK", "task/invalid_weight"),
    ],
)
def test_a_bad_task_is_an_error_with_its_place(client, change, code, place):
    (result,) = results(client, {**TASK, **change}, [RIGHT])
    assert result.error.code == code
    assert result.error.message.startswith(place)


def test_compare_needs_something_to_compare_with(client):
    (result,) = results(client, {"schema": SCHEMA, "compare": {"/ship": {}}}, [RIGHT])
    assert (result.error.code, result.error.reason) == ("INVALID_TASK", "schema_violation")


def test_every_digit_of_a_task_counts(client):
    for text, other in (
        ("0.12345678901234567890123", "0.12345678901234567890124"),
        ("123456789012345678901234567890", "123456789012345678901234567891"),
        ("5e-324", "4.9e-324"),
    ):
        payload = f'{{"expected": {text}}}'.encode()
        right, wrong = results(client, payload, [text, other])
        assert right.score.passed
        assert wrong.score.value == 0.0


def test_only_the_privileged_view_has_what_was_expected(client):
    task = {"schema": SCHEMA, "expected": EXPECTED}
    wrong = RIGHT.replace("Fram", "Gjoa").replace("1892-10-26", "1892")
    (open_view,) = results(client, task, [wrong])
    (privileged,) = results(client, task, [wrong], view=View.PRIVILEGED)
    assert "Fram" not in repr(open_view)
    assert "1892-10-26" not in repr(open_view)
    assert '/ship: "Fram"' in facts(privileged, "expected")
    assert any("/built" in value for value in facts(privileged, "schema_error"))


def test_verdicts_do_not_depend_on_company_or_order(client):
    completions = [RIGHT, ALSO_RIGHT, PARTLY, INVALID, *UNREAD, *HOSTILE]

    def verdicts(groups):
        found = {}
        for group, answer in zip(groups, client.score(groups), strict=True):
            for text, result in zip(group.completions, answer.results, strict=True):
                score, told = result.score, result.diagnostics
                outcome = (score.value, score.verdict, score.reason, told.facts)
                found.setdefault(text, set()).add(outcome)
        return found

    alone = verdicts([Group("json", TASK, [text]) for text in completions])
    shuffled = random.Random(3).sample(completions, len(completions))
    together = verdicts([Group("json", TASK, shuffled), Group("json", TASK, completions)])
    assert all(len(each) == 1 for each in alone.values())
    assert alone == together


def test_a_second_server_says_the_same(client, tmp_path):
    completions = [RIGHT, PARTLY, INVALID, *UNREAD]

    def told(asked):
        return [(each.outcome, each.diagnostics) for each in results(asked, TASK, completions)]

    with (
        running_server(tmp_path, "--workers", "1") as other,
        VerifierClient(other.address) as second,
    ):
        assert told(second) == told(client)
