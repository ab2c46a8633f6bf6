"""Stage 7 of a postfilter: the folder that is given to others."""

from pathlib import Path

from voicecoach.postfilter.postfilter import PostfilterSpec
from voicecoach.training import checkpoint


def pack(trained: str | Path, out: str | Path, card: str, commit: str = "") -> Path:
    """Writes a trained postfilter in 16 bits, with its card.

    Args:
        trained: the folder ``postfilter`` of a training.
        out: where to.
        card: Markdown; ``{commit}`` in it is filled in.
        commit: of the code that trained it.

    Raises:
        InputError: there is no such checkpoint, or ``out`` cannot be written.
    """
    loaded = checkpoint.load(trained)
    names = (*PostfilterSpec.model_fields, "train")
    statistics = {n: tensor for n, tensor in loaded.statistics.items() if n != "noise"}
    return checkpoint.save_folder(
        out,
        {name: loaded.config[name] for name in names},
        checkpoint.pack(loaded.tensors, big="float16"),
        card=card.replace("{commit}", commit or "unknown"),
        statistics=statistics,
    )
