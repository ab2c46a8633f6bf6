"""How well converted speech sounds like a learner, like a native, and like speech."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.conversion.listening import Sums, converted, listen
from voicecoach.conversion.pairs import PairFolder
from voicecoach.conversion.speakers import units
from voicecoach.conversion.systems import (
    ENROLLED,
    MCEP,
    NATIVE,
    PACED,
    PACED_VTLN,
    RECORDING,
    RESYNTHESIS,
    SPEED,
    VTLN,
)
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics import modulation
from voicecoach.metrics.distortion import mel_cepstral_distortion_db
from voicecoach.synthesis.judging import WAV, Value, cell, mean, ratio

_LEAST_FRAMES = 10.0
COMPARED = (VTLN, PACED_VTLN, "squares")
"""Systems that others are compared with, learner by learner; of a lone learner by sentence."""


def measure(
    spoken: str | Path,
    utterances: Sequence[Utterance],
    pairs: PairFolder,
    n_draws: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Compares mel-cepstra with the learner's, and has judges listen where they are installed.

    Args:
        spoken: what ``systems.speak`` wrote.
        utterances: of the data folder; those that were spoken are found among them.
        pairs: features of the same utterances: the learner's frames on the reference's time.
        n_draws: of the bootstrap over learners, or over the sentences of a lone one.
        seed: of the draws.
        progress: called with (done, total) while judges listen.

    Returns:
        ``counts``; ``systems``, system by measure; ``aims``, shares of learners (sentences); and
        ``seconds_per_second`` of systems; ``missing_judges``, why.

    Raises:
        InputError: ``spoken`` is incomplete.
    """
    spoken = Path(spoken)
    for name in (SPEED, ENROLLED):
        if not (spoken / name).is_file():
            raise InputError(f"{spoken} has no {name}: run stage 5 to its end.")
    enrolled = json.loads((spoken / ENROLLED).read_text(encoding="utf-8"))
    tested = [u for u in utterances if (spoken / WAV / RECORDING / f"{u.utt}.flac").is_file()]
    tested.sort(key=lambda u: (u.speaker, u.utt))
    each = units([u.utt for u in tested], [u.speaker for u in tested])
    groups: dict[str, list[Utterance]] = {}
    for unit, utterance in zip(each, tested, strict=True):
        groups.setdefault(unit, []).append(utterance)
    draws = {"n_draws": n_draws, "seed": seed}
    sums, missing = listen(spoken, groups, enrolled, progress)
    curves = _compare(spoken, groups, pairs, sums)
    found: dict[str, dict[str, Value]] = {
        system: {name: ratio(*rows.T, **draws) for name, rows in columns.items()}
        for system, columns in sums.items()
    }
    for system, own in curves.items():
        found[system]["modulation_db"] = _distance(*own, **draws)
    for system, columns in sums.items():
        for other in COMPARED:
            for name in ("naturalness", "to_learner"):
                compares = system == PACED or (system in curves and other != PACED_VTLN)
                if compares and other in sums and other != system and name in columns:
                    gain = _each(columns[name]) - _each(sums[other][name])
                    found[system][f"{name}_above_{other}"] = mean(gain, **draws)
    return {
        "counts": {"learners": len(enrolled), "sentences": len(tested)},
        "systems": found,
        "aims": _aims(sums, converted(spoken), draws),
        "seconds_per_second": json.loads((spoken / SPEED).read_text(encoding="utf-8")),
        "missing_judges": missing,
    }


def _compare(
    spoken: Path, groups: dict[str, list[Utterance]], pairs: PairFolder, sums: Sums
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Adds distortion to ``sums``; by system the modulation spectra of what it made and of what the
    learner said, (n_groups, ...) dB, where the learner said something well."""
    at = {utt: index for index, utt in enumerate(pairs.utts)}
    curves = {}
    for path in sorted((spoken / MCEP).glob("*.npz")):
        distortion, spectra = [], []
        with np.load(path, allow_pickle=False) as made:
            for own in groups.values():
                total, both = np.zeros(2), []
                for utterance in own:
                    if utterance.utt not in at or utterance.utt not in made:
                        continue
                    rows = pairs.frames(at[utterance.utt])
                    weight = pairs.weight[rows].astype(np.float64)
                    if weight.sum() < _LEAST_FRAMES:
                        continue
                    true = pairs.target[rows].astype(np.float64)
                    said = made[utterance.utt].astype(np.float64)
                    errors = mel_cepstral_distortion_db(said, true)
                    total += [errors @ weight, weight.sum()]
                    well = weight > 0
                    both.append([x[well, 1:] for x in (said, true)])
                distortion.append(total)
                if both:
                    each = (
                        modulation.log_modulation_spectrum_db(x) for x in zip(*both, strict=True)
                    )
                    spectra.append([spectrum.mean(axis=0) for spectrum in each])
        sums.setdefault(path.stem, {})["mcd_db"] = np.array(distortion)
        curves[path.stem] = tuple(np.stack(x) for x in zip(*spectra, strict=True))
    return curves


def _distance(made: np.ndarray, natural: np.ndarray, n_draws: int, seed: int) -> Value:
    """Distance of means over learners, who are drawn again and again."""
    n = len(made)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=n_draws)
    drawn = modulation.drawn_distances_db(made, natural, weights)
    low, high = np.quantile(drawn, [0.025, 0.975]) if n > 1 and n_draws else (None, None)
    return {"value": modulation.distance_db(made, natural), "low": low, "high": high}


def _aims(sums: Sums, base: str, draws: dict[str, int]) -> dict[str, Value]:
    """Shares of learners, or of a lone one's sentences, for which a conversion does what it is for.

    ``base``: the system that is converted.
    """
    found = {}
    own, native = sums[RECORDING], sums.get(NATIVE, {})
    for name in ("word_error_rate", "phone_error_rate"):
        if name in native:
            after, before = _each(native[name]), _each(own[name])
            # Where there was no error none can be mended.
            for what, better in (("", after < before), (", or none in both", after + before == 0)):
                share = (better | (after < before)).astype(float)
                found[f"{NATIVE}: {name} below the learner's own{what}"] = mean(share, **draws)
    if "to_learner" in native:
        middle = (_each(sums[base]["to_learner"]) + _each(sums[RESYNTHESIS]["to_learner"])) / 2
        above = _each(native["to_learner"]) - middle
        found[f"{NATIVE}: similarity above the midpoint, by"] = mean(above, **draws)
        found[f"{NATIVE}: similarity above the midpoint"] = mean((above > 0).astype(float), **draws)
    for system, columns in sums.items():
        converts = system in (PACED, PACED_VTLN) or ("mcd_db" in columns and system != base)
        if converts and "to_learner" in columns:
            nearer = _each(columns["to_learner"]) > _each(columns[f"to_{base}"])
            found[f"{system}: nearer to the learner"] = mean(nearer.astype(float), **draws)
    return found


def _each(rows: np.ndarray) -> np.ndarray:
    """(n_groups,) above by below."""
    return rows[:, 0] / np.maximum(rows[:, 1], 1e-9)


_HEADERS = {
    "mcd_db": "MCD dB",
    "modulation_db": "MS distance dB",
    "naturalness": "naturalness (1-5)",
    "naturalness_above_vtln": "above VTLN",
    "naturalness_above_vtln_personalised": "above VTLN at that pace",
    "naturalness_above_squares": "above squares",
    "to_learner": "similarity to learner",
    "to_learner_above_vtln": "above VTLN",
    "to_learner_above_vtln_personalised": "above VTLN at that pace",
    "to_learner_above_squares": "above squares",
    "to_reference": "to reference",
    "to_source": "to source",
    "word_error_rate": "word error rate",
    "phone_error_rate": "phone error rate",
}


def markdown(metrics: dict[str, Any]) -> str:
    """Tables of ``measure``."""
    systems, counts = metrics["systems"], metrics["counts"]
    lone = counts["learners"] == 1
    whose = "one speaker" if lone else f"{counts['learners']} learners"
    names = [name for name in _HEADERS if any(name in columns for columns in systems.values())]
    lines = [
        f"{counts['sentences']} sentences of {whose}.",
        "",
        f"| | {' | '.join(_HEADERS[name] for name in names)} |",
        f"| --- |{' ---: |' * len(names)}",
        *(
            f"| {system} | {' | '.join(cell(columns.get(name)) for name in names)} |"
            for system, columns in systems.items()
        ),
        "",
        f"| {'sentences' if lone else 'learners'} | |",
        "| --- | ---: |",
        *(f"| {name} | {cell(value)} |" for name, value in metrics["aims"].items()),
        "",
    ]
    speeds = (f"{name} {x:.3f}" for name, x in metrics["seconds_per_second"].items())
    return "\n".join([*lines, f"Real-time factors: {', '.join(speeds)}.", ""])
