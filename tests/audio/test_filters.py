import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio.filters import band_limit, convolve


def level_db(frequency_hz: float, low_hz: float, high_hz: float) -> float:
    tone = np.sin(2 * np.pi * frequency_hz * np.arange(16000) / 16000)
    middle = band_limit(tone, 16000, low_hz, high_hz)[4000:12000]
    return 20 * np.log10(np.sqrt(2 * np.mean(middle**2)))


def test_the_edges_are_3_db_down_and_the_middle_is_kept() -> None:
    assert level_db(300, 300, 3400) == pytest.approx(-3.0, abs=0.1)
    assert level_db(3400, 300, 3400) == pytest.approx(-3.0, abs=0.1)
    assert level_db(1000, 300, 3400) == pytest.approx(0.0, abs=0.1)
    assert level_db(100, 300, 3400) < -35
    assert level_db(7000, 300, 3400) < -20


@settings(deadline=None)
@given(st.floats(0, 500), st.floats(1000, 9000), st.integers(2000, 6000))
def test_a_click_stays_where_it_is(low_hz, high_hz, position) -> None:
    click = np.zeros(8000, dtype=np.float32)
    click[position] = 1.0
    filtered = band_limit(click, 16000, low_hz, high_hz)
    assert filtered.dtype == np.float32 and filtered.shape == click.shape
    assert int(np.argmax(filtered)) == position
    np.testing.assert_allclose(
        filtered[position + 1 :][:900], filtered[:position][::-1][:900], atol=1e-4
    )


def test_the_end_does_not_wrap_round_to_the_beginning() -> None:
    click = np.zeros(1600)
    click[-1] = 1.0
    assert np.abs(band_limit(click, 16000, 100, 4000)[:200]).max() < 0.01


@pytest.mark.parametrize(("low_hz", "high_hz"), [(500, 500), (600, 500), (-1, 500)])
def test_an_empty_band_is_refused(low_hz, high_hz) -> None:
    with pytest.raises(ValueError, match="keeps nothing"):
        band_limit(np.zeros(100), 16000, low_hz, high_hz)


@given(st.integers(1, 200), st.integers(1, 300), st.data())
def test_convolve_is_numpys_shifted(n_samples, n_taps, data) -> None:
    skip = data.draw(st.integers(0, n_taps - 1))
    rng = np.random.default_rng(n_samples)
    waveform, response = rng.normal(size=n_samples), rng.normal(size=n_taps)
    expected = np.convolve(waveform, response)[skip : skip + n_samples]
    np.testing.assert_allclose(convolve(waveform, response, skip), expected, atol=1e-9)
