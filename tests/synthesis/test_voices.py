import pytest

from voicecoach.errors import InputError
from voicecoach.synthesis import voices
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.synthesis.trained import TrainedVoice


def test_by_name_and_by_folder(trained) -> None:
    assert voices.available()[0] == "reference"
    assert isinstance(voices.load(), ReferenceVoice)
    assert isinstance(voices.load(trained), TrainedVoice)
    for name in voices.available():
        assert len(voices.load(name).speak("See the red ship.").words) == 4


def test_names_that_are_none(tmp_path) -> None:
    with pytest.raises(InputError, match="no voice 'nobody': take reference"):
        voices.load("nobody")
    with pytest.raises(InputError, match="no checkpoint"):
        voices.find(tmp_path)


def test_a_folder_nearby_is_not_taken_for_a_packaged_voice(tmp_path, monkeypatch) -> None:
    (tmp_path / "voice-kathleen").mkdir()
    monkeypatch.chdir(tmp_path)
    assert (voices.find("kathleen") / "config.yaml").is_file()
