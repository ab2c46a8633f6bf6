"""A level meter: one line of a terminal that is drawn again and again."""

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import numpy as np

_RANGE_DB, _WIDTH = 60.0, 40  # it shows the uppermost 60 dB


class Meter:
    """Draws on ``stream`` where that is a terminal, else does nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._drawn = False

    def show(self, block: "np.ndarray", elapsed_s: float) -> None:
        """Shows the level of (n_samples,) float in [-1, 1], and the time."""
        if self._shown:
            from voicecoach.audio.level import measure

            level = measure(block)
            n_bars = round(_WIDTH * max(0.0, 1 + level.peak_db / _RANGE_DB))
            loud = " too loud" if level.is_clipped else ""
            self.write(f"{elapsed_s:6.1f} s [{'#' * n_bars:<{_WIDTH}}]{loud}")

    def write(self, line: str) -> None:
        """Another line in its place."""
        if self._shown:
            self._stream.write(f"\r{line}\x1b[K")  # of the line before nothing is left
            self._stream.flush()
            self._drawn = bool(line)

    def end(self) -> None:
        """Takes the line away."""
        if self._drawn:
            self.write("")
