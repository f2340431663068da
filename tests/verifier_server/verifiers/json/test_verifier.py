import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.contract import ErrorCode, Score, TaskError, Verdict
from verifier_server.verifiers.json import MANIFEST
from verifier_server.verifiers.json.verifier import prepare

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
ADA = {"name": "Ada", "age": 36}
HALF = {"schema": PERSON, "expected": ADA, "invalid_weight": 0.5}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
floats = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def facts(score: Score, key: str) -> list[str]:
    return [value for name, value in score.diagnostics.facts if name == key]


def shown(score: Score) -> str:
    told = score.diagnostics
    return repr((told.extracted, told.message, told.facts))


@pytest.mark.parametrize(
    ("completion", "value", "verdict", "reason"),
    [
        ('{"age": 36.0, "name": "Ada"}', 1.0, Verdict.CORRECT, "match"),
        ('{"name": "Ada", "age": 37}', 0.5, Verdict.PARTIAL, "values_differ"),
        ('{"name": "x", "age": 1}', 0.0, Verdict.INCORRECT, "values_differ"),
        ('{"name": "Ada", "age": "36"}', 0.25, Verdict.PARTIAL, "schema_invalid"),
        ('{"name": "Ada"}', 1 / 3, Verdict.PARTIAL, "schema_invalid"),
        ('{"name": "Ada", "age": 36, "x": 1}', 0.4, Verdict.PARTIAL, "schema_invalid"),
        ('[{"name": "Ada", "age": 36}]', 0.0, Verdict.INCORRECT, "schema_invalid"),
        ('"{\\"name\\": \\"Ada\\", \\"age\\": 36}"', 0.0, Verdict.INCORRECT, "schema_invalid"),
        ('{"name": "Ada", "age": 36', 0.0, Verdict.MALFORMED, "invalid_json"),
        ('{"name": "Ada", "age": 35, "age": 36}', 0.0, Verdict.MALFORMED, "duplicate_key"),
        ("", 0.0, Verdict.NO_ANSWER, "empty"),
        ("I do not know.", 0.0, Verdict.NO_ANSWER, "no_json"),
    ],
)
def test_schema_and_values(completion: str, value: float, verdict: Verdict, reason: str) -> None:
    score = prepare(HALF)(completion)
    assert score.value == pytest.approx(value)
    assert (score.verdict, score.reason) == (verdict, reason)
    assert score.passed == (verdict is Verdict.CORRECT)


@pytest.mark.parametrize(
    ("expected", "completion", "value"),
    [
        ({}, "{}", 1.0),
        ([], "{}", 0.0),
        ({"t": []}, '{"t": []}', 1.0),
        ({"t": ["a"]}, '{"t": []}', 0.0),
        ({"t": ["a"]}, '{"t": "a"}', 0.0),
        ([1, 2, 3], "[1, 3, 2]", 1 / 3),
        ([1], "[1, 2, 3]", 0.5),
        (1, "true", 0.0),
        (True, "1", 0.0),
        (None, "false", 0.0),
        (0.1, "0.10", 1.0),
        (0.3, "0.30000000000000004", 0.0),
        (Decimal("0.10000000000000000001"), "0.10000000000000000001", 1.0),
        (Decimal("0.10000000000000000001"), "0.1", 0.0),
        (10**30, str(10**30 + 1), 0.0),
        (5, '"5"', 0.0),
        ({"a": None}, "{}", 0.0),
        ([[1, 2], [3]], "[[1, 9], [3]]", 2 / 3),
        ([0], "[" + "0," * 98 + "0]", 0.02),
    ],
)
def test_leaves(expected: Any, completion: str, value: float) -> None:
    assert prepare({"expected": expected})(completion).value == pytest.approx(value)


def test_a_schema_alone_is_all_or_nothing() -> None:
    judge = prepare({"schema": PERSON})
    assert judge('{"name": "Ada", "age": 1}').verdict is Verdict.CORRECT
    wrong = judge('{"name": "Ada"}')
    assert (wrong.value, wrong.verdict, wrong.reason) == (0.0, Verdict.INCORRECT, "schema_invalid")


@pytest.mark.parametrize(
    ("weight", "value"), [({}, 0.0), ({"invalid_weight": 0}, 0.0), ({"invalid_weight": 0.75}, 0.6)]
)
def test_invalid_weight(weight: dict[str, float], value: float) -> None:
    task = {"schema": PERSON, "expected": ADA} | weight
    score = prepare(task)('{"name": "Ada", "age": 36, "x": 1}')
    assert score.value == pytest.approx(value)
    assert not score.passed


def test_invalid_weight_of_a_schema_alone() -> None:
    judge = prepare({"schema": PERSON, "invalid_weight": 0.5})
    assert (judge("{}").value, judge("{}").verdict) == (0.5, Verdict.PARTIAL)
    assert judge('{"name": "Ada"').value == 0.0
    assert judge(json.dumps(ADA)).passed


def test_components_say_what_held() -> None:
    names = {part.name for part in prepare(HALF)("{}").components}
    assert names == set(MANIFEST.components)
    held = prepare(HALF)('{"name": "Ada", "age": "36"}').components
    assert [(part.name, part.value, part.weight) for part in held] == [
        ("parses", 1.0, 0.0),
        ("schema", 0.0, 0.0),
        ("values", 0.5, 1.0),
    ]
    assert [(part.passed, part.total) for part in held] == [(1, 1), (0, 1), (1, 2)]
    alone = prepare({"schema": PERSON})("{}").components
    assert [(part.name, part.weight) for part in alone] == [("parses", 0.0), ("schema", 1.0)]
    assert [(part.name, part.value) for part in prepare(HALF)("{").components] == [("parses", 0.0)]


def test_open_diagnostics_hide_what_was_expected() -> None:
    schema = {"properties": {"k": {"enum": ["hush", "x"]}, "n": {}, "z": {"pattern": "^h.sh"}}}
    expected = {"k": "hush", "n": 77, "Oslo/1": {"Bergen": 2}, "list": [0, 1]}
    judge = prepare({"schema": schema, "expected": expected})
    score = judge('{"k": "q", "z": "1", "list": [5]}')
    for secret in ("hush", "h.sh", "77", "Oslo", "Bergen"):
        assert secret not in shown(score)
    assert {"/k enum", "/z pattern"} == set(facts(score, "schema_error"))
    fields = facts(score, "field")
    assert "/k mismatch exact" in fields
    assert "/n missing exact" in fields
    assert "/* missing object" in fields
    assert "/z extra exact" in fields
    assert "/list/1 missing exact" in fields
    assert facts(score, "f1") == ["0"]
    assert (facts(score, "hallucinated"), facts(score, "omitted")) == (["1"], ["3"])
    privileged = score.diagnostics.privileged
    assert ("expected", '/k: "hush"') in privileged
    assert ("expected", '/Oslo~11: {"Bergen": 2}') in privileged
    assert any(key == "schema_error" and "h" in value for key, value in privileged)


def test_matching_fields_are_told_after_those_that_differ() -> None:
    fields = facts(prepare({"expected": {"a": 1, "b": 2, "c": 3}})('{"a": 1, "b": 0}'), "field")
    assert fields == ["/b mismatch exact", "/* missing exact", "/a match exact"]


def test_diagnostics_are_bounded() -> None:
    name = "n" * 5000
    expected = {name + str(index): {"a": "v" * 5000} for index in range(100)}
    task = {"schema": {"additionalProperties": {"type": "integer"}}, "expected": {}}
    for score in (prepare({"expected": expected})("{}"), prepare(task)(json.dumps(expected))):
        told = score.diagnostics
        for each in (told.facts, told.privileged):
            assert len(each) <= 32
            assert all(len(value) < 500 for _, value in each)
        assert len(told.extracted) <= 1000


@pytest.mark.parametrize(
    ("completion", "offset"),
    [
        ('{"a":NaN}', 5),
        ('<think>é</think> {"a":NaN}', 22),
        ('So:\n```json\n{"a": 1, "a": 2}\n```', 21),
        ('é\n```\n["\\ud800"]\n```', 8),
        ("```\n1\n```\n```\n1\n```", 10),
        ("1\n```\n1\n```", 2),
        ("<think>", 0),
    ],
)
def test_what_is_not_read_has_its_place_in_the_completion(completion: str, offset: int) -> None:
    assert facts(prepare({"expected": 1})(completion), "offset") == [str(offset)]


@pytest.mark.parametrize(
    ("task", "reason", "pointer"),
    [
        ({"expected": float("inf")}, "unusable_expected", "/expected"),
        ({"expected": {"a": [float("nan")]}}, "unusable_expected", "/expected/a/0"),
        ({"expected": "\ud800"}, "unusable_expected", "/expected"),
        (
            {"schema": PERSON, "expected": {"name": 1, "age": 2}},
            "expected_invalid",
            "/expected/name",
        ),
        ({"schema": False, "expected": 1}, "expected_invalid", "/expected"),
        (
            {"schema": PERSON, "examples": {"valid": [ADA, {}]}},
            "example_misjudged",
            "/examples/valid/1",
        ),
        (
            {"schema": PERSON, "examples": {"invalid": [ADA]}},
            "example_misjudged",
            "/examples/invalid/0",
        ),
        (
            {"schema": True, "examples": {"valid": [[float("nan")]]}},
            "unusable_example",
            "/examples/valid/0/0",
        ),
    ],
)
def test_documents_of_a_task_that_cannot_be_right(
    task: dict[str, Any], reason: str, pointer: str
) -> None:
    with pytest.raises(TaskError) as caught:
        prepare(task)
    error = caught.value
    assert (error.code, error.reason) == (ErrorCode.BAD_GROUND_TRUTH, reason)
    assert error.pointer == pointer
    assert "Ada" not in error.message


def test_examples_that_are_judged_as_they_say() -> None:
    examples = {"valid": [ADA], "invalid": [{}, {"name": "Ada", "age": 1.5}]}
    assert prepare({"schema": PERSON, "examples": examples})(json.dumps(ADA)).passed


@given(documents)
def test_a_document_matches_itself(document: Any) -> None:
    score = prepare({"expected": document})(json.dumps(document))
    assert score.value == 1.0
    assert score.passed


@given(documents, documents)
def test_f1_is_symmetric_and_one_only_for_equals(left: Any, right: Any) -> None:
    forth = prepare({"expected": left})(json.dumps(right))
    back = prepare({"expected": right})(json.dumps(left))
    assert forth.value == back.value
    assert 0.0 <= forth.value <= 1.0
    if forth.passed:
        assert left == right


@given(st.lists(st.integers(), min_size=1, max_size=20), st.data())
def test_one_wrong_leaf_never_passes(numbers: list[int], data: st.DataObject) -> None:
    wrong = list(numbers)
    wrong[data.draw(st.integers(0, len(numbers) - 1))] += data.draw(st.integers(1, 9))
    assert not prepare({"expected": numbers})(json.dumps(wrong)).passed


BASE: dict[str, Any] = {
    "list": ["a", "b", "b"],
    "name": "Ada",
    "note": "",
    "number": 1.5,
    "rows": [{"id": 1, "tags": ["x"], "at": {"y": 2}}, {"id": 2, "tags": [], "at": {"y": 2}}],
}
RULES: list[dict[str, Any]] = [
    {},
    {"/list": {"list": "unordered"}, "/rows": {"list": "unordered"}},
    {
        "/list": {"list": "set"},
        "/rows": {"list": "keyed", "key": "id"},
        "/rows/*/at": {"weight": 3},
    },
    {"/name": {"type": "text", "weight": 0.5}, "/number": {"type": "number", "abs": 1}},
    {"/note": {"type": "ignore"}, "/rows/*/tags": {"list": "unordered", "weight": 2}},
    {"/rows": {"weight": 5, "list": "set"}, "/rows/*/at": {"type": "ignore"}},
]
parts = (
    st.none()
    | st.integers(0, 3)
    | st.sampled_from(["a", "b", "ada ", ""])
    | st.lists(st.sampled_from(["a", "b", "x"]), max_size=4)
    | st.lists(
        st.fixed_dictionaries(
            {"id": st.integers(1, 3)},
            optional={"tags": st.lists(st.just("x"), max_size=2), "at": st.just({"y": 2})},
        ),
        max_size=3,
    )
)
answers = st.fixed_dictionaries(
    {}, optional={name: st.just(value) | parts for name, value in BASE.items()}
)


def places(document: Any) -> list[dict[str, Any]]:
    found = []
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            found.append(each)
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found


@given(answers, st.sampled_from(RULES), texts, documents, st.data())
def test_an_added_field_never_helps(
    answer: Any, rules: dict[str, Any], name: str, value: Any, data: st.DataObject
) -> None:
    judge = prepare({"expected": BASE, "compare": rules})
    document = json.loads(json.dumps(answer))
    before = judge(json.dumps(document))
    data.draw(st.sampled_from(places(document)))["wrong " + name] = value
    assert judge(json.dumps(document)).value <= before.value


def rewritten(value: Any, chance: random.Random) -> str:
    """The value's JSON, with any white space, order of names and spelling of characters."""

    def space() -> str:
        return chance.choice(["", "", " ", "\n", "\t", " \r\n "])

    if isinstance(value, dict):
        items = chance.sample(sorted(value.items(), key=lambda item: item[0]), len(value))
        inner = [
            f"{rewritten(name, chance)}:{space()}{rewritten(each, chance)}" for name, each in items
        ]
        return "{" + space() + f"{space()},{space()}".join(inner) + space() + "}"
    if isinstance(value, list):
        inner = [rewritten(each, chance) for each in value]
        return "[" + space() + f"{space()},".join(inner) + space() + "]"
    return json.dumps(value, ensure_ascii=chance.random() < 0.5)


@given(answers, documents, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_white_space_and_the_order_of_names_never_matter(
    answer: Any, more: Any, rules: dict[str, Any], chance: random.Random
) -> None:
    judge = prepare({"expected": BASE, "compare": rules})
    document = {**answer, "more": more}
    plain = judge(json.dumps(document))
    for wrapper in ("{}", "```json\n{}\n```"):
        score = judge(wrapper.replace("{}", rewritten(document, chance)))
        assert (score.value, score.verdict, score.reason) == (
            plain.value,
            plain.verdict,
            plain.reason,
        )
        assert score.components == plain.components


wrappers = st.sampled_from(["{}", "```json\n{}\n```", "```\n{}\n```", "````json\n\n{}\n````"])
between = st.sampled_from(["\n", "\n\n", "\nor\n", "\nFinal answer:\n\n"])
ends = st.sampled_from(["", "\n", "<think>Hm.</think>\n", "Here it is:\n"])


@given(documents, documents, wrappers, wrappers, between, ends, st.integers(0, 2))
def test_two_candidates_earn_nothing(
    first: Any, second: Any, one: str, other: str, join: str, start: str, right: int
) -> None:
    """Whichever of the two is right, or both are."""
    expected = second if right == 1 else first
    second = first if right == 2 else second
    parts = [
        wrapper.replace("{}", json.dumps(each)) for wrapper, each in ((one, first), (other, second))
    ]
    score = prepare({"expected": expected})(start + join.join(parts))
    assert score.value == 0.0
    assert score.verdict in (Verdict.NO_ANSWER, Verdict.MALFORMED)


@given(st.text(st.characters()) | st.text('{}[]",:`\n<think>/0123456789.eE+-ud8\\\ud800\udc80'))
def test_any_text_gets_a_score(completion: str) -> None:
    score = prepare(HALF)(completion)
    assert 0.0 <= score.value <= 1.0
