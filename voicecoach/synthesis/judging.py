"""Judges over systems that say the same sentences, and intervals over the sentences."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics import judges
from voicecoach.metrics.bootstrap import bootstrap

WAV = "wav"
"""Folder of the systems: ``wav/<system>/<utterance>.flac``."""

Value = dict[str, float | None]
"""``value`` over all sentences, and the 95 % interval over them, ``low`` and ``high``; None where
they are not defined."""


def judge(
    spoken: str | Path,
    utterances: Sequence[Utterance],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, dict[str, np.ndarray]], list[str]]:
    """Lets judges hear every sentence of every system.

    Args:
        spoken: holds the folder ``WAV``.
        utterances: the sentences.
        progress: called with (done, total).

    Returns:
        By system, "naturalness" and "word_error_rate" as (n_sentences, 2), sums above and below
        the line; why a judge is missing.

    Raises:
        InputError: a recording is missing.
    """
    present: dict[str, Callable[[np.ndarray, str], tuple[float, float]]] = {}
    missing = []
    try:
        opinion = judges.NaturalnessJudge().opinion
        present["naturalness"] = lambda waveform, text: (opinion(waveform), 1)
    except InputError as error:
        missing.append(str(error))
    try:
        present["word_error_rate"] = judges.WordJudge().errors
    except InputError as error:
        missing.append(str(error))
    systems = sorted(path.name for path in (Path(spoken) / WAV).iterdir()) if present else []
    found: dict[str, dict[str, list]] = {s: {name: [] for name in present} for s in systems}
    for done, utterance in enumerate(utterances, start=1):
        for system in systems:
            path = Path(spoken) / WAV / system / f"{utterance.utt}.flac"
            waveform = io.load(path, judges.SAMPLE_RATE)
            for name, hear in present.items():
                found[system][name].append(hear(waveform, utterance.text))
        if progress is not None:
            progress(done, len(utterances))
    return {s: {k: np.array(v) for k, v in c.items()} for s, c in found.items()}, missing


def mean(values: np.ndarray, n_draws: int, seed: int) -> Value:
    """Mean of (n_sentences,), without what is not finite."""
    known = values[np.isfinite(values)]
    return ratio(known, np.ones(len(known)), n_draws, seed)


def ratio(above: np.ndarray, below: np.ndarray, n_draws: int, seed: int) -> Value:
    """Sum of ``above`` by sum of ``below``, both (n_sentences,)."""
    drawn = bootstrap(np.stack([above, below], 1), lambda s: s[:, 0] / s[:, 1], n_draws, seed)
    value = above.sum() / below.sum() if below.sum() else np.nan
    found = {"value": float(value), "low": drawn.low, "high": drawn.high}
    return {name: number if np.isfinite(number) else None for name, number in found.items()}


def cell(value: Value | None) -> str:
    """A value with its interval, for a table."""
    if value is None or value["value"] is None:
        return ""
    size = abs(value["value"])
    digits = 0 if size >= 100 else 3 if size < 1 else 2
    text = f"{value['value']:.{digits}f}"
    if value["low"] is None:
        return text
    return f"{text} ({value['low']:.{digits}f} to {value['high']:.{digits}f})"
