import sys

import pytest

from verifier_server.verifiers.logic.formulas import Connected
from verifier_server.verifiers.logic.printing import canonical, show
from verifier_server.verifiers.logic.reading import ReadError, read
from verifier_server.verifiers.logic.reading.limits import MAX_DEPTH, MAX_TOKENS

_HOSTILE = {
    "parentheses": ("(" * 100_000, "too_long"),
    "short parentheses": ("(" * 5_000, "too_deep"),
    "balanced": ("(" * 200 + "p" + ")" * 200, "too_deep"),
    "square": ("[" * 200 + "p" + "]" * 200, "too_deep"),
    "negations": ("¬" * 100_000 + "p", "too_long"),
    "fewer negations": ("¬" * 3_000 + "p", "too_deep"),
    "words of negation": ("not " * 2_000 + "p", "too_deep"),
    "quantifiers": ("∀x" * 5_000 + "P(x)", "too_long"),
    "fewer quantifiers": ("∀x" * 2_000 + "P(x)", "too_deep"),
    "blocks": ("![X]: " * 1_000 + "p", "too_deep"),
    "a string of letters": ("a" * 1_000_000, "too_long"),
    "a long name": ("a" * 19_000, "too_long"),
    "disjunction": ("|".join(["p"] * 5_000), "too_long"),
    "implications": ("->".join(["p"] * 2_000), "too_deep"),
    "equivalences": ("<->".join(["p"] * 2_000), "too_deep"),
    "exclusive": ("^".join(["p"] * 2_000), "too_deep"),
    "terms": ("P(" + "f(" * 300 + "a" + ")" * 301, "too_deep"),
    "widened": (" → ".join(["∀x A(x)"] * 700) + " → B(x)", "too_deep"),
    "apostrophes": ("'" * 19_999, "too_long"),
    "curly quotations": ("“a" * 5_000, "too_long"),
    "open quotations": ("'a" * 2_900, "too_long"),
    "phrases": ("if and " * 2_000, "syntax"),
    "spaces": ("if" + " " * 19_000 + "x", "trailing"),
    "brackets of TPTP": ("![" * 2_900, "too_deep"),
    "marks": ("a" + "\u0301" * 15_000, "too_long"),
    "dots": ("∀" + "x." * 9_000 + "x", "too_long"),
    "commas": ("P(" + "," * 5_000, "syntax"),
    "equalities": ("=".join(["a"] * 2_000), "syntax"),
    "variables": ("∀x " + "x " * 5_000, "binder"),
}


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize("strict", [True, False])
def test_hostile_texts_are_refused(name: str, strict: bool) -> None:
    text, reason = _HOSTILE[name]
    with pytest.raises(ReadError) as caught:
        read(text, strict=strict)
    assert caught.value.reason == reason
    assert len(str(caught.value)) < 300


def test_what_is_wide_is_read_and_stays_flat() -> None:
    formula = read(" ∨ ".join(["p(a)"] * (MAX_TOKENS // 5))).formula
    assert isinstance(formula, Connected)
    assert len(formula.parts) == MAX_TOKENS // 5


@pytest.mark.parametrize(
    "form",
    [
        lambda depth: "(" * depth + "p" + ")" * depth,
        lambda depth: "¬" * (depth - 1) + "p",
        lambda depth: "(¬" * (depth - 1) + "p" + ")" * (depth - 1),
        lambda depth: "→".join(["p"] * depth),
        lambda depth: "P(" + "f(" * (depth - 2) + "a" + ")" * (depth - 1),
        lambda depth: "".join("∃∀"[at % 2] + f"v{at}" for at in range(depth - 1)) + " p",
    ],
)
def test_depth_is_bounded_exactly_and_without_recursion_errors(form: object) -> None:
    assert callable(form)
    limit = sys.getrecursionlimit()
    deepest = read(form(MAX_DEPTH)).formula
    assert read(show(deepest)).formula == deepest
    assert canonical(deepest)
    with pytest.raises(ReadError) as caught:
        read(form(MAX_DEPTH + 1))
    assert caught.value.reason == "too_deep"
    assert sys.getrecursionlimit() == limit
