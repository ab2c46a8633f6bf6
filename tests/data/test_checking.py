import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicecoach.data.checking import check
from voicecoach.data.utterance import Utterance
from voicecoach.text.sentence import Word


def utterance(wav: Path, n_phones: int = 2) -> Utterance:
    return Utterance("u", "s", wav, "WE", (Word("WE", ("IY",) * n_phones),))


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "without_suffix"])
def test_a_good_recording_gives_its_duration(tmp_path: Path, name: str) -> None:
    kind = {".flac": "FLAC", ".ogg": "OGG"}.get(Path(name).suffix, "WAV")
    with (tmp_path / name).open("wb") as file:
        soundfile.write(file, np.zeros(24000), 16000, format=kind)
    duration_s, problem = check(utterance(tmp_path / name), max_duration_s=2.0)
    assert problem is None
    assert duration_s == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("n_samples", "n_phones", "message"),
    [
        (0, 2, "holds no samples"),
        (40000, 2, r"2\.5 s long, more than 2 s"),
        (1600, 6, r"too short \(0\.10 s\) for 6 phones"),
    ],
)
def test_recordings_of_impossible_length_are_bad(
    tmp_path: Path, n_samples: int, n_phones: int, message: str
) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(n_samples), 16000)
    _, problem = check(utterance(tmp_path / "a.wav", n_phones), max_duration_s=2.0)
    assert problem is not None
    assert re.search(message, problem)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "there is no file"), (b"", "is empty"), (b"We call it bear", "cannot be read")],
)
def test_what_is_no_recording_is_bad(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    duration_s, problem = check(utterance(tmp_path / "a.wav"), max_duration_s=2.0)
    assert duration_s == 0.0
    assert problem is not None
    assert message in problem
