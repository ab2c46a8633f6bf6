"""How much of what smoothing takes away a postfilter gives back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach import config
from voicecoach.errors import InputError
from voicecoach.metrics import modulation
from voicecoach.postfilter import bands, kinds
from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.systems import FEATURES, NATURAL, NONE, SPEC, SPEED
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
    """Compares features with natural ones, and has judges listen where they are installed.

    Args:
        spoken: what ``systems.speak`` wrote.
        natural: features of the same recordings.
        n_draws: of the bootstrap over sentences.
        seed: of the draws.
        progress: called with (done, total) while judges listen.

    Returns:
        ``counts``; ``systems``, system by measure: ``variance_db`` and ``modulation_db`` are
        distances to natural, ``closed`` the share of both that no postfilter leaves and this one
        does not; over phones ``mcd_db``, or for spectra ``lsd_db`` of all bins and of each band,
        and ``seam`` (``stft.seam``); ``naturalness`` and ``word_error_rate`` where judges are
        installed, with paired differences ``above_<other>`` in naturalness and
        ``more_word_errors`` than no postfilter; ``bands_hz``; ``missing_judges``;
        ``seconds_per_second``; ``curves`` for pictures, with ``column_shift_ms``.

    Raises:
        InputError: ``spoken`` is incomplete or holds other sentences.
    """
    spoken = Path(spoken)
    draws = {"n_draws": n_draws, "seed": seed}
    rows = {path.stem: path for path in sorted((spoken / FEATURES).glob("*.npy"))}
    if NATURAL not in rows or NONE not in rows or not (spoken / SPEC).is_file():
        raise InputError(f"{spoken / FEATURES} is incomplete: run stage 5.")
    spec = config.load(spoken / SPEC, PostfilterModelSpec)
    kind = kinds.of(spec)
    inside = [_inside(natural, index)[:: spec.stride] for index in range(len(natural.utterances))]
    true = _read(rows[NATURAL], inside)
    curves, systems = {}, {}
    for name, path in rows.items():
        own = _read(path, inside)
        changed = [kind.changed(x) for x in own]
        curves[name] = (
            modulation.log_global_variance_db(changed),
            modulation.log_modulation_spectrum_db(changed),
        )
        distances = [
            {measure: column[where].mean() for measure, column in kind.distances(x, y).items()}
            for x, y, where in zip(own, true, inside, strict=True)
        ]
        systems[name] = {
            measure: mean(np.array([each[measure] for each in distances]), **draws)
            for measure in distances[0]
        }
    for name in systems:
        systems[name] = _liveliness(curves, name, **draws) | systems[name]
    heard, missing = judge(spoken, natural.utterances, progress)
    for name, columns in heard.items():
        own = systems.setdefault(name, {})
        own |= {measure: ratio(*sums.T, **draws) for measure, sums in columns.items()}
        for other in _REFERENCES:
            if "naturalness" in columns and other in heard and name != other:
                gain = columns["naturalness"][:, 0] - heard[other]["naturalness"][:, 0]
                own[f"above_{other}"] = mean(gain, **draws)
        if "word_error_rate" in columns and NONE in heard and name != NONE:
            errors, words = columns["word_error_rate"].T
            more = errors - heard[NONE]["word_error_rate"][:, 0]
            own["more_word_errors"] = ratio(more, words, **draws)
    return {
        "counts": {"sentences": len(natural.utterances)},
        "systems": systems,
        "bands_hz": _bands_hz(spec, natural) if spec.bands.n_bands > 1 else [],
        "missing_judges": missing,
        "seconds_per_second": json.loads((spoken / SPEED).read_text(encoding="utf-8")),
        "curves": {
            name: {
                "variance_db": variance.mean(0).tolist(),
                "modulation_db": spectrum.mean((0, 2)).tolist(),
            }
            for name, (variance, spectrum) in curves.items()
        },
        "column_shift_ms": spec.stride * natural.spec.audio.frame_shift_ms,
    }


def _read(path: Path, inside: list[np.ndarray]) -> list[np.ndarray]:
    rows = np.load(path, allow_pickle=False)
    ends = np.cumsum([len(where) for where in inside])
    if len(rows) != ends[-1]:
        raise InputError(f"{path} holds other sentences: run stage 5 again.")
    return [part.astype(np.float64) for part in np.split(rows, ends[:-1])]


def _bands_hz(spec: PostfilterModelSpec, natural: VoiceFolder) -> list[tuple[float, float]]:
    audio = natural.spec.audio
    width_hz = audio.sample_rate / audio.n_fft
    cuts = bands.cut(audio.n_bins, spec.bands)
    return [(cut.start * width_hz, (cut.stop - 1) * width_hz) for cut in cuts]


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
    "lsd_db": "LSD dB",
    **{f"lsd_{number}_db": f"LSD {number} dB" for number in range(1, 10)},
    "seam": "seam",
    "naturalness": "naturalness (1-5)",
    "above_none": "above none",
    "above_gv": "above GV",
    "above_noise": "above noise",
    "above_filters": "above filters",
    "word_error_rate": "word error rate",
    "more_word_errors": "more than none",
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
    if metrics["bands_hz"]:
        bands_hz = (f"{low / 1000:.1f} to {high / 1000:.1f}" for low, high in metrics["bands_hz"])
        lines.append(f"Bands in kHz: {', '.join(bands_hz)}.")
    speeds = (f"{name} {x:.4f}" for name, x in metrics["seconds_per_second"].items())
    return "\n".join([*lines, f"Real-time factors: {', '.join(speeds)}.", ""])
