"""What misaligned training targets cost: by squares, and by a learned metric."""

import json
import re
from pathlib import Path

import numpy as np

from voicecoach.data.atomic import replacing

MEASURES = {
    "error": "frame error",
    "modulation": "MS distance dB",
    "unscaled_modulation": "unscaled MS distance dB",
    "unscaled_variance_db": "unscaled variance dB",
}
"""Unscaled: before a converter gives the variance back, which hides blur."""

Row = dict[str, float | int | str]


def collect(folder: str | Path) -> list[Row]:
    """The last metrics of trainings ``<loss>/shift<N>/seed<N>``, on those that only choose.

    Their targets were not moved.

    Returns:
        A row each: ``loss``, ``shift`` in frames, ``seed`` and ``MEASURES``; none where there is
        no such training.
    """
    rows = []
    for path in sorted(Path(folder).glob("*/shift*/seed*/log.jsonl")):
        shift, seed = (
            int(re.sub(r"\D", "", part)) for part in (path.parents[1].name, path.parent.name)
        )
        last = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["validate"]
        own = {name: last[name] for name in MEASURES}
        rows.append({"loss": path.parents[2].name, "shift": shift, "seed": seed, **own})
    return rows


def summary(rows: list[Row]) -> dict[str, dict[int, dict[str, tuple[float, float]]]]:
    """By loss and shift: mean and standard deviation over seeds of each measure."""
    found: dict[str, dict[int, dict[str, tuple[float, float]]]] = {}
    for loss in sorted({str(row["loss"]) for row in rows}):
        for shift in sorted({int(row["shift"]) for row in rows}):
            own = [row for row in rows if row["loss"] == loss and row["shift"] == shift]
            if own:
                found.setdefault(loss, {})[shift] = {
                    name: (
                        float(np.mean([row[name] for row in own])),
                        float(np.std([row[name] for row in own])),
                    )
                    for name in MEASURES
                }
    return found


def markdown(rows: list[Row]) -> str:
    """A table of ``summary``."""
    lines = [
        f"| loss | targets moved by up to | {' | '.join(MEASURES.values())} |",
        f"| --- | ---: |{' ---: |' * len(MEASURES)}",
    ]
    for loss, shifts in summary(rows).items():
        for shift, values in shifts.items():
            cells = " | ".join(f"{values[n][0]:.3f} ± {values[n][1]:.3f}" for n in MEASURES)
            lines.append(f"| {loss} | {10 * shift} ms | {cells} |")
    return "\n".join([*lines, ""])


def draw(rows: list[Row], path: str | Path) -> None:
    """Measures against the shift, a line for each loss."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 7), layout="constrained")
    panels = figure.subplots(2, 2).ravel()
    for axes, (name, label) in zip(panels, MEASURES.items(), strict=True):
        for loss, shifts in summary(rows).items():
            means, deviations = zip(*(values[name] for values in shifts.values()), strict=True)
            axes.errorbar([10 * s for s in shifts], means, deviations, label=loss, capsize=3)
        axes.set(xlabel="targets moved by up to (ms)", ylabel=label)
        axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
