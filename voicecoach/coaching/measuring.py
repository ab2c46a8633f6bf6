"""Stage 6 of the coach: the direction of arrows over all folds, as numbers and as a table."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach import config
from voicecoach.coaching.backwards import FeedbackSpec
from voicecoach.coaching.direction import arrows_of, compare, find_tokens
from voicecoach.coaching.features import PhoneFolder, tabulate
from voicecoach.coaching.network import CoachSpec, Scales, build
from voicecoach.coaching.norms import Norms
from voicecoach.coaching.training import training_rows
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.errors import InputError
from voicecoach.training import checkpoint

RULE = "native mean, by Praat"


def measure(
    models: str | Path,
    folder: PhoneFolder,
    heard: np.ndarray,
    spec: FeedbackSpec,
    n_draws: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Arrows for speakers whom the network of each fold never saw.

    Args:
        models: with ``fold0/coach``, ``fold1/coach`` and so on.
        folder: phones of the scored speakers.
        heard: by the scorer's trunk.
        spec: how the network is run backwards.
        n_draws: of the bootstrap.
        seed: of the random edit and the draws.
        progress: called with (done, total) folds.

    Raises:
        InputError: there are no such folders.
    """
    folders = find_folds(models)
    table = tabulate(folder, heard)
    tokens, arrows, spreads = [], [], []
    for number, path in enumerate(folders):
        network, scales, norms, fold = load_trained(path)
        held_out = np.setdiff1d(
            np.arange(len(folder.phones)), training_rows(folder, fold, len(folders))
        )
        tokens.append(find_tokens(table, held_out, norms))
        arrows.append(arrows_of(network, scales, norms, table, tokens[-1], spec, seed))
        spreads.append(norms.spread)
        if progress is not None:
            progress(number + 1, len(folders))
    rows = compare(tokens, arrows, np.mean(spreads, axis=0), RULE, n_draws, seed)
    return {
        "n_tokens": rows[0].n_tokens,
        "n_speakers": len(np.unique(np.concatenate([t.speakers for t in tokens]))),
        "rule": RULE,
        "rows": [asdict(row) for row in rows],
    }


def load_trained(folder: Path) -> tuple[MultitaskNetwork, Scales, Norms, int | None]:
    """A coach as stage 4 left it, and the fold that it never saw."""
    loaded = checkpoint.load(folder)
    network = build(config.parse(loaded.config["coach"], CoachSpec, folder / "config.yaml"))
    checkpoint.load_weights(network, loaded.tensors, folder)
    scales = Scales(**{name: loaded.statistics[name] for name in Scales.__annotations__})
    norms = Norms.from_tensors(loaded.statistics)
    return network.eval(), scales, norms, loaded.config.get("fold")


def find_folds(models: str | Path) -> list[Path]:
    """Coaches of a cross-validation. Raises ``InputError`` where there is none."""
    folders = sorted(Path(models).glob("fold*/coach"))
    if not folders:
        raise InputError(f"{models} has no fold0/coach: run stage 4 first.")
    return folders


def markdown(metrics: dict[str, Any]) -> str:
    """The table of ``measure``."""
    lines = [
        f"{metrics['n_tokens']} tokens of {metrics['n_speakers']} speakers; 95 % intervals over "
        f'speakers, gains paired with "{metrics["rule"]}".',
        "",
        "| | cosine | removed | gain in cosine | gain in removed |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in metrics["rows"]:
        cells = [f"{row[name]:.3f} {_span(row[f'{name}_interval'])}" for name in _MEASURES]
        cells += [_span(row[f"{name}_gain"], signed=True) for name in _MEASURES]
        lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


_MEASURES = ("cosine", "removed")


def _span(interval: dict[str, float], signed: bool = False) -> str:
    low, high = (f"{interval[end]:{'+' if signed else ''}.3f}" for end in ("low", "high"))
    return f"({low} to {high})"
