"""The public class: reference speech in a learner's voice, a learner's speech made native."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach import config, pretrained
from voicecoach.audio import io
from voicecoach.audio.level import unclipped
from voicecoach.config import Spec
from voicecoach.conversion import frames, mapping
from voicecoach.conversion.mapping import FrequencyWarping, Mapping
from voicecoach.conversion.voiceprint import Recording, Voiceprint
from voicecoach.errors import InputError
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.sentence import Sentence
from voicecoach.training import checkpoint

DEFAULT = "converter-en"
_PREFIX = "reference."
_SLOWEST = 0.7  # rate at which a reference is understood to be natural


class ConverterSpec(Spec):
    """What a checkpoint holds."""

    kind: str


class Converter:
    """Converts speech at 16 kHz. Make it with ``from_pretrained``.

    Args:
        way: of converting mel-cepstra.
        reference: voiceprint of the reference voice.
    """

    sample_rate: int = frames.SAMPLE_RATE

    def __init__(self, way: Mapping, reference: Voiceprint) -> None:
        self.way = way
        self.reference = reference
        self._voice = ReferenceVoice()

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path | None = None) -> "Converter":
        """Loads a checkpoint.

        Args:
            name_or_folder: a packaged name or a checkpoint folder; None takes the default.

        Raises:
            InputError: there is none, or it is damaged or no converter.
        """
        folder = pretrained.resolve(name_or_folder or DEFAULT)
        found = checkpoint.load(folder)
        if found.config.get("kind") != "warping":
            raise InputError(f"The checkpoint {folder} is no converter.")
        config.parse({"kind": found.config["kind"]}, ConverterSpec, folder)
        return cls(FrequencyWarping(), Voiceprint.from_tensors(found.statistics, _PREFIX, folder))

    def voiceprint(self, recordings: Sequence[Recording]) -> Voiceprint:
        """What is to be known about a speaker; see ``Voiceprint.measure``."""
        return Voiceprint.measure(recordings)

    def personalise(
        self,
        waveform: np.ndarray,
        voiceprint: Voiceprint,
        seed: int = 0,
        source: Voiceprint | None = None,
    ) -> np.ndarray:
        """Clean speech in somebody's voice.

        Args:
            waveform: (n_samples,) at ``sample_rate``, of the reference voice.
            voiceprint: of the person whose voice is wanted.
            seed: the same arguments give the same samples.
            source: of the person who speaks, where that is not the reference voice.

        Returns:
            (n_samples,) float32 in [-1, 1] at ``sample_rate``.

        Raises:
            InputError: the waveform holds no finite samples.
        """
        source = source or self.reference
        waveform = frames.check(waveform)
        spoken = frames.analyse(waveform, fast=True)
        made = replace(
            spoken,
            mcep=self.way.convert(spoken, source, voiceprint, seed),
            log_f0=mapping.melody(spoken.log_f0, source, voiceprint),
            aperiodicity_db=mapping.breath(
                spoken.aperiodicity_db, spoken.voiced, source, voiceprint
            ),
        )
        return unclipped(frames.synthesise(made)[: len(waveform)])

    def nativise(
        self,
        waveform: np.ndarray,
        text: str | Sentence,
        voiceprint: Voiceprint,
        seed: int = 0,
    ) -> np.ndarray:
        """A sentence as a native reads it, in the voice of a learner and near his or her pace.

        The text is known, so that the reference voice says it, and ``personalise`` does the rest.

        Args:
            waveform: (n_samples,) at ``sample_rate``, the learner's take, for its pace.
            text: of the sentence.
            voiceprint: of the learner.
            seed: the same arguments give the same samples.

        Returns:
            (n_samples,) float32 in [-1, 1] at ``sample_rate``; not as long as ``waveform``.

        Raises:
            InputError: the waveform or the text cannot be used.
        """
        waveform = frames.check(waveform)
        native = self._speak(text, 1.0, seed)
        ratio = frames.sounding_s(native) / max(frames.sounding_s(waveform), 0.1)
        # Half of the way to the learner's pace: hesitation is no part of a voice.
        rate = float(np.clip(np.sqrt(ratio), _SLOWEST, 1.0))
        if rate < 1.0:
            native = self._speak(text, rate, seed)
        return self.personalise(native, voiceprint, seed)

    def _speak(self, text: str | Sentence, rate: float, seed: int) -> np.ndarray:
        speech = self._voice.speak(text, rate, seed)
        return io.resample(speech.waveform, speech.sample_rate, self.sample_rate)
