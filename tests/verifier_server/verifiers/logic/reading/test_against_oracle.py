import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark.exceptions import LarkError

from tests.verifier_server.verifiers.logic.reading.oracle import read_otherwise
from tests.verifier_server.verifiers.logic.reading.styles import STYLES, Style, written
from tests.verifier_server.verifiers.logic.strategies import VARIABLES, formulas, with_variables
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.reading import ReadError, read


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
@given(formula=formulas(), seed=st.integers(0, 1 << 32))
def test_every_style_is_read_as_it_was_meant_and_as_the_oracle_does(
    style: Style, formula: Formula, seed: int
) -> None:
    if style.name == "tptp":
        formula = with_variables(formula, {name: name.upper() for name in VARIABLES})
    text = written(formula, style, Random(seed))
    # Without quantifiers, nothing tells NLTK's text from others.
    nltk = style.to_left and ("all " in text or "exists " in text)
    if style.to_left and not nltk:
        text = written(formula, next(each for each in STYLES if each.name == "folio"), Random(seed))
    assert read(text).formula == formula
    assert read_otherwise(text, to_left=nltk) == formula


@pytest.mark.parametrize(
    "style", [style for style in STYLES if not style.to_left], ids=lambda style: style.name
)
@given(formula=formulas(), seed=st.integers(0, 1 << 32))
def test_without_brackets_it_needed_a_text_means_what_the_oracle_says(
    style: Style, formula: Formula, seed: int
) -> None:
    chance = Random(seed)
    text = _with_fewer_brackets(written(formula, style, chance), chance)
    try:
        ours: object = read(text).formula
    except ReadError:
        ours = None
    try:
        theirs: object = read_otherwise(text)
    except (LarkError, ValueError):
        theirs = None
    assert ours == theirs


def _with_fewer_brackets(text: str, chance: Random) -> str:
    """The text without two pairs of its brackets; those of arguments stay."""
    opened: list[int] = []
    pairs = []
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            begin = opened.pop()
            if not text[begin - 1 : begin].isalnum():
                pairs.append((begin, place))
    for begin, end in chance.sample(pairs, min(2, len(pairs))):
        text = f"{text[:begin]} {text[begin + 1 : end]} {text[end + 1 :]}"
    return text


def _rows(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _formulas(path: Path) -> list[str]:
    texts: dict[str, None] = {}
    for row in _rows(path):
        for key in ("formula", "premises", "conclusion", "goal", "gold"):
            value = row.get(key) or []
            texts |= dict.fromkeys(value if isinstance(value, list) else [value])
        for step in row.get("steps", []):
            texts[step.split(": ", 1)[1].rsplit(" [from", 1)[0]] = None
    return list(texts)


@pytest.mark.suites
@pytest.mark.parametrize(
    "name",
    [
        "model_emitted_formulas.jsonl",
        "folio_validation.jsonl",
        "folio_train_premises.jsonl.gz",
        "prontoqa_proofs.jsonl",
        "proofwriter.jsonl.gz",
        "pelletier.jsonl",
        "edge_cases.jsonl",
    ],
)
def test_the_suites_mean_the_same_to_the_oracle(suites: Path, name: str) -> None:
    differing = []
    for text in _formulas(suites / "logic" / name):
        try:
            ours: object = read(text).formula
        except ReadError:
            ours = None
        try:
            theirs: object = read_otherwise(text)
        except (LarkError, ValueError):
            theirs = None
        if ours != theirs:
            differing.append((text, ours, theirs))
    assert not differing


@pytest.mark.suites
def test_what_models_wrote_is_read_strictly_as_labelled(suites: Path) -> None:
    rows = _rows(suites / "logic" / "model_emitted_formulas.jsonl")
    assert [row["id"] for row in rows if _is_read(row["formula"]) != row["parses"]] == []
    assert sum(row["parses"] for row in rows) >= 0.99 * len(rows)


@pytest.mark.suites
def test_gold_premises_are_read_as_labelled(suites: Path) -> None:
    for row in _rows(suites / "logic" / "folio_train_premises.jsonl.gz"):
        read_all = all(_is_read(text, strict=False) for text in row["premises"])
        assert read_all == row["parses"], row["id"]


@pytest.mark.suites
@pytest.mark.parametrize(
    "name", ["prontoqa_proofs.jsonl", "proofwriter.jsonl.gz", "pelletier.jsonl"]
)
def test_made_formulas_are_all_read_strictly(suites: Path, name: str) -> None:
    assert [text for text in _formulas(suites / "logic" / name) if not _is_read(text)] == []


def _is_read(text: str, *, strict: bool = True) -> bool:
    try:
        read(text, strict=strict)
    except ReadError:
        return False
    return True
