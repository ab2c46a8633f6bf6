"""What was measured on faces, as tables for people."""

from collections.abc import Mapping

from voicecoach.metrics.report import markdown_table


def markdown(metrics: Mapping) -> str:
    """Tables of the result of ``measuring.measure``, with 95 % intervals over people."""
    counts = metrics["counts"]
    lines = [
        f"{counts['pictures']} pictures of {counts['people']} people; arrows are compared with "
        f"{counts['pairs']} real smiles.",
        "",
        *markdown_table(("measure", "value", "95 % interval"), _main_rows(metrics)),
        "",
        *markdown_table(
            ("cosine with the real smile", "all 68", "mouth", "deep feedback is better by (mouth)"),
            [_cosine_row(name, metrics) for name in metrics["cosine"]],
        ),
    ]
    return "\n".join(lines) + "\n"


def _main_rows(metrics: Mapping) -> list[tuple[str, str, str]]:
    named = {
        "landmark error (eye distances)": metrics["landmark_error"],
        "expression accuracy": metrics["accuracy"],
        **{f"mouth arrow (eye distances): {k}": v for k, v in metrics["length"].items()},
    }
    return [
        (name, f"{found['value']:.3f}", f"{found['low']:.3f} to {found['high']:.3f}")
        for name, found in named.items()
    ]


def _cosine_row(name: str, metrics: Mapping) -> tuple[str, ...]:
    found, gain = metrics["cosine"][name], metrics["gain"].get(name)
    return (name, _number(found["all"]), _number(found["mouth"]), _number(gain and gain["mouth"]))


def _number(found: Mapping | None) -> str:
    if found is None:
        return ""
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
