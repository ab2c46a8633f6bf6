"""Metrics as a table for people."""

from collections.abc import Mapping, Sequence

Row = tuple[str, str, str]
"""What was measured, its value, its 95 % interval ("" where there is none)."""

_TITLES = {
    "accuracy": "accuracy",
    "total": "total",
    "stress": "stress",
    "fluency": "fluency",
    "prosodic": "prosody",
    "completeness": "completeness",
}
HEADER: Row = ("measure", "value", "95 % interval")


def main_rows(metrics: Mapping) -> list[Row]:
    """The rows of the result of ``scoring.score_metrics``, without its break-down."""
    rows = [
        _row("phone PCC", metrics["phone"]["pcc"]),
        _row("phone MSE (scale 0-2)", metrics["phone"]["mse"]),
    ]
    for level in ("word", "sentence"):
        rows += [
            _row(f"{level} {_TITLES[field]} PCC", values["pcc"])
            for field, values in metrics[level].items()
        ]
    found = metrics["detection"]
    if found["flagged"] is not None:
        rows += [
            _row(f"flagged phones: {name}", found["flagged"][name])
            for name in ("precision", "recall", "f1")
        ]
    rows.append(_row("best F1 over thresholds", found["best_f1"]["f1"]))
    rows.append(_row("average precision", found["average_precision"]))
    at = found["at_precision"]
    rows.append(_row(f"recall where precision reaches {at['target']:g}", at["recall"]))
    baselines = metrics["baselines"]
    if "phone_mean" in baselines:
        rows.append(_row("always the phone's mean: phone PCC", baselines["phone_mean"]["pcc"]))
    if "goodness" in baselines:
        title = "raw goodness of pronunciation"
        rows.append(_row(f"{title}: phone PCC", baselines["goodness"]["pcc"]))
        rows.append(_row(f"{title}: best F1", baselines["goodness"]["best_f1"]["f1"]))
    if "one_expert" in baselines:
        rows.append(
            _row("one expert against the others: phone PCC", baselines["one_expert"]["pcc"])
        )
    return rows


def breakdown_rows(metrics: Mapping) -> list[tuple[str, ...]]:
    """The rows under ``BREAKDOWN_HEADER``: a group, its size, and what was measured on it."""
    rows = []
    for groups in metrics["breakdown"].values():
        for group, values in groups.items():
            name = {"f": "female", "m": "male"}.get(group, group)
            _, value, interval = _row("", values["pcc"])
            sizes = str(values["phones"]), str(values["bad_phones"])
            others = (format_number(values[key]) for key in ("one_expert", "best_f1"))
            rows.append((name, *sizes, value, interval, *others))
    return rows


BREAKDOWN_HEADER = (
    "group",
    "phones",
    "bad",
    "phone PCC",
    "95 % interval",
    "one expert",
    "best F1",
)


def markdown(metrics: Mapping) -> str:
    """Two Markdown tables, and a line that says how much was measured."""
    parts = [counts_line(metrics), "", *markdown_table(HEADER, main_rows(metrics)), ""]
    parts += markdown_table(BREAKDOWN_HEADER, breakdown_rows(metrics))
    return "\n".join(parts) + "\n"


def counts_line(metrics: Mapping) -> str:
    """One sentence with the numbers of utterances, speakers, words and phones."""
    counts = metrics["counts"]
    return (
        f"{counts['utterances']} utterances of {counts['speakers']} speakers, "
        f"{counts['words']} words, {counts['phones']} phones, of which {counts['bad_phones']} "
        "are bad (mean expert score below 0.5 of 2)."
    )


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table: first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    # A bar inside a cell would end it.
    escaped = [[cell.replace("|", r"\|") for cell in cells] for cells in lines]
    return [f"| {' | '.join(cells)} |" for cells in escaped]


def _row(name: str, measured: Mapping | float | None) -> Row:
    if not isinstance(measured, Mapping):
        return name, format_number(measured), ""
    low, high = measured.get("low"), measured.get("high")
    interval = (
        "" if low is None or high is None else f"{format_number(low)} to {format_number(high)}"
    )
    return name, format_number(measured["value"]), interval


def format_number(value: float | None) -> str:
    """Three decimals; what is not defined is "n/a"."""
    return "n/a" if value is None else f"{value:.3f}"
