import numpy as np
import pytest

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.data.augment import AugmentSpec
from voicecoach.data.first_alignment import Alignments
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.scoring import features


@pytest.fixture
def audio(repo):
    return config.load(repo / "conf/audio/16k.yaml", AudioSpec)


@pytest.fixture
def augment(repo):
    spec = config.load(repo / "conf/train/augment.yaml", AugmentSpec)
    return spec.model_copy(update={"room_probability": 0.0})  # rooms take long to simulate


@pytest.fixture
def utterances(tmp_path, sentence, labels):
    """Three seconds of noise each, as if somebody had spoken."""
    made = []
    for number in range(3):
        wav = tmp_path / f"{number}.wav"
        noise = np.random.default_rng(number).normal(scale=0.1, size=16000 * (number + 1))
        io.save(wav, np.clip(noise, -1, 1).astype(np.float32), 16000)
        made.append(Utterance(f"u{number}", "s", wav, "WE A CALL", sentence, labels))
    return made


@pytest.fixture
def alignments(segments):
    return Alignments({f"u{number}": segments for number in (0, 2)}, {"u1": "does not fit"})


def test_copies_keep_what_they_hold(utterances, alignments, audio, augment, tmp_path, segments):
    folder = features.extract(
        utterances, alignments, tmp_path / "f", audio, augment, copies=3, seed=4
    )
    assert [u.utt for u in folder.utterances] == ["u0", "u1", "u2"]
    assert "u1" not in folder.alignments.segments  # another aligner may find it
    assert folder.utterances[0].labels == utterances[0].labels
    tail_frames = round(features.TAIL_S * 100)
    for copy in range(3):
        for index, seconds in ((0, 1), (2, 3)):
            speed = folder.speeds[copy, index]
            n_frames = 100 * seconds / speed + tail_frames
            assert len(folder.frames(index, copy)) == pytest.approx(n_frames, abs=1)
            expected = np.minimum(np.round(segments / speed), n_frames)
            assert np.abs(folder.segments(index, copy) - expected).max() <= 1
    clean = features.log_mel_of(io.load(utterances[0].wav, 16000), audio)
    np.testing.assert_allclose(folder.frames(0), clean, atol=2e-3)
    assert (folder.speeds[0] == 1).all()
    assert not np.array_equal(folder.copies[1][:50], folder.copies[2][:50])


def test_same_seed_same_copies_and_finished_ones_are_kept(
    utterances, alignments, audio, augment, tmp_path
):
    def run(name, copies):
        return features.extract(
            utterances, alignments, tmp_path / name, audio, augment, copies=copies, seed=1
        )

    first = run("a", 2)
    time = (tmp_path / "a" / "copy1.npy").stat().st_mtime_ns
    more = run("a", 3)
    assert (tmp_path / "a" / "copy1.npy").stat().st_mtime_ns == time
    other = run("b", 3)
    for copy in range(3):
        np.testing.assert_array_equal(more.copies[copy], other.copies[copy])
    np.testing.assert_array_equal(first.copies[1], other.copies[1])


def test_incomplete_features_are_refused(utterances, alignments, audio, augment, tmp_path):
    with pytest.raises(InputError, match="run stage 3"):
        features.load(tmp_path)
    features.extract(utterances, alignments, tmp_path / "f", audio, augment, copies=1)
    (tmp_path / "f" / "copy0.npy").write_bytes(b"cut")
    with pytest.raises(InputError, match="run stage 3"):
        features.load(tmp_path / "f")


def test_nothing_aligned_is_an_error(utterances, audio, augment, tmp_path):
    with pytest.raises(InputError, match="No utterance has an alignment"):
        features.extract(utterances, Alignments(), tmp_path, audio, augment)
