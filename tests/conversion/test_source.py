"""A source speaker in place of the reference voice, and a single target speaker."""

import json
from dataclasses import replace

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion import frames, measuring, pairing, pairs, systems
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.mapping import FrequencyWarping
from voicecoach.conversion.speakers import held_sentences
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

TEXT = "She likes red apples in the morning, and ten men left the beds and went away."


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What a low voice and the reference voice, somewhat slower, say: six sentences each.

    Of their ids a5 and a9 are held out.
    """
    folder = tmp_path_factory.mktemp("both")
    found = {"low": [], "slow": []}
    for number in range(4, 10):
        for speaker, rate in (("low", 1.0), ("slow", 0.8)):
            speech = ReferenceVoice().speak(TEXT, rate, seed=number)
            waveform, path = speech.waveform, folder / f"{speaker}{number}.flac"
            if speaker == "low":  # played more slowly
                waveform = io.resample(waveform, 16000, 19200)
            io.save(path, waveform, speech.sample_rate)
            utterance = Utterance(f"a{number}", speaker, path, TEXT, transcribe(TEXT))
            found[speaker].append(utterance)
    return found["low"], found["slow"]


@pytest.fixture(scope="module")
def converted(both, tmp_path_factory):
    """The folders of stages 3 and 5, and why a sentence was left out."""
    pytest.importorskip("pocketsphinx")
    folder = tmp_path_factory.mktemp("converted")
    low, slow = both
    failed = pairing.extract(low, folder / "pairs", source=slow[:-1])
    found = pairs.load(folder / "pairs")
    converter = Converter(FrequencyWarping(), found.reference)
    said = {u.utt: u.wav for u in slow}
    systems.speak([systems.lone(low, 9)], {"vtln": converter}, folder / "test", source=said)
    return folder, failed


def test_the_source_takes_the_place_of_the_reference_voice(both, converted):
    folder, failed = converted
    assert failed == {"a9": "the source does not say it"}
    found = pairs.load(folder / "pairs")
    waveform = io.load(both[1][0].wav, frames.SAMPLE_RATE)
    own = frames.analyse(waveform).mcep[:: pairs.STRIDE]
    assert found.source[found.frames(0)] == pytest.approx(own, abs=0.02)
    well = found.weight > 0
    loudness = (np.array(x[well, 0], np.float64) for x in (found.source, found.target))
    assert np.corrcoef(*loudness)[0, 1] > 0.8


def test_sentences_that_are_held_out_tell_nothing(both, converted):
    folder, _ = converted
    assert held_sentences([u.utt for u in both[0]]) == {"a5", "a9"}
    found = pairs.load(folder / "pairs")
    # Four tell, two in each half: with a fifth some voiceprint would be of three.
    assert len(found.voiceprints) == 2 * pairs.SPLITS
    assert all(own.seconds < 2.5 * found.reference.seconds / 4 for own in found.voiceprints)


def test_what_needs_the_reference_voice_is_left_out(both, converted, monkeypatch):
    folder, _ = converted
    made = {path.name for path in (folder / "test/wav").iterdir()}
    assert made == {"recording", "resynthesis", "source", "vtln"}
    enrolled = json.loads((folder / "test/enrolled.json").read_text())
    assert set(enrolled) == {"low"}

    def hear(spoken, groups, enrolled, progress):  # judges are slow, and tested elsewhere
        assert {utt: [u.utt for u in own] for utt, own in groups.items()} == {
            utt: [utt] for utt in groups
        }
        rows = np.array([(0.5, 1.0)] * len(groups))
        heard = {"naturalness": rows, "to_learner": rows, "to_source": rows - (0.1, 0.0)}
        return {name: dict(heard) for name in made}, []

    monkeypatch.setattr(measuring, "listen", hear)
    found = measuring.measure(folder / "test", both[0], pairs.load(folder / "pairs"), 10)
    assert found["counts"]["learners"] == 1
    assert found["aims"]["vtln: nearer to the learner"]["value"] == 1.0
    assert found["systems"]["vtln"]["mcd_db"]["value"] > 0.0
    assert "of one speaker" in measuring.markdown(found)


def test_sources_that_do_not_fit(both, tmp_path):
    pytest.importorskip("pocketsphinx")
    low, slow = both
    with pytest.raises(InputError, match="several speakers"):
        pairing.extract(low, tmp_path, source=[*slow[:2], replace(slow[2], speaker="x")])
    other = replace(slow[0], sentence=transcribe("Something else."))
    with pytest.raises(InputError, match="another text"):
        pairing.extract(low[:1], tmp_path, source=[other])
    with pytest.raises(InputError, match="too few"):
        systems.lone([u for u in low if u.utt not in held_sentences([v.utt for v in low])], 9)
