import pytest

from voicecoach.data.folds import speaker_folds


def test_folds_are_equal_and_do_not_depend_on_the_order():
    speakers = [f"s{i % 13}" for i in range(100)]
    folds = speaker_folds(speakers, 5)
    sizes = [list(folds.values()).count(fold) for fold in range(5)]
    assert sorted(sizes) == [2, 2, 3, 3, 3]
    assert folds == speaker_folds(speakers[::-1], 5)
    assert folds != speaker_folds(speakers, 5, seed=1)


@pytest.mark.parametrize("n_folds", [1, 4])
def test_impossible_folds(n_folds):
    with pytest.raises(ValueError, match="cannot be dealt"):
        speaker_folds(["a", "b", "c"], n_folds)
