"""Shares of learners, and what is missing."""

import numpy as np
import pytest

from voicecoach.conversion import measuring, systems
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError


def test_aims_are_shares_of_learners():
    def rows(*values):
        return np.array([(value, 1.0) for value in values])

    sums = {
        "recording": {"word_error_rate": rows(0.4, 0.2, 0.0, 0.0), "to_learner": rows(0.95, 0.95)},
        "resynthesis": {"to_learner": rows(0.9, 0.9)},
        "reference": {"to_learner": rows(0.5, 0.5), "mcd_db": rows(9, 9)},
        "nativised": {"word_error_rate": rows(0.1, 0.2, 0.0, 0.1), "to_learner": rows(0.8, 0.6)},
        "vtln": {
            "to_learner": rows(0.7, 0.6),
            "to_reference": rows(0.6, 0.7),
            "mcd_db": rows(7, 7),
        },
    }
    found = measuring._aims(sums, "reference", {"n_draws": 0, "seed": 0})
    values = {name: value["value"] for name, value in found.items()}
    assert values == pytest.approx(
        {
            "nativised: word_error_rate below the learner's own": 0.25,
            "nativised: word_error_rate below the learner's own, or none in both": 0.5,
            "nativised: similarity above the midpoint, by": 0.0,
            "nativised: similarity above the midpoint": 0.5,
            "vtln: nearer to the learner": 0.5,
        }
    )


def test_an_unfinished_stage_is_told(tmp_path, some_pairs):
    with pytest.raises(InputError, match="run stage 5"):
        measuring.measure(tmp_path, [], some_pairs)


def test_a_single_sentence_cannot_enrol_and_be_converted(tmp_path):
    alone = Utterance("a0", "a", tmp_path / "a0.wav", "BEAR", ())
    with pytest.raises(InputError, match="one sentence"):
        systems.learners([alone], {"a"}, 2)
