"""What changes in which stretch of a recording, and what that means for each frame of WORLD."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voicecoach.audio.joints import FRAME_S
from voicecoach.audio.resynthesis import Change, smooth

MARGIN_S = 0.03
"""Spoken before and after a stretch, to find its phase and to fade."""
_NEAR_S = 0.02  # less of the recording between two stretches is not worth two more joints
_SHORTEST_RATIO, _LONGEST_RATIO = 0.25, 4.0
_FAR = 1 << 30  # samples


@dataclass(frozen=True, eq=False)
class Edit:
    """What changes in one stretch of a recording. One that changes nothing is resynthesised too.

    Attributes:
        start_ms: where it begins.
        end_ms: where it ends; what lies beyond the recording is cut off.
        envelope_db: (n_frames, n_bands) added to the spectral envelope, in the bands given to
            ``morph``; rows are spread evenly over the stretch, with straight lines between.
        duration_ratio: above 0; 1.5 is half as long again. 0.25 to 4 are done at most.
        pitch_cents: added to the pitch: one number, or (n,) spread evenly.
        voicing: share of the voice, 0 to 1. 0.0 whispers; 1.0 voices what is unvoiced too, with
            the pitch and aperiodicity of the nearest voice within 0.1 s (without one nothing
            changes); None leaves all as it is.
    """

    start_ms: float
    end_ms: float
    envelope_db: np.ndarray | None = None
    duration_ratio: float = 1.0
    pitch_cents: float | np.ndarray = 0.0
    voicing: float | None = None


@dataclass(frozen=True, eq=False)
class Stretch:
    """Edits that touch.

    Attributes:
        edits: in order of time.
        old: (n_edits + 1,) samples of the recording between which they lie.
        new: (n_edits + 1,) samples after the start of the stretch where these borders go to.
    """

    edits: tuple[Edit, ...]
    old: np.ndarray
    new: np.ndarray

    def times_s(self, sample_rate: int) -> tuple[np.ndarray, list[tuple[float, float]]]:
        """Where frames ``FRAME_S`` apart are taken from, with ``MARGIN_S`` on either side.

        Returns:
            (n_frames,) seconds in the recording, which may lie beyond it; and where the stretch
            begins and ends: seconds in the recording, and after the first frame.
        """
        new = self._frames(sample_rate)
        beyond_new = [-_FAR, *self.new, self.new[-1] + _FAR]
        beyond_old = [self.old[0] - _FAR, *self.old, self.old[-1] + _FAR]
        ends = zip(self.old[[0, -1]].tolist(), (self.new[[0, -1]] - new[0]).tolist(), strict=True)
        joints_s = [(old / sample_rate, new / sample_rate) for old, new in ends]
        return np.interp(new, beyond_new, beyond_old) / sample_rate, joints_s

    def _frames(self, sample_rate: int) -> np.ndarray:
        """(n_frames,) samples after the start of the stretch."""
        margin = round(MARGIN_S * sample_rate)
        n_frames = int(np.ceil((self.new[-1] + 2 * margin) / (FRAME_S * sample_rate))) + 1
        return np.arange(n_frames) * FRAME_S * sample_rate - margin

    def change(self, sample_rate: int, band_hz: np.ndarray, exaggerate: float) -> Change:
        """What is done to each frame. Before and after the stretch the same as at its ends, only
        the pitch is that of the recording there: pulses at another distance do not fade well.

        Args:
            sample_rate: Hz.
            band_hz: (n_bands,) centres.
            exaggerate: multiplies decibels and cents.
        """
        new = self._frames(sample_rate)
        owner = np.clip(np.searchsorted(self.new, new, side="right") - 1, 0, len(self.edits) - 1)
        envelope_db = np.zeros((len(new), len(band_hz)))
        cents, voicing = np.zeros(len(new)), np.full(len(new), np.nan)
        for index, edit in enumerate(self.edits):
            mine = owner == index
            place = (new[mine] - self.new[index]) / (self.new[index + 1] - self.new[index])
            if edit.envelope_db is not None:
                envelope_db[mine] = _spread(np.asarray(edit.envelope_db), place)
            cents[mine] = _spread(np.atleast_1d(edit.pitch_cents), place)
            if edit.voicing is not None:
                voicing[mine] = edit.voicing
        return Change(
            exaggerate * smooth(envelope_db), band_hz, exaggerate * smooth(cents), voicing
        )


def place(
    edits: Sequence[Edit], n_samples: int, sample_rate: int, n_bands: int, exaggerate: float
) -> list[Stretch]:
    """Puts edits in order and joins those that touch or are less than 20 ms apart.

    Args:
        edits: in any order.
        n_samples: of the recording.
        sample_rate: Hz.
        n_bands: of the envelopes.
        exaggerate: power of the duration ratios.

    Raises:
        ValueError: edits overlap, lie outside the recording or hold impossible values.
    """
    near = _NEAR_S * sample_rate
    stretches: list[list[tuple[int, int, Edit]]] = []
    end = -_FAR
    for edit in sorted(edits, key=lambda edit: edit.start_ms):
        _check(edit, n_bands)
        times = np.array([edit.start_ms, edit.end_ms]) * sample_rate / 1000
        start, next_end = (int(x) for x in np.clip(np.round(times), 0, n_samples))
        if start >= next_end:
            raise ValueError(f"{_name(edit)} holds nothing of the recording")
        if start < end:
            raise ValueError(f"{_name(edit)} overlaps the one before it")
        if start - end >= near:
            stretches.append([])
        elif start > end:
            stretches[-1].append((end, start, Edit(0, 0)))
        stretches[-1].append((start, next_end, edit))
        end = next_end
    return [_stretch(pieces, exaggerate) for pieces in stretches]


def _stretch(pieces: Sequence[tuple[int, int, Edit]], exaggerate: float) -> Stretch:
    edits = tuple(edit for _, _, edit in pieces)
    old = np.array([start for start, _, _ in pieces] + [pieces[-1][1]])
    ratios = np.array([edit.duration_ratio for edit in edits]) ** exaggerate
    lengths = np.diff(old) * np.clip(ratios, _SHORTEST_RATIO, _LONGEST_RATIO)
    lengths = np.maximum(1, np.round(lengths)).astype(int)
    return Stretch(edits, old, np.concatenate([[0], np.cumsum(lengths)]))


def _spread(rows: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Rows spread evenly over 0 to 1, at some places."""
    at = np.clip(place * len(rows) - 0.5, 0, len(rows) - 1)
    left = at.astype(int)
    share = (at - left).reshape(-1, *[1] * (rows.ndim - 1))
    return rows[left] * (1 - share) + rows[np.minimum(left + 1, len(rows) - 1)] * share


def _check(edit: Edit, n_bands: int) -> None:
    numbers = [edit.start_ms, edit.end_ms, edit.duration_ratio, edit.voicing or 0.0]
    cents = np.asarray(edit.pitch_cents)
    if not (np.isfinite(numbers).all() and np.isfinite(cents).all()):
        raise ValueError(f"{_name(edit)} holds values that are no numbers")
    if cents.ndim > 1 or not cents.size:
        raise ValueError(f"pitch_cents of {_name(edit)} must be one number or one row")
    if not edit.duration_ratio > 0:
        raise ValueError(f"duration_ratio of {_name(edit)} must be above 0")
    if not 0 <= (edit.voicing or 0.0) <= 1:
        raise ValueError(f"voicing of {_name(edit)} must be 0 to 1, or None")
    if edit.envelope_db is None:
        return
    shape = np.shape(edit.envelope_db)
    if len(shape) != 2 or not shape[0] or shape[1] != n_bands or not n_bands:
        raise ValueError(f"envelope_db of {_name(edit)} is {shape}, not (n_frames, {n_bands})")
    if not np.isfinite(edit.envelope_db).all():
        raise ValueError(f"{_name(edit)} holds values that are no numbers")


def _name(edit: Edit) -> str:
    return f"the edit of {edit.start_ms:g} to {edit.end_ms:g} ms"
