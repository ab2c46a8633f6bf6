"""Stage 7 of a converter: the folder that is given to others."""

from pathlib import Path

from voicecoach.training import packing

KEPT = ("kind", "model", "train")


def pack(trained: str | Path, out: str | Path, card: str, commit: str = "") -> Path:
    """Writes a trained converter in 16 bits, with its card.

    Args:
        trained: a checkpoint of ``training.train``.
        out: where to.
        card: Markdown; ``{commit}`` in it is filled in.
        commit: of the code that trained it.

    Raises:
        InputError: there is no such checkpoint, or ``out`` cannot be written.
    """
    return packing.pack(trained, out, KEPT, card, commit, big="float16")
