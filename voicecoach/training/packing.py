"""The folder that is given to others: a trained checkpoint without what only training needs."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

from voicecoach.training import checkpoint


def pack(
    trained: str | Path,
    out: str | Path,
    kept: Collection[str],
    card: str,
    commit: str = "",
    *,
    big: Literal["int8", "float16"],
    more: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
) -> Path:
    """Writes a checkpoint with small weights and its card.

    Args:
        trained: a checkpoint folder.
        out: where to.
        kept: parts of its configuration.
        card: Markdown; ``{commit}`` in it is filled in.
        commit: of the code that trained it.
        big: the format of large matrices; see ``checkpoint.pack``.
        more: further parts of the configuration.
        without: statistics that are left out.

    Raises:
        InputError: there is no such checkpoint, or ``out`` cannot be written.
    """
    loaded = checkpoint.load(trained)
    return checkpoint.save_folder(
        out,
        {**{name: loaded.config[name] for name in kept}, **(more or {})},
        checkpoint.pack(loaded.tensors, big=big),
        card=card.replace("{commit}", commit or "unknown"),
        statistics={n: tensor for n, tensor in loaded.statistics.items() if n not in without},
    )
