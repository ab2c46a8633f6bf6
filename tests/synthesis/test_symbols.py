import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.synthesis.script import Spoken, read
from voicecoach.synthesis.symbols import FIRST_PHONE, SYMBOLS, durations_of, encode
from voicecoach.text.sentence import Word


def test_phones_carry_stress_and_words_end_in_a_pause() -> None:
    sequence = encode(read("away, red?"))
    assert [SYMBOLS[symbol] for symbol in sequence.symbols] == [
        "<start>", "AH0", "W", "EY1", ",", "R", "EH1", "D", "?",
    ]  # fmt: skip
    assert sequence.places.tolist() == [0, 1, 0, 2, 0, 1, 0, 2, 0]
    assert sequence.words.tolist() == [-1, 0, 0, 0, -1, 1, 1, 1, -1]
    assert np.array_equal(sequence.is_phone, sequence.symbols >= FIRST_PHONE)


def test_what_is_no_phone_is_refused() -> None:
    with pytest.raises(ValueError, match="'XX' in the word 'red'"):
        encode([Spoken(Word("red", ("XX",)))])


@given(st.data())
def test_durations_fill_the_recording(data) -> None:
    sequence = encode(read("Wait, is it red?"))
    n_phones = int(sequence.is_phone.sum())
    n_steps = data.draw(st.integers(n_phones, 200))
    edges = data.draw(
        st.lists(st.integers(0, n_steps), min_size=2 * n_phones, max_size=2 * n_phones)
    )
    segments = np.sort(edges).reshape(-1, 2)
    durations = durations_of(sequence, segments, n_steps)
    assert durations.sum() == n_steps
    assert (durations >= 0).all()
    # A phone begins where it was found.
    starts = (np.cumsum(durations) - durations)[sequence.is_phone]
    assert np.array_equal(starts, segments[:, 0])


def test_touching_words_have_no_pause_between() -> None:
    sequence = encode(read("red red"))
    segments = np.array([(2, 4), (4, 8), (8, 10), (10, 12), (12, 15), (15, 20)])
    durations = durations_of(sequence, segments, 25)
    assert durations.tolist() == [2, 2, 4, 2, 0, 2, 3, 5, 5]
    with pytest.raises(ValueError, match="5 segments for 6 phones"):
        durations_of(sequence, segments[:5], 25)
    with pytest.raises(ValueError, match="10 steps"):
        durations_of(sequence, segments, 10)
