import numpy as np
import pytest
import yaml

from voicecoach.errors import InputError
from voicecoach.synthesis.script import read
from voicecoach.synthesis.symbols import SYMBOLS, encode
from voicecoach.synthesis.trained import TrainedVoice
from voicecoach.text.sentence import Word


@pytest.fixture(scope="module")
def voice(trained) -> TrainedVoice:
    return TrainedVoice.from_pretrained(trained)


def test_speech_has_times(voice) -> None:
    speech = voice.speak("See the red ship, and the tree. Is it big?")
    assert speech.sample_rate == 24000
    assert speech.waveform.dtype == np.float32
    assert np.abs(speech.waveform).max() <= 1.0
    assert [word for word, _, _ in speech.words][:4] == ["See", "the", "red", "ship"]
    edges = [edge for _, start, end in speech.phones for edge in (start, end)]
    assert edges == sorted(edges)
    assert edges[-1] <= speech.duration_ms
    assert all(end > start for _, start, end in speech.phones)
    starts, ends = {p[1] for p in speech.phones}, {p[2] for p in speech.phones}
    assert all(start in starts and end in ends for _, start, end in speech.words)


def test_sentences_are_spoken_one_by_one(voice) -> None:
    both = voice.speak("See the red ship. Is it big?")
    first, second = voice.speak("See the red ship."), voice.speak("Is it big?")
    assert np.array_equal(both.waveform, np.concatenate([first.waveform, second.waveform]))
    shift_ms = first.duration_ms
    assert both.words[-1] == (
        "big",
        second.words[-1][1] + shift_ms,
        second.words[-1][2] + shift_ms,
    )


def test_exactly_the_given_phones(voice) -> None:
    speech = voice.speak((Word("red", ("W", "EH", "D")),))
    assert [phone for phone, _, _ in speech.phones] == ["W", "EH", "D"]


def test_rate(voice, monkeypatch) -> None:
    # Longer phones than it has learnt so far: none can be shorter than two steps.
    bias = voice.model.log_duration.bias
    monkeypatch.setattr(bias, "data", bias.data + 2.0)
    durations = {rate: voice.speak("See the red ship.", rate).duration_ms for rate in (0.5, 1, 2)}
    assert durations[0.5] > 1.5 * durations[1] > 2.25 * durations[2]
    with pytest.raises(InputError, match=r"rate 2\.5"):
        voice.speak("See.", rate=2.5)


def test_given_durations_are_kept(voice, voice_folder) -> None:
    table, frames = voice_folder.sentence(0), voice_folder.frames(0)
    sequence = encode(read(voice_folder.utterances[0].text))
    found = voice.predict(sequence, durations=table[:, 2])
    assert np.array_equal(found.durations, table[:, 2])
    assert len(found.vocoded.mcep) == len(found.log_magnitude) == frames.stop - frames.start
    assert found.vocoded.voiced.dtype == bool


def test_a_joint_is_silent_only_where_it_lasts(voice) -> None:
    sequence = encode(read("red ship tree bird"))
    durations = voice.predict(sequence).durations
    joints = durations[sequence.symbols == SYMBOLS.index("<joint>")]
    assert all(steps == 0 or steps >= 3 for steps in joints)


def test_checkpoints_that_do_not_fit(trained, tmp_path) -> None:
    values = yaml.safe_load((trained / "config.yaml").read_text())
    for change, message in (
        ({"symbols": values["symbols"][1:]}, "other symbols"),
        ({"model": {**values["model"], "width": 32}}, "shape"),
        ({"model": {**values["model"], "hight": 1}}, "hight"),
        ({"order": "many"}, "order"),
    ):
        for file in trained.iterdir():
            if file.is_file():
                (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / "config.yaml").write_text(yaml.safe_dump({**values, **change}))
        with pytest.raises(InputError, match=message):
            TrainedVoice.from_pretrained(tmp_path)
    with pytest.raises(InputError, match="is no voice"):
        TrainedVoice.from_pretrained("scorer-en")
