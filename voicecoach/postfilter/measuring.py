"""How much of what smoothing takes away a postfilter gives back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.errors import InputError
from voicecoach.metrics import modulation
from voicecoach.metrics.distortion import mel_cepstral_distortion_db
from voicecoach.postfilter.systems import FEATURES, NATURAL, NONE, SPEED
from voicecoach.synthesis.features import VoiceFolder
from voicecoach.synthesis.judging import Value, cell, judge, mean, ratio
from voicecoach.synthesis.symbols import FIRST_PHONE

_REFERENCES = (NONE, "gv", "noise", "filters")
"""What the naturalness of a system is compared with, sentence by sentence."""


def measure(
    spoken: str | Path,
    natural: VoiceFolder,
    n_draws: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Compares mel-cepstra with natural ones, and has judges listen where they are installed.

    Args:
        spoken: what ``systems.speak`` wrote.
        natural: features of the same recordings.
        n_draws: of the bootstrap over sentences.
        seed: of the draws.
        progress: called with (done, total) while judges listen.

    Returns:
        ``counts``; ``systems``, system by measure: ``variance_db`` and ``modulation_db`` are
        distances to natural, ``closed`` the share of both that no postfilter leaves and this one
        does not, ``mcd_db`` over phones; ``naturalness`` and ``word_error_rate`` where judges are
        installed, with ``above_<other>`` paired differences in naturalness; ``missing_judges``;
        ``seconds_per_second``; ``curves`` for pictures.

    Raises:
        InputError: ``spoken`` is incomplete or holds other sentences.
    """
    spoken = Path(spoken)
    draws = {"n_draws": n_draws, "seed": seed}
    mcep = {path.stem: _read(path, natural) for path in sorted((spoken / FEATURES).glob("*.npy"))}
    if NATURAL not in mcep or NONE not in mcep or not (spoken / SPEED).is_file():
        raise InputError(f"{spoken / FEATURES} is incomplete: run stage 5.")
    curves = {
        name: (
            modulation.log_global_variance_db([x[:, 1:] for x in each]),
            modulation.log_modulation_spectrum_db([x[:, 1:] for x in each]),
        )
        for name, each in mcep.items()
    }
    systems: dict[str, dict[str, Value]] = {name: {} for name in mcep}
    for name, each in mcep.items():
        systems[name] |= _liveliness(curves, name, **draws)
        errors = [
            mel_cepstral_distortion_db(x, y)[_inside(natural, index)].mean()
            for index, (x, y) in enumerate(zip(each, mcep[NATURAL], strict=True))
        ]
        systems[name]["mcd_db"] = mean(np.array(errors), **draws)
    heard, missing = judge(spoken, natural.utterances, progress)
    for name, columns in heard.items():
        own = systems.setdefault(name, {})
        own |= {measure: ratio(*sums.T, **draws) for measure, sums in columns.items()}
        for other in _REFERENCES:
            if "naturalness" in columns and other in heard and name != other:
                gain = columns["naturalness"][:, 0] - heard[other]["naturalness"][:, 0]
                own[f"above_{other}"] = mean(gain, **draws)
    return {
        "counts": {"sentences": len(natural.utterances)},
        "systems": systems,
        "missing_judges": missing,
        "seconds_per_second": json.loads((spoken / SPEED).read_text(encoding="utf-8")),
        "curves": {
            name: {
                "variance_db": variance.mean(0).tolist(),
                "modulation_db": spectrum.mean((0, 2)).tolist(),
            }
            for name, (variance, spectrum) in curves.items()
        },
    }


def _read(path: Path, natural: VoiceFolder) -> list[np.ndarray]:
    rows = np.load(path, allow_pickle=False).astype(np.float64)
    if len(rows) != natural.frame_offsets[-1]:
        raise InputError(f"{path} holds other sentences: run stage 5 again.")
    return [rows[natural.frames(index)] for index in range(len(natural.utterances))]


def _inside(natural: VoiceFolder, index: int) -> np.ndarray:
    """(n_frames,) True where a phone is said."""
    table = natural.sentence(index)
    return np.repeat(table[:, 0] >= FIRST_PHONE, table[:, 2] * natural.spec.frames_per_step)


def _liveliness(
    curves: dict[str, tuple[np.ndarray, np.ndarray]], name: str, n_draws: int, seed: int
) -> dict[str, Value]:
    """Distances of means over sentences, so that the sentences themselves must be drawn."""
    n_sentences = len(curves[NATURAL][0])
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(n_sentences, np.full(n_sentences, 1 / n_sentences), size=n_draws)
    rows = [_distances(curves, name, each) for each in [np.ones(n_sentences), *weights]]
    found = {}
    for measure, values in zip(
        ("variance_db", "modulation_db", "closed"), np.transpose(rows), strict=True
    ):
        low, high = np.quantile(values[1:], [0.025, 0.975]) if n_draws else (None, None)
        found[measure] = {"value": float(values[0]), "low": low, "high": high}
    return found


def _distances(
    curves: dict[str, tuple[np.ndarray, np.ndarray]], name: str, weights: np.ndarray
) -> tuple[float, float, float]:
    made, natural, dull = curves[name], curves[NATURAL], curves[NONE]
    own = [modulation.distance_db(x, y, weights) for x, y in zip(made, natural, strict=True)]
    gap = [modulation.distance_db(x, y, weights) for x, y in zip(dull, natural, strict=True)]
    return *own, 1.0 - float(np.mean(np.divide(own, gap)))


_HEADERS = {
    "variance_db": "GV distance dB",
    "modulation_db": "MS distance dB",
    "closed": "gap closed",
    "mcd_db": "MCD dB",
    "naturalness": "naturalness (1-5)",
    "above_none": "above none",
    "above_gv": "above GV",
    "above_noise": "above noise",
    "above_filters": "above filters",
    "word_error_rate": "word error rate",
}


def markdown(metrics: dict[str, Any]) -> str:
    """Table of ``measure``."""
    systems = metrics["systems"]
    names = [name for name in _HEADERS if any(name in columns for columns in systems.values())]
    lines = [
        f"{metrics['counts']['sentences']} sentences.",
        "",
        f"| | {' | '.join(_HEADERS[name] for name in names)} |",
        f"| --- |{' ---: |' * len(names)}",
        *(
            f"| {system} | {' | '.join(cell(columns.get(name)) for name in names)} |"
            for system, columns in systems.items()
        ),
        "",
    ]
    speeds = (f"{name} {x:.4f}" for name, x in metrics["seconds_per_second"].items())
    return "\n".join([*lines, f"Real-time factors: {', '.join(speeds)}.", ""])
