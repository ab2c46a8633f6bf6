"""A voice of our own: an acoustic model trained by a recipe, and WORLD or Griffin-Lim."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from voicecoach import config, pretrained
from voicecoach.audio.level import unclipped
from voicecoach.errors import InputError
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.features import STEP_MS, SynthSpec
from voicecoach.synthesis.model import AcousticModel, AcousticModelSpec
from voicecoach.synthesis.script import Spoken, chunks, read
from voicecoach.synthesis.symbols import JOINT, SYMBOLS, SymbolSequence, encode
from voicecoach.synthesis.voice import Span, Speech, check_rate
from voicecoach.text.sentence import Sentence
from voicecoach.training import checkpoint

_SHORTEST_STEPS = 2  # of a phone, as the aligner has it
_SHORTEST_PAUSE_STEPS = 4  # between words without punctuation: what is shorter is no pause
_LONGEST_CHUNK = 400  # symbols in one breath


@dataclass(frozen=True, eq=False)
class Prediction:
    """What an acoustic model says about a sentence.

    Attributes:
        vocoded: WORLD's parameters, n_frames.
        log_magnitude: (n_frames, n_bins) of the STFT.
        durations: (n_symbols,) steps of ``STEP_MS``.
    """

    vocoded: Vocoded
    log_magnitude: np.ndarray
    durations: np.ndarray


class TrainedVoice:
    """A speaker whose recordings trained an acoustic model (``recipes/synth.sh``).

    Args:
        model: in evaluation mode.
        spec: frames and order of the mel-cepstrum.
        statistics: means and standard deviations, by the names of ``training.Scales``.
    """

    def __init__(
        self, model: AcousticModel, spec: SynthSpec, statistics: dict[str, Tensor]
    ) -> None:
        self.model = model.eval()
        self.spec = spec
        self.statistics = {name: tensor.float() for name, tensor in statistics.items()}
        self.sample_rate = spec.audio.sample_rate

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path) -> "TrainedVoice":
        """Loads a packaged voice or a checkpoint folder.

        Raises:
            InputError: there is none, it is damaged, or it was made for other symbols.
        """
        folder = pretrained.resolve(name_or_folder)
        found = checkpoint.load(folder)
        values = found.config
        try:
            spec = config.parse(
                {"audio": values["audio"], "order": values["order"]}, SynthSpec, folder
            )
            sizes = config.parse(values["model"], AcousticModelSpec, folder)
            symbols = tuple(values["symbols"])
            widths = len(found.statistics["world_mean"]), len(found.statistics["spectrum_mean"])
        except KeyError as error:
            raise InputError(f"The checkpoint {folder} is no voice: it has no {error}.") from error
        if symbols != SYMBOLS:
            raise InputError(f"The voice {folder} was trained on other symbols: train it again.")
        model = AcousticModel(sizes, len(SYMBOLS), *widths, spec.frames_per_step)
        checkpoint.load_weights(model, found.tensors, folder)
        return cls(model, spec, found.statistics)

    def speak(self, sentence: str | Sentence, rate: float = 1.0, seed: int = 0) -> Speech:
        """Speaks a text, or exactly the phones of a `Sentence`, with WORLD.

        Args:
            sentence: a text of any length, spoken sentence by sentence; or words with phones, which
                need not be the right ones. A word without phones is left out.
            rate: 0.5 (slow) to 2.0 (fast); 1.0 is the speaker's own pace.
            seed: of a postfilter's noise; without a postfilter nothing is drawn.

        Returns:
            Speech at ``sample_rate`` with the time of each word and phone to 10 ms.

        Raises:
            InputError: no English word to speak, or ``rate`` is out of range.
            ValueError: a phone of the `Sentence` is no ARPAbet phone.
        """
        check_rate(rate)
        waveforms: list[np.ndarray] = []
        words: list[Span] = []
        phones: list[Span] = []
        start_ms = 0.0
        for chunk in chunks(read(sentence), _LONGEST_CHUNK, lambda item: len(item.word.phones) + 1):
            sequence = encode(chunk)
            predicted = self.predict(sequence, rate)
            waveform = self.sound(predicted, seed)
            found = spans(chunk, sequence, predicted.durations, start_ms)
            words += found[0]
            phones += found[1]
            waveforms.append(waveform)
            start_ms += 1000 * len(waveform) / self.sample_rate
        waveform = unclipped(np.concatenate(waveforms))
        return Speech(waveform, self.sample_rate, tuple(words), tuple(phones))

    @torch.no_grad()
    def predict(
        self, sequence: SymbolSequence, rate: float = 1.0, durations: np.ndarray | None = None
    ) -> Prediction:
        """What the sentence should sound like.

        Args:
            sequence: the sentence.
            rate: divides the durations.
            durations: (n_symbols,) steps, instead of the model's own.
        """
        symbols = torch.from_numpy(sequence.symbols)[None]
        mask = torch.ones_like(symbols, dtype=torch.bool)
        encoded = self.model.encode(symbols, torch.from_numpy(sequence.places)[None], mask)
        if durations is None:
            log_durations = self.model.predict_log_durations(encoded, mask)[0]
            durations = _round(log_durations.exp().numpy() / rate, sequence)
        world, spectrum = self.model.decode(encoded, torch.tensor(durations)[None])
        scales = self.statistics
        rows = (world[0] * scales["world_std"] + scales["world_mean"]).double().numpy()
        voiced = self.spec.order + 2
        rows[:, voiced] = rows[:, voiced] > 0.0  # a logit
        spectrum = spectrum[0] * scales["spectrum_std"] + scales["spectrum_mean"]
        return Prediction(Vocoded.unstack(rows, self.spec.order), spectrum.numpy(), durations)

    def sound(self, predicted: Prediction, seed: int = 0) -> np.ndarray:
        """Sound (n_frames * hop_length,) float32 of a prediction; voices with a postfilter have
        another."""
        return self.vocode(predicted.vocoded)

    def vocode(self, vocoded: Vocoded) -> np.ndarray:
        """Sound (n_frames * hop_length,) float32 of WORLD's parameters."""
        n_samples = len(vocoded.mcep) * self.spec.audio.hop_length
        return acoustics.synthesise(vocoded, self.spec.audio, n_samples)


def spans(
    chunk: Sequence[Spoken], sequence: SymbolSequence, durations: np.ndarray, start_ms: float
) -> tuple[list[Span], list[Span]]:
    """When the words and the phones of a chunk sound that begins at ``start_ms``."""
    ends_ms = start_ms + STEP_MS * np.cumsum(durations)
    words: list[Span] = []
    phones: list[Span] = []
    for number, item in enumerate(chunk):
        at = np.flatnonzero(sequence.words == number)
        starts = ends_ms[at - 1]  # the first symbol of a sequence is no phone
        phones += zip(item.word.phones, starts.tolist(), ends_ms[at].tolist(), strict=True)
        words.append((item.word.text, float(starts[0]), float(ends_ms[at[-1]])))
    return words, phones


def _round(steps: np.ndarray, sequence: SymbolSequence) -> np.ndarray:
    """Whole steps whose sum is that of ``steps``; short pauses between words are left out."""
    is_joint = sequence.symbols == SYMBOLS.index(JOINT)
    steps = np.where(is_joint & (steps < _SHORTEST_PAUSE_STEPS), 0.0, np.maximum(steps, 0.0))
    whole = np.diff(np.round(np.cumsum(steps)), prepend=0.0).astype(np.int64)
    return np.where(sequence.is_phone, np.maximum(whole, _SHORTEST_STEPS), whole)
