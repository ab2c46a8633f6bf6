"""Stage 6 of the coach: the direction of arrows over all folds, as numbers and as a table."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.coaching.backwards import FeedbackSpec
from voicecoach.coaching.direction import arrows_of, compare, find_tokens
from voicecoach.coaching.features import PhoneFolder, tabulate
from voicecoach.coaching.trained import Trained
from voicecoach.coaching.training import training_rows
from voicecoach.errors import InputError

RULE = "native mean, by Praat"


def measure(
    models: str | Path,
    folder: PhoneFolder,
    spec: FeedbackSpec,
    n_draws: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Arrows for speakers whom the network of each fold never saw.

    Args:
        models: with ``fold0/coach``, ``fold1/coach`` and so on.
        folder: phones of the scored speakers, with what the scorer's trunk heard.
        spec: how the network is run backwards.
        n_draws: of the bootstrap.
        seed: of the random edit and the draws.
        progress: called with (done, total) folds.

    Raises:
        InputError: there are no such folders, or no phone that can be measured by.
    """
    folders = find_folds(models)
    table = tabulate(folder)
    tokens, arrows, spreads = [], [], []
    for number, path in enumerate(folders):
        trained = Trained.load(path)
        norms = trained.norms
        held_out = np.setdiff1d(
            np.arange(len(folder.phones)),
            training_rows(folder, trained.config["fold"], len(folders)),
        )
        tokens.append(find_tokens(table, held_out, norms))
        arrows.append(arrows_of(trained, table, tokens[-1], spec, seed))
        spreads.append(norms.spread)
        if progress is not None:
            progress(number + 1, len(folders))
    if not any(len(found.rows) for found in tokens):
        raise InputError(
            "No badly said phone has three well-said ones of the same speaker beside it: measure "
            "with more recordings."
        )
    rows = compare(tokens, arrows, np.mean(spreads, axis=0), RULE, n_draws, seed)
    return {
        "n_tokens": rows[0].n_tokens,
        "n_speakers": len(np.unique(np.concatenate([t.speakers for t in tokens]))),
        "rule": RULE,
        "rows": [asdict(row) for row in rows],
    }


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
