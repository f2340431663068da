from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from verifier_server.verifiers.json.compare import (
    Agreement,
    Field,
    Status,
    TooManyComparisonsError,
    plan,
    rules,
)
from verifier_server.verifiers.json.compare.agreement import MAX_DIFFERENCES, MAX_MATCHES
from verifier_server.verifiers.json.compare.budget import Work
from verifier_server.verifiers.json.values import number_key

UNORDERED = {"": {"list": "unordered"}}
SET = {"": {"list": "set"}}
KEYED = {"": {"list": "keyed", "key": "id"}}


def measure(expected: Any, rules: dict[str, Any], predicted: Any) -> Agreement:
    return plan(expected, rules).measure(predicted)


@pytest.mark.parametrize(
    ("rules", "expected", "predicted", "f1"),
    [
        ({}, [1, 2], [2, 1], 0),
        (UNORDERED, [1, 2], [2, 1], 1),
        (UNORDERED, [1, 2], [1, 1], 0.5),
        (UNORDERED, [1, 1, 2], [1, 2, 2], 2 / 3),
        (UNORDERED, [], [], 1),
        (UNORDERED, [1], [], 0),
        # First come, first served would pair the first rows, and lose the second.
        (UNORDERED, [[1, 2], [1, 3]], [[1, 3], [1, 9]], 0.75),
        (UNORDERED, [{"a": 1, "b": 2}, {"a": 3, "b": 4}], [{"a": 3, "b": 9}], 2 / 6),
        ({**UNORDERED, "/*": {"type": "number", "abs": 1}}, [1, 2], [3, 2], 1),
        ({**UNORDERED, "/*": {"list": "unordered"}}, [[1, 2], [3, 4]], [[4, 3], [2, 1]], 1),
        # Pairing what is equal first would leave 1 and 3 apart.
        (
            {**UNORDERED, "/*/n": {"type": "number", "abs": 1}},
            [{"n": 1}, {"n": 2}],
            [{"n": 2}, {"n": 3}],
            1,
        ),
        (SET, [1, 2], [2, 1, 2, 1], 1),
        (SET, [1, 2, 2], [1], 2 / 3),
        (SET, [{"a": 1, "b": 2}], [{"a": 1, "b": 3}], 0),
        ({**SET, "/*": {"type": "text"}}, ["A", "b"], ["a", " A", "B"], 1),
        ({**SET, "/*": {"type": "number", "abs": 1}}, [1, 2], [2, 3], 1),
        # An element with something extra is not whole.
        ({**SET, "/*/a": {"type": "number", "abs": 1}}, [{"a": 1}], [{"a": 1, "z": 2}], 0),
        ({**SET, "/*": {"list": "unordered"}}, [[1, 1, 2]], [[2, 1, 1]], 1),
        ({**SET, "/*": {"list": "unordered"}}, [[1, 1, 2]], [[1, 2, 2]], 0),
        (
            KEYED,
            [{"id": 1, "v": 2}, {"id": 2, "v": 3}],
            [{"id": 2, "v": 3}, {"id": 1, "v": 9}],
            0.75,
        ),
        # A key that occurs twice names neither row.
        (KEYED, [{"id": 1, "v": 2}], [{"id": 1, "v": 2}, {"id": 1, "v": 3}], 0),
        (KEYED, [{"id": 1, "v": 2}], [{"id": 1, "v": 2}, {"v": 3}, 7], 4 / 6),
        ({**KEYED, "/*/id": {"type": "text"}}, [{"id": "A", "v": 2}], [{"id": "a", "v": 2}], 1),
    ],
)
def test_a_list(rules: dict[str, Any], expected: Any, predicted: Any, f1: float) -> None:
    assert measure(expected, rules, predicted).f1 == f1


def test_a_report_names_places_of_the_predicted_document() -> None:
    expected = {"rows": [{"id": 1, "v": 2}, {"id": 2, "v": 3}, {"id": 3, "v": 4}]}
    predicted = {"rows": [{"id": 2, "v": 9, "w": 0}, {"id": 1}, "x"], "z": [1]}
    fields = measure(expected, {"/rows": {"list": "unordered"}}, predicted).fields
    assert fields == (
        Field("/rows/1/v", Status.MISSING, "exact", 1.0, 2),
        Field("/rows/0/v", Status.MISMATCH, "exact", 1.0, 3),
        Field("/rows/0/w", Status.EXTRA, "exact", 1.0, None),
        Field("/rows/2", Status.MISSING, "object", 2.0, {"id": 3, "v": 4}),
        Field("/rows/2", Status.EXTRA, "exact", 1.0, None),
        Field("/z", Status.EXTRA, "ordered", 1.0, None),
        Field("/rows/1/id", Status.MATCH, "exact", 1.0, 1),
        Field("/rows/0/id", Status.MATCH, "exact", 1.0, 2),
    )


@pytest.mark.parametrize(
    ("expected", "predicted", "status"),
    [
        (1, 2, Status.MISMATCH),
        (1, "1", Status.TYPE_MISMATCH),
        (None, 0, Status.TYPE_MISMATCH),
        ({"a": 1}, [1], Status.TYPE_MISMATCH),
        ([], [1], Status.MISMATCH),
        ([1], [1, 2], Status.EXTRA),
        ([1, 2], [1], Status.MISSING),
        ({"a": 1}, {"a": 1, "b": 2}, Status.EXTRA),
    ],
)
def test_differences_are_told_apart(expected: Any, predicted: Any, status: Status) -> None:
    fields = measure(expected, {}, predicted).fields
    assert [field.status for field in fields if field.status is not Status.MATCH] == [status]


def test_the_report_is_bounded() -> None:
    agreement = measure(list(range(500)), {}, list(range(250)) + [-1] * 500)
    assert len(agreement.fields) == MAX_DIFFERENCES + MAX_MATCHES
    assert (agreement.matched, agreement.expected, agreement.predicted) == (250, 500, 750)


def test_ignored_parts_count_in_neither_document() -> None:
    rules = {"/note": {"type": "ignore"}, "/meta/*": {"type": "ignore"}, "/l/0": {"type": "ignore"}}
    expected = {"a": 1, "note": "x", "meta": {"x": 1}, "l": [9, 1]}
    agreement = measure(expected, rules, {"a": 1, "meta": {"y": [2, 3]}, "l": [7, 1]})
    assert agreement.exact
    assert (agreement.expected, agreement.predicted) == (3, 3)


def test_filling_an_empty_container_with_something_wrong_never_pays() -> None:
    rules = {"/a": {"weight": 5}, "/a/*/x": {"weight": 0.5}}
    expected = {"a": {"k": {"x": 1, "y": 2}}, "b": 1}
    empty = measure(expected, rules, {"a": {}, "b": 1}).f1
    for wrong in ({"k": {"x": 7}}, {"k": {}}, {"z": 1}, {"z": {"x": {}}}):
        assert measure(expected, rules, {"a": wrong, "b": 1}).f1 <= empty


def test_too_many_comparisons_are_refused_whole() -> None:
    rules = {"": {"list": "unordered"}, "/*": {"type": "number", "abs": 1}}
    made = plan(list(range(100)), rules)
    with pytest.raises(TooManyComparisonsError):
        made.measure(list(range(50_000)))


def test_what_is_linear_costs_no_steps() -> None:
    expected = {"a": [{"x": n} for n in range(5000)], "t": [str(n) for n in range(5000)]}
    work = Work(steps=3000)  # the tags are looked up, four to a step
    agreement = plan(expected, {"/t": {"list": "unordered"}})._measure(expected, work)
    assert agreement.exact


def test_numbers_chosen_to_collide_do_not() -> None:
    prime = 2**61 - 1  # hash(n) is n modulo this
    numbers = [1 + n * prime for n in range(1000)]
    assert len(set(map(hash, numbers))) == 1
    assert len({hash(number_key(number)) for number in numbers}) > 990
    fractions = [number + Decimal("0.5") for number in numbers]
    assert len({hash(number_key(number)) for number in fractions}) > 990


def test_large_numbers_have_one_key_however_written() -> None:
    assert number_key(10**308) == number_key(Decimal("1e308")) == number_key(Decimal("1.0E+308"))
    assert number_key(2**60) == number_key(Decimal(2**60))
    assert number_key(10**308 + 1) != number_key(Decimal("1e308"))
    assert number_key(-(10**20)) != number_key(10**20)


def test_a_text_is_read_once_however_its_lists_are_nested(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def folding(case: bool, space: bool, unicode: bool) -> Callable[[str], str]:
        return lambda text: (read.append(text), text.casefold())[1]

    monkeypatch.setattr(rules, "folding", folding)
    lists: dict[str, Any] = {"": {"list": "unordered"}, "/*": {"list": "set"}, "/*/*": {}}
    made = plan([[["x"]]], {**lists, "/*/*/*": {"type": "text", "weight": 1.375}})
    read.clear()
    assert made.measure([[["y", "X"]], [["y"], ["x"]]]).matched == 1
    assert sorted(read) == ["X", "x", "y"]
