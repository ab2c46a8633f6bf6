import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.scoring.batching import (
    UNKNOWN,
    answers_of,
    bucketed,
    collate_inputs,
    collate_targets,
    corrupt,
)
from voicecoach.scoring.judge import SILENCE
from voicecoach.scoring.rivals import rival_probabilities
from voicecoach.text.phones import PHONE_INDEX


def test_positions_and_words(make):
    made = make()
    assert made.phones.tolist() == [PHONE_INDEX[p] for p in ("W", "IY", "AH", "K", "AO", "L")]
    assert made.positions.tolist() == [0, 2, 3, 0, 1, 2]
    assert made.words.tolist() == [0, 0, 1, 2, 2, 2]


def test_what_replaced_a_bad_phone_is_unknown(make, sentence, labels):
    answers = answers_of(sentence, labels)
    assert answers.realised.tolist()[2] == UNKNOWN
    assert (np.delete(answers.realised, 2) == np.delete(make().phones, 2)).all()
    assert answers.words[1].tolist() == [1.0, 2.0, 1.0]
    assert answers.sentence.tolist() == [1.6, 2.0, 1.8, 1.8, 1.6]


def test_speech_without_scores_is_well_spoken(make, sentence):
    answers = answers_of(sentence, None)
    assert (answers.phones == 2).all()
    assert np.isnan(answers.words).all()
    assert (answers.realised == make().phones).all()


def test_padding_is_marked(make):
    examples = [make(80), make(60)]
    inputs = collate_inputs(examples)
    targets = collate_targets(examples, inputs, SILENCE)
    assert inputs.log_mel.shape == (2, 80, 5)
    assert inputs.lengths.tolist() == [80, 60]
    assert (inputs.log_mel[1, 60:] == 0).all()
    assert (targets.frames[1, 60:] == UNKNOWN).all()
    assert (targets.frames[0, 20:24] == UNKNOWN).all()  # the badly spoken phone
    assert (targets.frames[0, 24:30] == SILENCE).all()
    assert (targets.frames[0, 3:10] == PHONE_INDEX["W"]).all()


def test_corrupting_keeps_the_recording_and_knows_the_truth(make):
    made = make()
    rng = np.random.default_rng(0)
    exchanged = words_put_in = 0
    for _ in range(50):
        wrong = corrupt(made, rng, rival_probabilities(), SILENCE, rate=0.4)
        assert wrong.log_mel is made.log_mel
        answers = wrong.answers
        said = answers.realised != SILENCE
        # Without what was put in, the truth is still what was said, in the same order.
        assert answers.realised[said].tolist() == made.answers.realised.tolist()
        changed = said & (answers.realised != UNKNOWN) & (wrong.phones != answers.realised)
        exchanged += changed.sum()
        assert (answers.phones[changed] == 0).all()
        assert (answers.phones[~said] == 0).all()
        assert np.isnan(answers.words).all()
        assert np.isnan(answers.sentence).all()
        assert (wrong.segments[1:, 0] >= wrong.segments[:-1, 1]).all()
        assert (wrong.segments[:, 1] - wrong.segments[:, 0] >= 2).all()
        assert len(wrong.phones) == len(wrong.segments) == len(wrong.words) == len(answers.phones)
        assert set(np.diff(wrong.words)) <= {0, 1}
        assert len(answers.words) == wrong.words[-1] + 1
        words_put_in += len(answers.words) - len(made.answers.words)
    assert exchanged > 50
    assert words_put_in > 5


def test_rivals_are_probabilities_without_the_phone_itself():
    rivals = rival_probabilities()
    np.testing.assert_allclose(rivals.sum(1), 1.0)
    assert (np.diag(rivals) == 0).all()
    of_th = rivals[PHONE_INDEX["TH"]]
    assert of_th[PHONE_INDEX["S"]] > of_th[PHONE_INDEX["AA"]]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=60), st.booleans())
def test_buckets_hold_everything_once_and_stay_small(lengths, shuffled):
    rng = np.random.default_rng(0) if shuffled else None
    batches = list(bucketed(lengths, 600, rng))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= 600


def test_same_seed_same_batches():
    lengths = list(range(10, 90))
    first, second = (list(bucketed(lengths, 500, np.random.default_rng(4))) for _ in range(2))
    assert first == second
    assert first != list(bucketed(lengths, 500, np.random.default_rng(5)))


@pytest.mark.parametrize("sizes", [[60], [60, 45, 58]])
def test_inputs_keep_segments(sizes, make, segments):
    inputs = collate_inputs([make(size) for size in sizes])
    assert torch.equal(inputs.segments[0], torch.from_numpy(segments))
    assert inputs.n_words == 3
    assert inputs.phone_mask.all()
