import numpy as np
import pytest
import torch
from torch.testing import assert_close

from voicecoach.coaching.tokens import (
    CEILINGS_HZ,
    INNER,
    N_EXPLICIT,
    N_MEASURED,
    assemble,
    measure,
    moments_of,
)
from voicecoach.text.phones import PHONE_INDEX

SEGMENTS = np.array([[0, 6], [6, 18], [18, 19], [19, 40]])
PHONES = np.array([PHONE_INDEX[phone] for phone in ("S", "IY", "T", "AA")])
N_FRAMES, MELS, HEARD = 40, 5, 3


def make(phones=PHONES, segments=SEGMENTS):
    """Tokens of a recording in which every value is known: what is heard and seen is the time."""
    moments = moments_of(segments, N_FRAMES)
    frames = torch.arange(N_FRAMES, dtype=torch.float32)[:, None]
    steps = torch.arange(N_FRAMES // 2, dtype=torch.float32)[:, None]
    measured = np.random.default_rng(0).normal(7, 0.3, (len(phones), 10, N_MEASURED))
    measured = measured.astype(np.float32)
    tokens = assemble(
        steps.expand(-1, HEARD), frames.expand(-1, MELS), measured, moments, segments, phones, 10.0
    )
    return tokens, moments, measured


def test_moments_lie_within_the_phone_and_beside_it():
    moments = moments_of(SEGMENTS, N_FRAMES)
    assert moments.shape == (4, 10)
    assert (np.diff(moments, axis=1) >= 0).all()
    assert ((moments >= 0) & (moments < N_FRAMES - 1)).all()
    inner = moments[1, INNER]
    # Frame k stands for the time from k to k + 1, so the middle of frames 6 to 17 is 11.5.
    assert inner.mean() == pytest.approx(11.5)
    np.testing.assert_allclose(np.diff(inner), 2.0)
    np.testing.assert_array_equal(moments[1, [0, 1, 8, 9]], [0, 3, 20, 25])


def test_values_are_those_of_the_moments():
    tokens, moments, measured = make()
    assert tokens.inputs.shape == (4, 10, HEARD + MELS + N_EXPLICIT)
    at = torch.from_numpy(moments).float()
    assert_close(tokens.inputs[..., HEARD : HEARD + MELS], at[..., None].expand(-1, -1, MELS))
    half = (at / 2).clamp(max=N_FRAMES / 2 - 1.001)
    assert_close(tokens.inputs[..., :HEARD], half[..., None].expand(-1, -1, HEARD))
    assert_close(tokens.inputs[..., -N_EXPLICIT:-1], torch.from_numpy(measured))
    duration_ms = tokens.inputs[..., -1].exp()
    assert_close(duration_ms, torch.tensor([60.0, 120, 10, 210])[:, None].expand(-1, 10))


def test_the_context_is_the_whole_recording_and_its_voice():
    tokens, _, _ = make()
    width = tokens.inputs.shape[-1]
    middles = tokens.inputs[:, 4:6].mean(1)
    assert_close(tokens.context, tokens.context[:1].expand(4, -1))
    assert_close(tokens.context[0, :width], middles.mean(0))
    assert_close(tokens.context[0, width:], middles[[1, 3]].mean(0))  # IY and AA
    noise, _, _ = make(np.full(4, PHONE_INDEX["S"]))
    assert (noise.context[0, width:] == 0).all()


def test_formants_are_those_of_the_sound_below_each_ceiling():
    rate = 16000
    time_s = np.arange(rate // 2) / rate
    gains = [
        (k, sum(1 / (1 + ((k - hz) / 60) ** 2) for hz in (700, 1220, 2600, 3500, 4400)))
        for k in range(100, 7900, 100)
    ]
    buzz = sum((gain + 1e-3) * np.cos(2 * np.pi * k * time_s) for k, gain in gains)
    vowel = (0.3 * buzz / np.abs(buzz).max()).astype(np.float32)
    wave = np.concatenate([np.zeros(rate // 2, np.float32), vowel])
    moments = moments_of(np.array([[5, 30], [65, 85]]), 100)
    measured = measure(wave, rate, moments, 10.0).reshape(2, 10, len(CEILINGS_HZ), 3)
    assert measured.dtype == np.float32
    nothing = measure(np.zeros(rate, np.float32), rate, moments, 10.0)
    np.testing.assert_allclose(np.exp(nothing), 50.0, rtol=1e-3)  # none were found
    found = np.exp(measured[1, INNER, 0])
    np.testing.assert_allclose(found, np.tile([700, 1220, 2600], (6, 1)), rtol=0.08)
