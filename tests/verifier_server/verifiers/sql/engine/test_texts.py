import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.sql.engine import texts

ours = apsw.Connection(":memory:")
charges = []
texts.register(ours, charges.append)
theirs = apsw.Connection(":memory:")

LETTERS = st.text("ab é\u4e00\U0001f600x1.", max_size=8)
VALUES = st.one_of(
    st.none(),
    LETTERS,
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    LETTERS.map(str.encode),
)


def same(sql, values):
    assert ours.execute(sql, values).fetchall() == theirs.execute(sql, values).fetchall()


@pytest.mark.parametrize("name", ["instr", "trim", "ltrim", "rtrim"])
@given(first=VALUES, second=VALUES)
def test_of_two_arguments(name, first, second):
    same(f"SELECT {name}(?1, ?2), typeof({name}(?1, ?2))", (first, second))


@given(first=VALUES, second=VALUES, third=VALUES)
def test_replace(first, second, third):
    same("SELECT replace(?1, ?2, ?3), typeof(replace(?1, ?2, ?3))", (first, second, third))


@given(text=LETTERS, part=LETTERS, by=LETTERS)
def test_texts_with_much_in_common(text, part, by):
    same("SELECT replace(?1, ?2, ?3), instr(?1, ?2), trim(?1, ?2)", (text * 3, part, by))


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("typeof(replace(5, '', 'x'))", "text"),
        ("typeof(replace(x'61', '', 'x'))", "text"),
        ("replace('abc', '', NULL)", "abc"),
        ("replace('abc', 'b', NULL)", None),
        ("replace(1e20, '0', 'o')", "1.oe+2o"),
        ("instr(x'616263', x'63')", 3),
        ("instr('é', x'a9')", 0),
        ("trim('  a ')", "a"),
        ("trim('xxaxx', 'x')", "a"),
    ],
)
def test_by_hand(sql, value):
    if "a9" in sql:  # not UTF-8 where a text is wanted
        with pytest.raises(UnicodeDecodeError):
            ours.execute(f"SELECT {sql}").fetchall()
        return
    assert ours.execute(f"SELECT {sql}").get == value
    assert theirs.execute(f"SELECT {sql}").get == value


def test_a_replacement_that_would_be_huge_is_never_made():
    with pytest.raises(apsw.TooBigError):
        texts.replace("a" * 60_000, "a", "b" * 60_000)


def test_trim_through_many_characters_is_linear():
    many = "".join(chr(0x4E00 + each) for each in range(20_000))
    assert texts.trim(many[-1] * 60_000, many) == ""


@pytest.mark.parametrize(
    "sql",
    ["trim(?, 'a')", "ltrim(?, 'ab')", "rtrim(?, 'a')", "instr(?, 'b')", "replace(?, 'a', 'b')"],
)
def test_long_texts_count_as_steps(sql):
    charges.clear()
    ours.execute(f"SELECT {sql}", ("a" * 50,)).fetchall()
    assert not charges
    ours.execute(f"SELECT {sql}", ("a" * 4000,)).fetchall()
    assert sum(charges) >= 60


def test_many_characters_to_trim_count_as_steps():
    charges.clear()
    distinct = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))
    ours.execute("SELECT trim(?, ?)", (distinct, distinct)).fetchall()
    assert sum(charges) > 200
