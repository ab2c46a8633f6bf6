from dataclasses import replace

import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.synthesis import features
from voicecoach.synthesis.symbols import FIRST_PHONE, SYMBOLS


def test_every_symbol_has_its_frames(voice_folder) -> None:
    per_step = voice_folder.spec.frames_per_step
    assert per_step == 2
    for index in range(len(voice_folder.utterances)):
        table, frames = voice_folder.sentence(index), voice_folder.frames(index)
        assert table[:, 2].sum() * per_step == frames.stop - frames.start
        assert table[table[:, 0] >= FIRST_PHONE, 2].min() >= 1
    assert len(voice_folder.world) == len(voice_folder.spectrum) == voice_folder.frame_offsets[-1]
    assert np.isfinite(voice_folder.world).all()


def test_symbols_lie_where_they_sound(voice_folder) -> None:
    """Vowels are louder than the silence before the first word, and voiced."""
    per_step, order = voice_folder.spec.frames_per_step, voice_folder.spec.order
    owner = np.repeat(voice_folder.symbols[:, 0], voice_folder.symbols[:, 2] * per_step)
    names = np.array(SYMBOLS)[owner]
    vowels = np.char.endswith(names, "1")
    loudness, voiced = voice_folder.world[:, 0], voice_folder.world[:, order + 2]
    assert loudness[vowels].mean() > loudness[names == "<start>"].mean() + 2.0
    assert voiced[vowels].mean() > 0.85
    assert voiced[(names == "<start>") | (names == "S")].mean() < 0.3


def test_what_is_measured_is_kept_after_an_interruption(
    spoken_corpus, synth_spec, voice_folder, tmp_path
) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        features.extract(spoken_corpus, tmp_path, synth_spec, progress=stop)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "measured").glob("*.npz")}
    assert before
    seen = []
    features.extract(
        spoken_corpus, tmp_path, synth_spec, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (4, 4)
    assert not (tmp_path / "measured").exists()
    found = features.load(tmp_path)
    assert np.array_equal(found.world, voice_folder.world)
    assert np.array_equal(found.symbols, voice_folder.symbols)


def test_a_bad_recording_is_left_out_with_its_reason(spoken_corpus, synth_spec, tmp_path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    utterances = [replace(spoken_corpus[0], utt="b", wav=broken), *spoken_corpus[:2]]
    failed = features.extract(utterances, tmp_path / "out", synth_spec)
    assert list(failed) == ["b"]
    assert "broken.wav" in failed["b"]
    assert [u.utt for u in features.load(tmp_path / "out").utterances] == ["a0", "a1"]
    with pytest.raises(InputError, match=r"No recording could be aligned: .*broken\.wav"):
        features.extract(utterances[:1], tmp_path / "none", synth_spec)


def test_incomplete_features_are_told(voice_features, tmp_path) -> None:
    with pytest.raises(InputError, match="run stage 3"):
        features.load(tmp_path)
    (tmp_path / "index.json").write_text("{}")
    with pytest.raises(InputError, match="run stage 3"):
        features.load(tmp_path)
