from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicecoach.data import kaldi
from voicecoach.data.first_alignment import (
    Alignments,
    align,
    load_alignments,
    save_alignments,
)
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.text.sentence import Word


@pytest.fixture
def learners(shared_data: Path) -> list[Utterance]:
    """Six short recordings of three speakers."""
    utterances = kaldi.read(shared_data / "speechocean762" / "test")
    return [u for u in utterances if sum(len(w.phones) for w in u.sentence) < 14][:6]


def same(a: Alignments, b: Alignments) -> bool:
    return (
        a.failed == b.failed
        and a.phones == b.phones
        and a.segments.keys() == b.segments.keys()
        and all(np.array_equal(a.segments[utt], b.segments[utt]) for utt in a.segments)
    )


def test_saved_alignments_come_back(tmp_path: Path) -> None:
    alignments = Alignments(
        segments={"ä": np.array([[3, 9], [9, 12]]), "none": np.zeros((0, 2)), "b": [[0, 4]]},
        failed={"c": "broken"},
        phones={"ä": "W IY", "none": "", "b": "AH", "c": "K"},
    )
    save_alignments(tmp_path / "new" / "a.npz", alignments)
    loaded = load_alignments(tmp_path / "new" / "a.npz")
    assert same(loaded, alignments)
    assert loaded.segments["ä"].dtype == np.int32
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.npz"]
    save_alignments(tmp_path / "empty.npz", Alignments())
    assert same(load_alignments(tmp_path / "empty.npz"), Alignments())


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no alignment file"):
        load_alignments(tmp_path / "a.npz")
    whole = tmp_path / "whole.npz"
    save_alignments(whole, Alignments({"b": np.array([[0, 4]])}, {}, {"b": "AH"}))
    damaged = tmp_path / "damaged.npz"
    np.savez(tmp_path / "foreign.npz", frames=np.zeros((1, 2)))
    np.savez(tmp_path / "pickle.npz", frames=np.array([{}], dtype=object), meta=np.zeros(1))
    flipped = bytearray(whole.read_bytes())
    flipped[60] ^= 0xFF
    for content in (b"", b"text", whole.read_bytes()[:-30], bytes(flipped)):
        damaged.write_bytes(content)
        with pytest.raises(InputError, match="not a whole alignment file"):
            load_alignments(damaged)
    for name in ("foreign.npz", "pickle.npz"):
        with pytest.raises(InputError, match="not a whole alignment file"):
            load_alignments(tmp_path / name)


def test_segments_follow_the_sentence_and_stay_in_the_recording(learners: list[Utterance]) -> None:
    import soundfile

    done = []
    result = align(learners, progress=lambda count, total: done.append((count, total)))
    assert done == [(count, 6) for count in range(1, 7)]
    assert not result.failed
    for u in learners:
        segments = result.segments[u.utt]
        assert segments.shape == (sum(len(word.phones) for word in u.sentence), 2)
        assert (segments[:, 0] < segments[:, 1]).all()
        assert (segments[1:, 0] >= segments[:-1, 1]).all()
        info = soundfile.info(u.wav)
        assert segments[0, 0] >= 0
        assert segments[-1, 1] * 10 <= 1000 * info.frames / info.samplerate + 30


def test_order_does_not_matter(learners: list[Utterance]) -> None:
    assert same(align(learners), align(learners[::-1]))


def test_failures_are_reported_and_stop_nothing(learners: list[Utterance], tmp_path: Path) -> None:
    good, other = learners[:2]
    noise = tmp_path / "not_sound.wav"
    noise.write_text("text")
    # Two hundred words cannot be in three seconds.
    impossible = replace(other, utt="impossible", sentence=good.sentence * 100)
    unreadable = replace(other, utt="unreadable", wav=noise)
    result = align([impossible, unreadable, good])
    assert set(result.failed) == {"impossible", "unreadable"}
    assert "does not fit its text" in result.failed["impossible"]
    assert np.array_equal(result.segments[good.utt], align([good]).segments[good.utt])


def test_an_interrupted_run_goes_on(learners: list[Utterance], tmp_path: Path) -> None:
    path = tmp_path / "a.npz"

    def stop(count: int, total: int) -> None:
        if count == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        align(learners, path, progress=stop, save_every=3)
    assert len(load_alignments(path).segments) == 3
    done = []
    result = align(learners, path, progress=lambda count, total: done.append(count))
    assert done == [4, 5, 6]
    assert same(result, align(learners))
    assert same(load_alignments(path), result)


def test_another_sentence_is_aligned_again(learners: list[Utterance], tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    align(learners[:2], path)
    first, second = learners[:2]
    changed = replace(second, sentence=(*second.sentence[:-1], Word("x", ("AH", "N"))))
    done = []
    result = align([first, changed], path, progress=lambda count, total: done.append(count))
    assert done == [2]
    assert result.phones[changed.utt].endswith("|AH N")


def test_the_same_id_twice_is_refused(learners: list[Utterance]) -> None:
    with pytest.raises(InputError, match="same id"):
        align([learners[0], learners[0]])
