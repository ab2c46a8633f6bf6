from hypothesis import given
from hypothesis import strategies as st

from voicecoach.metrics.distance import edit_distance

SYMBOLS = st.lists(st.integers(0, 3), max_size=8)


def test_known_values():
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == edit_distance("abc", "") == 3


@given(SYMBOLS, SYMBOLS)
def test_it_is_a_distance(first, second):
    distance = edit_distance(first, second)
    assert distance == edit_distance(second, first)
    assert (distance == 0) == (first == second)
    assert abs(len(first) - len(second)) <= distance <= max(len(first), len(second))
