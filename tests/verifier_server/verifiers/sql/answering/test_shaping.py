"""Partial credit is capped, and cannot be had for nothing."""

from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.sql.answering.shaping import earned

PAIRS = st.frozensets(st.tuples(st.sampled_from("tu"), st.sampled_from("abc")))


@given(st.floats(0, 0.3), PAIRS, PAIRS, st.lists(st.floats(0, 1), max_size=5))
def test_never_more_than_the_cap(cap, reads, gold_reads, cells):
    assert 0.0 <= earned(cap, reads, gold_reads, cells) <= cap


def test_reading_nothing_of_it_earns_nothing():
    assert earned(0.3, [], [("t", "a")], [1.0]) == 0.0
    assert earned(0.3, [("u", "a")], [("t", "a")], [1.0]) == 0.0


def test_closer_earns_more():
    gold = [("t", "a"), ("t", "b")]
    some = earned(0.3, [("t", "a"), ("u", "a")], gold, [0.2, 0.4])
    more = earned(0.3, [("t", "a")], gold, [0.2, 0.4])
    most = earned(0.3, gold, gold, [1.0, 1.0])
    assert 0.0 < some < more < most <= 0.3
