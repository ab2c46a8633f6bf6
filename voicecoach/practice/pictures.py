"""Scores over time, as a picture."""

from datetime import date, timedelta
from pathlib import Path

from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError
from voicecoach.practice.summary import Summary
from voicecoach.text.keywords import KEYWORDS
from voicecoach.text.phones import to_ipa

_FORMATS = (".png", ".svg")
_MOST_TICKS = 5
_MARKERS = "osD^v"  # colour is not the only sign


def draw_progress(summary: Summary, path: str | Path) -> None:
    """Draws the sentence totals of each day, and below the scores of the summary's phones.

    Args:
        summary: of at least one attempt.
        path: PNG or SVG, by its suffix.

    Raises:
        ImportError: matplotlib is not installed.
        InputError: another suffix, or the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        raise InputError(f"Cannot draw {path}: the name must end in .png or .svg.")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import dates, pyplot

    figure, (upper, lower) = pyplot.subplots(
        2, 1, figsize=(8, 6.4), sharex=True, layout="constrained"
    )
    days = summary.total_days
    upper.plot([day.day for day in days], [day.mean for day in days], "k-o", markersize=4)
    upper.set(title="Sentences", ylabel="mean total (0-10)", ylim=(0, 10.3))
    for marker, (phone, means) in zip(_MARKERS, summary.phone_days.items(), strict=False):
        label = f'{to_ipa(phone, 1)} as in "{KEYWORDS[phone]}"'
        x, y = [mean.day for mean in means], [mean.mean for mean in means]
        lower.plot(x, y, marker=marker, markersize=4, label=label)
    lower.set(title="Sounds", ylabel="mean score (0-2)", ylim=(0, 2.06), yticks=(0, 1, 2))
    lower.set_yticklabels(["0 wrong", "1 accented", "2 correct"])
    if summary.phone_days:
        lower.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    lower.set_xticks(_ticks(days[0].day, days[-1].day))
    lower.set_xlim(days[0].day - timedelta(days=1), days[-1].day + timedelta(days=1))
    lower.xaxis.set_major_formatter(dates.DateFormatter("%Y-%m-%d"))
    for axes in (upper, lower):
        axes.grid(axis="y", alpha=0.3)
    try:
        with replacing(path) as temporary:
            figure.savefig(temporary, format=suffix.lstrip("."), dpi=110)
    finally:
        pyplot.close(figure)


def _ticks(first: date, last: date) -> list[date]:
    """Whole days, evenly apart; matplotlib's own would tell hours of a short time."""
    span = (last - first).days
    step = max(1, -(-span // (_MOST_TICKS - 1)))
    return [first + timedelta(days=days) for days in range(0, span + 1, step)]
