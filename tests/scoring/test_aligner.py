import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.errors import InputError
from voicecoach.scoring.aligner import align, forgiving, prefix_fits
from voicecoach.text.phones import PHONES

SILENCE = 39


def posteriors_of(path: list[int], sure: float = 0.9) -> np.ndarray:
    log_posteriors = np.full((len(path), 40), np.log((1 - sure) / 39))
    log_posteriors[np.arange(len(path)), path] = np.log(sure)
    return log_posteriors


def test_finds_phones_and_silence():
    path = [39] * 10 + [1] * 5 + [2] * 3 + [3] * 8 + [4] * 6
    path += [39] * 4 + [5] * 2 + [6] * 9 + [39] * 7
    segments, score = align(posteriors_of(path), [[1, 2, 3], [4], [5, 6]], SILENCE)
    assert segments.tolist() == [[10, 15], [15, 18], [18, 26], [26, 32], [36, 38], [38, 47]]
    assert score == pytest.approx(np.log(0.9))


def test_no_silence_is_needed():
    segments, _ = align(posteriors_of([1] * 4 + [2] * 4), [[1], [2]], SILENCE)
    assert segments.tolist() == [[0, 4], [4, 8]]


def test_the_same_phone_twice_in_a_row():
    segments, _ = align(posteriors_of([7] * 6), [[7], [7]], SILENCE)
    assert segments[0, 0] == 0
    assert segments[1, 1] == 6
    assert segments[0, 1] == segments[1, 0]


def test_a_phone_that_was_not_said_gets_the_least():
    segments, _ = align(posteriors_of([1] * 10 + [3] * 10), [[1, 2, 3]], SILENCE)
    assert segments[1, 1] - segments[1, 0] == 2


def test_too_short_a_recording_is_refused():
    with pytest.raises(InputError, match=r"3 frames for 2 sounds"):
        align(np.zeros((3, 40)), [[1, 2]], SILENCE)


@given(
    st.lists(st.lists(st.integers(0, 38), min_size=1, max_size=4), min_size=1, max_size=4),
    st.integers(0, 40),
    st.integers(0, 2**32 - 1),
)
def test_segments_are_ordered_and_inside(words, extra, seed):
    n_phones = sum(map(len, words))
    n_frames = 2 * n_phones + extra
    noise = np.log(np.random.default_rng(seed).dirichlet(np.ones(40), n_frames))
    segments, score = align(noise, words, SILENCE)
    assert segments.shape == (n_phones, 2)
    assert segments[0, 0] >= 0
    assert segments[-1, 1] <= n_frames
    assert (segments[:, 1] - segments[:, 0] >= 2).all()
    assert (segments[1:, 0] >= segments[:-1, 1]).all()
    assert np.isfinite(score)
    # No silence inside a word.
    ends = np.cumsum([len(word) for word in words])
    inside = np.setdiff1d(np.arange(1, n_phones), ends)
    assert (segments[inside, 0] == segments[inside - 1, 1]).all()


def test_a_sentence_with_hundreds_of_states():
    words = [[2 * number % 39, (2 * number + 1) % 39] for number in range(70)]
    path = [phone for word in words for phone in word for _ in range(3)]
    segments, _ = align(posteriors_of(path), words, SILENCE)
    assert segments.tolist() == [[3 * i, 3 * i + 3] for i in range(140)]


def test_a_wrong_phone_keeps_the_time_at_which_something_else_was_said():
    """Without forgiveness a neighbour would take the time of what was said instead."""
    said = ["IY", "S", "IY"]
    classes = [PHONES.index(phone) for phone in said for _ in range(10)]
    probabilities = np.full((30, 40), 2e-4)
    probabilities[np.arange(30), classes] = 1.0
    # Some of "TH" sounds like what follows.
    probabilities[14:20, PHONES.index("IY")] = 0.02
    frames = np.log(probabilities / probabilities.sum(1, keepdims=True))
    words = [[PHONES.index(phone) for phone in ("IY", "TH", "IY")]]
    strict, _ = align(frames, words, silence=39)
    segments, _ = align(forgiving(frames, 39), words, silence=39)
    assert strict[1, 1] - strict[1, 0] <= 5
    assert segments[1].tolist() == [10, 20]


def test_forgiving_leaves_silence_and_adds_up():
    frames = np.log(np.random.default_rng(0).dirichlet(np.ones(40), size=7))
    lenient = forgiving(frames, 39)
    assert lenient.shape == frames.shape
    np.testing.assert_array_equal(lenient[:, 39], frames[:, 39])
    assert (lenient[:, :39] <= 1e-9).all()


@given(st.lists(st.integers(0, 39), min_size=12, max_size=40), st.integers(0, 2**32 - 1))
def test_the_fit_of_each_prefix_is_that_of_its_best_path(path, seed):
    words = [[1, 2], [3], [1, 4]]
    noise = np.random.default_rng(seed).normal(size=(len(path), 40))
    log_posteriors = posteriors_of(path) + noise
    fits = prefix_fits(log_posteriors, words, SILENCE)
    assert fits[0] == pytest.approx(log_posteriors[:, SILENCE].sum())
    for n_words, n_phones in ((1, 2), (2, 3), (3, 5)):
        _, mean = align(log_posteriors, words[:n_words], SILENCE)
        assert fits[n_phones] == pytest.approx(mean * len(path))


def test_what_is_too_short_for_the_words_does_not_fit_them():
    fits = prefix_fits(posteriors_of([1, 1, 2, 2]), [[1, 2], [3]], SILENCE)
    assert np.isfinite(fits).tolist() == [True, True, True, False]
