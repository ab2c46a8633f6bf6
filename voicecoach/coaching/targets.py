"""From tracks to what the parts head should say of each phone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from voicecoach.coaching.parts import N_MOMENTS, N_PARTS, WIDTH
from voicecoach.coaching.tracks import CEILINGS_HZ, FRAME_SHIFT_MS, Tracks
from voicecoach.data.utterance import Utterance
from voicecoach.text.phones import CLASS_OF, SONORANTS

_HIGHEST_F0_HZ = 300.0  # above, harmonics are too far apart to show a formant
_MOST_DISAGREEMENT = 0.12  # of log Hz, between this ceiling and its neighbours
_MOST_SPREAD = 0.15  # of log Hz, between the quartiles of the middle half of a phone
_LEAST_VOWELS = 8  # to choose a ceiling by
_USUAL = 4  # index of the ceiling of a speaker with fewer


def choose_ceilings(
    utterances: Sequence[Utterance],
    tracks: Mapping[str, Tracks],
    segments: Mapping[str, np.ndarray],
) -> dict[str, int]:
    """The ceiling of each speaker: that with the smallest variance within vowels (Escudero et al.,
    JASA 2009).

    Returns:
        speaker -> index in ``CEILINGS_HZ``.
    """
    found: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for utterance in utterances:
        if utterance.utt not in segments:
            continue
        one = tracks[utterance.utt]
        log_hz, usable = _log_formants(one), _usable(one)
        phones = [phone for word in utterance.sentence for phone in word.phones]
        for phone, (start, end) in zip(phones, segments[utterance.utt], strict=True):
            middle = _middle(start, end)
            if CLASS_OF[phone] == "vowel" and end - start >= 4 and usable[middle].sum() >= 2:
                median = np.median(log_hz[middle][usable[middle]], axis=0)
                found[utterance.speaker][phone].append(median)
    ceilings = {}
    for speaker in {utterance.speaker for utterance in utterances}:
        tokens = [np.stack(t) for t in found[speaker].values() if len(t) > 1]
        variance = sum(len(t) * t[:, :, :2].var(axis=0).sum(-1) for t in tokens)
        enough = sum(map(len, tokens)) >= _LEAST_VOWELS
        ceilings[speaker] = int(np.argmin(variance)) if enough else _USUAL
    return ceilings


def targets_of(
    utterance: Utterance, tracks: Tracks, segments: np.ndarray, ceiling: int
) -> np.ndarray:
    """(n_phones, N_PARTS) float32, NaN where something cannot be measured.

    Formants are those of voiced frames whose F0 is at most 300 Hz, where the neighbouring ceilings
    agree and, for the middle of a phone, where they keep still.

    Args:
        utterance: says which phones.
        tracks: of its recording.
        segments: (n_phones, 2) in frames.
        ceiling: index in ``CEILINGS_HZ``.
    """
    log_hz, usable = _log_formants(tracks), _usable(tracks)
    own = log_hz[:, ceiling]
    around = [max(0, ceiling - 1), min(len(CEILINGS_HZ) - 1, ceiling + 1)]
    disagreement = np.abs(log_hz[:, around] - own[:, None]).max((1, 2))
    steady = np.where((usable & (disagreement <= _MOST_SPREAD))[:, None], own, np.nan)
    bands_db = tracks.bands_db.astype(np.float32)
    level = 10 * np.log10(np.mean(10 ** (bands_db / 10), axis=1) + 1e-12)
    speech = np.zeros(len(level), dtype=bool)
    for start, end in segments:
        speech[start:end] = True
    loud = np.percentile(level[speech], 80) if speech.any() else 0.0
    voiced = tracks.voiced & (tracks.f0 > 0)
    log_f0 = np.where(voiced, np.log(np.maximum(tracks.f0, 1.0)), np.nan)
    frames = np.concatenate(
        [steady, np.stack([log_f0, voiced, level - loud], 1), bands_db - loud], axis=1
    )
    phones = [phone for word in utterance.sentence for phone in word.phones]
    targets = np.full((len(phones), N_PARTS), np.nan, dtype=np.float32)
    for row, phone, (start, end) in zip(targets, phones, segments, strict=True):
        start, end = min(start, len(level) - 1), min(end, len(level))
        if phone in SONORANTS:
            row[:3] = _middle_formants(log_hz, usable, _middle(start, end), ceiling, around)
        row[3] = np.log(max(end - start, 1) * FRAME_SHIFT_MS)
        row[4:] = _moments(frames, start, end).ravel()
    return targets


def _log_formants(tracks: Tracks) -> np.ndarray:
    return np.log(np.maximum(np.nan_to_num(tracks.formants.astype(np.float32)), 50.0))


def _usable(tracks: Tracks) -> np.ndarray:
    return (tracks.f0 > 0) & (tracks.f0 < _HIGHEST_F0_HZ)


def _middle(start: int, end: int) -> slice:
    """The middle half."""
    quarter = (end - start) // 4
    return slice(start + quarter, max(start + quarter + 1, end - quarter))


def _middle_formants(
    log_hz: np.ndarray, usable: np.ndarray, middle: slice, ceiling: int, around: list[int]
) -> np.ndarray:
    """(3,) medians, NaN where they cannot be relied on."""
    frames = log_hz[middle][usable[middle]]
    if len(frames) < 2:
        return np.full(3, np.nan)
    medians = np.median(frames, axis=0)
    low, high = np.percentile(frames[:, ceiling], [25, 75], axis=0)
    disagreement = np.abs(medians[around] - medians[ceiling]).max()
    reliable = disagreement < _MOST_DISAGREEMENT and (high - low).max() < _MOST_SPREAD
    return medians[ceiling] if reliable else np.full(3, np.nan)


def _moments(frames: np.ndarray, start: int, end: int) -> np.ndarray:
    """(N_MOMENTS, WIDTH) means over equal shares of a phone, of what is known."""
    share = (end - start) * np.arange(N_MOMENTS + 1) / N_MOMENTS
    first = np.floor(start + share[:-1]).astype(int)
    after = np.minimum(np.maximum(np.ceil(start + share[1:]).astype(int), first + 1), len(frames))
    moments = np.full((N_MOMENTS, WIDTH), np.nan)
    for moment, a, b in zip(moments, first, after, strict=True):
        known = np.isfinite(frames[a:b])
        count = known.sum(0)
        total = np.where(known, frames[a:b], 0.0).sum(0)
        moment[count > 0] = total[count > 0] / count[count > 0]
    return moments
