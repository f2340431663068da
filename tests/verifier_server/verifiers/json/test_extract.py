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


@given(st.text(alphabet=st.sampled_from('`{}[]"\\ \n1ajson<>think/\ud800')))
def test_any_text_has_one_candidate_or_a_reason(completion: str) -> None:
    try:
        candidate = extract(completion)
    except NoCandidateError:
        return
    assert candidate.text
    assert completion[candidate.offset :].startswith(candidate.text)
