"""Stage 6 of the coach: judges listen to what it makes of speakers whom it never heard."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.coaching import effect, likeness
from voicecoach.coaching.backwards import FeedbackSpec
from voicecoach.coaching.coach import Coach
from voicecoach.coaching.effect import PhoneEffect
from voicecoach.coaching.likeness import Likeness
from voicecoach.coaching.measuring import find_folds
from voicecoach.coaching.trained import Trained
from voicecoach.data.atomic import write_text
from voicecoach.data.folds import speaker_folds
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics.bootstrap import Interval, bootstrap, group_sums
from voicecoach.metrics.judges import NaturalnessJudge, VoiceJudge
from voicecoach.metrics.listener import Listener
from voicecoach.scoring.scorer import Scorer

BASELINE = "resynthesis"


def listen(
    models: str | Path,
    scorers: str | Path,
    utterances: Sequence[Utterance],
    spec: FeedbackSpec,
    out: str | Path,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[PhoneEffect], list[Likeness]]:
    """Improves what the held-out speakers of each fold said, and asks the judges.

    Args:
        models: with ``fold0/coach``, ``fold1/coach`` and so on.
        scorers: with ``fold0/last`` and so on, of the same folds.
        utterances: of the scored speakers.
        spec: how the network is run backwards.
        out: gets ``effect.fold0.jsonl``, ``likeness.fold0.jsonl`` and so on; what they hold is not
            done again.
        seed: of the random edit.
        progress: called with (done, total) recordings.

    Raises:
        InputError: a folder or a judge is missing.
    """
    folds = find_folds(models)
    of_speaker = speaker_folds([utterance.speaker for utterance in utterances], len(folds))
    effects, likenesses = [], []
    for number, folder in enumerate(folds):
        trained = Trained.load(folder)
        fold = trained.config["fold"]
        mine = [u for u in utterances if of_speaker[u.speaker] == fold]
        scorer_folder = Path(scorers) / f"fold{fold}" / "last"
        if not scorer_folder.is_dir():
            raise InputError(f"{scorer_folder} is missing: it needs the scorers of the same folds.")
        scorer = Scorer.from_pretrained(scorer_folder)
        scorer.decision = Scorer.from_pretrained().decision
        coach = Coach(trained.network, trained.scales, trained.norms, spec, scorer)
        path = Path(out) / f"effect.fold{fold}.jsonl"
        for done, row in enumerate(_effects(coach, mine, path, seed)):
            effects += [PhoneEffect(**phone) for phone in row["phones"]]
            if progress is not None:
                progress(number * len(mine) + done + 1, len(folds) * len(mine))
        path = Path(out) / f"likeness.fold{fold}.jsonl"
        likenesses += [Likeness(**row) for row in _likenesses(coach, mine, path)]
    return effects, likenesses


def _effects(
    coach: Coach, utterances: Sequence[Utterance], path: Path, seed: int
) -> Iterator[dict[str, Any]]:
    """One row of each recording: those in the file, then the others, which are added to it."""
    done = {row["utt"]: row for row in _read(path)}
    yield from done.values()
    listener = Listener()
    with path.open("a", encoding="utf-8") as file:
        for number, utterance in enumerate(utterances):
            if utterance.utt in done:
                continue
            rng = np.random.default_rng([seed, number])
            phones = effect.listen(coach, listener, utterance, rng)
            row = {"utt": utterance.utt, "phones": [asdict(phone) for phone in phones]}
            file.write(json.dumps(row) + "\n")
            file.flush()
            yield row


def _likenesses(coach: Coach, utterances: Sequence[Utterance], path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        speakers: dict[str, list[Utterance]] = {}
        for utterance in utterances:
            speakers.setdefault(utterance.speaker, []).append(utterance)
        found = likeness.compare_voices(coach, VoiceJudge(), NaturalnessJudge(), speakers)
        write_text(path, "".join(json.dumps(asdict(one)) + "\n" for one in found))
    return _read(path)


def _read(path: Path) -> list[dict[str, Any]]:
    """Rows of a file; the last one may have been cut by an interruption."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    if len(whole) < len(lines):
        write_text(path, "".join(whole))
    return [json.loads(line) for line in whole]


def summarise(
    effects: Sequence[PhoneEffect],
    likenesses: Sequence[Likeness],
    n_draws: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """Shares, means and intervals over speakers.

    Returns:
        ``effect``: for phones that are "flagged" by the scorer and those "bad" for the experts, of
        each version the share that is clearer than in plain resynthesis, and the mean gain in
        nats. ``likeness``: mean cosines and naturalness of each version, and which fraction of the
        way from other speakers to plain resynthesis is kept.
    """

    def interval(values: np.ndarray, speakers: np.ndarray) -> dict[str, float]:
        sums = group_sums(np.stack([values, np.ones_like(values)], 1), speakers)
        drawn = bootstrap(sums, lambda d: d[:, 0] / d[:, 1], n_draws, seed)
        return {"value": float(values.mean()), "low": drawn.low, "high": drawn.high}

    groups = {}
    for group in ("flagged", "bad"):
        mine = [one for one in effects if getattr(one, group)]
        if not mine:
            continue
        speakers = np.array([one.speaker for one in mine])
        clarity = {v: np.array([one.clarity[v] for one in mine]) for v in effect.VERSIONS}
        rows = {}
        for version in effect.VERSIONS:
            gain = clarity[version] - clarity[BASELINE]
            rows[version] = {
                "preferred": interval((gain > 0).astype(float), speakers),
                "gain": interval(gain, speakers),
            }
        groups[group] = {
            "n_phones": len(mine), "n_speakers": len(set(speakers)), "versions": rows
        }  # fmt: skip
    result: dict[str, Any] = {"effect": groups, "likeness": {}}
    if likenesses:
        speakers = np.array([one.speaker for one in likenesses])
        kinds = ("own", "others", "naturalness")
        table = {
            kind: {
                v: np.array([getattr(one, kind)[v] for one in likenesses])
                for v in likeness.VERSIONS
            }
            for kind in kinds
        }
        others = table["others"]["recording"]
        kept, whole = (table["own"][v] - others for v in ("deep feedback", BASELINE))
        sums = group_sums(np.stack([kept, whole], 1), speakers)
        drawn: Interval = bootstrap(sums, lambda d: d[:, 0] / d[:, 1], n_draws, seed)
        result["likeness"] = {
            "n_recordings": len(likenesses),
            "n_speakers": len(set(speakers)),
            **{kind: {v: float(c.mean()) for v, c in table[kind].items()} for kind in kinds},
            "fraction": {
                "value": float(kept.sum() / whole.sum()), "low": drawn.low, "high": drawn.high
            },
        }  # fmt: skip
    return result


def markdown(summary: dict[str, Any]) -> str:
    """Tables of ``summarise``."""
    lines = []
    titles = {"flagged": "flagged by the scorer", "bad": "scored below 1 by the experts"}
    for group, found in summary["effect"].items():
        lines += [
            f"Phones {titles[group]}: {found['n_phones']} of {found['n_speakers']} speakers.",
            "",
            "| | preferred to plain resynthesis | mean gain in nats |",
            "| --- | ---: | ---: |",
        ]
        for version, row in found["versions"].items():
            if version != BASELINE:
                cells = [
                    f"{row[name]['value']:{sign}.2f} "
                    f"({row[name]['low']:{sign}.2f} to {row[name]['high']:{sign}.2f})"
                    for name, sign in (("preferred", ""), ("gain", "+"))
                ]
                lines.append(f"| {version} | {' | '.join(cells)} |")
        lines.append("")
    if found := summary["likeness"]:
        fraction = found["fraction"]
        lines += [
            f"Every phone changed: {found['n_recordings']} recordings of {found['n_speakers']} "
            f"speakers. Fraction of the way from other speakers to plain resynthesis: "
            f"{fraction['value']:.3f} ({fraction['low']:.3f} to {fraction['high']:.3f}).",
            "",
            "| | like other recordings of the speaker | like other speakers | naturalness |",
            "| --- | ---: | ---: | ---: |",
        ]
        lines += [
            f"| {v} | {found['own'][v]:.3f} | {found['others'][v]:.3f} "
            f"| {found['naturalness'][v]:.2f} |"
            for v in likeness.VERSIONS
        ]
    return "\n".join(lines) + "\n"
