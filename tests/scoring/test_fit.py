import numpy as np
import pytest

from voicecoach.scoring.fit import measure_fit
from voicecoach.scoring.placing import SILENCE, place
from voicecoach.text.phones import PHONE_INDEX


def posteriors(*runs):
    """(n_frames, 40) of phones (None: silence) that last some frames each, heard with 90 %."""
    classes = [SILENCE if p is None else PHONE_INDEX[p] for p, n in runs for _ in range(n)]
    rows = np.full((len(classes), SILENCE + 1), 0.1 / SILENCE)
    rows[np.arange(len(classes)), classes] = 0.9
    return np.log(rows)


def fit_of(sentence, *runs):
    rows = posteriors(*runs)
    return measure_fit(rows, place(rows, sentence, variants=False), 10.0)


RIGHT = [("W", 8), ("IY", 8), ("AH", 8), ("K", 8), ("AO", 8), ("L", 8)]


def test_the_sentence_itself_fits(sentence):
    fit = fit_of(sentence, (None, 10), *RIGHT, (None, 10))
    assert fit.gap == pytest.approx(0)
    assert fit.heard == 1
    assert fit.speech_ms == 480
    assert fit.starts_in_speech == pytest.approx(0.1)
    assert fit.ends_in_speech == pytest.approx(0.1)


def test_other_sounds_do_not(sentence):
    fit = fit_of(sentence, (None, 10), *[(p, 12) for p in ("M", "EH", "T", "S")], (None, 10))
    assert fit.gap < -3
    assert fit.heard == 0
    assert fit.speech_ms == 480


def test_speech_at_the_edges(sentence):
    fit = fit_of(sentence, *RIGHT)
    assert fit.starts_in_speech > 0.99
    assert fit.ends_in_speech > 0.99


def test_silence_is_no_speech(sentence):
    fit = fit_of(sentence, (None, 60))
    assert fit.speech_ms == 0
    assert fit.heard == 0
    assert fit.gap < -3
