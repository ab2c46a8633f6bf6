import numpy as np
import pytest

from voicecoach.audio import world
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.reference import ReferenceVoice


@pytest.fixture(scope="module")
def waveform() -> np.ndarray:
    return ReferenceVoice().speak("See the red ship.").waveform


@pytest.fixture(scope="module")
def vocoded(waveform, synth_spec) -> Vocoded:
    return acoustics.analyse(waveform, synth_spec.audio, synth_spec.order)


def test_shapes_and_stacking(waveform, vocoded, synth_spec) -> None:
    n_frames = len(waveform) // synth_spec.audio.hop_length + 1
    rows = vocoded.stack()
    assert rows.shape == (n_frames, synth_spec.order + 1 + 2 + 3)
    again = Vocoded.unstack(rows, synth_spec.order)
    for name, value in vars(vocoded).items():
        assert np.array_equal(getattr(again, name), value), name


def test_pitch_goes_through_what_is_unvoiced(vocoded) -> None:
    hz = np.exp(vocoded.log_f0)
    assert not vocoded.voiced.all()
    assert vocoded.voiced.any()
    assert hz.min() >= hz[vocoded.voiced].min() - 1e-6
    assert np.all((hz > 100) & (hz < 500))


def test_silence_has_no_voice(synth_spec) -> None:
    silence = acoustics.analyse(np.zeros(24_000, np.float32), synth_spec.audio, synth_spec.order)
    assert not silence.voiced.any()
    assert np.isfinite(silence.stack()).all()


def test_analysis_then_synthesis_keeps_the_speech(waveform, vocoded, synth_spec) -> None:
    """The envelope of what comes out is that of what went in."""
    audio = synth_spec.audio
    spoken = acoustics.synthesise(vocoded, audio, len(waveform))
    assert spoken.shape == waveform.shape
    again = acoustics.analyse(spoken, audio, synth_spec.order)
    loud = vocoded.mcep[:, 0] > np.median(vocoded.mcep[:, 0])
    difference = np.linalg.norm((again.mcep - vocoded.mcep)[loud, 1:25], axis=1)
    apart = np.linalg.norm(np.diff(vocoded.mcep[loud, 1:25][::10], axis=0), axis=1)
    assert np.median(difference) < 0.5 * np.median(apart)


def test_world_hears_no_voice_in_a_fricative(synth_spec) -> None:
    rng = np.random.default_rng(0)
    hiss = (0.05 * rng.standard_normal(24_000)).astype(np.float32)
    found = world.analyse(hiss, synth_spec.audio.sample_rate)
    assert found.voiced.mean() < 0.2


def test_magnitudes_become_sound_again(waveform, synth_spec) -> None:
    audio = synth_spec.audio
    wanted = acoustics.log_magnitude(waveform, audio)
    assert wanted.min() >= np.log(acoustics.FLOOR) - 1e-4
    spoken = acoustics.from_log_magnitude(wanted, audio)
    assert len(spoken) == len(wanted) * audio.hop_length
    found = acoustics.log_magnitude(spoken, audio)[: len(wanted)]
    error = np.linalg.norm(np.exp(found) - np.exp(wanted)) / np.linalg.norm(np.exp(wanted))
    assert error < 0.15
    assert np.array_equal(spoken, acoustics.from_log_magnitude(wanted, audio))
    assert not np.array_equal(spoken, acoustics.from_log_magnitude(wanted, audio, seed=1))
