"""One sitting: which sentence comes next, how each take of it went, and what came of it all."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.errors import InputError
from voicecoach.practice.exercises import Exercise, Exercises
from voicecoach.practice.history import History
from voicecoach.practice.progress import PhoneMean, hardest

if TYPE_CHECKING:
    from voicecoach.coaching.coach import Coach, Improved
    from voicecoach.coaching.results import Coaching
    from voicecoach.scoring.quality import Problem
    from voicecoach.scoring.results import SentenceScore

LIST = "takes.tsv"
_N_HARDEST = 3
_WARM_UP_HZ = 16_000


@dataclass(frozen=True)
class Outcome:
    """What came of one take.

    ``score`` is None where a problem of the recording refused it. ``best_total`` is the highest
    earlier one of the sentence, None without any. ``not_kept`` says why the history or the folder
    of takes did not get it. ``file`` is the take in the folder of takes, None without one.
    """

    score: "SentenceScore | None"
    problems: "tuple[Problem, ...]" = ()
    best_total: float | None = None
    not_kept: str | None = None
    file: Path | None = None


@dataclass(frozen=True)
class Result:
    """All takes of one exercise: their totals in order, and the best before this sitting."""

    exercise: Exercise
    totals: tuple[float, ...]
    best_before: float | None


class Session:
    """Gives exercises, scores takes and keeps them in the history.

    The networks load in the background while the learner listens to the first sentence.

    Args:
        exercises: where they come from.
        load_coach: called once, in another thread.
        history: kept by the caller, who also closes it; None keeps nothing.
        takes_folder: where each take is written before it is scored, with a ``LIST`` of files and
            texts as ``voicecoach evaluate`` reads it; None for nowhere.
        most: exercises in all; None for as many as there are.
    """

    def __init__(
        self,
        exercises: Exercises,
        load_coach: "Callable[[], Coach]",
        history: History | None = None,
        takes_folder: Path | None = None,
        most: int | None = None,
    ) -> None:
        self.history = history
        self.most = most
        self.results: list[Result] = []
        """Of the exercises so far, the current one last."""
        self._exercises = exercises
        self._takes_folder = takes_folder
        self._started = datetime.now()
        self._n_takes = 0
        self._phones: list[tuple[str, float, bool]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="coach")
        self._load_coach = load_coach

    def close(self) -> None:
        """Ends the thread of what goes on in the background."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _coach(self) -> "Future[Coach]":
        return self._thread.submit(self._load)

    def _load(self) -> "Coach":
        coach = self._load_coach()
        # A first pass takes four times as long as the later ones: here nobody waits for it.
        coach.feedback(np.zeros(_WARM_UP_HZ), "Yes", _WARM_UP_HZ)
        return coach

    @property
    def exercise(self) -> Exercise:
        """The current one; there is one once `advance` gave it."""
        return self.results[-1].exercise

    def advance(self) -> Exercise | None:
        """Goes on to the next exercise; None after the last."""
        if self.most is not None and len(self.results) >= self.most:
            return None
        exercise = self._exercises.next(self.history, datetime.now(timezone.utc))
        if exercise is not None:
            best = self.history.best(exercise.text) if self.history else None
            best_total = best.score.total if best else None
            self.results.append(Result(exercise, (), best_total))
            _ = self._coach  # begins to load, no earlier: the first sentence would wait for it
        return exercise

    def is_complete(self, waveform: np.ndarray) -> bool:
        """Whether the current sentence has been said to its end; see `said_all`.

        Args:
            waveform: (n_samples,) float at 16 kHz.
        """
        from voicecoach.scoring.ending import said_all

        return self._coach.done() and said_all(
            self._coach.result().scorer, waveform, self.exercise.sentence
        )

    def attempt(self, waveform: np.ndarray, sample_rate: int, check: bool = True) -> Outcome:
        """Scores a take of the current sentence and keeps it.

        Args:
            waveform: (n_samples,) float in [-1, 1].
            sample_rate: Hz.
            check: False scores whatever the quality of the recording.

        Raises:
            InputError: the model cannot be loaded or, unchecked, the take not be scored.
        """
        from voicecoach.scoring.quality import Verdict, score_checked

        file, not_written = self._write(waveform, sample_rate)
        coach, sentence = self._coach.result(), self.exercise.sentence
        if check:
            verdict = score_checked(coach.scorer, waveform, sentence, sample_rate, variants=True)
        else:
            score = coach.scorer.score(waveform, sentence, sample_rate, variants=True)
            verdict = Verdict(score, ())
        score = verdict.score
        if score is None:
            return Outcome(None, verdict.problems, not_kept=not_written, file=file)
        best_total = self._best_total
        not_kept = self._keep(score, waveform, sample_rate) or not_written
        return Outcome(score, verdict.problems, best_total, not_kept, file)

    def feedback(
        self, waveform: np.ndarray, sample_rate: int, score: "SentenceScore"
    ) -> "Coaching":
        """What to change in a take that was scored; arguments as `attempt`."""
        sentence = self.exercise.sentence
        return self._coach.result().feedback(waveform, sentence, sample_rate, score)

    def improve(
        self, waveform: np.ndarray, sample_rate: int, coaching: "Coaching"
    ) -> "Future[Improved]":
        """Begins to make a take as it should be, in the background; arguments as `attempt`."""
        return self._thread.submit(self._coach.result().improve, waveform, coaching, sample_rate)

    def hardest_phones(self) -> list[PhoneMean]:
        """Those of this sitting of which at least one was flagged, the hardest first."""
        means = {}
        for name in {phone for phone, _, _ in self._phones}:
            scores, flags = zip(
                *((score, flag) for phone, score, flag in self._phones if phone == name),
                strict=True,
            )
            means[name] = PhoneMean(name, float(np.mean(scores)), len(scores), sum(flags))
        return [mean for mean in hardest(means, len(means)) if mean.flagged][:_N_HARDEST]

    @property
    def _best_total(self) -> float | None:
        result = self.results[-1]
        known = [*result.totals, *([] if result.best_before is None else [result.best_before])]
        return max(known, default=None)

    def _write(self, waveform: np.ndarray, sample_rate: int) -> tuple[Path | None, str | None]:
        """Writes a take to its folder; the file if there is one, and why there is none."""
        if self._takes_folder is None:
            return None, None
        from voicecoach.audio.io import save

        self._n_takes += 1
        name = f"{self._started:%Y%m%d-%H%M%S}_{self._n_takes:03d}.wav"
        try:
            save(self._takes_folder / name, waveform, sample_rate)
            with (self._takes_folder / LIST).open("a", encoding="utf-8") as file:
                file.write(f"{name}\t{self.exercise.text}\n")
        except (InputError, OSError) as error:
            return None, f"{error}"
        return self._takes_folder / name, None

    def _keep(self, score: "SentenceScore", waveform: np.ndarray, sample_rate: int) -> str | None:
        """Keeps a score; why the history did not take it, or None."""
        result = self.results[-1]
        self.results[-1] = Result(
            result.exercise, (*result.totals, score.total), result.best_before
        )
        self._phones += [
            (phone.phone, phone.score, phone.flagged)
            for word in score.words
            if word.error != "omission"
            for phone in word.phones
        ]
        if self.history is None:
            return None
        try:
            self.history.add(score, result.exercise.text, result.exercise.id, waveform, sample_rate)
        except InputError as error:
            return str(error)
        return None
