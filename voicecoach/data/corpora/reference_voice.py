"""The sentences of another data folder, spoken by the reference voice.

It shows a scorer how the sounds of those sentences should be. The voice says exactly the phones
of the folder's ``text-phone``.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.data import kaldi
from voicecoach.data.atomic import make_folder
from voicecoach.synthesis.reference import ReferenceVoice

SPEAKER = "reference"
EVERY = 4  # one sentence in four
_RATES = (0.8, 1.2)


def matches(corpus: Path) -> bool:
    """Never: this corpus is made, so it must be asked for by name."""
    return False


def prepare(corpus: str | Path, out: str | Path) -> dict[str, int]:
    """Speaks every fourth sentence of the data folder ``corpus`` into ``out/reference``.

    The pace of each is drawn between 0.8 and 1.2. What is already there is spoken again: the
    same sentences give the same samples.

    Returns:
        The number of utterances by set.

    Raises:
        InputError: the data folder cannot be read, or ``out`` cannot be written.
    """
    voice = ReferenceVoice()
    folder = Path(out) / SPEAKER
    make_folder(folder / "wav")
    spoken = []
    for number, utterance in enumerate(kaldi.read(corpus)[::EVERY]):
        rate = float(np.random.default_rng(number).uniform(*_RATES))
        speech = voice.speak(utterance.sentence, rate=rate, seed=number)
        utt = f"{SPEAKER}-{utterance.utt}"
        path = folder / "wav" / f"{utt}.flac"
        io.save(path, speech.waveform, speech.sample_rate)
        spoken.append(
            replace(
                utterance, utt=utt, speaker=SPEAKER, wav=path, labels=None, age=None, gender=None
            )
        )
    kaldi.write(folder, spoken)
    return {SPEAKER: len(spoken)}
