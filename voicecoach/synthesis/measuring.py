"""How near a voice comes to its speaker, on sentences that it never trained on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.errors import InputError
from voicecoach.metrics import distortion
from voicecoach.metrics.correlation import pearson
from voicecoach.synthesis import features
from voicecoach.synthesis.baseline import symbol_means
from voicecoach.synthesis.features import STEP_MS, VoiceFolder
from voicecoach.synthesis.judging import cell, judge, mean, ratio
from voicecoach.synthesis.symbols import FIRST_PHONE
from voicecoach.synthesis.systems import PREDICTED, SPEED, STEPS


def measure(
    spoken: str | Path,
    natural: VoiceFolder,
    train: VoiceFolder,
    n_draws: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Compares features with natural ones, and has judges listen where they are installed.

    Args:
        spoken: what ``systems`` wrote.
        natural: features of the same sentences.
        train: features that trained the voice, for the baseline.
        n_draws: of the bootstrap over sentences.
        seed: of the draws.
        progress: called with (done, total) while judges listen.

    Returns:
        ``counts``; ``features``, system by measure; ``judges``, system by measure, without what is
        not installed; ``missing_judges``, why; ``seconds_per_second``, system by number.

    Raises:
        InputError: ``spoken`` is incomplete.
    """
    spoken = Path(spoken)
    predicted = features.load(spoken / PREDICTED)
    for name in (STEPS, SPEED):
        if not (spoken / name).is_file():
            raise InputError(f"{spoken} has no {name}: run stage 5 to its end.")
    if [u.utt for u in predicted.utterances] != [u.utt for u in natural.utterances]:
        raise InputError(f"{spoken / PREDICTED} holds other sentences: run stage 5 again.")
    means, steps = symbol_means(train, natural)
    found = {
        "voice": _columns(natural, predicted, np.load(spoken / STEPS, allow_pickle=False)),
        "symbol means": _columns(natural, means, steps),
    }
    judges, missing = judge(spoken, natural.utterances, progress)
    draws = {"n_draws": n_draws, "seed": seed}
    return {
        "counts": {"sentences": len(natural.utterances)},
        "features": {s: {k: mean(v, **draws) for k, v in c.items()} for s, c in found.items()},
        "judges": {
            system: {measure: ratio(*sums.T, **draws) for measure, sums in columns.items()}
            for system, columns in judges.items()
        },
        "missing_judges": missing,
        "seconds_per_second": json.loads((spoken / SPEED).read_text(encoding="utf-8")),
    }


def _columns(natural: VoiceFolder, other: VoiceFolder, steps: np.ndarray) -> dict[str, np.ndarray]:
    """Each measure of each sentence; ``steps`` (all symbols,) are the durations that are chosen."""
    order = natural.spec.order
    rows = []
    for index in range(len(natural.utterances)):
        frames, table = natural.frames(index), natural.sentence(index)
        is_phone = table[:, 0] >= FIRST_PHONE
        inside = np.repeat(is_phone, table[:, 2] * natural.spec.frames_per_step)
        true, said = (np.asarray(f.world[frames], np.float64)[inside] for f in (natural, other))
        n = order + 1
        row = {
            "mcd_db": distortion.mel_cepstral_distortion_db(said[:, :n], true[:, :n]).mean(),
            **distortion.pitch_errors(*_pitch(said, n), *_pitch(true, n)),
        }
        if other.spectrum is not natural.spectrum:
            spectra = (np.asarray(f.spectrum[frames], np.float32)[inside] for f in (other, natural))
            row["lsd_db"] = distortion.log_spectral_distance_db(*spectra).mean()
        at = slice(*natural.symbol_offsets[index : index + 2])
        chosen, real = STEP_MS * steps[at][is_phone], STEP_MS * table[is_phone, 2]
        row["duration_rmse_ms"] = np.sqrt(np.mean((chosen - real) ** 2))
        row["duration_correlation"] = pearson(chosen, real)
        row["length_ratio"] = steps[at].sum() / table[:, 2].sum()
        rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _pitch(rows: np.ndarray, at: int) -> tuple[np.ndarray, np.ndarray]:
    return rows[:, at], rows[:, at + 1] > 0.5


_HEADERS = {
    "mcd_db": "MCD dB",
    "f0_rmse_cents": "F0 RMSE cents",
    "f0_correlation": "F0 correlation",
    "voicing_error": "voicing error",
    "lsd_db": "LSD dB",
    "duration_rmse_ms": "duration RMSE ms",
    "duration_correlation": "duration correlation",
    "length_ratio": "length ratio",
    "naturalness": "naturalness (1-5)",
    "word_error_rate": "word error rate",
}


def markdown(metrics: dict[str, Any]) -> str:
    """Tables of ``measure``."""
    lines = [f"{metrics['counts']['sentences']} sentences.", ""]
    for part in ("features", "judges"):
        rows = {system: columns for system, columns in metrics[part].items() if columns}
        if not rows:
            continue
        names = list(dict.fromkeys(name for columns in rows.values() for name in columns))
        lines += [
            f"| | {' | '.join(_HEADERS[name] for name in names)} |",
            f"| --- |{' ---: |' * len(names)}",
            *(
                f"| {system} | {' | '.join(cell(columns.get(name)) for name in names)} |"
                for system, columns in rows.items()
            ),
            "",
        ]
    speeds = (f"{name} {1 / x:.0f}" for name, x in metrics["seconds_per_second"].items())
    return "\n".join([*lines, f"Times faster than real time: {', '.join(speeds)}.", ""])
