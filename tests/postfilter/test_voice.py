import shutil
from itertools import combinations
from typing import get_args

import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.postfilter import parametric, stft, voice
from voicecoach.synthesis.script import read
from voicecoach.synthesis.symbols import encode
from voicecoach.synthesis.voices import find

BOTH = ("auto", "parametric")


@pytest.fixture(scope="module")
def spoken() -> dict:
    folder = find("kathleen")
    choices = get_args(voice.Choice)
    return {c: voice.load(folder, c).speak("See the red ship. It is big.") for c in choices}


def test_only_the_sound_is_another(spoken) -> None:
    assert np.array_equal(spoken["auto"].waveform, spoken["stft"].waveform)
    for one, other in combinations(("stft", "parametric", "filters", "gv", "none"), 2):
        assert spoken[one].words == spoken[other].words
        assert spoken[one].phones == spoken[other].phones
        assert spoken[one].waveform.shape == spoken[other].waveform.shape
        assert np.abs(spoken[one].waveform - spoken[other].waveform).max() > 0.005


def test_the_loudness_stays(spoken) -> None:
    """c_0 is left alone, so that no postfilter may get much louder, or clip."""
    level = {name: np.sqrt(np.mean(s.waveform**2)) for name, s in spoken.items()}
    for name in ("stft", "parametric", "filters", "gv"):
        assert 0.6 < level[name] / level["none"] < 1.7
        assert np.mean(np.abs(spoken[name].waveform) > 0.99) == 0.0


@pytest.mark.parametrize("choice", ["gv", "parametric"])
def test_spectra_vary_as_natural_ones_do(choice) -> None:
    folder = find("kathleen")
    filtered = voice.load(folder, choice)
    predicted = filtered.predict(encode(read("See the red ship, and the bird in the tree.")))
    lively = parametric.enhance(predicted.vocoded, filtered.enhancer)
    deviation = filtered.statistics["deviation"].numpy()
    np.testing.assert_allclose(lively.mcep[:, 1:].std(axis=0), deviation, rtol=1e-3)
    assert (predicted.vocoded.mcep[:, 1:].std(axis=0) < deviation).mean() > 0.8


def test_what_is_not_there(tmp_path) -> None:
    folder = find("kathleen")
    with pytest.raises(InputError, match="'magic'"):
        voice.load(folder, "magic")
    without = tmp_path / "without"
    shutil.copytree(folder, without, ignore=shutil.ignore_patterns(stft.KIND))
    with pytest.raises(InputError, match=r"recipes/postfilter\.sh"):
        voice.load(without, "stft")
    sounds = [voice.load(without, choice).speak("See it.").waveform for choice in BOTH]
    assert np.array_equal(*sounds)
    alone = tmp_path / "voice"
    shutil.copytree(folder, alone, ignore=shutil.ignore_patterns(parametric.KIND))
    for choice in ("stft", "parametric", "filters"):
        with pytest.raises(InputError, match=r"recipes/postfilter\.sh"):
            voice.load(alone, choice)
    sounds = [voice.load(alone, choice).speak("See it.").waveform for choice in ("auto", "gv")]
    assert np.array_equal(*sounds)
