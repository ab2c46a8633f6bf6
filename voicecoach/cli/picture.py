"""Feedback on a take as a picture."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.cli.listening import TAKE_RATE_HZ, Take

if TYPE_CHECKING:
    from voicecoach.synthesis.voice import Speech


def draw_take(
    take: Take, speech: "Speech", path: Path, panels: Sequence[str] | None = None
) -> None:
    """Draws what is to change in a take, beside the reference voice's pitch.

    Args:
        take: with its ``coaching``.
        speech: the sentence by the reference voice.
        path: as for `draw`.
        panels: as for `draw`; none draws the overview.

    Raises:
        InputError: as `draw`.
    """
    from voicecoach.coaching.contours import measure_contour, measure_reference
    from voicecoach.coaching.pictures import draw

    assert take.coaching is not None
    contour = take.coaching.contour or measure_contour(take.waveform, TAKE_RATE_HZ)
    draw(
        replace(take.coaching, contour=contour),
        path,
        panels=panels or None,
        waveform=take.waveform,
        sample_rate=TAKE_RATE_HZ,
        reference=measure_reference(speech),
    )
