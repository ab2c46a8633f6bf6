"""The vowel chart in characters."""

import numpy as np

from voicecoach.coaching.panels.vowels import ways
from voicecoach.coaching.results import Coaching
from voicecoach.text.phones import to_ipa

_HEIGHT, _WIDEST = 15, 62
_MARGIN = 6  # columns for the numbers on the left
_EDGE = 1.08
_TICKS_F1_HZ = (250, 300, 400, 500, 600, 700, 800, 900, 1000, 1200)
_TICKS_F2_HZ = (3500, 3000, 2500, 2000, 1500, 1200, 1000, 800)


def vowel_chart(coaching: Coaching, width: int, unicode: bool = True) -> list[str]:
    """F1 downwards against F2 to the left, both logarithmic, with a line of explanation.

    Args:
        coaching: with native regions, and a vowel that is to move.
        width: columns.
        unicode: False writes ARPAbet in place of IPA.

    Returns:
        Lines of at most ``width`` columns; none where no vowel is to move.
    """
    moves = [(n, way) for n, item in enumerate(coaching.phones, 1) for way in ways(item)]
    if not moves or not coaching.vowels:
        return []
    natives = [(region.f2_hz, region.f1_hz) for region in coaching.vowels]
    others = [(f2, f1) for _, f1, f2 in coaching.f1_f2_said]
    points = np.log([*natives, *others, *(point for _, (_, *way) in moves for point in way)])
    low, high = points.min(axis=0) - np.log(_EDGE), points.max(axis=0) + np.log(_EDGE)
    columns = min(width, _WIDEST) - _MARGIN
    size = np.array([columns - 2, _HEIGHT - 1])
    canvas = [[" "] * columns for _ in range(_HEIGHT)]

    def cell(point: tuple[float, float]) -> tuple[int, int]:
        share = (np.log(point) - low) / (high - low)
        x, y = np.rint([1 - share[0], share[1]] * size).astype(int).tolist()
        return x, y

    def put(point: tuple[float, float], text: str) -> None:
        x, y = cell(point)
        canvas[y][x : x + len(text)] = text[: columns - x]

    for point in others:
        put(point, ":")
    for region, point in zip(coaching.vowels, natives, strict=True):
        put(point, to_ipa(region.phone, 1) if unicode else region.phone)
    for _, (_, before, after) in moves:
        for share in np.linspace(0, 1, 40):
            put(np.exp((1 - share) * np.log(before) + share * np.log(after)), ".")
    for _, (_, _, after) in moves:
        put(after, "*")
    for number, (_, before, _) in moves:
        put(before, str(number))
    middle = np.exp((low + high) / 2)
    rows = {cell((middle[0], hz))[1]: f"{hz}" for hz in _TICKS_F1_HZ if _inside(hz, low, high, 1)}
    lines = [f"{rows.get(y, ''):>4} |{''.join(row)}".rstrip() for y, row in enumerate(canvas)]
    feet = [" "] * columns
    for hz in _TICKS_F2_HZ:
        x = cell((hz, middle[1]))[0] if _inside(hz, low, high, 0) else columns
        if x + 4 <= columns and not "".join(feet[max(0, x - 1) : x + 5]).strip():
            feet[x : x + len(str(hz))] = str(hz)
    return [*lines, "     +" + "-" * columns, "      " + "".join(feet).rstrip()]


def _inside(hz: float, low: np.ndarray, high: np.ndarray, axis: int) -> bool:
    return bool(low[axis] <= np.log(hz) <= high[axis])
