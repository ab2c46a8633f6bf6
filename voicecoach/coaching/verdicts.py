"""What the judges said, as shares, means and intervals over speakers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from voicecoach.coaching import effect, likeness
from voicecoach.coaching.effect import PhoneEffect
from voicecoach.coaching.likeness import Likeness
from voicecoach.metrics.bootstrap import bootstrap, group_sums

BASELINE = "resynthesis"
_EDITED = "deep feedback"
_GROUPS = {"flagged": "flagged by the scorer", "bad": "scored below 1 by the experts"}


@dataclass(frozen=True)
class _Draws:
    """How the bootstrap over speakers draws."""

    n: int
    seed: int

    def ratio(self, above: np.ndarray, below: np.ndarray, speakers: np.ndarray) -> dict[str, float]:
        """Sum by sum, and its 95 % interval."""
        sums = group_sums(np.stack([above, below], 1), speakers)
        drawn = bootstrap(sums, lambda d: d[:, 0] / d[:, 1], self.n, self.seed)
        return {"value": float(above.sum() / below.sum()), "low": drawn.low, "high": drawn.high}

    def mean(self, values: np.ndarray, speakers: np.ndarray) -> dict[str, float]:
        return self.ratio(values, np.ones(len(values)), speakers)


def summarise(
    effects: Sequence[PhoneEffect],
    likenesses: Sequence[Likeness],
    n_draws: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """Shares, means and intervals.

    Returns:
        ``effect``: for phones that are "flagged" by the scorer and those "bad" for the experts, of
        each version the share that is clearer than in plain resynthesis, and the mean gain in
        nats. ``likeness``: mean cosines and naturalness of each version, and which fraction of the
        way from other speakers to plain resynthesis is kept; empty where nothing was compared.
    """
    draws = _Draws(n_draws, seed)
    groups = {group: [one for one in effects if getattr(one, group)] for group in _GROUPS}
    return {
        "effect": {group: _clarity(mine, draws) for group, mine in groups.items() if mine},
        "likeness": _voices(likenesses, draws) if likenesses else {},
    }


def _clarity(effects: Sequence[PhoneEffect], draws: _Draws) -> dict[str, Any]:
    speakers = np.array([one.speaker for one in effects])
    plain = np.array([one.clarity[BASELINE] for one in effects])
    versions = {}
    for version in effect.VERSIONS:
        gain = np.array([one.clarity[version] for one in effects]) - plain
        versions[version] = {
            "preferred": draws.mean((gain > 0).astype(float), speakers),
            "gain": draws.mean(gain, speakers),
        }
    return {"n_phones": len(effects), "n_speakers": len(set(speakers)), "versions": versions}


def _voices(likenesses: Sequence[Likeness], draws: _Draws) -> dict[str, Any]:
    def column(kind: str, version: str) -> np.ndarray:
        return np.array([getattr(one, kind)[version] for one in likenesses])

    speakers = np.array([one.speaker for one in likenesses])
    others = column("others", "recording")
    kept, whole = (column("own", version) - others for version in (_EDITED, BASELINE))
    means = {
        kind: {version: float(column(kind, version).mean()) for version in likeness.VERSIONS}
        for kind in ("own", "others", "naturalness")
    }
    return {
        "n_recordings": len(likenesses),
        "n_speakers": len(set(speakers)),
        "fraction": draws.ratio(kept, whole, speakers),
        **means,
    }


def markdown(summary: dict[str, Any]) -> str:
    """Tables of ``summarise``."""
    lines = []
    for group, found in summary["effect"].items():
        lines += [
            f"Phones {_GROUPS[group]}: {found['n_phones']} of {found['n_speakers']} speakers.",
            "",
            "| | preferred to plain resynthesis | mean gain in nats |",
            "| --- | ---: | ---: |",
        ]
        for version, row in found["versions"].items():
            if version != BASELINE:
                preferred, gain = _with_interval(row["preferred"]), _with_interval(row["gain"], "+")
                lines.append(f"| {version} | {preferred} | {gain} |")
        lines.append("")
    if found := summary["likeness"]:
        lines += [
            f"Every phone changed: {found['n_recordings']} recordings of {found['n_speakers']} "
            "speakers. Fraction of the way from other speakers to plain resynthesis: "
            f"{_with_interval(found['fraction'])}.",
            "",
            "| | like other recordings of the speaker | like other speakers | naturalness |",
            "| --- | ---: | ---: | ---: |",
        ]
        lines += [
            f"| {version} | {found['own'][version]:.3f} | {found['others'][version]:.3f} "
            f"| {found['naturalness'][version]:.2f} |"
            for version in likeness.VERSIONS
        ]
    return "\n".join(lines) + "\n"


def _with_interval(numbers: dict[str, float], sign: str = "") -> str:
    value, low, high = (f"{numbers[name]:{sign}.2f}" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"
