"""speechocean762: English read by Mandarin speakers, scored by five experts.

Zhang et al., "speechocean762: An Open-Source Non-native English Speech Corpus for Pronunciation
Assessment", Interspeech 2021; CC BY 4.0. The public original is OpenSLR 101
(https://www.openslr.org/101/). Any layout with the original's folders will do, whether
``wav.scp`` names WAV files or others: what it names is read.
"""

from pathlib import Path

from voicecoach.data import kaldi
from voicecoach.errors import InputError

SETS = ("train", "test")
_NEEDED = (
    *(f"{name}/{file}" for name in SETS for file in ("wav.scp", "text", "utt2spk")),
    "resource/scores.json",
    "resource/text-phone",
)


def matches(corpus: Path) -> bool:
    """Whether the folder has the corpus's sets, scores and pronunciations."""
    return all((corpus / file).is_file() for file in _NEEDED)


def prepare(corpus: str | Path, out: str | Path) -> dict[str, int]:
    """Writes ``out/train`` and ``out/test``, data folders that need nothing else.

    Sound paths become absolute; ``text-phone``, ``scores.json`` and, where the corpus has it,
    ``experts-phones.json`` (each expert's phone scores) are cut down to the set. Whether every
    recording can be read is for ``voicecoach validate`` to say.

    Returns:
        The number of utterances by set.

    Raises:
        InputError: the folder is not the corpus, its files contradict each other, no recording
            is where ``wav.scp`` says, or ``out`` cannot be written.
    """
    corpus = Path(corpus)
    missing = [file for file in _NEEDED if not (corpus / file).is_file()]
    if missing:
        raise InputError(
            f"{corpus} is not speechocean762, it has no {missing[0]}: "
            "unpack OpenSLR 101 (https://www.openslr.org/101/) and give that folder."
        )
    counts = {}
    for name in SETS:
        utterances = kaldi.read(corpus / name, corpus_root=corpus)
        if not any(u.wav.exists() for u in utterances):
            raise InputError(
                f"None of the recordings in {corpus / name / 'wav.scp'} is there, such as "
                f"{utterances[0].wav}: unpack all of OpenSLR 101 "
                "(https://www.openslr.org/101/)."
            )
        unscored = [u.utt for u in utterances if u.labels is None]
        if unscored:
            raise InputError(
                f"{corpus / 'resource/scores.json'} has no scores of {unscored[0]} "
                f"({len(unscored)} such): use the file of the release that the sets come from."
            )
        kaldi.write(Path(out) / name, utterances)
        kaldi.copy_experts(corpus / name, Path(out) / name, {u.utt for u in utterances})
        counts[name] = len(utterances)
    return counts
