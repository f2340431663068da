import pytest

from verifier_server.verifiers.logic.formulas import Atom, Function
from verifier_server.verifiers.logic.reading import ReadError, read


def _name(text: str) -> str:
    formula = read(text).formula
    assert isinstance(formula, Atom)
    return formula.name


def _argument(text: str) -> str:
    formula = read(f"P({text}, b)").formula
    assert isinstance(formula, Atom)
    term = formula.arguments[0]
    assert isinstance(term, Function)
    return term.name


@pytest.mark.parametrize(
    "name",
    ["Risk-averse", "gpt-3", "mr.smith", "y42.3billion", "42.3billion", "c++", "a+", "b-", "5%",
     "Łódź", "日本", "हिन्दी", "o'neil", "1984", "_x", "is_a", "k-12andhigher"],
)  # fmt: skip
def test_names_as_they_are_written(name: str) -> None:
    assert _argument(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Companies’Stocks(a)", "Companies'Stocks"),
        ("Risk‑averse(a)", "Risk-averse"),
        ("Cafe\u0301(a)", "Café"),
        ("ﬁne(a)", "fine"),
        ("𝐏(a)", "P"),
        ("Ｐet(a)", "Pet"),
        ("'the owl'(a)", "the owl"),
        ('"The Owl"(a)', "The Owl"),
        ("“The Owl”(a)", "The Owl"),
        (r"'the owl\'s'(a)", "the owl's"),
        ("'and'(a)", "and"),
        (r"\text{Owl}(a)", "Owl"),
        (r"is\_owl(a)", "is_owl"),
        ("$P_{12}(a)$", "P_12"),
    ],
)
def test_one_name_in_several_spellings(text: str, name: str) -> None:
    assert _name(text) == name


def test_names_that_only_look_alike_stay_apart() -> None:
    assert _name("\u0421at(tom)") != _name("Cat(tom)")


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\u200d", "\u2060", "\ufeff", "\xad", "\u202e", "\u2066", "\x00", "\x07",
     "\x1b", "\x0b", "\x85", "\u2028", "\ud800", "\ue000", "\U000e0041"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["P(to{}m)", "P({}tom)", "P(tom) {}∧ Q", "{}P(tom)", "'a{}b'(c)"])
def test_what_can_not_be_seen_is_refused(form: str, hidden: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(form.format(hidden))
    assert caught.value.reason == "bad_char"


@pytest.mark.parametrize("sign", list("⩵‼⁇…﹦⁼∈#@;{}%+*/$£€—"))
def test_signs_of_no_dialect_are_refused_and_never_another_sign(sign: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(f"P(a) {sign} Q(b)")
    assert caught.value.reason in ("bad_char", "trailing", "syntax")


def test_compatibility_makes_no_operator_of_a_name() -> None:
    # U+2C7D is a modifier letter v; the ligature st stands in what would be a word.
    for name in ("eﬃ", "exiﬆs", "xoⓡ"):
        try:
            formula = read(f"{name} = a").formula
        except ReadError:
            continue
        assert formula != read("a").formula
    with pytest.raises(ReadError):
        read("exiﬆs(a)")


def test_no_letter_or_sign_but_the_known_ones_stands_between_formulas() -> None:
    known = set("∧∨⊕⊻→⇒⟶⟹⊃↔⟷⇔⟺≡←⇐⟵⟸⋀⋁≠≤≥⩽⩾＆｜＾＝＜＞")
    between = {chr(code) for code in range(0x80, 0x10000) if _is_read(f"p {chr(code)} q")}
    assert between == known


def _is_read(text: str) -> bool:
    try:
        read(text)
    except ReadError:
        return False
    return True


def test_a_space_in_tex_is_no_negation() -> None:
    with pytest.raises(ReadError) as caught:
        read(r"\forall x~P(x)")
    assert caught.value.reason == "bad_char"
    assert read("p /\\ ~q").formula == read("p ∧ ¬q").formula
