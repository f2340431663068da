"""Mutants differ from their expression in their place only; suggestions tell them apart."""

from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.rules.authoring.mutants import mutants
from verifier_server.verifiers.rules.authoring.suggestions import suggestion

PIECES = st.sampled_from(
    "facts.age answer.drug derived.n 65 0.5 0 1e3 7u >= > < <= == != && || ! ? : ( ) [ ] , "
    "'a' 'b' true false in - + * / % duration('72h') timestamp('2024-01-01T00:00:59Z')".split(" ")
)


def made(text, condition=True):
    return mutants(
        text,
        condition=condition,
        sibling=lambda value, field: {"a": "b", "b": "a"}.get(value),
        is_numeric=lambda field: field == "facts.age",
    )


def replaced(text, original):
    return {each.replacement for each in made(text) if each.original == original}


def texts(text, operator):
    return [each.text for each in made(text) if each.operator == operator]


@given(st.one_of(st.text(), st.lists(PIECES, max_size=25).map(" ".join)))
def test_a_mutant_differs_in_its_place_only(text):
    found = made(text)
    assert len({each.text for each in found}) == len(found)
    for each in found:
        end = each.start + len(each.original)
        assert text[each.start : end] == each.original
        assert text[: each.start] + each.replacement + text[end:] == each.text != text


def test_relations():
    assert replaced("x >= y", ">=") == {">", "<"}
    assert replaced("x < y", "<") == {"<=", ">="}
    assert replaced("x == y", "==") == {"!="}
    assert replaced("facts.age == y", "==") == {"!=", ">=", "<="}
    assert replaced("y == facts.age", "==") == {"!=", ">=", "<="}


def test_operators_and_signs():
    assert texts("!a && b", "operator") == ["!a || b"]
    assert texts("!a && b", "dropped sign") == ["a && b"]
    assert texts("-x - y", "dropped sign") == ["x - y"]
    assert texts("-x - y", "operator") == ["-x + y"]


def test_numbers_move_by_one_unit_of_their_last_place():
    assert replaced("x > 65", "65") == {"66", "64"}
    assert replaced("x > 0.05", "0.05") == {"0.06", "0.04"}
    assert replaced("x > 10.0", "10.0") == {"10.1", "9.9"}
    assert replaced("x > 0.0", "0.0") == {"0.1", "(-0.1)"}
    assert replaced("x > .5", ".5") == {"0.6", "0.4"}
    assert replaced("x > 0u", "0u") == {"1u"}
    assert replaced("x > 5e3", "5e3") == {"6e3", "4e3"}


def test_times_move():
    assert replaced("t > duration('72h')", "'72h'") == {"'73h'", "'71h'"}
    assert replaced("t > duration('1h30m')", "'1h30m'") == {"'1h31m'", "'1h29m'"}
    written = "'2024-01-01T00:00:00Z'"
    assert replaced(f"t > timestamp({written})", written) == {"'2024-01-01T00:00:01Z'"}


def test_values_of_enums():
    assert texts("x == 'a'", "value") == ["x == 'b'"]
    assert texts("x == 'c'", "value") == []
    fields = []
    for text in ("answer.d == 'a'", "'a' != answer.d", "answer.d in ['x', 'a']", "f('a')"):
        mutants(
            text,
            condition=True,
            sibling=lambda value, field: fields.append((value, field)),
            is_numeric=lambda field: False,
        )
    assert ("x", "answer.d") in fields
    assert [field for value, field in fields if value == "a"] == [*["answer.d"] * 3, None]


def test_members_of_lists():
    assert texts("x in ['a', f(b, c), ['d']]", "member") == [
        "x in [ f(b, c), ['d']]",
        "x in ['a', ['d']]",
        "x in ['a', f(b, c)]",
        "x in ['a', f(b, c), []]",
    ]
    assert texts("x[0]", "member") == []


def test_operands_are_forgotten():
    # Without these an escape such as `!answer.treat ||` needs no case that takes it.
    assert texts("a || b", "operand") == ["b", "a"]
    assert texts("a && b && c", "operand") == ["b && c", "a && c", "a && b"]
    assert texts("a || b && c || d", "operand") == [
        "b && c || d", "a || d", "a || c || d", "a || b || d", "a || b && c",
    ]  # fmt: skip
    assert texts("f(a && (b || c), d) ? x && y : z || w", "operand") == [
        "f((b || c), d) ? x && y : z || w", "f(a, d) ? x && y : z || w",
        "f(a && (c), d) ? x && y : z || w", "f(a && (b), d) ? x && y : z || w",
        "f(a && (b || c), d) ? y : z || w", "f(a && (b || c), d) ? x : z || w",
        "f(a && (b || c), d) ? x && y : w", "f(a && (b || c), d) ? x && y : z",
    ]  # fmt: skip


def test_branches():
    assert texts("(a ? b : c) && d", "branches") == ["(a ? (c) : (b)) && d"]
    assert texts("a ? b : c ? d : e", "branches") == [
        "a ? (c ? d : e) : (b)",
        "a ? b : c ? (e) : (d)",
    ]
    assert texts("[a ? {b: c} : d, e]", "branches") == ["[a ? (d) : ({b: c}), e]"]


def test_a_whole_condition_is_negated_and_a_value_is_not():
    assert texts("a || b", "negation") == ["!(a || b)"]
    assert not [each for each in made("a || b", condition=False) if each.operator == "negation"]
    assert [each.text for each in made("true")] == ["false"]


@given(
    st.sampled_from(["==", "!=", ">=", ">", "<=", "<"]),
    st.integers(1, 90),
    st.booleans(),
    st.data(),
)
def test_what_is_suggested_tells_the_two_apart(relation, number, first, data):
    text = f"{number} {relation} facts.age" if first else f"facts.age {relation} {number}"
    mutant = data.draw(st.sampled_from(made(text)))
    told = suggestion(text, mutant)
    if told is None:
        assert mutant.replacement == "!=" or relation in ("==", "!=") or mutant.start == 0
        return
    age, way, value = told.split()[-3:]
    assert age == "facts.age"
    at = int(value) + {"=": 0, "above": 1, "below": -1}[way]

    def holds(expression):
        return eval(expression.replace("facts.age", str(at)))

    assert holds(text) != holds(mutant.text)


def test_no_suggestion_where_the_comparison_is_of_more_than_a_field():
    for text in ("2*facts.age >= 65", "facts.age >= 65 + n", "-1 >= facts.age", "f(x) >= 65"):
        assert {suggestion(text, each) for each in made(text)} == {None}, text


def test_a_value_becomes_one_that_its_list_lacks():
    order = "abcd"

    def sibling(value, field):
        return order[(order.index(value) + 1) % len(order)]

    def values(text):
        found = mutants(text, condition=True, sibling=sibling, is_numeric=lambda field: False)
        return [each.text for each in found if each.operator == "value"]

    assert values("x in ['a', 'b']") == ["x in ['c', 'b']", "x in ['a', 'c']"]
    assert values("x in ['a', 'b', 'c', 'd']") == []
    assert values("f('a', 'b')") == ["f('b', 'b')", "f('a', 'c')"]
