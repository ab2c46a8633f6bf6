"""Whether clips are of one person."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from voicecoach.audio import io
from voicecoach.conversion.verifier import ClipStatistics, Verifier
from voicecoach.errors import InputError

N_VALUES = 4


def drawn(
    rng: np.random.Generator, n_speakers: int, n_clips: int
) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Clips of speakers whose means have deviation 3; the clips of each have 1, turned."""
    turn = np.linalg.qr(rng.normal(size=(N_VALUES, N_VALUES)))[0]
    means = 3.0 * rng.normal(size=(n_speakers, N_VALUES))
    clips = np.repeat(means, n_clips, axis=0) + rng.normal(size=(n_speakers * n_clips, N_VALUES))
    speakers = [str(k) for k in range(n_speakers) for _ in range(n_clips)]
    return clips @ turn, speakers, turn


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    clips, speakers, _ = drawn(np.random.default_rng(0), 400, 10)
    return Verifier.fit(clips, speakers, N_VALUES)


def test_the_two_variances_are_found(verifier) -> None:
    clips, speakers, _ = drawn(np.random.default_rng(0), 400, 10)
    placed = verifier.place(clips).reshape(400, 10, N_VALUES)
    within = (placed - placed.mean(axis=1, keepdims=True)).reshape(-1, N_VALUES)
    assert np.allclose(within.T @ within / (400 * 9), np.eye(N_VALUES), atol=1e-6)
    assert np.allclose(verifier.between, 9.0, rtol=0.25)
    few = Verifier.fit(clips, speakers, 2)
    assert np.allclose(few.between, np.sort(verifier.between)[::-1][:2])


@pytest.mark.parametrize(("n_a", "n_b"), [(1, 1), (3, 2), (1, 9)])
def test_the_score_is_the_ratio_of_the_densities(verifier, n_a, n_b) -> None:
    """Against the densities of all clips written out, one direction at a time."""
    rng = np.random.default_rng(n_a)
    clips = rng.normal(scale=2.0, size=(n_a + n_b, N_VALUES))

    def log_density(rows: np.ndarray) -> float:
        n = len(rows)
        return sum(
            multivariate_normal(np.zeros(n), np.eye(n) + between).logpdf(row)
            for row, between in zip(rows.T, verifier.between, strict=True)
        )

    expected = log_density(clips) - log_density(clips[:n_a]) - log_density(clips[n_a:])
    score = verifier.score(clips[:n_a].sum(axis=0), n_a, clips[n_a:].sum(axis=0), n_b)
    assert score == pytest.approx(expected)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_the_score_does_not_depend_on_the_order(verifier, n_a, n_b, seed) -> None:
    a, b = np.random.default_rng(seed).normal(scale=3.0, size=(2, N_VALUES))
    assert verifier.score(a, n_a, b, n_b) == pytest.approx(verifier.score(b, n_b, a, n_a))


PEOPLE = np.array([[9.0, 0, 0, 0], [-9.0, 0, 0, 0], [0, 9.0, 0, 0]])


@given(st.permutations(range(8)))
def test_clips_of_others_are_left_out_in_any_order(verifier, order) -> None:
    placed = np.repeat(PEOPLE, [6, 1, 1], axis=0)
    main = verifier.part(placed[list(order)])
    assert sorted(order[i] for i in main) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("numbers", [(1, 1), (2, 2), (5, 5), (6, 4), (2, 2, 2)])
def test_where_nobody_has_most_nobody_is_picked(verifier, numbers) -> None:
    placed = np.repeat(PEOPLE[: len(numbers)], numbers, axis=0)
    assert verifier.part(placed) == []
    if len(numbers) == 2:
        assert sorted(map(len, verifier.halves(placed))) == sorted(numbers)


@given(st.integers(1, 12), st.integers(0, 99))
def test_clips_of_one_person_are_all_taken(verifier, n_clips, seed) -> None:
    spread = np.random.default_rng(seed).uniform(-0.5, 0.5, (n_clips, N_VALUES))
    assert verifier.part(PEOPLE[0] + spread) == list(range(n_clips))


def test_what_was_saved_comes_back(verifier, tmp_path: Path) -> None:
    folder = replace(verifier, least_score=-1.5).save(tmp_path / "made", "A card.")
    again = Verifier.from_pretrained(folder)
    assert again.least_score == -1.5
    assert np.allclose(again.projection, verifier.projection, atol=1e-5)
    with pytest.raises(InputError, match="no verifier"):
        Verifier.from_pretrained("converter-en")


def test_the_packaged_one_tells_the_packaged_voices_apart(say, clips) -> None:
    """The reference voice and Kathleen are two women: none of them was fitted."""
    verifier = Verifier.from_pretrained()
    reference = [say(text) for text in clips.values()]
    kathleen = [io.load(path, 16000) for path in clips]
    found = [ClipStatistics.measure(waveform) for waveform in (*reference, *kathleen)]
    placed = verifier.place(np.stack([clip.values for clip in found]))
    assert sorted(map(sorted, verifier.halves(placed))) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert verifier.part(placed) == []
    for one, other in ((placed[:4], placed[4:]), (placed[4:], placed[:4])):
        assert verifier.part(one) == [0, 1, 2, 3]
        assert verifier.part(np.concatenate([other[:1], one])) == [1, 2, 3, 4]


def test_a_clip_without_voice_says_nothing() -> None:
    noise = np.random.default_rng(0).normal(scale=0.1, size=16000)
    assert ClipStatistics.measure(noise) is None
    with pytest.raises(InputError, match="finite"):
        ClipStatistics.measure(np.full(16000, np.nan))
