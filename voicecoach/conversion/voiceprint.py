"""What is known about a speaker: a few statistics of about a minute of speech."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from voicecoach.conversion import frames
from voicecoach.conversion.frames import ORDER
from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.text.transcribe import transcribe
from voicecoach.training import checkpoint

LEAST_SPEECH_S = 5.0
"""Voiced speech that a voiceprint needs at least; a minute of recordings has 15 to 30 s."""
_LEAST_DEVIATION = 1e-3
_POWER = 0.75  # to which power is raised, where loud frames count more
VERSION = 2
"""Of how voiceprints are measured: a file of another one must be measured again."""

Recording = tuple[np.ndarray, str | None]
"""A waveform (n_samples,) at 16 kHz and what is said, where it is known."""


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """What is known about a speaker; the recordings themselves are not in it.

    Attributes:
        mean: (2, order + 1) of the mel-cepstra of unvoiced and of voiced frames with speech.
        deviation: (2, order + 1) their standard deviations.
        covariance: (order + 1, order + 1) of voiced frames.
        loud_mean, loud_deviation, loud_covariance: the same where louder frames count more.
        log_f0: mean and standard deviation of log Hz, (2,).
        aperiodicity_db: (n_bands,) mean of voiced frames.
        phones_per_s: how fast, pauses left out; 0 where no text is known.
        seconds: of voiced speech that were measured.
    """

    mean: np.ndarray
    deviation: np.ndarray
    covariance: np.ndarray
    loud_mean: np.ndarray
    loud_deviation: np.ndarray
    loud_covariance: np.ndarray
    log_f0: np.ndarray
    aperiodicity_db: np.ndarray
    phones_per_s: float
    seconds: float

    @classmethod
    def measure(cls, recordings: Sequence[Recording]) -> "Voiceprint":
        """Measured on recordings of one speaker.

        Args:
            recordings: (waveform, text) each; the text may be None, and then says nothing about
                the speaker's pace.

        Raises:
            InputError: a recording or a text cannot be used, or there is less speech than
                ``LEAST_SPEECH_S``.
        """
        own = cls.of(frames.analyse(frames.check(waveform)) for waveform, _ in recordings)
        said = [(waveform, transcribe(text)) for waveform, text in recordings if text]
        n_phones = sum(len(word.phones) for _, sentence in said for word in sentence)
        sounding_s = sum(frames.sounding_s(waveform) for waveform, _ in said)
        return replace(own, phones_per_s=n_phones / sounding_s if sounding_s else 0.0)

    @classmethod
    def of(cls, utterances: Iterable[Vocoded], least_s: float = LEAST_SPEECH_S) -> "Voiceprint":
        """What ``measure`` gives, of recordings that were analysed before.

        Raises:
            InputError: there is less voice than ``least_s`` seconds.
        """
        parts = [_speech(utterance) for utterance in utterances]
        voiced_s = sum(int(voiced.sum()) for _, _, _, voiced in parts) / frames.FRAMES_PER_S
        if voiced_s < least_s:
            raise InputError(
                f"There are {voiced_s:.1f} s of voice in the recordings: "
                f"at least {least_s:.0f} s are needed, so record more sentences."
            )
        mcep, log_f0, aperiodicity_db, voiced = map(np.concatenate, zip(*parts, strict=True))
        # Where nothing is unvoiced, everything is taken for it.
        groups = [~voiced if (~voiced).sum() > 1 else np.ones_like(voiced), voiced]
        power = np.exp(2.0 * _POWER * (mcep[:, 0] - mcep[:, 0].max()))
        melody = log_f0[voiced]
        return cls(
            *_statistics(mcep, groups, np.ones(len(mcep))),
            *_statistics(mcep, groups, power),
            log_f0=np.array([np.median(melody), max(_spread(melody), _LEAST_DEVIATION)]),
            aperiodicity_db=aperiodicity_db[voiced].mean(axis=0),
            phones_per_s=0.0,
            seconds=voiced_s,
        )

    @functools.cached_property
    def loud(self) -> "Voiceprint":
        """The same speaker by louder frames: what is quiet in a recording is the room as well."""
        return replace(
            self,
            mean=self.loud_mean,
            deviation=self.loud_deviation,
            covariance=self.loud_covariance,
        )

    def save(self, path: str | Path) -> None:
        """Writes a ``.safetensors`` file. Raises ``InputError`` where that is impossible."""
        with replacing(path) as temporary:
            checkpoint.write_tensors(
                {**self.tensors(), "version": torch.tensor(VERSION)}, temporary
            )

    @classmethod
    def load(cls, path: str | Path) -> "Voiceprint":
        """Reads what ``save`` wrote.

        Raises:
            InputError: the file is missing, damaged, no voiceprint, or of another ``VERSION``.
        """
        tensors = checkpoint.read_tensors(Path(path))
        if "mean" in tensors and int(tensors.get("version", torch.tensor(0))) != VERSION:
            raise InputError(f"{path} is a voiceprint of another version: measure it again.")
        return cls.from_tensors(tensors, "", path)

    def tensors(self) -> dict[str, Tensor]:
        """What ``from_tensors`` makes it from again."""
        return {
            name: torch.tensor(np.asarray(getattr(self, name)))
            for name in self.__dataclass_fields__
        }

    @classmethod
    def from_tensors(
        cls, tensors: Mapping[str, Tensor], prefix: str, source: str | Path
    ) -> "Voiceprint":
        """From tensors whose names begin with ``prefix``; ``source`` is named in errors.

        Raises:
            InputError: one is missing, or they have other sizes.
        """
        n = ORDER + 1
        try:
            # Copies: a tensor of a file lies in that file, which may be replaced or deleted.
            fields = cls.__dataclass_fields__
            arrays = {f: tensors[prefix + f].double().numpy().copy() for f in fields}
        except KeyError as error:
            raise InputError(f"{source} is no voiceprint: it has no {error}.") from error
        if arrays["mean"].shape != (2, n) or arrays["covariance"].shape != (n, n):
            raise InputError(f"{source} is a voiceprint of another size: measure it again.")
        numbers = {name: float(arrays[name]) for name in ("phones_per_s", "seconds")}
        return cls(**{**arrays, **numbers})


def _statistics(
    mcep: np.ndarray, groups: Sequence[np.ndarray], weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted mean and deviation of the frames of each group, and the covariance of the last."""
    mean = np.stack([np.average(mcep[own], axis=0, weights=weight[own]) for own in groups])
    covariances = [np.cov(mcep[own].T, aweights=weight[own], ddof=0) for own in groups]
    deviation = np.sqrt([np.diag(covariance) for covariance in covariances])
    return mean, deviation.clip(_LEAST_DEVIATION), covariances[-1]


def _speech(utterance: Vocoded) -> tuple[np.ndarray, ...]:
    """mel-cepstra, log F0, aperiodicity and voicing of frames with speech."""
    speech = frames.is_speech(utterance.mcep)
    rows = (utterance.mcep, utterance.log_f0, utterance.aperiodicity_db, utterance.voiced)
    return tuple(row[speech] for row in rows)


def _spread(values: np.ndarray) -> float:
    """Standard deviation as the middle half says: octave errors do not count."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(high - low) / 1.349
