"""Expressions see what they may, and give a value or an error."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.rules.kit import closed
from verifier_server.verifiers.rules.expressions import (
    EvaluationError,
    ExpressionError,
    Expressions,
    activation,
    derive,
    holds,
)
from verifier_server.verifiers.rules.shapes import shape_of

FACTS = closed(
    age={"type": "integer"},
    weight={"type": "number"},
    name={"type": "string"},
    at={"type": "string", "format": "date-time"},
    many={"type": "array", "items": {"type": "integer"}},
    deep=closed(inner={"type": "boolean"}),
)
ANSWER = closed(dose={"type": ["number", "null"]}, count={"type": "integer"})
SEEN = {
    "facts": {
        "age": 70, "weight": 71.5, "name": "é€", "at": "2024-03-01T10:00:00.000001Z",
        "many": list(range(200)), "deep": {"inner": True},
    },
    "derived": {"score": 3},
    "answer": {"dose": None, "count": 2**53 - 1},
}  # fmt: skip
MAKER = Expressions(shape_of(FACTS, free=True), shape_of(ANSWER, free=False))


def condition(text, derived=("score",)):
    return MAKER.condition(text, derived)


def told(text):
    return holds(condition(text)[0], activation(SEEN))


def derived(text, names=("score",)):
    return derive(MAKER.derivation(text, names), activation(SEEN))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("facts.age == 70 && facts.age >= 65", True),
        ("facts.age == 70.0", True),
        ("facts.weight * 2.0 == 143.0", True),
        ("derived.score + 1 == 4", True),
        ("answer.dose == null", True),
        ("has(answer.dose) && has(facts.deep.inner)", True),
        ("facts.deep.inner", True),
        ("size(facts.name) == 2", True),
        ("timestamp(facts.at) - timestamp('2024-03-01T10:00:00Z') < duration('1s')", True),
        ("math.abs(-1.5) == 1.5", True),
        ("answer.count in [1, 2]", False),
        ("facts.many.exists(each, each == 199)", True),
        # CEL's logical operators absorb errors (cel-spec, "Logical operators").
        ("1 / (facts.age - 70) == 1 || true", True),
        ("facts.weight / 0.0 > 1e300", True),
    ],
)
def test_values(text, value):
    assert told(text) is value


@pytest.mark.parametrize(
    "text",
    [
        "1 / (facts.age - 70) == 1",
        "answer.count * 1025 > 0",
        "answer.dose > 1.0",
        "facts.many[200] == 1",
        "int(facts.weight * 1e300) == 1",
        "facts.age ? true : false",
        "!facts.age",
        "dyn(facts.age)",
        "facts.name < 1",
        "timestamp(facts.name) == timestamp(facts.at)",
        "'a'.matches(facts.name + '(')",
        "facts.many.all(a, facts.many.all(b, facts.many.all(c, a + b + c >= 0)))",
    ],
)
def test_no_value_is_an_error_and_never_a_verdict(text):
    with pytest.raises(EvaluationError) as caught:
        told(text)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "."),
        ("facts.age ==", "Syntax"),
        ("now() == facts.at", "undeclared"),
        ("facts.agee == 1", "facts.agee"),
        ("answer.doze == 1", "answer.doze"),
        ("has(answer.doze)", "answer.doze"),
        ("facts.deep.outer", "facts.deep.outer"),
        ("derived.other == 1", "derived.other"),
        ("other == 1", "undeclared"),
        ("facts.age + 1", "type INT"),
        ("'yes'", "type STRING"),
        ("null", "type NULL"),
        ("1 == 1.0", "overload"),
        ("-false", "overload"),
        ("(" * 1500 + "true" + ")" * 1500, "."),
        (" + ".join(["facts.age"] * 200) + " > 1", "."),
        ("'\\ud800' == 'a'", "escape"),
    ],
)
def test_what_does_not_compile(text, message):
    with pytest.raises(ExpressionError, match=message):
        condition(text)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("true", False),
        ("facts.age > 1 && derived.score == 1", False),
        ("facts.name == 'answer.dose'", False),
        ("answer.dose == null", True),
        ("facts.age > 1 || answer.count == 1", True),
        ("[answer].size() == 1", True),
    ],
)
def test_whether_the_answer_is_read(text, reads):
    assert condition(text)[1] is reads


def test_a_derivation_never_sees_the_answer_or_what_follows():
    for text in ("answer.count", "answer", "[1].map(x, answer.count)"):
        with pytest.raises(ExpressionError, match="answer"):
            MAKER.derivation(text, ())
    with pytest.raises(ExpressionError, match=r"derived\.later"):
        MAKER.derivation("derived.later + 1", ("earlier",))


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("facts.age", 70, int),
        ("facts.weight", 71.5, float),
        ("facts.name", "é€", str),
        ("facts.age > 1", True, bool),
        ("null", None, type(None)),
        ("[1, 2.5, 'a']", [1, 2.5, "a"], list),
        ("{'a': [true]}", {"a": [True]}, dict),
    ],
)
def test_derived_values(text, value, kind):
    fed, shown = derived(text)
    assert (fed, shown, type(fed)) == (value, value, kind)


def test_moments_and_durations_come_back_as_they_went():
    at, shown = derived("timestamp(facts.at)")
    assert shown == datetime(2024, 3, 1, 10, 0, 0, 1, tzinfo=UTC)
    span, _ = derived("[duration('72h')]")
    seen = activation(SEEN | {"derived": {"at": at, "span": span}})
    text = "derived.at == timestamp(facts.at) && derived.span[0] == duration('72h')"
    assert holds(condition(text, ("at", "span"))[0], seen)


@pytest.mark.parametrize(
    "text",
    [
        "1u", "b'a'", "type(1)", "{1: 2}", "[1u]", "facts.weight / 0.0", "0.0 / 0.0",
        "facts.many.map(a, facts.many)", "1 / 0", "facts.many[200]", "derived.score / 0",
        "timestamp('9999-12-31T23:59:59Z') + duration('72h')",
    ],
)  # fmt: skip
def test_derived_values_that_are_none(text):
    with pytest.raises(EvaluationError) as caught:
        derived(text)
    assert str(caught.value)


VALUES = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**63), 2**63 - 1)
    | st.booleans()
)


@given(VALUES)
def test_values_pass_through_the_engine_unchanged(value):
    for each in (value, [value], {"a": value}):
        seen = activation({"facts": {"name": each}, "derived": {}})
        found, _ = derive(MAKER.derivation("facts.name", ()), seen)
        assert (found, type(found)) == (each, type(each))


def test_memory_that_an_expression_takes_is_no_fault_of_an_answer():
    class Greedy:
        def eval(self, seen):
            raise MemoryError

    for evaluate in (holds, derive):
        with pytest.raises(EvaluationError, match="memory"):
            evaluate(Greedy(), activation(SEEN))


def test_a_derived_text_is_bounded():
    seen = activation({"facts": SEEN["facts"] | {"name": "x" * 6000}, "derived": {}})
    with pytest.raises(EvaluationError, match="characters"):
        derive(MAKER.derivation("facts.name + facts.name", ()), seen)


@pytest.mark.parametrize(
    "zone", ["'UTC'", "'+02:00'", "'-03:30'", '"05:45"', "  '+02:00' // summer\n"]
)
def test_a_fixed_offset_is_a_time_zone(zone):
    assert derived(f"timestamp(facts.at).getFullYear({zone})")[0] == 2024
    assert told(f"timestamp(facts.at).getHours({zone}) < 24 && facts.age == 70")


@pytest.mark.parametrize(
    "zone",
    [
        "'Europe/Berlin'",  # its rules are those of the machine's files
        "'localtime'",
        "'/dev/stdin'",  # and its name is a path
        "'../../etc/localtime'",
        "'+2'",
        "'+02:00:00'",
        "facts.name",
        "'U' + 'TC'",
        "r'UTC'",
        "('UTC')",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "timestamp(facts.at).getHours({}) == 1",
        "facts.many.exists(each, timestamp(facts.at).getDayOfWeek({}) == each)",
        # What looks like a fixed one beside it does not stand in for it.
        "timestamp(facts.at) . getDate ({}) == 1 || \"x.getDate('UTC')\" == 'UTC'",
        "size('UTC') == 3 && timestamp(facts.at).getMonth({}) == 1",
        "timestamp(facts.at).getMonth('UTC') == timestamp(facts.at).getMonth({})",
    ],
)
def test_no_time_zone_of_the_machine_is_read(text, zone):
    with pytest.raises(ExpressionError, match="time zone"):
        condition(text.format(zone))
    with pytest.raises(ExpressionError, match="time zone"):
        MAKER.derivation(text.format(zone), ())
