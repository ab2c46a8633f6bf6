"""Stage 7 of the coach: the folder that is given to others."""

from pathlib import Path

from voicecoach.coaching.backwards import FeedbackSpec
from voicecoach.training import packing

KEPT = ("audio", "coach", "train")


def pack(
    trained: str | Path, out: str | Path, spec: FeedbackSpec, card: str, commit: str = ""
) -> Path:
    """Writes a trained coach in 16 bits, with how it is run backwards and its card.

    Args:
        trained: the folder ``coach`` of a training.
        out: where to.
        spec: layer, steps, and how much is said.
        card: Markdown; ``{commit}`` in it is filled in.
        commit: of the code that trained it.

    Raises:
        InputError: there is no such checkpoint, or ``out`` cannot be written.
    """
    more = {"feedback": spec.model_dump(mode="json")}
    return packing.pack(trained, out, KEPT, card, commit, big="float16", more=more)
