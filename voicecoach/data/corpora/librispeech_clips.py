"""Clips of native readers: ``<set>/text`` (id and transcript) beside ``<set>/<id>.ogg``.

A part of LibriSpeech (Panayotov et al., ICASSP 2015; OpenSLR 12, CC BY 4.0). Sets without
transcripts serve as babble and are not prepared.
"""

from pathlib import Path

from voicecoach.data import kaldi
from voicecoach.data.tables import read_table
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.text.transcribe import transcribe

_SUFFIXES = (".ogg", ".flac", ".wav")


def matches(corpus: Path) -> bool:
    """Whether a sub-folder has a ``text`` and sound files but no ``wav.scp``."""
    return bool(_sets(corpus))


def prepare(corpus: str | Path, out: str | Path) -> dict[str, int]:
    """Writes ``out/<corpus>_<set>`` for every set with transcripts; the reader is the id's head.

    Returns:
        The number of utterances by set.

    Raises:
        InputError: there is no such set, or a sound file is missing.
    """
    corpus = Path(corpus)
    sets = _sets(corpus)
    if not sets:
        raise InputError(f"{corpus} has no sub-folder with a text file and sound files.")
    counts = {}
    for folder in sets:
        utterances = []
        for utt, text in read_table(folder / "text").items():
            paths = [folder / f"{utt}{suffix}" for suffix in _SUFFIXES]
            wav = next((path for path in paths if path.is_file()), None)
            if wav is None:
                raise InputError(f"{folder} has no sound file for {utt}: unpack the whole corpus.")
            speaker = utt.split("-")[0]
            utterances.append(Utterance(utt, speaker, wav, text, transcribe(text.lower())))
        name = f"{corpus.resolve().name}_{folder.name}"
        kaldi.write(Path(out) / name, utterances)
        counts[name] = len(utterances)
    return counts


def _sets(corpus: Path) -> list[Path]:
    return [
        path.parent
        for path in sorted(corpus.glob("*/text"))
        if not (path.parent / "wav.scp").exists()
        and any(any(path.parent.glob(f"*{suffix}")) for suffix in _SUFFIXES)
    ]
