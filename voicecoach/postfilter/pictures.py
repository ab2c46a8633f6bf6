"""Pictures of how lively systems are."""

from pathlib import Path
from typing import Any

from voicecoach.data.atomic import replacing
from voicecoach.metrics.modulation import SEGMENT
from voicecoach.postfilter.systems import NATURAL


def draw_liveliness(curves: dict[str, Any], path: str | Path, frame_shift_ms: float = 5.0) -> None:
    """Global variance by coefficient, and modulation spectrum, of each system, into a PNG.

    Args:
        curves: of ``measuring.measure``.
        path: where to.
        frame_shift_ms: of the features.

    Raises:
        InputError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    variance, modulation = figure.subplots(1, 2)
    for name, curve in curves.items():
        style = {"color": "black", "linewidth": 2.5} if name == NATURAL else {"linewidth": 1.2}
        orders = range(1, len(curve["variance_db"]) + 1)
        variance.plot(orders, curve["variance_db"], label=name, **style)
        values = curve["modulation_db"]
        hz = [k / SEGMENT * 1000.0 / frame_shift_ms for k in range(len(values))]
        modulation.plot(hz, values, label=name, **style)
    variance.set(xlabel="coefficient", ylabel="dB", title="Global variance")
    modulation.set(
        xlabel="modulation frequency in Hz",
        ylabel="dB",
        title="Modulation spectrum, mean over coefficients",
    )
    for axes in (variance, modulation):
        axes.grid(alpha=0.3)
    modulation.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
