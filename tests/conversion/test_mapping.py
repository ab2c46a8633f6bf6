"""Frequency warping, and speakers taken out and put in."""

from dataclasses import replace

import numpy as np
import pytest

from voicecoach.conversion import frames, mapping, warping
from voicecoach.conversion.mapping import FrequencyWarping
from voicecoach.conversion.voiceprint import Voiceprint


def test_warping_is_undone_by_its_opposite():
    assert warping.warp(31, 0.0) == pytest.approx(np.eye(32), abs=1e-9)
    both = warping.warp(31, 0.08) @ warping.warp(31, -0.08)
    assert both[:20, :20] == pytest.approx(np.eye(20), abs=1e-6)


def test_warping_moves_a_formant_up():
    orders, axis = np.arange(32), np.linspace(0, np.pi, 500)
    cepstrum = np.exp(-0.1 * orders) * np.cos(orders * 1.0)
    peaks = [
        axis[np.argmax((cepstrum @ warping.warp(31, alpha)) @ np.cos(orders[:, None] * axis))]
        for alpha in (-0.08, 0.0, 0.08)
    ]
    assert peaks[0] < peaks[1] < peaks[2]


def test_a_longer_vocal_tract_is_found(reference_print, lower_print):
    assert warping.choose(reference_print, reference_print) == pytest.approx(0.0, abs=1e-9)
    assert warping.choose(reference_print, lower_print) < 0
    assert warping.choose(lower_print, reference_print) > 0


def test_a_speaker_put_in_again_is_the_same(lower_print):
    rng = np.random.default_rng(0)
    mcep, share = rng.normal(size=(20, 32)), rng.uniform(size=20)
    rows = mapping.normalise(mcep, share, lower_print)
    assert mapping.denormalise(rows, share, lower_print) == pytest.approx(mcep)


def test_warped_speech_has_the_mean_and_the_variance_of_the_target(
    recordings, reference_print, lower_print
):
    spoken = [frames.analyse(waveform) for waveform, _ in recordings]
    made = [
        replace(x, mcep=FrequencyWarping().convert(x, lower_print, reference_print)) for x in spoken
    ]
    loud, aim = Voiceprint.of(made).loud, reference_print.loud
    difference = loud.mean[1] - aim.mean[1]
    assert np.abs(difference / aim.deviation[1]).max() < 0.3
    assert np.abs(np.log(loud.deviation[1] / aim.deviation[1]))[1:].max() < 0.3


def test_melody_moves_to_the_target(reference_print, lower_print):
    own = np.array([reference_print.log_f0[0]])
    assert mapping.melody(own, reference_print, lower_print) == pytest.approx(
        lower_print.log_f0[:1]
    )
