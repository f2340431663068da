from typing import Any

import pytest

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.compare import plan

EXPECTED = {
    "name": "Ada",
    "age": 36,
    "born": "1815-12-10",
    "note": None,
    "tags": ["x", "y"],
    "rows": [{"id": 1, "n": 2}, {"id": 2, "n": 2}],
}


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        ({"name": {}}, "/compare/name"),
        ({"/a~3": {}}, "/compare/~1a~03"),
        ({"/a*": {}}, "/compare/~1a*"),
        ({"/name": "text"}, "/compare/~1name"),
        ({"/name": {"type": "fuzzy"}}, "/compare/~1name/type"),
        ({"/name": {"type": "text", "abs": 1}}, "/compare/~1name/abs"),
        ({"/name": {"type": "text", "case": 1}}, "/compare/~1name/case"),
        ({"/age": {"type": "number", "abs": -1}}, "/compare/~1age/abs"),
        ({"/age": {"type": "number", "rel": "1%"}}, "/compare/~1age/rel"),
        ({"/age": {"type": "number", "rel": True}}, "/compare/~1age/rel"),
        ({"/age": {"type": "number", "abs": 10**5000}}, "/compare/~1age/abs"),
        ({"/age": {"weight": 0}}, "/compare/~1age/weight"),
        ({"/age": {"weight": 0.0001}}, "/compare/~1age/weight"),
        ({"/age": {"weight": True}}, "/compare/~1age/weight"),
        ({"/age": {"type": "ignore", "weight": 2}}, "/compare/~1age/weight"),
        ({"/age": {"type": "one_of"}}, "/compare/~1age"),
        ({"/age": {"type": "one_of", "values": []}}, "/compare/~1age/values"),
        ({"/age": {"type": "one_of", "values": [1, [2]]}}, "/compare/~1age/values/1"),
        ({"/born": {"type": "date", "formats": None}}, "/compare/~1born/formats"),
        ({"/born": {"type": "date", "formats": ["%x"]}}, "/compare/~1born/formats"),
        ({"/born": {"type": "date", "formats": ["%Y-%m"]}}, "/compare/~1born/formats"),
        ({"/born": {"type": "date", "formats": ["%Y-%m-%d %H"]}}, "/compare/~1born/formats"),
        ({"/born": {"type": "date", "formats": ["%Y-%m-%d%"]}}, "/compare/~1born/formats"),
        ({"/born": {"type": "date", "formats": [1]}}, "/compare/~1born/formats"),
        ({"/tags": {"list": "bag"}}, "/compare/~1tags/list"),
        ({"/tags": {"list": "set", "key": "id"}}, "/compare/~1tags/key"),
        ({"/rows": {"list": "keyed"}}, "/compare/~1rows"),
        ({"/rows": {"list": "keyed", "key": []}}, "/compare/~1rows/key"),
        ({"/rows": {"list": "keyed", "key": ["id", "id"]}}, "/compare/~1rows/key"),
    ],
)
def test_a_fault_of_a_rule_has_its_place(rules: dict[str, Any], pointer: str) -> None:
    with pytest.raises(TaskError) as caught:
        plan(EXPECTED, rules)
    assert (caught.value.code, caught.value.reason) == (ErrorCode.INVALID_TASK, "invalid_compare")
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        ({"/name": {"type": "number"}}, "/compare/~1name"),
        ({"/age": {"type": "text"}}, "/compare/~1age"),
        ({"/tags": {"type": "text"}}, "/compare/~1tags"),
        ({"/name": {"list": "unordered"}}, "/compare/~1name"),
        ({"/tags/*": {"type": "date"}, "/tags/0": {}, "/tags/1": {}}, None),
        ({"/tags/*": {"type": "number"}}, "/compare/~1tags~1*"),
        ({"/tags": {"list": "set"}, "/tags/0": {"type": "text"}}, "/compare/~1tags~10"),
        ({"/rows": {"type": "ignore"}, "/rows/*/n": {"weight": 2}}, "/compare/~1rows~1*~1n"),
        ({"": {"type": "ignore"}}, "/compare/"),
        ({"/missing/*/x": {"type": "number"}}, None),
        ({"/note": {"type": "number"}}, None),
        ({"/*": {"type": "text"}}, None),
        (
            {"/rows": {"list": "keyed", "key": "id"}, "/rows/*/id": {"type": "number", "abs": 1}},
            "/compare/~1rows/key",
        ),
    ],
)
def test_a_rule_that_can_apply_nowhere_is_refused(
    rules: dict[str, Any], pointer: str | None
) -> None:
    if pointer is None:
        assert plan(EXPECTED, rules).measure(EXPECTED).exact
        return
    with pytest.raises(TaskError) as caught:
        plan(EXPECTED, rules)
    assert caught.value.code is ErrorCode.INVALID_TASK
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("expected", "rules", "pointer"),
    [
        ({"d": "10.12.1815"}, {"/d": {"type": "date"}}, "/expected/d"),
        ({"d": "2023-02-29"}, {"/d": {"type": "date"}}, "/expected/d"),
        ([{"id": 1}, {"id": 1}], {"": {"list": "keyed", "key": "id"}}, "/expected/1"),
        ([{"id": 1}, {"n": 1}], {"": {"list": "keyed", "key": "id"}}, "/expected/1"),
        (
            [[n] for n in range(1000)],
            {"": {"list": "unordered"}, "/*/*": {"type": "number", "abs": 1}},
            "/expected",
        ),
    ],
)
def test_an_expected_document_that_cannot_be_used_is_refused(
    expected: Any, rules: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(TaskError) as caught:
        plan(expected, rules)
    assert caught.value.code is ErrorCode.BAD_GROUND_TRUTH
    assert caught.value.pointer == pointer


def test_an_unknown_option_is_told_beside_the_known_ones() -> None:
    rule = {"type": "number", "tolerance": 1}
    with pytest.raises(TaskError, match="which has abs, list, rel, type, weight"):
        plan({"age": 36}, {"/age": rule})


def test_rules_that_are_written_alike_are_read_once_and_no_others() -> None:
    first, second = {"/age": {"type": "number", "abs": 1}}, {"/age": {"type": "number", "abs": 2}}
    for rules, age, exact in [(first, 38, False), (second, 38, True), (first, 37, True)]:
        assert plan({"age": 36}, rules).measure({"age": age}).exact is exact
    for wrong in (True, "1"):
        with pytest.raises(TaskError):
            plan({"age": 36}, {"/age": {"type": "number", "abs": wrong}})


def test_the_number_of_places_is_bounded() -> None:
    # Each pattern is told apart from all others only by where its letter stands.
    rules = {
        "/" + "/".join("a" if at == each else "*" for at in range(13)): {"weight": 2}
        for each in range(13)
    }
    with pytest.raises(TaskError, match="places apart"):
        plan({}, rules)


@pytest.mark.parametrize(
    ("rules", "weight"),
    [
        ({"/*": {"weight": 2}, "/age": {"weight": 3}}, 3),
        ({"/age": {"weight": 3}, "/*": {"weight": 2}}, 3),
        ({"/*": {"weight": 2}, "/age": {"type": "number"}}, 1),
        ({"": {"weight": 5}, "/age": {"type": "number"}}, 5),
        ({"": {"weight": 0.125}}, 0.125),
    ],
)
def test_the_most_specific_pattern_decides_and_weights_are_inherited(
    rules: dict[str, Any], weight: float
) -> None:
    fields = plan(EXPECTED, rules).measure({"age": 36}).fields
    assert [field.weight for field in fields if field.pointer == "/age"] == [weight]


def test_a_star_in_a_name_and_slashes_are_escaped() -> None:
    expected = {"*": "X", "a/b~": "X", "c": "X"}
    rules = {"/~2": {"type": "text"}, "/a~1b~0": {"type": "text"}}
    agreement = plan(expected, rules).measure({"*": "x", "a/b~": "x", "c": "x"})
    assert (agreement.matched, agreement.expected) == (2, 3)
