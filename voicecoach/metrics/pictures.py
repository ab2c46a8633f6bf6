"""How well bad phones are found, as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from voicecoach.data.atomic import replacing
from voicecoach.metrics import detection
from voicecoach.metrics.levels import phone_level
from voicecoach.metrics.scoring import BAD_BELOW


def draw_detection(records: Sequence[Mapping], path: str | Path, threshold: float | None) -> None:
    """Draws precision against recall over all thresholds, and what was predicted for which score.

    Args:
        records: as for ``score_metrics``.
        path: PNG or SVG, by its suffix.
        threshold: the frozen one, marked in both parts; None marks nothing.

    Raises:
        ImportError: matplotlib is not installed.
        InputError: the file cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    phones, _, _ = phone_level(records)
    predicted, expected = phones.predicted["accuracy"], phones.expected["accuracy"]
    bad = expected < BAD_BELOW
    _, true_positives, flagged = detection.curve(bad, predicted)
    some = flagged > 0
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    left.plot(true_positives[some] / max(1, bad.sum()), true_positives[some] / flagged[some])
    left.axhline(bad.mean(), color="grey", linestyle=":", label="flagging at random")
    left.set(xlabel="recall of bad phones", ylabel="precision", xlim=(0, 1), ylim=(0, 1))
    edges = np.arange(-0.05, 2.1, 0.1)
    for name, chosen in (
        ("experts below 0.5", bad),
        ("0.5 to 1.5", (expected >= BAD_BELOW) & (expected < 1.5)),
        ("1.5 and above", expected >= 1.5),
    ):
        if chosen.any():
            weights = np.full(chosen.sum(), 1 / chosen.sum())
            right.hist(predicted[chosen], edges, weights=weights, histtype="step", label=name)
    right.set(xlabel="predicted phone score (0-2)", ylabel="share of the phones in the group")
    if threshold is not None:
        at = detection.precision_recall(bad, predicted, threshold)
        left.plot([at.recall], [at.precision], "ko", label=f"flagged below {threshold:.2f}")
        right.axvline(threshold, color="black", linestyle="--")
    left.legend()
    right.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format=Path(path).suffix.lstrip("."), dpi=110)
    pyplot.close(figure)
