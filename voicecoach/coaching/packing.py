"""Stage 7 of the coach: the folder that is given to others."""

from pathlib import Path

from voicecoach.coaching.backwards import FeedbackSpec
from voicecoach.training import checkpoint

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
    loaded = checkpoint.load(trained)
    config = {name: loaded.config[name] for name in KEPT}
    return checkpoint.save_folder(
        out,
        {**config, "feedback": spec.model_dump(mode="json")},
        checkpoint.pack(loaded.tensors, big="float16"),
        card=card.replace("{commit}", commit or "unknown"),
        statistics=loaded.statistics,
    )
