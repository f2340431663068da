import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.json.extract import MAX_BYTES, NoCandidateError, extract


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ('{"a": 1}', '{"a": 1}'),
        (" \n[1] \n", "[1]"),
        ("\ufeff[1]", "[1]"),
        ("true", "true"),
        ("-1.5", "-1.5"),
        ("```json\n[1]\n```", "[1]"),
        ("```JSON\n[1]\n```", "[1]"),
        ("```\n[1]\n```", "[1]"),
        ("````\n[1]\n````", "[1]"),
        ("Here it is:\n```json\n[1]\n```\nDone.", "[1]"),
        ("<think>[2]</think>[1]", "[1]"),
        ("<think>a</think>b<think>c</think>[1]", "[1]"),
        ("reasoning</think>\n[1]", "[1]"),
        ("[1] and more", "[1] and more"),
        ("[1]\ufeff", "[1]\ufeff"),
        ("```json\n\ufeff[1]\n```", "[1]"),
        # A think tag in a string of the answer is text,
        ('{"a": "</think>"}', '{"a": "</think>"}'),
        (' \n{"a": "<think>"}', '{"a": "<think>"}'),
        ('["<think>b</think>", 1]', '["<think>b</think>", 1]'),
        ('"</think>"', '"</think>"'),
        ('"\\"</think>"', '"\\"</think>"'),
        ('```json\n["</think>"]\n```', '["</think>"]'),
        ('\ufeff```\n["<think>"]\n```\nDone.', '["<think>"]'),
        ('<think>x</think>["<think>"]', '["<think>"]'),
        # but only in one that is whole, comes first, and is where the answer stands.
        ('["</think>"] </think> [2]', "[2]"),
        ('["</think>"]["</think>[2]', "[2]"),
        ('["a", "b</think>[2]', "[2]"),
        ('["a\n</think>[2]', "[2]"),
        ('{"draft": "</think>{"a": 1}', '{"a": 1}'),
        ('"Hm", I say. </think>[2]', "[2]"),
        ('"Hm", I say. "</think>"[2]', '"[2]'),
        ("[1]</think>[2]", "[2]"),
        ('<think>["</think>[2]', "[2]"),
    ],
)
def test_the_candidate(completion: str, text: str) -> None:
    candidate = extract(completion)
    assert candidate.text == text
    assert completion[candidate.offset :].startswith(text)


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<think>[1]</think>", "empty"),
        ("```json\n```", "empty"),
        ("<think>[1]", "unclosed_think"),
        ("<think>a</think>[1]<think>", "unclosed_think"),
        ("The answer is [1].", "no_json"),
        ("`[1]`", "no_json"),
        ("```python\n[1]\n```", "no_json"),
        ("```json\n[1]", "no_json"),
        ("```json [1]```", "no_json"),
        ("```json\n[1]\n```\n```json\n[1]\n```", "ambiguous"),
        ("[1]\n```json\n[1]\n```", "ambiguous"),
        ("```json\n[1]\n```\n[1]", "ambiguous"),
        ("```json\n[1]\n```\n```json\n[1]", "ambiguous"),
        ("```json\n[1]\n```\n```", "ambiguous"),
        ("```json\n[1]\n```\n```python\nx", "ambiguous"),
        ("\ufeff", "empty"),
        (" \ufeff[1]", "no_json"),
        ("\ufeff\ufeff[1]", "no_json"),
        ("[1] <think>", "unclosed_think"),
        ('["<think>"] <think>', "unclosed_think"),
        ('So: ["<think>"]', "unclosed_think"),
        ('["<think>"', "unclosed_think"),
        ('<think>x</think>["<think>"', "unclosed_think"),
        ("5\n```json\n6\n```", "ambiguous"),
        ('"x"\n```json\n6\n```', "ambiguous"),
        ('"' + "a" * MAX_BYTES + '"', "too_large"),
        ('"' + "é" * (MAX_BYTES // 2) + '"', "too_large"),
    ],
)
def test_no_candidate(completion: str, reason: str) -> None:
    with pytest.raises(NoCandidateError) as caught:
        extract(completion)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("completion", "offset"),
    [
        ("<think>[1]</think>", 18),
        ("<think>a</think>[1]<think>", 19),
        ("</think> So: 1", 9),
        ("é\n```python\n[1]\n```", 2),
        ("```json\n```", 8),
        ("```json\n[1]\n```\n\n```json\n[1]\n```", 17),
        ("[1]\n```json\n[1]\n```", 4),
        ("</think>```json\n[1]\n```\n [1]", 24),
        ("é" * MAX_BYTES, MAX_BYTES),
    ],
)
def test_what_there_is_no_candidate_for_has_a_place(completion: str, offset: int) -> None:
    with pytest.raises(NoCandidateError) as caught:
        extract(completion)
    assert caught.value.offset == offset


@given(st.text(alphabet=st.sampled_from('`{}[]"\\ \n1ajson<>think/\ud800')))
def test_any_text_has_one_candidate_or_a_reason(completion: str) -> None:
    try:
        candidate = extract(completion)
    except NoCandidateError:
        return
    assert candidate.text
    assert completion[candidate.offset :].startswith(candidate.text)


@given(
    st.text(alphabet='`{}[]"\\ \n1ajson,:'), st.sampled_from(["[2]", '{"a": 2}', "```\n[2]\n```"])
)
def test_text_before_the_end_of_reasoning_is_never_joined_to_what_follows(
    reasoning: str, answer: str
) -> None:
    """Whatever stands before it, a tag outside a whole document's strings ends the reasoning."""
    alone = extract(answer).text
    for opening in ("<think>", "So "):
        assert extract(f"{opening}{reasoning}</think>{answer}").text == alone


@given(st.recursive(st.text(alphabet='</think>"\\a'), lambda inner: st.lists(inner, min_size=1)))
def test_a_document_is_its_own_candidate_whatever_its_strings_hold(document: object) -> None:
    text = json.dumps(document)
    assert extract(text).text == text
    assert extract(f"```json\n{text}\n```").text == text
