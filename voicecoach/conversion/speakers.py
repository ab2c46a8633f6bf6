"""Which speakers train a converter, which choose, and which only measure.

A lone speaker is divided by sentence instead.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

SENTENCES_EVERY = 5
"""Of a lone speaker one sentence in so many is only measured with."""


@dataclass(frozen=True)
class Split:
    """Indices of utterances.

    Attributes:
        learns: a network is trained with them.
        chooses: they choose the best epoch and train nothing.
        held: nothing is trained or chosen with them.
    """

    learns: tuple[int, ...]
    chooses: tuple[int, ...]
    held: tuple[int, ...]


def split(
    utts: Sequence[str], speakers: Sequence[str], held_every: int, dev_every: int = 2
) -> Split:
    """Who does what, of utterances and the speaker of each.

    Args:
        utts: their ids.
        speakers: of each.
        held_every, dev_every: of ``held_out`` and ``choosing``; of a lone speaker's sentences
            ``held_sentences`` says which are held.
    """
    whole = units(utts, speakers)
    held = held_sentences(utts) if is_lone(speakers) else held_out(speakers, held_every)
    others = [i for i, unit in enumerate(whole) if unit not in held]
    chooses = choosing([whole[i] for i in others], dev_every)
    return Split(
        tuple(i for i in others if whole[i] not in chooses),
        tuple(i for i in others if whole[i] in chooses),
        tuple(i for i, unit in enumerate(whole) if unit in held),
    )


def is_lone(speakers: Sequence[str]) -> bool:
    """Whether all utterances are of one speaker."""
    return len(set(speakers)) == 1


def units(utts: Sequence[str], speakers: Sequence[str]) -> list[str]:
    """What is divided, and drawn again for intervals, of each utterance: its speaker, or it."""
    return list(utts if is_lone(speakers) else speakers)


def held_out(speakers: Sequence[str], every: int) -> set[str]:
    """Every so many-th of the distinct speakers in alphabetical order: nothing is trained or chosen
    with them."""
    return set(sorted(set(speakers))[every - 1 :: every])


def held_sentences(utts: Sequence[str]) -> set[str]:
    """One in ``SENTENCES_EVERY``, by a checksum of the id: one that is left out moves no other."""
    return {utt for utt in utts if zlib.crc32(utt.encode()) % SENTENCES_EVERY == 0}


def choosing(speakers: Sequence[str], every: int) -> set[str]:
    """Likewise, of the speakers for training: they choose the best epoch and train nothing."""
    return set(sorted(set(speakers))[every // 2 :: every])
