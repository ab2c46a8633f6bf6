from pathlib import Path

import pytest

from voicecoach.data.folds import in_fold, speaker_folds
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.text.transcribe import transcribe


def test_folds_are_equal_and_do_not_depend_on_the_order():
    speakers = [f"s{i % 13}" for i in range(100)]
    folds = speaker_folds(speakers, 5)
    sizes = [list(folds.values()).count(fold) for fold in range(5)]
    assert sorted(sizes) == [2, 2, 3, 3, 3]
    assert folds == speaker_folds(speakers[::-1], 5)
    assert folds != speaker_folds(speakers, 5, seed=1)


@pytest.mark.parametrize("n_folds", [1, 4])
def test_impossible_folds(n_folds):
    with pytest.raises(InputError, match="cannot be dealt"):
        speaker_folds(["a", "b", "c"], n_folds)


def test_folds_share_no_speaker():
    words = transcribe("we")
    everybody = [Utterance(f"u{i}", f"s{i % 3}", Path("a.wav"), "we", words) for i in range(6)]
    folds = [in_fold(everybody, fold, 2) for fold in range(2)]
    assert sorted(len({utterance.speaker for utterance in fold}) for fold in folds) == [1, 2]
    assert sorted(u.utt for fold in folds for u in fold) == [u.utt for u in everybody]
    assert in_fold(everybody, None, 2) == everybody
