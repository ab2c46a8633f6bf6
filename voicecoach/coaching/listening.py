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
from voicecoach.metrics.judges import NaturalnessJudge, VoiceJudge
from voicecoach.metrics.listener import Listener
from voicecoach.scoring.scorer import Scorer


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
