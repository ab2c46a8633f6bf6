"""Fits a verifier on some speakers of a corpus, and measures it with the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from voicecoach.audio import io
from voicecoach.conversion.frames import SAMPLE_RATE
from voicecoach.conversion.speakers import held_out
from voicecoach.conversion.verifier import ClipStatistics, Verifier
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics.levels import age_group

N_DIRECTIONS = 60
"""Chosen on the speakers that fit, in five folds."""
FALSE_ALARMS = 0.015
"""Share of a person's own clips, ten together, that may be refused on the speakers that fit."""
THRESHOLDS = tuple(-0.5 * k for k in range(1, 41))
"""Those that are tried, from the highest."""
_FOLDS = 5
_CLIPS = 10
SIZES = (2, 3, 5, 10, 20)
"""Clips that are enrolled together."""
PITCH = slice(-2, None)
"""Of the values of a clip: what the baseline compares, median and spread of log F0 alone."""
_NEAR, _FAR = "same sex and age", "other sex"


@dataclass(frozen=True, eq=False)
class Clips:
    """Clips of a corpus: ``values`` (n_clips, n_values) of ``ClipStatistics``, who speaks
    (n_clips,), and of every speaker sex and age group, "" where nobody knows."""

    values: np.ndarray
    speakers: np.ndarray
    groups: Mapping[str, tuple[str, str]]

    def of(self, speakers: Sequence[str]) -> "Clips":
        """Only those of some speakers."""
        rows = np.isin(self.speakers, list(speakers))
        return replace(self, values=self.values[rows], speakers=self.speakers[rows])


def measure_clips(
    utterances: Sequence[Utterance], progress: Callable[[int, int], None] = lambda done, total: None
) -> Clips:
    """Measures every recording; those that hold no voice are left out.

    Raises:
        InputError: one cannot be read.
    """
    values, speakers = [], []
    for done, utterance in enumerate(utterances, start=1):
        clip = ClipStatistics.measure(io.load(utterance.wav, SAMPLE_RATE))
        if clip is not None:
            values.append(clip.values)
            speakers.append(utterance.speaker)
        progress(done, len(utterances))
    groups = {u.speaker: ((u.gender or "").lower(), age_group(u.age)) for u in utterances}
    return Clips(np.array(values), np.array(speakers), groups)


def fit(clips: Clips, n_directions: int = N_DIRECTIONS, seed: int = 0) -> Verifier:
    """A verifier with its threshold: the highest one that refuses ``FALSE_ALARMS`` at most of the
    clips of speakers that did not fit it. Five times a fifth of the speakers are those, ten clips
    of one enrolled together.

    Raises:
        InputError: there are too few speakers.
    """
    names = sorted(set(clips.speakers))
    if len(names) < 2 * _FOLDS:
        raise InputError(f"There are {len(names)} speakers: at least {2 * _FOLDS} are needed.")
    rng = np.random.default_rng(seed)
    sets: list[tuple[Verifier, np.ndarray]] = []
    for fold in range(_FOLDS):
        own = names[fold::_FOLDS]
        rest = clips.of([name for name in names if name not in own])
        verifier = Verifier.fit(rest.values, rest.speakers.tolist(), n_directions)
        for name in own:
            placed = verifier.place(clips.values[clips.speakers == name])
            sets += [(verifier, part) for part in _in_tens(rng.permutation(placed))]
    for least_score in THRESHOLDS:
        refused = [_refused(replace(own, least_score=least_score), part) for own, part in sets]
        if np.concatenate(refused).mean() <= FALSE_ALARMS:
            break
    return Verifier.fit(clips.values, clips.speakers.tolist(), n_directions, least_score)


def _in_tens(rows: np.ndarray) -> list[np.ndarray]:
    """Rows in sets of ten; what is left over at the end goes with the last."""
    n_sets = max(1, len(rows) // _CLIPS)
    return np.array_split(rows, n_sets)


def measure(clips: Clips, verifier: Verifier, n_draws: int = 10, seed: int = 0) -> dict[str, Any]:
    """What ``Verifier.part`` makes of clips of speakers that it was not fitted on.

    Args:
        clips: of several speakers.
        verifier: fitted on others.
        n_draws: sets of clips that are drawn for each speaker.
        seed: of the draws.

    Returns:
        By number of clips that are enrolled together: ``same`` is the share of clips refused where
        all are of one person (of two clips, the share of pairs that are said to be two people's).
        ``same sex and age`` and ``other sex``, where one of them is of such another person: the
        shares of those clips that are refused (``found``), and of the person's own (``lost``).
        Where half of ten clips are of another person, ``halves`` is the share of sets where that is
        said.
    """
    rng = np.random.default_rng(seed)
    names = sorted(set(clips.speakers))
    placed = {n: verifier.place(clips.values[clips.speakers == n]) for n in names}
    found: dict[str, Any] = {}
    for size in SIZES:
        counts: dict[str, list[float]] = {}
        for name in (n for n in names if len(placed[n]) >= size):
            for _ in range(n_draws):
                own = placed[name][rng.permutation(len(placed[name]))[:size]]
                counts.setdefault("same", []).append(_refused(verifier, own).mean())
                for kind in (_NEAR, _FAR) if size > 2 else ():
                    other = _other(clips, name, kind, rng)
                    if other is None:
                        continue
                    mixed = np.concatenate([own[1:], rng.permutation(placed[other])[:1]])
                    refused = _refused(verifier, mixed)
                    counts.setdefault(f"{kind}, found", []).append(refused[-1])
                    counts.setdefault(f"{kind}, lost", []).append(refused[:-1].mean())
                    if size == _CLIPS:
                        half = _CLIPS // 2
                        both = [own[:half], rng.permutation(placed[other])[:half]]
                        said = _refused(verifier, np.concatenate(both)).all()
                        counts.setdefault(f"{kind}, halves", []).append(said)
        found[str(size)] = {key: float(np.mean(values)) for key, values in counts.items()}
    return {"counts": {"speakers": len(names), "clips": len(clips.speakers)}, "sizes": found}


def _refused(verifier: Verifier, placed: np.ndarray) -> np.ndarray:
    """(n_clips,) bool: all where no person has most of the clips."""
    refused = np.ones(len(placed), dtype=bool)
    refused[verifier.part(placed)] = False
    return refused


def _other(clips: Clips, name: str, kind: str, rng: np.random.Generator) -> str | None:
    """Somebody else; None where there is nobody of that kind."""
    sex, age = clips.groups[name]
    if not sex:
        return None
    wanted = [
        other
        for other in sorted(set(clips.speakers))
        if other != name
        and (
            clips.groups[other] == (sex, age)
            if kind == _NEAR
            else clips.groups[other][0] not in (sex, "")
        )
    ]
    return str(rng.choice(wanted)) if wanted else None


def run(
    clips: Clips, every: int, verifier: Verifier | None = None
) -> tuple[Verifier, dict[str, Any]]:
    """Fits a verifier and its baseline on the speakers that are not held out, and measures both.

    Args:
        clips: of the whole corpus.
        every: every so many-th speaker is held out.
        verifier: fitted before, on other speakers; it is then measured with all.

    Returns:
        The verifier; ``verifier`` and ``pitch`` (the baseline), as ``measure`` gives them.
    """
    if verifier is not None:
        return verifier, {"verifier": measure(clips, verifier)}
    held = held_out(clips.speakers.tolist(), every)
    training, testing = clips.of(sorted(set(clips.speakers) - held)), clips.of(sorted(held))
    verifier = fit(training)
    pitch, tested = (replace(part, values=part.values[:, PITCH]) for part in (training, testing))
    return verifier, {
        "verifier": measure(testing, verifier),
        "pitch": measure(tested, fit(pitch, n_directions=2)),
    }


_COLUMNS = ("same", *(f"{kind}, {what}" for kind in (_NEAR, _FAR) for what in ("found", "lost")))


def markdown(found: Mapping[str, Any]) -> str:
    """The tables of what ``run`` found."""
    lines = []
    for name, measured in found.items():
        counts = measured["counts"]
        lines += [f"{name}: {counts['clips']} clips of {counts['speakers']} speakers.", ""]
        header = (
            "clips together",
            "all of one person: refused",
            *(f"one of another, {kind}: {what}" for kind in (_NEAR, _FAR)
              for what in ("it is refused", "others refused")),
            *(f"half of another, {kind}: said" for kind in (_NEAR, _FAR)),
        )  # fmt: skip
        lines += [f"| {' | '.join(header)} |", "| ---: " * len(header) + "|"]
        for size, shares in measured["sizes"].items():
            keys = (*_COLUMNS, *(f"{kind}, halves" for kind in (_NEAR, _FAR)))
            cells = (f"{shares[key]:.3f}" if key in shares else "" for key in keys)
            lines.append(f"| {size} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)
