import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio.spec import AudioSpec


def spec_at(sample_rate: int, **changes: float) -> AudioSpec:
    values = {"n_fft": 400, "win_length": 400, "hop_length": 160, "n_mels": 80, "fmin": 0.0}
    return AudioSpec(**{"sample_rate": sample_rate, "fmax": sample_rate / 2, **values, **changes})


@pytest.mark.parametrize(("sample_rate", "alpha"), [(16000, 0.42), (24000, 0.466), (48000, 0.554)])
def test_mcep_alpha_is_the_customary_one(sample_rate, alpha) -> None:
    assert spec_at(sample_rate).mcep_alpha == pytest.approx(alpha, abs=0.01)


@given(st.integers(4000, 96000))
def test_mcep_alpha_grows_with_the_sample_rate(sample_rate) -> None:
    assert 0 < spec_at(sample_rate).mcep_alpha < spec_at(2 * sample_rate).mcep_alpha < 1


def test_derived_values() -> None:
    spec = spec_at(16000)
    assert spec.n_bins == 201
    assert spec.frame_shift_ms == 10.0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fmax": 9000.0}, "fmax 9000 Hz is above the Nyquist frequency 8000 Hz"),
        ({"fmin": 8000.0}, "fmin 8000 Hz is not below fmax 8000 Hz"),
        ({"win_length": 512}, "win_length 512 is longer than n_fft 400"),
        ({"hop_length": 401}, "hop_length 401 skips samples"),
    ],
)
def test_contradictions_are_refused_with_a_sentence(changes, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        spec_at(16000, **changes)
