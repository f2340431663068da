from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.pass_at_k import pass_at_k


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.data())
def test_it_is_the_share_of_subsets_with_a_pass(passed: list[bool], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(passed)))
    subsets = list(combinations(passed, k))
    expected = sum(any(each) for each in subsets) / len(subsets)
    assert pass_at_k(len(passed), sum(passed), k) == pytest.approx(expected)


@pytest.mark.parametrize(("n", "c", "k"), [(4, 5, 1), (4, -1, 1), (4, 2, 5), (4, 2, 0)])
def test_impossible_counts_are_refused(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match=r"pass|sample"):
        pass_at_k(n, c, k)
