"""Whether recordings are of one person: speaker verification on a few statistics of each.

The two-covariance model (Brümmer and de Villiers, "The speaker partitioning problem", Odyssey
2010):
what is measured of a clip is the speaker's own mean, drawn once, and a deviation, drawn for every
clip; both are normally distributed. How much more likely one speaker is for two sets of clips than
two speakers then has a closed form, whatever the sizes of the sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from voicecoach import pretrained
from voicecoach.conversion import frames
from voicecoach.errors import InputError
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.training import checkpoint

DEFAULT, KIND = "verifier-en", "verifier"
LEAST_VOICED_S = 0.3
"""Of a clip, to be compared at all."""
_IN_COMMON = 0.2
"""Clips of one session deviate alike, which the model does not know: n count as n / (1 + 0.2 (n -
1)), so that the mean of many is not taken for certain."""
_HALF = 1 / 3
"""Of the clips: with more than that, a second person is no exception."""


@dataclass(frozen=True, eq=False)
class ClipStatistics:
    """What a clip says about who speaks.

    Attributes:
        values: (n_values,) means and log deviations of voiced mel-cepstra and the means of
            unvoiced ones, all without c_0, then median and log spread of log F0.
        pitch_hz: the median.
    """

    values: np.ndarray
    pitch_hz: float

    @classmethod
    def of(cls, clip: Vocoded) -> "ClipStatistics | None":
        """None where there is less voice than ``LEAST_VOICED_S``."""
        speech = frames.is_speech(clip.mcep)
        voiced, unvoiced = speech & clip.voiced, speech & ~clip.voiced
        if voiced.sum() < LEAST_VOICED_S * frames.FRAMES_PER_S:
            return None
        own = clip.mcep[voiced, 1:]
        other = clip.mcep[unvoiced, 1:] if unvoiced.sum() > 1 else own
        low, middle, high = np.quantile(clip.log_f0[voiced], [0.25, 0.5, 0.75])
        parts = (
            own.mean(axis=0),
            np.log(own.std(axis=0).clip(1e-3)),
            other.mean(axis=0),
            [middle, np.log(max(high - low, 1e-2))],
        )
        return cls(np.concatenate(parts).astype(np.float64), float(np.exp(middle)))

    @classmethod
    def measure(cls, waveform: np.ndarray) -> "ClipStatistics | None":
        """``of`` a waveform, (n_samples,) at 16 kHz."""
        return cls.of(frames.analyse(frames.check(waveform)))


@dataclass(frozen=True, eq=False)
class Verifier:
    """Compares clips. Make it with ``fit`` or ``from_pretrained``.

    Attributes:
        centre: (n_values,) of all speakers.
        projection: (n_directions, n_values): in its coordinates clips of one speaker have variance
            1 in every direction, and none that are correlated.
        between: (n_directions,) variance of the speakers there.
        least_score: log likelihood ratio below which two sets are of two people.
    """

    centre: np.ndarray
    projection: np.ndarray
    between: np.ndarray
    least_score: float

    @classmethod
    def fit(
        cls, clips: np.ndarray, speakers: Sequence[str], n_directions: int, least_score: float = 0.0
    ) -> "Verifier":
        """Fitted on clips of many speakers, of several each.

        Args:
            clips: (n_clips, n_values) of ``ClipStatistics``.
            speakers: of each clip.
            n_directions: those that tell speakers apart best are kept.
            least_score: chosen elsewhere.
        """
        names = np.array(speakers)
        groups = [clips[names == name] for name in sorted(set(speakers))]
        means = np.stack([group.mean(axis=0) for group in groups])
        rest = np.concatenate([group - mean for group, mean in zip(groups, means, strict=True)])
        within = rest.T @ rest / (len(rest) - len(groups))
        # The means of few clips differ by chance too.
        chance = within * np.mean([1 / len(group) for group in groups])
        whiten = np.linalg.inv(np.linalg.cholesky(within))
        between, turn = np.linalg.eigh(whiten @ (np.cov(means.T) - chance) @ whiten.T)
        best = np.argsort(between)[::-1][:n_directions]
        return cls(
            means.mean(axis=0), turn[:, best].T @ whiten, between[best].clip(0.0), least_score
        )

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path | None = None) -> "Verifier":
        """Loads what ``save`` wrote; None takes the packaged one.

        Raises:
            InputError: there is none, or it is damaged or no verifier.
        """
        folder = pretrained.resolve(name_or_folder or DEFAULT)
        found = checkpoint.load(folder)
        if found.config.get("kind") != KIND:
            raise InputError(f"The checkpoint {folder} is no verifier.")
        try:
            arrays = {
                name: found.tensors[name].double().numpy().copy()
                for name in ("centre", "projection", "between")
            }
        except KeyError as error:
            raise InputError(f"The checkpoint {folder} is damaged: it has no {error}.") from error
        return cls(**arrays, least_score=float(found.config["least_score"]))

    def save(self, folder: str | Path, card: str) -> Path:
        """Writes a checkpoint with its card. Raises ``InputError`` where that is impossible."""
        tensors = {
            name: torch.from_numpy(np.asarray(getattr(self, name), dtype=np.float32))
            for name in ("centre", "projection", "between")
        }
        config = {"kind": KIND, "least_score": round(self.least_score, 3)}
        return checkpoint.save_folder(folder, config, tensors, card=card)

    def place(self, clips: np.ndarray) -> np.ndarray:
        """(..., n_values) -> (..., n_directions)."""
        return (clips - self.centre) @ self.projection.T

    def score(
        self, sum_a: np.ndarray, n_a: int | np.ndarray, sum_b: np.ndarray, n_b: int | np.ndarray
    ) -> np.ndarray:
        """How much more likely one speaker of both sets is than two, as a log ratio.

        Args:
            sum_a: (..., n_directions) sum over a set of clips that were placed.
            n_a: how many those are, (..., 1).
            sum_b: likewise of another set.
            n_b: likewise.

        Returns:
            (...); above 0 speaks for one speaker.
        """
        together = self._evidence(sum_a + sum_b, n_a + n_b)
        return together - self._evidence(sum_a, n_a) - self._evidence(sum_b, n_b)

    def _evidence(self, total: np.ndarray, n: int | np.ndarray) -> np.ndarray:
        """Log likelihood of a set, without what two ways to part clips have in common."""
        grown = 1.0 + n * self.between
        return (self.between * np.square(total) / grown - np.log(grown)).sum(axis=-1) / 2.0

    def compare(self, clips: np.ndarray, others: np.ndarray) -> float:
        """``score`` of two sets, (n_clips, n_directions) and (n_others, n_directions) placed."""
        n_a, n_b = _count(len(clips)), _count(len(others))
        return float(self.score(n_a * clips.mean(axis=0), n_a, n_b * others.mean(axis=0), n_b))

    def part(self, placed: np.ndarray) -> list[int]:
        """Which clips are of the person that most are of.

        First the two sets that differ most are looked for: where both are large, and two people are
        more likely, nobody can say whose voice it is. Then the clip that is least like the others
        is left out, as long as another person is more likely, and those that fit are taken back.

        Args:
            placed: (n_clips, n_directions).

        Returns:
            Indices, sorted; none where there is no such person.
        """
        n = len(placed)
        small, large = self.halves(placed) if n > 1 else ([], [0])
        apart = self.compare(placed[small], placed[large]) if small else 0.0
        if len(small) > _HALF * n and apart < self.least_score:
            return []
        main, left_out = list(range(n)), []
        while len(main) > 1:
            scores = [self._beside(i, main, placed) for i in main]
            if min(scores) >= self.least_score:
                break
            left_out.append(main.pop(int(np.argmin(scores))))
        while left_out:
            scores = [self._beside(i, main, placed) for i in left_out]
            if max(scores) < self.least_score:
                break
            main.append(left_out.pop(int(np.argmax(scores))))
        return sorted(main) if 2 * len(main) > n else []

    def halves(self, placed: np.ndarray) -> tuple[list[int], list[int]]:
        """Indices of the two sets, the smaller first, that are left when of (n_clips, n_directions)
        the two most alike sets are joined again and again; two clips at least."""
        sets, sums = [[i] for i in range(len(placed))], placed.copy()
        while len(sets) > 2:
            n = np.array([len(own) for own in sets])[:, None]
            counts, weighed = _count(n), sums / n * _count(n)
            scores = self.score(weighed[:, None], counts[:, None], weighed, counts)
            scores[np.tril_indices(len(sets))] = -np.inf
            a, b = np.unravel_index(scores.argmax(), scores.shape)
            sets[a] += sets.pop(b)
            sums[a] += sums[b]
            sums = np.delete(sums, b, axis=0)
        small, large = sorted(sets, key=len)
        return small, large

    def _beside(self, i: int, main: Sequence[int], placed: np.ndarray) -> float:
        """``compare`` of a clip with those of ``main`` that are others."""
        return self.compare(placed[[i]], placed[[j for j in main if j != i]])


def _count(n: float | np.ndarray) -> float | np.ndarray:
    """How many independent clips n clips are worth."""
    return n / (1.0 + _IN_COMMON * (n - 1.0))
