import copy
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.json.compare.documents import (
    DOCUMENTS,
    WRONG,
    Rules,
    near,
    tasks,
)
from tests.verifier_server.verifiers.json.compare.reference import Reference, f1
from verifier_server.verifiers.json.compare import Agreement, Plan, Status
from verifier_server.verifiers.json.compare.agreement import MAX_MATCHES, Field, Report
from verifier_server.verifiers.json.compare.budget import MAX_STEPS, Work

MANY = settings(max_examples=300, deadline=None)


def share(agreement: Agreement) -> Fraction:
    return Fraction(
        2 * agreement.true_weight, agreement.expected_weight + agreement.predicted_weight
    )


@MANY
@given(tasks(), st.data())
def test_f1_is_that_of_the_definition(task: tuple[Any, Rules, Plan], data: st.DataObject) -> None:
    expected, rules, plan = task
    predicted = data.draw(near(expected))
    agreement = plan.measure(predicted)
    assert share(agreement) == f1(expected, predicted, rules)
    assert agreement.f1 == float(share(agreement))


@MANY
@given(tasks(), st.data())
def test_shares_lie_in_their_range_and_agree(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, _, plan = task
    agreement = plan.measure(data.draw(near(expected)))
    assert 0 <= agreement.f1 <= 1
    assert 0 <= agreement.precision <= 1
    assert 0 <= agreement.recall <= 1
    assert agreement.matched <= min(agreement.expected, agreement.predicted)
    differs = any(field.status is not Status.MATCH for field in agreement.fields)
    assert agreement.exact == (agreement.f1 == 1.0) == (not differs)
    assert agreement.exact == (agreement.matched == agreement.expected == agreement.predicted)


@MANY
@given(tasks())
def test_a_document_equals_itself(task: tuple[Any, Rules, Plan]) -> None:
    expected, _, plan = task
    agreement = plan.measure(expected)
    assert agreement.f1 == 1.0
    assert agreement.exact


@MANY
@given(tasks(), st.data())
def test_adding_a_wrong_field_never_raises_the_value(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, rules, plan = task
    predicted = data.draw(near(expected))
    more = copy.deepcopy(predicted)
    containers = _containers(more)
    if not containers:
        return
    chosen = data.draw(st.sampled_from(containers))
    wrong: Any = data.draw(st.sampled_from([WRONG, [WRONG], {"a": WRONG}, {"z": {"a": WRONG}}]))
    if isinstance(chosen, list):
        chosen.append(wrong)
    else:
        chosen[data.draw(st.sampled_from([name for name in "abcz" if name not in chosen]))] = wrong
    if WRONG in repr(Reference(rules).kept(more, ())):  # else what is wrong in it is ignored
        assert share(plan.measure(more)) <= share(plan.measure(predicted))


@MANY
@given(tasks(), st.data())
def test_order_counts_only_where_it_is_declared(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, rules, plan = task
    predicted = data.draw(near(expected))
    shuffled = _shuffled(predicted, (), Reference(rules), data)
    assert share(plan.measure(shuffled)) == share(plan.measure(predicted))


@MANY
@given(tasks(), st.data())
def test_fixing_a_leaf_never_lowers_the_value(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, _, plan = task
    predicted = data.draw(near(expected))
    before = plan.measure(predicted)
    wrong = [
        field
        for field in before.fields
        if field.status in (Status.MISMATCH, Status.TYPE_MISMATCH)
        or (field.status is Status.MISSING and not field.pointer.rpartition("/")[2].isdigit())
    ]
    if wrong:
        chosen = data.draw(st.sampled_from(wrong))
        fixed = _with(predicted, chosen.pointer, chosen.expected)
        assert share(plan.measure(fixed)) >= share(before)


@MANY
@given(tasks(), st.data())
def test_pairing_equal_elements_first_changes_nothing(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, _, plan = task
    predicted = data.draw(near(expected))
    without = plan._measure(predicted, Work(MAX_STEPS, prepair=False))
    assert share(without) == share(plan.measure(predicted))


@MANY
@given(tasks(), st.data())
def test_what_a_report_finds_is_what_a_score_finds(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, _, plan = task
    predicted = data.draw(near(expected))
    assert plan._part.score(predicted, Work()) == plan.measure(predicted).true_weight


@MANY
@given(tasks(), st.data())
def test_what_is_counted_and_not_listed_is_the_same(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, _, plan = task
    predicted = data.draw(near(expected))
    listing, counting = Report(), Report()
    counting.matches += [Field("", Status.MATCH, "exact", 1.0)] * MAX_MATCHES
    found = plan._part.report(predicted, "", Work(), listing)
    assert plan._part.report(predicted, "", Work(), counting) == found
    assert (counting.matched, counting.differences) == (listing.matched, listing.differences)


@MANY
@given(tasks(), st.data())
def test_the_same_documents_give_the_same_report(
    task: tuple[Any, Rules, Plan], data: st.DataObject
) -> None:
    expected, _, plan = task
    predicted = data.draw(near(expected))
    first = plan.measure(predicted)
    plan.measure(data.draw(DOCUMENTS))
    assert plan.measure(copy.deepcopy(predicted)) == first


def _containers(value: Any) -> list[Any]:
    if not isinstance(value, (dict, list)):
        return []
    items = value.values() if isinstance(value, dict) else value
    return [value, *(inner for item in items for inner in _containers(item))]


def _shuffled(
    value: Any, path: tuple[str | int | None, ...], rules: Reference, data: st.DataObject
) -> Any:
    if isinstance(value, dict):
        names = data.draw(st.permutations(list(value)))
        return {name: _shuffled(value[name], (*path, name), rules, data) for name in names}
    if isinstance(value, list):
        ordered = rules.rule(path).get("list", "ordered") == "ordered"
        items = [
            _shuffled(item, (*path, index if ordered else None), rules, data)
            for index, item in enumerate(value)
        ]
        return items if ordered else data.draw(st.permutations(items))
    return value


def _with(document: Any, pointer: str, value: Any) -> Any:
    if not pointer:
        return value
    changed = copy.deepcopy(document)
    *path, last = pointer.split("/")[1:]
    place = changed
    for segment in path:
        place = place[int(segment)] if isinstance(place, list) else place[segment]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return changed
