import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.postfilter import parametric, voice
from voicecoach.synthesis.script import read
from voicecoach.synthesis.symbols import encode
from voicecoach.synthesis.voices import find


@pytest.fixture(scope="module")
def spoken() -> dict:
    folder = find("kathleen")
    choices = ("auto", "gv", "none")
    return {c: voice.load(folder, c).speak("See the red ship. It is big.") for c in choices}


def test_only_the_sound_is_another(spoken) -> None:
    assert np.array_equal(spoken["auto"].waveform, spoken["gv"].waveform)
    assert spoken["gv"].words == spoken["none"].words
    assert spoken["gv"].phones == spoken["none"].phones
    assert spoken["gv"].waveform.shape == spoken["none"].waveform.shape
    assert np.abs(spoken["gv"].waveform - spoken["none"].waveform).max() > 0.01


def test_the_loudness_stays(spoken) -> None:
    """c_0 is left alone, so that no postfilter may get much louder, or clip."""
    level = {name: np.sqrt(np.mean(s.waveform**2)) for name, s in spoken.items()}
    assert 0.6 < level["gv"] / level["none"] < 1.7
    assert np.mean(np.abs(spoken["gv"].waveform) > 0.99) == 0.0


def test_spectra_vary_as_natural_ones_do() -> None:
    folder = find("kathleen")
    filtered = voice.load(folder, "gv")
    predicted = filtered.predict(encode(read("See the red ship, and the bird in the tree.")))
    lively = parametric.enhance(predicted.vocoded, filtered.enhancer)
    deviation = filtered.statistics["deviation"].numpy()
    np.testing.assert_allclose(lively.mcep[:, 1:].std(axis=0), deviation, rtol=1e-3)
    assert (predicted.vocoded.mcep[:, 1:].std(axis=0) < deviation).mean() > 0.8


def test_what_is_not_there() -> None:
    folder = find("kathleen")
    with pytest.raises(InputError, match="'magic'"):
        voice.load(folder, "magic")
    with pytest.raises(InputError, match=r"recipes/postfilter\.sh"):
        voice.load(folder, "parametric")
