"""Read speech in the LJSpeech layout: ``metadata.csv`` with ``id|text`` lines, and sound files.

One example is Kathleen (CC0, a US English speaker reading CMU ARCTIC prompts, level-normalised;
public original: https://github.com/rhasspy/dataset-voice-kathleen). Such speech has no scores: it
shows how the sounds should be.
"""

from pathlib import Path

from voicecoach.data import kaldi
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.text.transcribe import transcribe

METADATA = "metadata.csv"
TEST_EVERY = 10  # every tenth prompt is kept for testing
_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")
_FOLDERS = ("wav", "wavs", ".")


def matches(corpus: Path) -> bool:
    """Whether the folder has a ``metadata.csv`` with ``|`` in its first line."""
    try:
        with (corpus / METADATA).open(encoding="utf-8") as file:
            return "|" in file.readline()
    except (OSError, UnicodeDecodeError):
        return False


def prepare(corpus: str | Path, out: str | Path) -> dict[str, int]:
    """Writes ``out/<corpus>_train`` and ``out/<corpus>_test``, with one speaker, the corpus.

    Returns:
        The number of utterances by set.

    Raises:
        InputError: there is no ``metadata.csv``, a line is not ``id|text``, a text cannot be
            spoken, or a sound file is not there.
    """
    corpus = Path(corpus)
    name = corpus.resolve().name
    try:
        lines = (corpus / METADATA).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read {corpus / METADATA}: {error}.") from error
    sets: dict[str, list[Utterance]] = {f"{name}_train": [], f"{name}_test": []}
    rows = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    for position, (number, line) in enumerate(rows):
        utt, bar, text = (part.strip() for part in line.partition("|"))
        text = text.rpartition("|")[2].strip()  # LJSpeech: the last column is the one spoken out
        if not bar or not utt or not text:
            raise InputError(f"{corpus / METADATA} line {number} is not 'id|text': write both.")
        try:
            sentence = transcribe(text)
        except InputError as error:
            raise InputError(f"{corpus / METADATA} line {number}: {error}") from error
        is_test = position % TEST_EVERY == TEST_EVERY - 1
        sets[f"{name}_{'test' if is_test else 'train'}"].append(
            Utterance(utt, name, _find(corpus, utt), text, sentence)
        )
    for set_name, utterances in sets.items():
        kaldi.write(Path(out) / set_name, utterances)
    return {set_name: len(utterances) for set_name, utterances in sets.items()}


def _find(corpus: Path, utt: str) -> Path:
    for folder in _FOLDERS:
        for suffix in _SUFFIXES:
            path = corpus / folder / f"{utt}{suffix}"
            if path.is_file():
                return path
    raise InputError(f"{corpus} has no sound file for {utt}: unpack the whole corpus.")
