"""Every postfilter and baseline side by side."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PIL import Image

from voicecoach.errors import InputError
from voicecoach.postfilter import kinds, measuring, pictures, systems
from voicecoach.postfilter.baselines import VarianceScaling
from voicecoach.synthesis.features import VoiceFolder

SYSTEMS = ("gv", "natural", "none", "recording")


class Dull:
    """Takes half of the variance away."""

    def enhance(self, rows, seed=0):
        return rows.mean(axis=0) + 0.5 * (rows - rows.mean(axis=0))


@pytest.fixture(scope="module")
def made(natural) -> VoiceFolder:
    """Mel-cepstra with half of the variance."""
    world = np.array(natural.world)
    last = natural.spec.order + 1
    for index in range(len(natural.utterances)):
        rows = natural.frames(index)
        world[rows, 1:last] = Dull().enhance(world[rows, 1:last])
    return replace(natural, world=world)


@pytest.fixture(scope="module")
def spoken(natural, made, small, tmp_path_factory):
    out = tmp_path_factory.mktemp("spoken")
    pairs = kinds.of(small).pairs(natural, made)
    seen = []
    enhancers = {"gv": VarianceScaling.fit(pairs.natural)}
    systems.speak(natural, made, enhancers, small, out, lambda *at: seen.append(at))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    return out


def test_every_system_says_every_sentence(spoken, natural) -> None:
    assert tuple(sorted(path.name for path in (spoken / "wav").iterdir())) == SYSTEMS
    for system in SYSTEMS:
        for utterance in natural.utterances:
            waveform, rate = soundfile.read(spoken / "wav" / system / f"{utterance.utt}.flac")
            assert rate == 24000
            assert 0.02 < np.abs(waveform).max() <= 1.0


def test_what_is_closed(spoken, natural, monkeypatch) -> None:
    class Opinions:
        """Prefers what is louder at high frequencies."""

        def opinion(self, waveform):
            return float(np.abs(np.diff(waveform)).mean())

    def refuse():
        raise InputError("no ears")

    monkeypatch.setattr("voicecoach.metrics.judges.NaturalnessJudge", Opinions)
    monkeypatch.setattr("voicecoach.metrics.judges.WordJudge", refuse)
    metrics = measuring.measure(spoken, natural, n_draws=50)
    assert metrics["missing_judges"] == ["no ears"]
    found = metrics["systems"]
    assert found["natural"]["closed"]["value"] == pytest.approx(1.0)
    assert found["natural"]["mcd_db"]["value"] == 0.0
    assert found["none"]["closed"]["value"] == pytest.approx(0.0)
    assert found["none"]["variance_db"]["value"] == pytest.approx(20 * np.log10(2), abs=0.01)
    assert found["gv"]["closed"]["value"] > 0.7
    assert found["gv"]["closed"]["low"] <= found["gv"]["closed"]["high"]
    assert 0 < found["gv"]["mcd_db"]["value"] < found["none"]["mcd_db"]["value"]
    expected = found["gv"]["naturalness"]["value"] - found["none"]["naturalness"]["value"]
    assert found["gv"]["above_none"]["value"] == pytest.approx(expected)
    assert "above_none" not in found["none"]
    text = measuring.markdown(metrics)
    assert "gap closed" in text
    assert "Real-time factors: gv 0." in text
    pictures.draw_liveliness(metrics["curves"], spoken / "liveliness.png", 5.0)
    assert Image.open(spoken / "liveliness.png").size[0] > 1000


def test_spectrograms_side_by_side(spoken, natural, tmp_path) -> None:
    """A system more is a panel more; a recording that cannot be read is named."""
    name = f"{natural.utterances[0].utt}.flac"
    sounds = {system: spoken / "wav" / system / name for system in SYSTEMS}
    pictures.draw_spectrograms(sounds, tmp_path / "four.png", natural.spec.audio)
    del sounds["gv"]
    pictures.draw_spectrograms(sounds, tmp_path / "three.png", natural.spec.audio)
    four, three = (np.asarray(Image.open(tmp_path / f"{n}.png")) for n in ("four", "three"))
    assert four.shape == three.shape
    assert not np.array_equal(four, three)
    with pytest.raises(InputError, match=r"nothing\.flac"):
        pictures.draw_spectrograms(
            {"a": tmp_path / "nothing.flac"}, tmp_path / "none.png", natural.spec.audio
        )
    assert not (tmp_path / "none.png").exists()


def test_without_draws_there_is_no_interval(spoken, natural, monkeypatch) -> None:
    monkeypatch.setattr(measuring, "judge", lambda *_: ({}, []))
    metrics = measuring.measure(spoken, natural, n_draws=0)
    assert metrics["systems"]["gv"]["closed"]["low"] is None
    assert "(" not in measuring.markdown(metrics).splitlines()[4].replace("MCD (", "")


def test_other_sentences_are_refused(spoken, natural, tmp_path) -> None:
    with pytest.raises(InputError, match="run stage 5"):
        measuring.measure(tmp_path, natural)
    fewer = replace(natural, utterances=natural.utterances[:-1])
    with pytest.raises(InputError, match="other sentences"):
        measuring.measure(spoken, fewer)


def test_spectra_are_compared_band_by_band(
    natural, made, stft_small, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(measuring, "judge", lambda *_: ({}, []))
    systems.speak(natural, made, {"gan": Dull()}, stft_small, tmp_path)
    metrics = measuring.measure(tmp_path, natural, n_draws=20)
    found = metrics["systems"]
    assert found["natural"]["lsd_db"]["value"] == 0.0
    assert found["natural"]["seam"]["value"] == pytest.approx(1.0)
    assert found["none"]["lsd_1_db"]["value"] > 0.0
    assert found["gan"]["variance_db"]["value"] > found["none"]["variance_db"]["value"]
    assert (metrics["bands_hz"][0][0], metrics["bands_hz"][-1][1]) == (0.0, 12000.0)
    assert metrics["column_shift_ms"] == 10.0
    text = measuring.markdown(metrics)
    assert "LSD 4 dB" in text
    assert "Bands in kHz: 0.0 to" in text
