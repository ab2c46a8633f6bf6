import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.postfilter import voice
from voicecoach.synthesis.voices import find


@pytest.fixture(scope="module")
def spoken() -> dict:
    folder = find("kathleen")
    choices = ("auto", "parametric", "gv", "none")
    return {c: voice.load(folder, c).speak("See the red ship. It is big.") for c in choices}


def test_only_the_sound_is_another(spoken) -> None:
    assert np.array_equal(spoken["auto"].waveform, spoken["parametric"].waveform)
    for choice in ("parametric", "gv"):
        assert spoken[choice].words == spoken["none"].words
        assert spoken[choice].phones == spoken["none"].phones
        assert spoken[choice].waveform.shape == spoken["none"].waveform.shape
        difference = np.abs(spoken[choice].waveform - spoken["none"].waveform)
        assert difference.max() > 0.01


def test_the_loudness_stays(spoken) -> None:
    """c_0 is left alone, so that no postfilter may get much louder, or clip."""
    level = {name: np.sqrt(np.mean(s.waveform**2)) for name, s in spoken.items()}
    for choice in ("parametric", "gv"):
        assert 0.6 < level[choice] / level["none"] < 1.7
        assert np.mean(np.abs(spoken[choice].waveform) > 0.99) == 0.0


def test_the_seed_draws_the_noise() -> None:
    filtered = voice.load(find("kathleen"), "parametric")
    one, same, other = (filtered.speak("See it.", seed=seed).waveform for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_what_is_not_there(tmp_path) -> None:
    folder = find("kathleen")
    with pytest.raises(InputError, match="'magic'"):
        voice.load(folder, "magic")
    for file in folder.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert type(voice.load(tmp_path)) is voice.TrainedVoice
    for choice in ("parametric", "gv"):
        with pytest.raises(InputError, match=r"recipes/postfilter\.sh"):
            voice.load(tmp_path, choice)
