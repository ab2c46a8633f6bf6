"""Stage 7 of a postfilter: the folder that is given to others."""

from pathlib import Path

from voicecoach import config
from voicecoach.postfilter.baselines import STATISTICS
from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.postfilter import PostfilterSpec
from voicecoach.training import checkpoint, packing


def pack(trained: str | Path, out: str | Path, card: str, commit: str = "") -> Path:
    """Writes a trained postfilter in 16 bits, without the baselines that it does not use, with its
    card.

    Args:
        trained: the folder ``postfilter`` of a training.
        out: where to.
        card: Markdown; ``{commit}`` in it is filled in.
        commit: of the code that trained it.

    Raises:
        InputError: there is no such checkpoint, or ``out`` cannot be written.
    """
    kept = (*PostfilterSpec.model_fields, "train")
    spec = config.parse(checkpoint.load(trained).config["model"], PostfilterModelSpec, trained)
    without = {"noise"} if spec.filtered else {"noise", *STATISTICS}
    return packing.pack(trained, out, kept, card, commit, big="float16", without=without)
