from collections.abc import Callable
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.math.comparing.decision import Decision
from verifier_server.verifiers.math.comparing.matching import matched

TABLES = st.integers(1, 4).flatmap(
    lambda size: st.lists(
        st.lists(st.sampled_from([True, False, None]), min_size=size, max_size=size),
        min_size=size,
        max_size=size,
    )
)


def decide(table: list[list[bool | None]]) -> Callable[[int, int], Decision]:
    return lambda left, right: Decision(table[left][right], "structure")


@given(TABLES)
def test_a_matching_is_found_if_there_is_one(table: list[list[bool | None]]) -> None:
    size = range(len(table))
    orders = list(permutations(size))
    sure = any(all(table[i][order[i]] is True for i in size) for order in orders)
    possible = any(all(table[i][order[i]] is not False for i in size) for order in orders)
    decision = matched([size] * len(table), decide(table)).equal
    assert (decision is True) == sure
    assert decision is not None or possible
    assert decision is not False or not sure


def test_no_pair_is_compared_twice() -> None:
    seen: list[tuple[int, int]] = []

    def count(left: int, right: int) -> Decision:
        seen.append((left, right))
        return Decision(None, "none")

    assert matched([range(3)] * 3, count).equal is None
    assert len(seen) == len(set(seen))
