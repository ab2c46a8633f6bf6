"""Crops of pairs."""

from pathlib import Path

import torch

from voicecoach import config
from voicecoach.conversion.corpus import Corpus
from voicecoach.conversion.spec import ConverterTrainSpec

CONVERT = Path(__file__).parents[2] / "conf/train/convert.yaml"


def spec(**changes):
    found = config.load(CONVERT, ConverterTrainSpec)
    return found.model_copy(update={"batch_size": 4, "frames": 32, "seed": 3} | changes)


def test_moved_targets_are_others_but_the_weights_stay(some_pairs):
    corpus = Corpus(some_pairs, range(4))
    still, moved = (next(corpus.batches(spec(shift_frames=shift), 1)) for shift in (0, 8))
    assert still.source.shape == moved.source.shape == (4, 32, 32)
    assert not torch.equal(still.target, moved.target)
    assert (still.weight <= 1).all()


def test_the_same_seed_and_epoch_give_the_same_crops(some_pairs):
    corpus = Corpus(some_pairs, range(4))
    first, again, other, later = (
        next(corpus.batches(how, epoch))
        for how, epoch in ((spec(), 1), (spec(), 1), (spec(seed=4), 1), (spec(), 2))
    )
    both = zip(vars(first).values(), vars(again).values(), strict=True)
    assert all(torch.equal(a, b) for a, b in both)
    assert not torch.equal(first.source, other.source)
    assert not torch.equal(first.source, later.source)
