"""Recordings of native readers without transcripts: Whisper writes down what they say.

Long recordings are cut at pauses; pieces that Whisper is not sure of are left out. Such speech has
no scores: it shows how the sounds should be, in many voices. One example are the clips of
LibriSpeech (Panayotov et al., ICASSP 2015) that come without their text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.audio import io
from voicecoach.data import kaldi
from voicecoach.data.atomic import make_folder
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics.judges import load_whisper
from voicecoach.text.transcribe import transcribe

if TYPE_CHECKING:
    from faster_whisper.transcribe import Word

_SAMPLE_RATE = 16000  # Hz, Whisper's
_SUFFIXES = (".ogg", ".wav", ".flac", ".opus", ".mp3")
_MIN_PIECE_S, _MAX_PIECE_S = 2.0, 12.0
_PAUSE_S = 0.2
_MIN_MEAN_PROBABILITY = 0.85
_MIN_PROBABILITY = 0.35


@dataclass(frozen=True)
class Piece:
    """What was said between two pauses; times in seconds, ``probability`` of each word."""

    text: str
    start_s: float
    end_s: float
    probabilities: tuple[float, ...]

    @property
    def certain(self) -> bool:
        """Whether every word is likely enough to be taken for the truth."""
        return (
            min(self.probabilities) >= _MIN_PROBABILITY
            and float(np.mean(self.probabilities)) >= _MIN_MEAN_PROBABILITY
        )


def matches(corpus: Path) -> bool:
    """Never: this corpus is made, so it must be asked for by name."""
    return False


def prepare(corpus: str | Path, out: str | Path) -> dict[str, int]:
    """Writes ``out/<corpus>_train``: pieces of 2 to 12 s; the reader is the head of the file name.

    Returns:
        The number of utterances by set.

    Raises:
        InputError: there are no recordings, or faster-whisper or its weights are not installed.
    """
    corpus = Path(corpus)
    name = f"{corpus.resolve().name}_train"
    paths = sorted(path for path in corpus.iterdir() if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise InputError(f"{corpus} holds no recordings: give a folder of sound files.")
    model = load_whisper()
    folder = Path(out) / name
    make_folder(folder / "wav")
    utterances = []
    for path in paths:
        waveform = io.load(path, _SAMPLE_RATE)
        segments, _ = model.transcribe(waveform, language="en", word_timestamps=True)
        words = (word for segment in segments for word in segment.words)
        for number, piece in enumerate(pieces(words)):
            utterance = _cut(waveform, piece, folder / "wav" / f"{path.stem}-{number}.flac")
            if utterance is not None:
                utterances.append(utterance)
    kaldi.write(folder, utterances)
    return {name: len(utterances)}


def pieces(words: "Iterable[Word]") -> Iterator[Piece]:
    """Cuts a transcript with times at pauses of 0.2 s and more, into pieces of 2 s and more."""
    gathered: list[Word] = []
    for word in words:
        long_enough = gathered and gathered[-1].end - gathered[0].start >= _MIN_PIECE_S
        if long_enough and word.start - gathered[-1].end >= _PAUSE_S:
            yield _piece(gathered)
            gathered = []
        gathered.append(word)
    if gathered:
        yield _piece(gathered)


def _piece(words: "list[Word]") -> Piece:
    text = "".join(word.word for word in words).strip()
    return Piece(text, words[0].start, words[-1].end, tuple(word.probability for word in words))


def _cut(waveform: np.ndarray, piece: Piece, path: Path) -> Utterance | None:
    """Writes the piece to a file, if it is certain, not too long, and can be spoken."""
    if not piece.certain or not _MIN_PIECE_S <= piece.end_s - piece.start_s <= _MAX_PIECE_S:
        return None
    try:
        sentence = transcribe(piece.text)
    except InputError:
        return None
    margin_s = _PAUSE_S / 2
    start = max(0, round((piece.start_s - margin_s) * _SAMPLE_RATE))
    end = round((piece.end_s + margin_s) * _SAMPLE_RATE)
    io.save(path, waveform[start:end], _SAMPLE_RATE)
    return Utterance(path.stem, path.stem.split("-")[0], path, piece.text, sentence)
