"""Pictures of how lively systems are."""

from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.data.atomic import replacing
from voicecoach.metrics.modulation import SEGMENT
from voicecoach.postfilter.systems import NATURAL
from voicecoach.synthesis.acoustics import log_magnitude


def draw_liveliness(curves: dict[str, Any], path: str | Path, column_shift_ms: float) -> None:
    """Global variance by coefficient or bin, and modulation spectrum, of each system, into a PNG.

    Args:
        curves: of ``measuring.measure``.
        path: where to.
        column_shift_ms: from one frame of the features to the next.

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
        hz = [k / SEGMENT * 1000.0 / column_shift_ms for k in range(len(values))]
        modulation.plot(hz, values, label=name, **style)
    variance.set(xlabel="coefficient or bin", ylabel="dB", title="Global variance")
    modulation.set(
        xlabel="modulation frequency in Hz",
        ylabel="dB",
        title="Modulation spectrum, mean over them",
    )
    for axes in (variance, modulation):
        axes.grid(alpha=0.3)
    modulation.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)


def draw_spectrograms(
    sounds: dict[str, str | Path], path: str | Path, audio: AudioSpec, highest_hz: float = 8000.0
) -> None:
    """The same sentence by each system, side by side on one scale, into a PNG.

    Args:
        sounds: recordings by the name of the system.
        path: where to.
        audio: how spectra are taken.
        highest_hz: of the pictures.

    Raises:
        InputError: a recording cannot be read, or the file cannot be written.
    """
    from matplotlib.figure import Figure

    n_columns = 2
    n_rows = -(-len(sounds) // n_columns)
    figure = Figure(figsize=(13, 2.6 * n_rows), layout="constrained")
    plots = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (name, sound) in zip(plots, sounds.items(), strict=False):
        waveform = io.load(sound, audio.sample_rate)
        level_db = 20.0 / np.log(10) * log_magnitude(waveform, audio)
        extent = (0.0, len(waveform) / audio.sample_rate, 0.0, audio.sample_rate / 2000.0)
        loudest_db = np.quantile(level_db, 0.999)
        image = axes.imshow(
            level_db.T - loudest_db, origin="lower", aspect="auto", extent=extent, vmin=-60, vmax=0
        )
        axes.set(title=name, ylim=(0.0, highest_hz / 1000.0))
    for axes in plots[len(sounds) :]:
        axes.set_visible(False)
    figure.colorbar(image, ax=plots, label="dB", shrink=0.6)
    figure.supxlabel("seconds")
    figure.supylabel("kHz")
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=90)
