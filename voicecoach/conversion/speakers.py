"""Which speakers train a converter, which choose, and which only measure."""

from collections.abc import Sequence


def held_out(speakers: Sequence[str], every: int) -> set[str]:
    """Every so many-th of the distinct speakers in alphabetical order: nothing is trained or chosen
    with them."""
    return set(sorted(set(speakers))[every - 1 :: every])


def choosing(speakers: Sequence[str], every: int) -> set[str]:
    """Likewise, of the speakers for training: they choose the best epoch and train nothing."""
    return set(sorted(set(speakers))[every // 2 :: every])
