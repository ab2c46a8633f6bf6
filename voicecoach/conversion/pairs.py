"""Training features: what the reference voice says, and a learner's recording put on its time."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from voicecoach.conversion.frames import AUDIO
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.errors import InputError
from voicecoach.training import checkpoint

STRIDE = 2
"""Networks see every second frame of 5 ms: their corrections are slow."""
SHIFT_MS = STRIDE * AUDIO.frame_shift_ms
SPLITS = 4
"""How often the utterances of a speaker are halved: one half tells the voice that the other has."""
INDEX, PAIRS, REFERENCE = "index.json", "pairs.safetensors", "reference.safetensors"
_COLUMNS = ("source", "share", "target", "weight", "phone")


@dataclass(frozen=True, eq=False)
class PairFolder:
    """Pairs of one data folder, frame by frame in step, every ``SHIFT_MS``.

    Attributes:
        utts, speakers: of each utterance.
        offsets: (n_utterances + 1,) where each utterance begins.
        source: (all frames, order + 1) mel-cepstra of the reference voice.
        share: (all frames,) how voiced the reference voice is, 0 to 1.
        target: (all frames, order + 1) of the learner, phone by phone stretched to the reference.
        weight: (all frames,) 0 to 1: how well that was said; 0 between words.
        phone: (all frames,) number among ``PHONES`` of the one that is said; -1 between words.
        voiceprints: of halves of the speakers' utterances.
        chosen: (n_utterances, SPLITS) voiceprints of the speaker that the utterance is not in.
        reference: of the reference voice; here and above, of the source speaker where there is one.
    """

    utts: tuple[str, ...]
    speakers: tuple[str, ...]
    offsets: np.ndarray
    source: np.ndarray
    share: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    phone: np.ndarray
    voiceprints: tuple[Voiceprint, ...]
    chosen: np.ndarray
    reference: Voiceprint

    def frames(self, index: int) -> slice:
        """Where the frames of an utterance are."""
        return slice(*self.offsets[index : index + 2])


def save(folder: str | Path, pairs: PairFolder) -> None:
    """Writes pairs so that ``load`` finds them. Raises ``InputError`` where it cannot."""
    folder = make_folder(folder)
    tensors = {name: torch.from_numpy(getattr(pairs, name)) for name in _COLUMNS}
    for number, own in enumerate(pairs.voiceprints):
        tensors |= {f"{number}.{name}": values.float() for name, values in own.tensors().items()}
    with replacing(folder / PAIRS) as temporary:
        checkpoint.write_tensors(tensors, temporary)
    pairs.reference.save(folder / REFERENCE)
    index = {
        "utts": pairs.utts,
        "speakers": pairs.speakers,
        "offsets": pairs.offsets.tolist(),
        "chosen": pairs.chosen.tolist(),
        "n_voiceprints": len(pairs.voiceprints),
    }
    write_json(folder / INDEX, index)


def load(folder: str | Path) -> PairFolder:
    """Reads what ``save`` wrote. Raises ``InputError`` if it is incomplete."""
    folder = Path(folder)
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        tensors = checkpoint.read_tensors(folder / PAIRS)
        voiceprints = tuple(
            Voiceprint.from_tensors(tensors, f"{number}.", folder / PAIRS)
            for number in range(index["n_voiceprints"])
        )
        return PairFolder(
            tuple(index["utts"]),
            tuple(index["speakers"]),
            np.array(index["offsets"]),
            *(tensors[name].numpy() for name in _COLUMNS),
            voiceprints,
            np.array(index["chosen"]),
            Voiceprint.load(folder / REFERENCE),
        )
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{folder} holds no complete pairs ({error}): run stage 3.") from error
