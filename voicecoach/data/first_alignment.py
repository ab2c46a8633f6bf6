"""First phone times, from pocketsphinx: what a network learns from before it aligns by itself.

pocketsphinx (Huggins-Daines et al., ICASSP 2006) and its US English model come in one wheel, in
the extra ``train``. Times are frames of ``FRAME_SHIFT_MS``.
"""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from voicecoach.data.atomic import replacing
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from pocketsphinx import Decoder

FRAME_SHIFT_MS = 10.0
_SAMPLE_RATE = 16000  # Hz, what the acoustic model was trained on
_WordKey = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Alignments:
    """Phone times of a set of utterances.

    ``segments`` maps an utterance id to int32 (n_phones, 2): first frame and the frame after the
    last, one row per canonical phone, in order and without overlap; between words there may be
    silence. ``failed`` maps the id of an utterance without times to the reason. ``phones`` holds
    the sentence each result was made for, words by ``|``.
    """

    segments: dict[str, np.ndarray] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)


def align(
    utterances: Sequence[Utterance],
    path: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    save_every: int = 250,
) -> Alignments:
    """Finds when each phone of each sentence is spoken.

    About 1 % of learners' recordings cannot be aligned (words left out, restarts); these and
    unreadable ones are in ``failed`` and stop nothing.

    Args:
        utterances: their sentences say what was meant to be spoken.
        path: a ``.npz`` file to save to. What it already holds of the same ids and phones is
            kept, so an interrupted run goes on where it was; utterances not asked for are dropped.
        progress: called with (done, total) after each utterance.
        save_every: utterances between two saves.

    Raises:
        InputError: pocketsphinx is not installed, ``path`` is no such file or cannot be written,
            or ids are not unique.
    """
    sentences = {u.utt: _sentence_key(u) for u in utterances}
    if len(sentences) != len(utterances):
        raise InputError("Two utterances to be aligned have the same id: give each its own.")
    result = Alignments()
    if path is not None and Path(path).exists():
        _keep_known(load_alignments(path), sentences, result)
    todo = [u for u in utterances if u.utt not in result.phones]
    done = len(utterances) - len(todo)
    if todo:
        tokens = _name_words(todo)
        decoder = _make_decoder(tokens)
        for count, utterance in enumerate(todo, start=1):
            result.phones[utterance.utt] = sentences[utterance.utt]
            try:
                result.segments[utterance.utt] = _align_one(decoder, tokens, utterance)
            except (InputError, _UnalignedError) as error:
                result.failed[utterance.utt] = str(error)
            if progress is not None:
                progress(done + count, len(utterances))
            if path is not None and count % save_every == 0:
                save_alignments(path, result)
    if path is not None:
        save_alignments(path, result)
    return result


def save_alignments(path: str | Path, alignments: Alignments) -> None:
    """Writes a ``.npz`` without pickle. Raises ``InputError`` where that is impossible."""
    utts = list(alignments.segments)
    rows = [alignments.segments[utt] for utt in utts]
    meta = {
        "utts": utts,
        "n_phones": [len(segments) for segments in rows],
        "failed": alignments.failed,
        "phones": alignments.phones,
        "frame_shift_ms": FRAME_SHIFT_MS,
    }
    frames = np.concatenate(rows) if rows else np.zeros((0, 2))
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            frames=frames.astype(np.int32),
            meta=np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
        )


def load_alignments(path: str | Path) -> Alignments:
    """Reads what ``save_alignments`` wrote.

    Raises:
        InputError: the file is missing, damaged or another kind of file.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            frames = archive["frames"]
            meta = json.loads(archive["meta"].tobytes())
        ends = np.cumsum(meta["n_phones"], dtype=np.int64)
        if frames.shape != (ends[-1] if len(ends) else 0, 2):
            raise ValueError("the number of phones is not that of the frames")
        parts = np.split(frames.astype(np.int32), ends[:-1]) if len(ends) else []
        segments = dict(zip(meta["utts"], parts, strict=True))
        return Alignments(segments, dict(meta["failed"]), dict(meta["phones"]))
    except FileNotFoundError as error:
        raise InputError(f"There is no alignment file {path}: run the alignment first.") from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        raise InputError(
            f"{path} is not a whole alignment file ({error}): delete it and align again."
        ) from error


class _UnalignedError(Exception):
    """The recording does not fit its sentence."""


def _keep_known(known: Alignments, sentences: Mapping[str, str], result: Alignments) -> None:
    for utt, phones in sentences.items():
        if known.phones.get(utt) == phones:
            result.phones[utt] = phones
            if utt in known.segments:
                result.segments[utt] = known.segments[utt]
            else:
                result.failed[utt] = known.failed.get(utt, "not aligned")


def _sentence_key(utterance: Utterance) -> str:
    return "|".join(" ".join(word.phones) for word in utterance.sentence)


def _name_words(utterances: Sequence[Utterance]) -> dict[_WordKey, str]:
    """One dictionary entry per distinct word and pronunciation.

    Spelling cannot be the entry: "read" would then have two pronunciations, and the decoder, not
    the sentence, would choose between them.
    """
    tokens: dict[_WordKey, str] = {}
    for utterance in utterances:
        for word in utterance.sentence:
            tokens.setdefault((word.text, word.phones), f"w{len(tokens):06d}")
    return tokens


def _make_decoder(tokens: Mapping[_WordKey, str]) -> "Decoder":
    try:
        from pocketsphinx import Decoder, get_model_path
    except ImportError as error:
        raise InputError(
            "First alignments need pocketsphinx, which is not installed: "
            "pip install 'voicecoach[train]'."
        ) from error
    lines = [f"{token} {' '.join(phones)}\n" for (_, phones), token in tokens.items()]
    with TemporaryDirectory() as folder:
        dictionary = Path(folder) / "dict"
        dictionary.write_text("".join(lines), encoding="ascii")
        # All words are known from the start: adding them one by one gets slower and slower. The
        # best-path search over the lattice fails on forced alignments.
        return Decoder(
            hmm=get_model_path("en-us/en-us"),
            dict=str(dictionary),
            lm=None,
            bestpath=False,
            loglevel="FATAL",
        )


def _align_one(
    decoder: "Decoder", tokens: Mapping[_WordKey, str], utterance: Utterance
) -> np.ndarray:
    from voicecoach.audio.io import load

    waveform = load(utterance.wav, sample_rate=_SAMPLE_RATE)
    samples = np.round(waveform * 32767.0).astype("<i2").tobytes()
    names = [tokens[word.text, word.phones] for word in utterance.sentence]
    try:
        decoder.set_align_text(" ".join(names))
        _decode(decoder, samples)  # words
        decoder.set_alignment()
        _decode(decoder, samples)  # phones within the words found
        alignment = decoder.get_alignment()
    except RuntimeError as error:
        raise _UnalignedError(f"{utterance.wav} does not fit its text ({error})") from error
    found, frames = [], []
    # An entry is only valid until the next one is asked for: keeping words for later crashes.
    for word in alignment or ():
        if word.name in names:  # else silence
            found.append(word.name)
            frames += [(phone.start, phone.start + phone.duration) for phone in word]
    if found != names:
        raise _UnalignedError(f"{utterance.wav} does not fit its text (words not found)")
    segments = np.array(frames, dtype=np.int32).reshape(-1, 2)
    if len(segments) != sum(len(word.phones) for word in utterance.sentence):
        raise _UnalignedError(f"{utterance.wav} does not fit its text (phones not found)")
    return segments


def _decode(decoder: "Decoder", samples: bytes) -> None:
    # Forgets the noise of the recording before: the order of recordings must not matter.
    decoder.reinit_feat()
    decoder.start_utt()
    try:
        decoder.process_raw(samples, full_utt=True)
    finally:
        decoder.end_utt()
