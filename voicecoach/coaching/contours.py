"""Pitch contours, and the reference's in the learner's time."""

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.audio.filters import band_limit
from voicecoach.audio.world import F0_CEILING_HZ, F0_FLOOR_HZ
from voicecoach.coaching.results import Contour, Reference
from voicecoach.scoring.results import SentenceScore

if TYPE_CHECKING:
    from voicecoach.synthesis.voice import Speech

_FRAME_MS = 10.0
_QUIETEST_DB = -25.0  # below the louder frames; Harvest goes on into silence, at any pitch
_HIGHEST_HZ = 1000.0  # a voice is loud below, the hiss of a consonant above
_SMOOTH_FRAMES = 5


def measure_contour(waveform: np.ndarray, sample_rate: int) -> Contour:
    """The pitch of a recording every 10 ms (Harvest; Morise, 2017), where it is loud enough.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz, 8000 to 96000.
    """
    import pyworld
    from scipy.ndimage import median_filter

    samples = np.ascontiguousarray(waveform, dtype=np.float64)
    f0, times_s = pyworld.harvest(
        samples,
        sample_rate,
        f0_floor=F0_FLOOR_HZ,
        f0_ceil=F0_CEILING_HZ,
        frame_period=_FRAME_MS,
    )
    voiced = (f0 > 0) & _loud(samples, sample_rate, len(f0))
    semitones = np.full(len(f0), np.nan)
    if voiced.any():
        smooth = median_filter(f0, _SMOOTH_FRAMES)
        voiced &= smooth > 0
        semitones[voiced] = 12 * np.log2(smooth[voiced] / np.median(smooth[voiced]))
    return Contour(1000 * times_s, semitones)


def measure_reference(speech: "Speech") -> Reference:
    """What pictures need of a sentence that the reference voice has spoken."""
    return Reference(measure_contour(speech.waveform, speech.sample_rate), speech.phones)


def align_contour(reference: Reference, score: SentenceScore) -> Contour:
    """The reference's contour, with every phone where the learner says it.

    Phones that both say are anchors, between which time runs evenly; sounds that were left out, or
    that only one of them says, are passed over. Without a common phone it begins and ends with the
    learner's first and last sound.

    Args:
        reference: with its own times.
        score: of the learner's recording.
    """
    said = [p for word in score.words for p in word.phones if p.end_ms > p.start_ms]
    spoken = reference.phones
    matcher = SequenceMatcher(
        None, [phone for phone, _, _ in spoken], [phone.phone for phone in said], autojunk=False
    )
    own, learners = [], []
    for block in matcher.get_matching_blocks():
        for i in range(block.size):
            _, start_ms, end_ms = spoken[block.a + i]
            phone = said[block.b + i]
            own += [start_ms, end_ms]
            learners += [phone.start_ms, phone.end_ms]
    if not own and spoken and said:
        own = [spoken[0][1], spoken[-1][2]]
        learners = [said[0].start_ms, said[-1].end_ms]
    times = reference.contour.times_ms
    if not own:
        return reference.contour
    inside = (times >= own[0]) & (times <= own[-1])  # nothing is known of what lies outside
    moved = np.interp(times[inside], own, learners)
    return Contour(moved, reference.contour.semitones[inside])


def _loud(samples: np.ndarray, sample_rate: int, n_frames: int) -> np.ndarray:
    """Which frames, (n_frames,), lie within ``_QUIETEST_DB`` of the louder ones."""
    hop = sample_rate * _FRAME_MS / 1000
    low = band_limit(samples, sample_rate, 0, _HIGHEST_HZ)
    energy = np.concatenate([[0.0], np.cumsum(low**2)])
    middles = np.arange(n_frames) * hop
    edges = np.clip(np.stack([middles - hop, middles + hop]), 0, len(samples)).astype(int)
    power = np.diff(energy[edges], axis=0)[0] / (2 * hop)
    return power > np.percentile(power, 90) * 10 ** (_QUIETEST_DB / 10)
