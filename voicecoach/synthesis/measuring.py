"""How near a voice comes to its speaker, on sentences that it never trained on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.audio import io
from voicecoach.errors import InputError
from voicecoach.metrics import distortion
from voicecoach.metrics.bootstrap import bootstrap
from voicecoach.metrics.correlation import pearson
from voicecoach.synthesis import features
from voicecoach.synthesis.baseline import symbol_means
from voicecoach.synthesis.features import STEP_MS, VoiceFolder
from voicecoach.synthesis.symbols import FIRST_PHONE
from voicecoach.synthesis.systems import PREDICTED, SPEED, STEPS, WAV

Value = dict[str, float | None]
"""``value`` over all sentences, and the 95 % interval over them, ``low`` and ``high``; None where
they are not defined."""


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
    if [u.utt for u in predicted.utterances] != [u.utt for u in natural.utterances]:
        raise InputError(f"{spoken / PREDICTED} holds other sentences: run stage 5 again.")
    means, steps = symbol_means(train, natural)
    found = {
        "voice": _columns(natural, predicted, np.load(spoken / STEPS, allow_pickle=False)),
        "symbol means": _columns(natural, means, steps),
    }
    judges, missing = _judge(spoken, natural, progress)
    draws = {"n_draws": n_draws, "seed": seed}
    return {
        "counts": {"sentences": len(natural.utterances)},
        "features": {s: {k: _mean(v, **draws) for k, v in c.items()} for s, c in found.items()},
        "judges": {
            system: {measure: _ratio(*sums.T, **draws) for measure, sums in columns.items()}
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


def _judge(
    spoken: Path, natural: VoiceFolder, progress: Callable[[int, int], None] | None
) -> tuple[dict[str, dict[str, np.ndarray]], list[str]]:
    """By system and measure (n_sentences, 2), sums above and below; and who is missing."""
    from voicecoach.metrics.judges import SAMPLE_RATE, NaturalnessJudge, WordJudge

    judges, missing = {}, []
    for name, make in (("naturalness", NaturalnessJudge), ("word_error_rate", WordJudge)):
        try:
            judges[name] = make()
        except InputError as error:
            missing.append(str(error))
    systems = sorted(path.name for path in (spoken / WAV).iterdir())
    found: dict[str, dict[str, list]] = {
        system: {name: [] for name in judges} for system in systems
    }
    for done, utterance in enumerate(natural.utterances, start=1):
        for system in systems if judges else ():
            waveform = io.load(spoken / WAV / system / f"{utterance.utt}.flac", SAMPLE_RATE)
            for name, judge in judges.items():
                if name == "naturalness":
                    sums = (judge.opinion(waveform), 1)
                else:
                    sums = judge.errors(waveform, utterance.text)
                found[system][name].append(sums)
        if progress is not None:
            progress(done, len(natural.utterances))
    return {s: {k: np.array(v) for k, v in c.items()} for s, c in found.items()}, missing


def _mean(values: np.ndarray, n_draws: int, seed: int) -> Value:
    known = values[np.isfinite(values)]
    return _ratio(known, np.ones(len(known)), n_draws, seed)


def _ratio(above: np.ndarray, below: np.ndarray, n_draws: int, seed: int) -> Value:
    drawn = bootstrap(np.stack([above, below], 1), lambda s: s[:, 0] / s[:, 1], n_draws, seed)
    value = above.sum() / below.sum() if below.sum() else np.nan
    found = {"value": float(value), "low": drawn.low, "high": drawn.high}
    return {name: number if np.isfinite(number) else None for name, number in found.items()}


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
                f"| {system} | {' | '.join(_cell(columns.get(name)) for name in names)} |"
                for system, columns in rows.items()
            ),
            "",
        ]
    speeds = (f"{name} {1 / x:.0f}" for name, x in metrics["seconds_per_second"].items())
    return "\n".join([*lines, f"Times faster than real time: {', '.join(speeds)}.", ""])


def _cell(value: Value | None) -> str:
    if value is None or value["value"] is None:
        return ""
    size = abs(value["value"])
    digits = 0 if size >= 100 else 3 if size < 1 else 2
    text = f"{value['value']:.{digits}f}"
    if value["low"] is None:
        return text
    return f"{text} ({value['low']:.{digits}f} to {value['high']:.{digits}f})"
