"""The sheet that panels are drawn on, and texts on it that never overlap."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

WIDTH_IN = 12.0
DPI = 100
"""1200 pixels wide, whatever is drawn."""

# Okabe and Ito's colours, which all common kinds of colour blindness keep apart; what matters is
# told by a shape or a number too.
MARKED, NATIVE, REFERENCE, OTHER = "#D55E00", "#56B4E9", "#0072B2", "#777777"
SMALL, NORMAL, LARGE = 9.0, 10.5, 13.0  # font sizes, in points
_AROUND = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1))
_ALIGN = {1: ("left", "bottom"), 0: ("center", "center"), -1: ("right", "top")}
_CLEAR_PX = 2.0


class Box(NamedTuple):
    """A place on the sheet, in inches from the left and from the top."""

    left: float
    top: float
    width: float
    height: float


class Sheet:
    """A figure of fixed width. Positions are inches from the left and from the top."""

    def __init__(self, height_in: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.height_in = height_in
        self.figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
        self._canvas = FigureCanvasAgg(self.figure)
        self._taken: list[Bbox] = []

    @cached_property
    def renderer(self) -> Any:
        """What measures texts."""
        return self._canvas.get_renderer()

    def axes(self, box: Box) -> "Axes":
        """New axes without a frame above and on the right."""
        left, top, width, height = box
        below = self.height_in - top - height
        place = (left / WIDTH_IN, below / self.height_in, width / WIDTH_IN, height / self.height_in)
        axes = self.figure.add_axes(place)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=SMALL)
        return axes

    def write(self, left: float, top: float, text: str, **style: Any) -> "Text":
        """A text with its upper left corner at a place in inches; room is the caller's matter."""
        text = self.figure.text(
            left / WIDTH_IN, 1.0 - top / self.height_in, text, va="top", **style
        )
        self._taken.append(text.get_window_extent(self.renderer))
        return text

    def keep_clear(self, axes: "Axes", points: Iterable[tuple[float, float]], px: float) -> None:
        """Keeps later texts ``px`` away from points in data coordinates."""
        from matplotlib.transforms import Bbox

        for x, y in axes.transData.transform(list(points)):
            self._taken.append(Bbox.from_extents(x - px, y - px, x + px, y + px))

    def place(
        self,
        axes: "Axes",
        point: tuple[float, float],
        text: str,
        offsets: Sequence[tuple[float, float]],
        inside: bool = False,
        **style: Any,
    ) -> tuple[float, float] | None:
        """Writes a text at the first offset where it covers no other text.

        Args:
            axes: whose data coordinates ``point`` is in.
            point: what the text belongs to.
            text: may have several lines.
            offsets: in points of type, in order of preference. The text extends away from the
                point: to the right of a positive offset, centred on 0.
            inside: the text must stay inside the axes, and gets a white edge.
            style: of matplotlib's texts.

        Returns:
            The offset, or None where there is no room; then nothing is written.
        """
        from matplotlib.patheffects import withStroke

        frame = axes.get_window_extent(self.renderer) if inside else self.figure.bbox
        if inside:  # lines run below it
            style = {"path_effects": [withStroke(linewidth=2.5, foreground="white")], **style}
        for dx, dy in offsets:
            ha, va = _ALIGN[_sign(dx)][0], _ALIGN[_sign(dy)][1]
            label = axes.annotate(
                text, point, (dx, dy), textcoords="offset points", ha=ha, va=va, ma="left",
                annotation_clip=False, **style,
            )  # fmt: skip
            box = label.get_window_extent(self.renderer).padded(_CLEAR_PX)
            whole = frame.x0 <= box.x0 and box.x1 <= frame.x1
            whole &= frame.y0 <= box.y0 and box.y1 <= frame.y1
            if whole and not any(box.overlaps(other) for other in self._taken):
                self._taken.append(box)
                return dx, dy
            label.remove()
        return None

    def wrap(self, text: str, width: float, **style: Any) -> list[str]:
        """Lines of a text that are at most ``width`` inches wide, broken at plain spaces."""
        probe = self.figure.text(0, 0, "", **style)
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            probe.set_text(longer)
            if lines[-1] and probe.get_window_extent(self.renderer).width > width * DPI:
                lines.append(word)
            else:
                lines[-1] = longer
        probe.remove()
        return lines


def around(*radii: float) -> list[tuple[float, float]]:
    """Offsets in eight directions, nearer ones first."""
    return [(radius * x, radius * y) for radius in radii for x, y in _AROUND]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
