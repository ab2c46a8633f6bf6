"""Do the arrows point where this learner's own good tokens are? Measured on speakers held out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from voicecoach.coaching.backwards import FeedbackSpec, improve_phones
from voicecoach.coaching.features import PhoneTable
from voicecoach.coaching.norms import Norms
from voicecoach.coaching.trained import Trained
from voicecoach.core.feedback import feed_back
from voicecoach.core.likelihood import LikelihoodTarget
from voicecoach.metrics.bootstrap import Interval, bootstrap, group_sums

_BAD, _GOOD, _LEAST_GOOD = 1.0, 1.8, 3
_SHRINK = 5.0  # as for the learner: phones of a mean voice counted in
_STEPS, _STEP_SIZES = 10, (1.0, 4.0)  # of the layers that are not packaged: the better counts


@dataclass(frozen=True, eq=False)
class Tokens:
    """Phones said badly, with the way to the mean of the same speaker's good ones.

    ``said`` and ``truth`` (n, 4) scalars, by Praat; ``voice`` (n, 4) how the recording differs
    from native speech and ``learner_voice`` from learners'; ``rows`` (n,) of the folder.
    """

    rows: np.ndarray
    said: np.ndarray
    truth: np.ndarray
    voice: np.ndarray
    learner_voice: np.ndarray
    speakers: np.ndarray


def find_tokens(table: PhoneTable, held_out: np.ndarray, norms: Norms) -> Tokens:
    """Realised sonorants scored below 1, whose formants can be relied on, of speakers with at
    least three such tokens of the same phone scored 1.8 or more.

    Args:
        table: all phones.
        held_out: (n,) rows that may be measured.
        norms: of the training speakers.
    """
    folder = table.folder
    scalars = folder.targets[:, :4].astype(np.float64)
    reliable = np.isfinite(scalars).all(1)
    speakers, number = np.unique(folder.speakers, return_inverse=True)
    key = number * 39 + folder.phones
    good = reliable & (folder.scores >= _GOOD)
    count = np.bincount(key, good, len(speakers) * 39)
    sums = [np.bincount(key, np.where(good, column, 0), len(count)) for column in scalars.T]
    means = np.stack(sums, 1) / np.maximum(count, 1)[:, None]
    fits = reliable & (folder.scores < _BAD) & (count[key] >= _LEAST_GOOD)
    rows = held_out[fits[held_out]]
    voices = []
    for middle in (norms.native, norms.learner):
        away = np.where(reliable[:, None], scalars - middle[folder.phones], 0.0)
        use = reliable & np.isfinite(away).all(1)
        n = np.bincount(folder.utterances, use)[:, None]
        total = [np.bincount(folder.utterances, np.where(use, c, 0)) for c in away.T]
        voices.append((np.stack(total, 1) / (n + _SHRINK))[folder.utterances[rows]])
    return Tokens(rows, scalars[rows], means[key][rows], *voices, folder.speakers[rows])


def arrows_of(
    trained: Trained,
    table: PhoneTable,
    tokens: Tokens,
    spec: FeedbackSpec,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Arrows (n, 4) of the method, its ablations and what it must beat, by name.

    Names that end in "by Praat" start from what Praat measured, which a learner's machine does not
    have; the others from the network's own parts.
    """
    network, scales, norms = trained.network, trained.scales, trained.norms
    folder = table.folder
    inputs = table.inputs[tokens.rows].float()
    context = table.contexts[folder.utterances[tokens.rows]]
    phones = torch.from_numpy(folder.phones[tokens.rows])
    edited = improve_phones(network, scales, inputs, context, phones, spec)
    own = edited.before[:, :4]
    index = folder.phones[tokens.rows]
    native = norms.native[index] + tokens.voice
    learner = norms.learner[index] + tokens.learner_voice
    found = {
        "deep feedback": edited.after[:, :4] - own,
        "native mean, by Praat": native - tokens.said,
        "native mean": native - own,
        "learners' mean, by Praat": learner - tokens.said,
        "learners' mean": learner - own,
        "mean displacement": _mean_displacement(tokens, index),
        "random": _random(edited.after[:, :4] - own, norms.spread, seed),
    }
    x, about = scales.standardise(inputs, context)
    for layer in network.layers:
        for name, target in {
            "likelihood": LikelihoodTarget(phones),
            "posterior": _posterior(phones),
        }.items():
            for size in _STEP_SIZES:
                result = feed_back(
                    network, x, target, about, layer=layer, steps=_STEPS, step_size=size,
                    normalise=True,
                )  # fmt: skip
                moved = scales.in_units(result.parts_after) - scales.in_units(result.parts_before)
                found[f"{layer}, {name}, step {size:g}"] = moved[:, :4].double().numpy()
    one = feed_back(
        network, x, _posterior(phones), about, layer="input", steps=1, step_size=1.0, normalise=True
    )
    moved = scales.in_units(one.parts_after) - scales.in_units(one.parts_before)
    return {**found, "input gradient": moved[:, :4].double().numpy()}


@dataclass(frozen=True)
class Direction:
    """Over all tokens: mean ``cosine`` with the truth, and mean share of the distance ``removed``,
    each with an interval over speakers; and their paired differences to the rule to beat."""

    name: str
    n_tokens: int
    cosine: float
    cosine_interval: Interval
    removed: float
    removed_interval: Interval
    cosine_gain: Interval
    removed_gain: Interval


def compare(
    tokens: list[Tokens],
    arrows: list[dict[str, np.ndarray]],
    spread: np.ndarray,
    rule: str,
    n_draws: int = 1000,
    seed: int = 0,
) -> list[Direction]:
    """One row for each method, over several folds.

    Args:
        tokens: of each fold.
        arrows: of each fold, by name.
        spread: (4,) units in which formants and durations are weighed against each other.
        rule: the name that gains are counted against.
        n_draws: of the bootstrap.
        seed: of its draws.
    """
    speakers = np.concatenate([t.speakers for t in tokens])
    scores = {}
    for name in arrows[0]:
        pairs = [_score(t, a[name], spread) for t, a in zip(tokens, arrows, strict=True)]
        scores[name] = np.concatenate(pairs)
    rows = []
    for name, own in scores.items():
        gain = own - scores[rule]
        intervals = [
            _interval(column, speakers, n_draws, seed) for column in (*own.T, *gain.T)
        ]  # cosine, removed, and both gains
        cosine, removed = own.mean(0)
        rows.append(
            Direction(
                name,
                len(own),
                float(cosine),
                intervals[0],
                float(removed),
                intervals[1],
                intervals[2],
                intervals[3],
            )
        )
    return rows


def _score(tokens: Tokens, arrows: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """(n, 2): cosine with the way to the truth, and share of it that is removed."""
    way, arrow = (tokens.truth - tokens.said) / spread, arrows / spread
    length = np.linalg.norm(way, axis=1)
    cosine = (way * arrow).sum(1) / (length * np.linalg.norm(arrow, axis=1) + 1e-9)
    return np.stack([cosine, 1 - np.linalg.norm(arrow - way, axis=1) / length], 1)


def _interval(values: np.ndarray, speakers: np.ndarray, n_draws: int, seed: int) -> Interval:
    sums = group_sums(np.stack([values, np.ones_like(values)], 1), speakers)
    return bootstrap(sums, lambda drawn: drawn[:, 0] / drawn[:, 1], n_draws, seed)


def _posterior(phones: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda logits: F.cross_entropy(logits, phones, reduction="none")


def _mean_displacement(tokens: Tokens, phones: np.ndarray) -> np.ndarray:
    """For each phone, the mean way of the other speakers' tokens."""
    way = tokens.truth - tokens.said
    moved = np.zeros_like(way)
    for row, (phone, speaker) in enumerate(zip(phones, tokens.speakers, strict=True)):
        others = (phones == phone) & (tokens.speakers != speaker)
        if others.any():
            moved[row] = way[others].mean(0)
    return moved


def _random(arrows: np.ndarray, spread: np.ndarray, seed: int) -> np.ndarray:
    """As long as the method's arrows, anywhere."""
    drawn = np.random.default_rng(seed).standard_normal(arrows.shape)
    length = np.linalg.norm(arrows / spread, axis=1, keepdims=True)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True) * length * spread
