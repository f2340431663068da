import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.contract import ErrorCode, TaskError, Verdict
from verifier_server.verifiers.json.verifier import prepare

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
ADA = {"name": "Ada", "age": 36}

scalars = (
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
)
floats = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
documents = st.recursive(
    scalars | floats,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)


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
    score = prepare({"schema": PERSON, "expected": ADA})(completion)
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


@pytest.mark.parametrize(("weight", "value"), [(0, 0.0), (0.5, 0.4), (0.75, 0.6)])
def test_invalid_weight(weight: float, value: float) -> None:
    task = {"schema": PERSON, "expected": ADA, "invalid_weight": weight}
    score = prepare(task)('{"name": "Ada", "age": 36, "x": 1}')
    assert score.value == pytest.approx(value)
    assert not score.passed


def test_an_invalid_document_never_passes_even_where_it_is_the_expected_one() -> None:
    score = prepare({"schema": False, "expected": 1, "invalid_weight": 0.9})("1")
    assert (score.value, score.passed, score.verdict) == (0.9, False, Verdict.PARTIAL)


def test_open_diagnostics_hide_what_was_expected() -> None:
    task = {"schema": {"properties": {"k": {"const": "hush"}}}, "expected": {"k": "hush", "n": 77}}
    diagnostics = prepare(task)('{"k": "x", "z": 1}').diagnostics
    shown = repr((diagnostics.extracted, diagnostics.message, diagnostics.facts))
    assert "hush" not in shown
    assert "77" not in shown
    assert ("schema_error", "/k const") in diagnostics.facts
    assert ("mismatch", "/k") in diagnostics.facts
    assert ("missing", "/n") in diagnostics.facts
    assert ("extra", "/z") in diagnostics.facts
    assert "hush" in repr(diagnostics.privileged)


def test_a_malformed_document_has_its_offset() -> None:
    assert ("offset", "5") in prepare({"expected": 1})('{"a":NaN}').diagnostics.facts


@pytest.mark.parametrize("expected", [float("inf"), [float("nan")]])
def test_an_expected_document_that_is_no_json(expected: Any) -> None:
    with pytest.raises(TaskError) as caught:
        prepare({"expected": expected})
    assert (caught.value.code, caught.value.pointer) == (ErrorCode.BAD_GROUND_TRUTH, "/expected")


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


@given(documents, documents)
def test_an_added_field_never_helps(document: Any, extra: Any) -> None:
    expected = {"a": document, "b": 1}
    judge = prepare({"expected": expected})
    answer = {"a": extra}
    assert judge(json.dumps(answer | {"zz": extra})).value <= judge(json.dumps(answer)).value


@given(st.text(st.characters()) | st.text('{}[]",:`\n<think>/0123456789.eE+-ud8\\\ud800\udc80'))
def test_any_text_gets_a_score(completion: str) -> None:
    score = prepare({"schema": PERSON, "expected": ADA})(completion)
    assert 0.0 <= score.value <= 1.0
