"""The reference voice: hibari's American English speaker, with exact times for every phone.

hibari (Apache-2.0) predicts a duration for each of its input symbols, and stretches them to frames.
That tensor is no output of the model file, but an ONNX file is one protobuf message, and protobuf
merges what is appended: one more field after the last byte makes the tensor an output. So the times
come from the synthesiser itself, on its grid of 25 ms, and need no aligner. The sound runs ahead of
this plan by ``LAG_MS``, which is taken off; a pause is found by its level.
"""

import functools
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.synthesis.misaki import to_misaki
from voicecoach.synthesis.script import Spoken, chunks, read
from voicecoach.synthesis.voice import Span, Speech, check_rate
from voicecoach.text.sentence import Sentence

if TYPE_CHECKING:
    from hibari import Hibari

LAG_MS = 55.0
"""How far the planned times are behind the sound: the median over 1,296 boundaries inside words
against pocketsphinx alignments of the same speech (80 % of them lie within 25 ms of it)."""
LEVEL_FRAME_MS = 12.5
PAUSE_DB = -40.0
_DURATIONS = "/Cast_32_output_0"
# A chunk is spoken in one breath; the model was made for 400 symbols at most.
_LONGEST_CHUNK = 320


class ReferenceVoice:
    """hibari's packaged voice "heart" (female, American English); loads at the first `speak`."""

    sample_rate: int = 24000

    def speak(self, sentence: str | Sentence, rate: float = 1.0, seed: int = 0) -> Speech:
        """Speaks a text, or exactly the phones of a `Sentence`.

        Args:
            sentence: a text of any length, spoken sentence by sentence; or words with phones, which
                need not be the right ones: ``replace(word, phones=...)`` makes a mispronounced
                take. A word without phones is left out.
            rate: 0.5 (slow) to 2.0 (fast); 1.0 is the voice's own pace.
            seed: of the noise in fricatives and breath; the same arguments give the same samples.

        Returns:
            Speech at 24 kHz with the time of each word and phone to 25 ms, as the model planned
            them. Pauses lie between words, never inside.

        Raises:
            InputError: no English word to speak, or ``rate`` is out of range.
            ValueError: a phone of the `Sentence` is no ARPAbet phone.
        """
        check_rate(rate)
        spoken = read(sentence)
        rng = np.random.default_rng(seed)
        waveforms: list[np.ndarray] = []
        words: list[Span] = []
        phones: list[Span] = []
        start_ms = 0.0
        for chunk in chunks(spoken, _LONGEST_CHUNK, _size):
            waveform, spans = _synthesise(chunk, rate, rng)
            for item, inside in zip(chunk, spans, strict=True):
                inside = [(label, start_ms + a, start_ms + b) for label, a, b in inside]
                phones += inside
                words.append((item.word.text, inside[0][1], inside[-1][2]))
            waveforms.append(waveform)
            start_ms += 1000 * len(waveform) / self.sample_rate
        return Speech(np.concatenate(waveforms), self.sample_rate, tuple(words), tuple(phones))


def _size(item: Spoken) -> int:
    return sum(map(len, to_misaki(item.word))) + 2


def _synthesise(
    chunk: list[Spoken], rate: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[list[Span]]]:
    """One chunk to samples and, per word, the spans of its phones in milliseconds."""
    from hibari import dsp

    model = _model()
    # Each symbol belongs to a phone, named by word and place; a pad, space or comma to none.
    ids: list[int] = [0]
    owners: list[tuple[int, int] | None] = [None]
    for number, item in enumerate(chunk):
        if number:
            ids.append(model.vocab[" "])
            owners.append(None)
        for place, symbols in enumerate(to_misaki(item.word)):
            ids += [model.vocab[symbol] for symbol in symbols]
            owners += [(number, place)] * len(symbols)
        ids += [model.vocab[symbol] for symbol in item.punctuation]
        owners += [None] * len(item.punctuation)
    ids.append(0)
    owners.append(None)
    feeds = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([rate], np.float32)}
    *spectra, durations = model.sess.run(None, feeds)
    waveform = np.clip(dsp.synth(*(part[0] for part in spectra), rng), -1, 1).astype(np.float32)
    unit_ms = 1000 * len(waveform) / ReferenceVoice.sample_rate / int(durations.sum())
    ends_ms = np.maximum(np.cumsum(durations) * unit_ms - LAG_MS, 0.0).tolist()
    planned: dict[tuple[int, int], list[float]] = {}
    for owner, start, end in zip(owners, [0.0, *ends_ms[:-1]], ends_ms, strict=True):
        if owner is not None:  # several symbols of one phone are one span
            planned.setdefault(owner, [start, end])[1] = end
    _close_gaps(planned, chunk, waveform)
    spans: list[list[Span]] = [[] for _ in chunk]
    for (number, place), (start, end) in planned.items():
        spans[number].append((chunk[number].word.phones[place], start, end))
    return waveform, spans


def _close_gaps(
    planned: dict[tuple[int, int], list[float]], chunk: list[Spoken], waveform: np.ndarray
) -> None:
    """Gives the time between words to their phones, in place.

    Two words in one breath share the space between them; at a pause, and at both ends, a phone
    lasts as long as it can be heard.
    """
    audible = _audible(waveform)
    keys = list(planned)
    length_ms = len(audible) * LEVEL_FRAME_MS
    edges = [(None, keys[0]), *itertools.pairwise(keys), (keys[-1], None)]
    for before, after in edges:
        low = planned[before][1] if before else 0.0
        high = planned[after][0] if after else length_ms
        if before and after and not chunk[before[0]].punctuation:
            planned[before][1] = planned[after][0] = (low + high) / 2
            continue
        if before:
            shortest = planned[before][0] + LEVEL_FRAME_MS
            planned[before][1] = _last_audible(audible, low, shortest, high)
            low = planned[before][1]
        if after:
            latest = max(low, planned[after][1] - LEVEL_FRAME_MS)
            planned[after][0] = _first_audible(audible, high, low, latest)


def _audible(waveform: np.ndarray) -> np.ndarray:
    """True for each frame of ``LEVEL_FRAME_MS`` above ``PAUSE_DB`` below the loudest one."""
    hop = int(LEVEL_FRAME_MS * ReferenceVoice.sample_rate / 1000)
    frames = waveform[: len(waveform) // hop * hop].reshape(-1, hop)
    level = np.sqrt(np.mean(np.square(frames), axis=1))
    return level > level.max() * 10 ** (PAUSE_DB / 20)


def _last_audible(audible: np.ndarray, end: float, low: float, high: float) -> float:
    """``end`` moved to where sound stops, not below ``low`` or above ``high`` (all in ms)."""
    at = int(end / LEVEL_FRAME_MS)
    while at < len(audible) and audible[at]:
        at += 1
    while at > 0 and not audible[at - 1]:
        at -= 1
    return float(np.clip(at * LEVEL_FRAME_MS, low, max(low, high)))


def _first_audible(audible: np.ndarray, start: float, low: float, high: float) -> float:
    """``start`` moved to where sound begins, not below ``low`` or above ``high`` (all in ms)."""
    at = int(start / LEVEL_FRAME_MS)
    while at > 0 and audible[at - 1]:
        at -= 1
    while at < len(audible) and not audible[at]:
        at += 1
    return float(np.clip(at * LEVEL_FRAME_MS, low, high))


@functools.cache
def _model() -> "Hibari":
    """hibari with the durations of its symbols as one more output.

    Raises:
        RuntimeError: this version of hibari names its tensors otherwise.
    """
    from hibari import Hibari
    from hibari.voices import voice_path

    name = _field(1, _DURATIONS.encode())  # ValueInfoProto.name
    output = _field(7, _field(12, name))  # ModelProto.graph, GraphProto.output
    file = Path(voice_path("heart")).read_bytes()
    try:
        return Hibari(model=file + output)
    except Exception as error:  # onnxruntime's exceptions share no public base class
        raise RuntimeError(
            f"This version of hibari-tts has no tensor {_DURATIONS}; install hibari-tts 0.2.1."
        ) from error


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field: key, length as a varint, payload."""
    length, varint = len(payload), bytearray()
    while length >= 128:
        varint.append(length & 127 | 128)
        length >>= 7
    varint.append(length)
    return bytes([number << 3 | 2]) + bytes(varint) + payload
