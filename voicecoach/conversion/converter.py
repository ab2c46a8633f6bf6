"""The public class: reference speech in a learner's voice, a learner's speech made native."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach import config, pretrained
from voicecoach.audio import io, psola, stft, world
from voicecoach.audio.level import as_loud_as, unclipped
from voicecoach.conversion import frames, mapping
from voicecoach.conversion.frames import ORDER
from voicecoach.conversion.mapping import Mapping
from voicecoach.conversion.model import ConverterModel, ConverterModelSpec, describe
from voicecoach.conversion.network import KIND, NetworkMapping
from voicecoach.conversion.voiceprint import Recording, Voiceprint
from voicecoach.errors import InputError
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.synthesis.voice import Speech, check_rate
from voicecoach.text.sentence import Sentence
from voicecoach.training import checkpoint

DEFAULT = "converter-en"
LONGEST = 2.0
"""How many times as long speech is made at most, to go at somebody's pace."""
_BY_ITSELF = 0.25  # of the way to the pace of a take; what is left is stretched


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
        if found.config.get("kind") != KIND:
            raise InputError(f"The checkpoint {folder} is no converter.")
        spec = config.parse(found.config["model"], ConverterModelSpec, folder)
        reference = Voiceprint.from_tensors(found.statistics, "", folder)
        model = ConverterModel(spec, ORDER, len(describe(reference, reference)))
        checkpoint.load_weights(model, found.tensors, folder)
        return cls(NetworkMapping(model, reference), reference)

    def voiceprint(self, recordings: Sequence[Recording]) -> Voiceprint:
        """What is to be known about a speaker; see ``Voiceprint.measure``."""
        return Voiceprint.measure(recordings)

    def personalise(
        self,
        waveform: np.ndarray,
        voiceprint: Voiceprint,
        seed: int = 0,
        source: Voiceprint | None = None,
        rhythm: float = 1.0,
    ) -> np.ndarray:
        """Clean speech in somebody's voice.

        Args:
            waveform: (n_samples,) at ``sample_rate``, of the reference voice.
            voiceprint: of the person whose voice is wanted.
            seed: the same arguments give the same samples.
            source: of the person who speaks, where that is not the reference voice.
            rhythm: how far to go to the pace of the voiceprint, as in ``stretch``.

        Returns:
            (round(n_samples * stretch),) float32 in [-1, 1] at ``sample_rate``.

        Raises:
            InputError: the waveform holds no finite samples.
        """
        source = source or self.reference
        stretch = self.stretch(voiceprint, source, rhythm)
        return self._change(frames.check(waveform), source, voiceprint, seed, stretch)

    def _change(
        self,
        waveform: np.ndarray,
        source: Voiceprint,
        voiceprint: Voiceprint,
        seed: int,
        stretch: float,
    ) -> np.ndarray:
        found = world.analyse(waveform, frames.SAMPLE_RATE, frames.AUDIO.frame_shift_ms, fast=True)
        spoken = acoustics.from_world(found, frames.AUDIO, ORDER)
        # The recording itself is filtered by the difference, and keeps its phases and its breath:
        # a vocoder would cost naturalness.
        difference = self.way.convert(spoken, source, voiceprint, seed) - spoken.mcep
        power = world.from_mcep(difference, frames.AUDIO.n_fft, frames.AUDIO.mcep_alpha)
        filtered = stft.shape(waveform, np.sqrt(power), frames.AUDIO)
        melody = np.exp(mapping.melody(spoken.log_f0, source, voiceprint))
        f0, new_f0 = (np.where(found.voiced, x, 0.0) for x in (found.f0, melody))
        shift_ms = frames.AUDIO.frame_shift_ms
        return unclipped(psola.respeak(filtered, self.sample_rate, f0, new_f0, shift_ms, stretch))

    def stretch(
        self, voiceprint: Voiceprint, source: Voiceprint | None = None, rhythm: float = 1.0
    ) -> float:
        """How many times as long ``personalise`` makes speech, 1 to ``LONGEST``.

        All of it alike, so that a native's rhythm stays. Nobody is made faster, and a voiceprint
        without texts knows no pace.

        Args:
            voiceprint, source: as in ``personalise``.
            rhythm: how far to go to the pace of the voiceprint, 0 (not at all) to 1.
        """
        source = source or self.reference
        if not source.phones_per_s or not voiceprint.phones_per_s:
            return 1.0
        ratio = source.phones_per_s / voiceprint.phones_per_s
        return float(np.clip(ratio**rhythm, 1.0, LONGEST))

    def speak(
        self,
        sentence: str | Sentence,
        voiceprint: Voiceprint,
        rate: float = 1.0,
        seed: int = 0,
    ) -> Speech:
        """What the reference voice says, in somebody's voice and at that pace, as loud as it is.

        Args:
            sentence: as ``ReferenceVoice.speak`` takes it.
            voiceprint: of the person whose voice is wanted.
            rate: 1.0 is the pace of the person, 0.5 half as fast, 2.0 twice as fast.
            seed: the same arguments give the same samples.

        Returns:
            Speech at ``sample_rate`` with the time of each word and phone.

        Raises:
            InputError: the text cannot be spoken, or ``rate`` is out of range.
        """
        check_rate(rate)
        stretch = self.stretch(voiceprint)
        # What is only made quicker to be stretched again would sound rough.
        own_rate = rate if rate <= 1.0 else max(1.0, rate / stretch)
        spoken = self._reference(sentence, own_rate, seed)
        return self._personalised(spoken, voiceprint, stretch * own_rate / rate, seed)

    def _reference(self, sentence: str | Sentence, rate: float, seed: int) -> Speech:
        """The reference voice at ``sample_rate``."""
        spoken = self._voice.speak(sentence, rate, seed)
        waveform = io.resample(spoken.waveform, spoken.sample_rate, self.sample_rate)
        return replace(spoken, waveform=waveform, sample_rate=self.sample_rate)

    def _personalised(
        self, spoken: Speech, voiceprint: Voiceprint, stretch: float, seed: int
    ) -> Speech:
        made = self._change(spoken.waveform, self.reference, voiceprint, seed, stretch)
        words, phones = (
            tuple((label, stretch * start, stretch * end) for label, start, end in spans)
            for spans in (spoken.words, spoken.phones)
        )
        # How loud somebody recorded is no part of a voice.
        made = as_loud_as(made, spoken.waveform, self.sample_rate)
        return Speech(made, self.sample_rate, words, phones)

    def nativise(
        self,
        waveform: np.ndarray,
        text: str | Sentence,
        voiceprint: Voiceprint,
        seed: int = 0,
    ) -> np.ndarray:
        """A sentence as a native reads it, in the voice of a learner and at the pace of a take.

        The text is known, so that the reference voice says it.

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
        native = self._reference(text, 1.0, seed)
        ratio = frames.sounding_s(waveform) / max(frames.sounding_s(native.waveform), 0.1)
        stretch = float(np.clip(ratio, 1.0, LONGEST))
        if stretch > 1.0:
            # By itself the voice slows down most naturally, but then it stays more audible.
            native = self._reference(text, stretch**-_BY_ITSELF, seed)
        rest = stretch ** (1.0 - _BY_ITSELF)
        return self._personalised(native, voiceprint, rest, seed).waveform

    def reference_speech(self, text: str | Sentence, seed: int = 0) -> np.ndarray:
        """What the reference voice says, (n_samples,) at ``sample_rate``; as its ``speak``."""
        return self._reference(text, 1.0, seed).waveform
