"""Templates reach plain data only, and are bounded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.rules.explaining import MAX_EXPLANATION, Template, TemplateError

VALUES = {
    "facts": {"age": 70.0, "name": "x" * 1000, "deep": {"list": [1, "a", None]}, "no": None},
    "answer": {"dose": 2.5, "given": True, "count": 3},
    "derived": {"at": datetime(2024, 3, 1, tzinfo=UTC), "span": timedelta(hours=72), "big": 1e300},
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("{facts.age} {answer.dose:.2f} {answer.count:.1f}", "70 2.50 3.0"),
        ("{answer.given} {answer.count} {facts.no} {facts.missing.too}", "true 3 none none"),
        ("{derived.at} {derived.span}", "2024-03-01T00:00:00Z 3 days, 0:00:00"),
        ("{facts.deep.list} {{x}} {facts.deep}", '[1, "a", null] {x} {"list": [1, "a", null]}'),
        ("{answer.given:.1f}", "true"),
        ("", ""),
    ],
)
def test_places_are_filled(text, filled):
    assert Template.of(text).fill(VALUES) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{", "}", "{}", "{0}", "{facts}", "{facts.age!r}", "{facts.age:>1000000000}", "{other.x}",
        "{facts.age.__class__!s}", "{facts[age]}", "{facts.age:.9f}", "{facts.age:.2e}", "{{{",
        "{facts.a{answer.b}}",
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(text):
    with pytest.raises(TemplateError):
        Template.of(text)


@pytest.mark.parametrize("path", ["facts.__class__", "facts.age.real", "derived.at.year"])
def test_no_attribute_is_reached(path):
    assert Template.of(f"{{{path}}}").fill(VALUES) == "none"


def test_long_values_are_cut():
    filled = Template.of("{facts.name}" * 50 + "{derived.big:.6f}").fill(VALUES)
    assert len(filled) == MAX_EXPLANATION
    assert len(Template.of("{facts.name}").fill(VALUES)) == 100


@given(st.text(st.sampled_from("{}fa.cts:01 "), max_size=30))
def test_every_text_is_a_template_or_refused(text):
    try:
        template = Template.of(text)
    except TemplateError:
        return
    assert len(template.fill({})) <= MAX_EXPLANATION
