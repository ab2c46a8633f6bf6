"""Systems side by side, and what is measured of them."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from voicecoach.errors import InputError
from voicecoach.synthesis import features, measuring, packing, systems
from voicecoach.synthesis.trained import TrainedVoice

SYSTEMS = (
    "natural",
    "natural_griffin_lim",
    "natural_world",
    "voice",
    "voice_griffin_lim",
)


@pytest.fixture(scope="module")
def spoken(voice_folder, trained, tmp_path_factory):
    out = tmp_path_factory.mktemp("systems")
    voice = TrainedVoice.from_pretrained(trained)
    seen = []
    systems.predict(voice_folder, voice, out / "predicted", lambda *at: seen.append(at))
    systems.speak(voice_folder, {"voice": voice}, out)
    assert seen[-1] == (4, 4)
    return out


def test_every_system_says_every_sentence(spoken, voice_folder) -> None:
    assert tuple(sorted(path.name for path in (spoken / "wav").iterdir())) == SYSTEMS
    for system in SYSTEMS:
        for utterance in voice_folder.utterances:
            waveform, rate = soundfile.read(spoken / "wav" / system / f"{utterance.utt}.flac")
            assert rate == 24000
            assert len(waveform) > 0.3 * rate


def test_predictions_have_the_form_of_features(spoken, voice_folder) -> None:
    found = features.load(spoken / "predicted")
    assert found.world.shape == voice_folder.world.shape
    assert found.spectrum.shape == voice_folder.spectrum.shape
    assert np.array_equal(found.symbols, voice_folder.symbols)


def test_measures(spoken, voice_folder, monkeypatch) -> None:
    class Opinions:
        def opinion(self, waveform):
            return float(len(waveform) > 0) * 3.0

    def refuse():
        raise InputError("no ears")

    monkeypatch.setattr("voicecoach.metrics.judges.NaturalnessJudge", Opinions)
    monkeypatch.setattr("voicecoach.metrics.judges.WordJudge", refuse)
    metrics = measuring.measure(spoken, voice_folder, voice_folder, n_draws=50)
    assert metrics["missing_judges"] == ["no ears"]
    assert metrics["judges"]["natural"] == {"naturalness": {"value": 3.0, "low": 3.0, "high": 3.0}}
    voice, means = metrics["features"]["voice"], metrics["features"]["symbol means"]
    # Measured on what they are the means of, means must be nearer than two epochs of training.
    assert 0 < means["mcd_db"]["value"] < voice["mcd_db"]["value"]
    assert means["length_ratio"]["value"] == pytest.approx(1.0, abs=0.2)
    assert "lsd_db" not in means
    text = measuring.markdown(metrics)
    assert "| natural | 3.00 (3.00 to 3.00) |" in text
    assert "| voice_griffin_lim |" in text
    assert "faster than real time" in text


def test_natural_features_are_without_error(spoken, voice_folder, monkeypatch) -> None:
    monkeypatch.setattr(measuring, "judge", lambda *_: ({}, []))
    features.save(spoken / "predicted", replace(voice_folder))
    np.save(spoken / "steps.npy", voice_folder.symbols[:, 2])
    metrics = measuring.measure(spoken, voice_folder, voice_folder, n_draws=0)
    found = {name: value["value"] for name, value in metrics["features"]["voice"].items()}
    assert found == pytest.approx(
        {
            "mcd_db": 0.0,
            "f0_rmse_cents": 0.0,
            "f0_correlation": 1.0,
            "voicing_error": 0.0,
            "lsd_db": 0.0,
            "duration_rmse_ms": 0.0,
            "duration_correlation": 1.0,
            "length_ratio": 1.0,
        }
    )


def test_a_stage_that_was_interrupted_is_told(spoken, voice_folder, tmp_path) -> None:
    shutil.copytree(spoken / "predicted", tmp_path / "predicted")
    with pytest.raises(InputError, match=r"no steps\.npy: run stage 5"):
        measuring.measure(tmp_path, voice_folder, voice_folder)


def test_other_sentences_are_refused(spoken, voice_folder) -> None:
    other = replace(voice_folder, utterances=voice_folder.utterances[:3])
    with pytest.raises(InputError, match="other sentences"):
        measuring.measure(spoken, other, voice_folder)


def test_a_packed_voice_is_smaller_and_says_the_same(trained, tmp_path) -> None:
    folder = packing.pack(trained, tmp_path / "packed", "# a voice of {commit}", "abc")
    assert (folder / "MODEL_CARD.md").read_text() == "# a voice of abc"
    assert (folder / "model.safetensors").stat().st_size < 0.6 * (
        trained / "model.safetensors"
    ).stat().st_size
    before, after = (TrainedVoice.from_pretrained(f).speak("See it.") for f in (trained, folder))
    assert before.words == after.words
    assert np.abs(before.waveform - after.waveform).max() < 0.05
