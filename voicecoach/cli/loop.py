"""The interactive loop of ``voicecoach practice``: hear it, say it, see it, again."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.cli.keys import Keys
from voicecoach.cli.listening import TAKE_RATE_HZ, Listening, Take
from voicecoach.cli.session_report import print_exercise
from voicecoach.cli.sound import Sound
from voicecoach.cli.speaking import record
from voicecoach.errors import InputError
from voicecoach.practice.examples import SLOW_RATE
from voicecoach.practice.session import Outcome, Session

if TYPE_CHECKING:
    from rich.console import Console


_MOST_NUMBERED = 9  # by a single key


class Loop:
    """Leads one learner through the exercises of a session, by single keys.

    Args:
        console: where everything is shown.
        keys: open keys.
        session: what is practised.
        sound: microphone and loudspeaker.
        countdown_s: before each recording.
        plain: no bars, tables and lines that are drawn again, for screen readers.
    """

    def __init__(
        self,
        console: "Console",
        keys: Keys,
        session: Session,
        sound: Sound,
        countdown_s: float,
        plain: bool,
        voice: str,
    ) -> None:
        self._console = console
        self._keys = keys
        self._session = session
        self._sound = sound
        self._countdown_s = countdown_s
        self._plain = plain
        self._listening = Listening(console, sound, keys, voice)
        self._take: Take | None = None  # of the current exercise
        self._ended = False
        self._actions: dict[str, Callable[[], None]] = {
            "enter": self._record,
            "l": lambda: self._listening.example(session.exercise),
            "s": lambda: self._listening.example(session.exercise, SLOW_RATE),
            "w": self._play_part,
            "c": self._compare,
            "h": self._hear_better,
            "v": self._draw,
            "f": self._read_file,
            "y": self._score_anyway,
        }

    def run(self) -> None:
        """Until the last exercise is done, the learner has had enough, or Ctrl-C is pressed.

        Raises:
            KeyboardInterrupt: Ctrl-C; every take is kept by then.
            InputError: the history cannot be read.
        """
        try:
            while not self._ended and self._session.advance() is not None:
                self._take = None
                self._practise()
        finally:
            self._listening.close()

    def _practise(self) -> None:
        """One exercise, until the learner goes on or quits."""
        print_exercise(self._console, self._session)
        self._sound.prepare()
        self._listening.prepare(self._session.exercise)
        if self._sound.can_play:
            self._listening.example(self._session.exercise)
        while not self._ended:
            self._show_keys()
            key = self._sound.pending_key() or self._keys.read() or ""
            if key == "n":
                return
            if key == "q":
                self._ended = True
            elif key in self._actions:
                self._actions[key]()
            elif self._take and key.isdigit() and 0 < int(key) <= len(self._take.advice):
                advice = self._take.advice[int(key) - 1]
                self._listening.advice(self._session.exercise, advice, self._take)

    def _show_keys(self) -> None:
        """What can be done now; only what makes sense."""
        take, can_play = self._take, self._sound.can_play
        keys = [f"Enter {'again' if take else 'speak'}"] if self._sound.can_record else []
        if take and not take.score:
            keys.append("y score it anyway")
        if take and can_play:
            keys.append("c compare")
        if take and take.advice and can_play:
            last = min(len(take.advice), _MOST_NUMBERED)
            keys.append(f"{'1' if last == 1 else f'1-{last}'} hear what to change")
        if take and take.improved and can_play:
            keys.append("h hear yourself better")
        if take and take.coaching:
            keys.append("v picture")
        if can_play:
            keys += ["l listen", "s slowly", "w word or sound"]
        keys += ["f from a file", "n next", "q quit"]
        self._console.print(f"\n[{' | '.join(keys)}]", style="dim")

    def _record(self) -> None:
        """A take from the microphone."""
        if not self._sound.can_record:
            return self._read_file()
        try:
            recorded = record(
                self._console,
                self._keys,
                self._sound,
                self._countdown_s,
                self._plain,
                self._session.is_complete,
            )
        except InputError as error:
            self._sound.can_record = False
            self._console.print(f"Not recorded: {error}")
            self._console.print("Go on with recordings in files: press f.")
            return
        if recorded.ended_by != "nothing said":
            self._attempt(recorded.waveform)
        if recorded.ended_by == "interrupt":
            raise KeyboardInterrupt

    def _read_file(self) -> None:
        """A take from a file."""
        from voicecoach.audio.io import load
        from voicecoach.scoring.scorer import MAX_DURATION_S

        name = self._keys.ask("File with your recording: ")
        if not name:
            return
        try:
            waveform = load(name, TAKE_RATE_HZ, max_duration_s=MAX_DURATION_S)
        except InputError as error:
            self._console.print(str(error))
            return
        self._attempt(waveform)

    def _score_anyway(self) -> None:
        if self._take and not self._take.score:
            self._attempt(self._take.waveform, check=False)

    def _attempt(self, waveform: np.ndarray, check: bool = True) -> None:
        """Scores, keeps and shows a take; Ctrl-C waits until it is kept."""
        from voicecoach.audio.recorder import signals_call

        interrupts: list[bool] = []
        self._take = Take(waveform)
        with signals_call(lambda: interrupts.append(True)):
            try:
                outcome = self._session.attempt(waveform, TAKE_RATE_HZ, check)
            except InputError as error:
                self._console.print(str(error))
            else:
                self._show_outcome(self._take, outcome)
        if interrupts:
            raise KeyboardInterrupt

    def _show_outcome(self, take: Take, outcome: Outcome) -> None:
        from voicecoach.cli.report import print_advice, print_problems, print_scores
        from voicecoach.practice.advice import advise

        score, sentence = outcome.score, self._session.exercise.sentence
        take.file = outcome.file
        self._console.print()
        if score is not None:
            print_scores(self._console, score, sentence, plain=self._plain)
            coaching = take.coaching = self._session.feedback(take.waveform, TAKE_RATE_HZ, score)
            take.score, take.advice = score, advise(score, sentence, coaching)
            print_advice(self._console, take.advice, coaching)
        print_problems(self._console, outcome.problems, refused=score is None)
        if score is not None and outcome.best_total is not None:
            better = "better than" if score.total > outcome.best_total else "your best is still"
            self._console.print(
                f"\nThis time {score.total:.1f}: {better} {outcome.best_total:.1f}."
            )
        if outcome.not_kept is not None:
            self._console.print(f"Not kept: {outcome.not_kept}")
        if take.coaching and not all(feedback.left_out for feedback in take.coaching.phones):
            take.improved = self._session.improve(take.waveform, TAKE_RATE_HZ, take.coaching)

    def _compare(self) -> None:
        if self._take is None:
            self._console.print("Say it first: then you can compare.")
        else:
            self._listening.compare(self._session.exercise, self._take)

    def _hear_better(self) -> None:
        if self._take and self._take.improved:
            self._listening.better(self._session.exercise, self._take)
        else:
            self._console.print("There is no sound of yours to change.")

    def _draw(self) -> None:
        """The feedback as a picture, into a file."""
        from voicecoach.cli.picture import draw_take

        take = self._take
        if take is None or take.coaching is None:
            self._console.print("Say it first: then there is something to show.")
            return
        path = take.file.with_suffix(".png") if take.file else Path("feedback.png")
        path = Path(self._keys.ask(f"Picture into (.png or .svg; Enter: {path}): ") or path)
        try:
            draw_take(take, self._listening.examples.whole(self._session.exercise), path)
        except InputError as error:
            self._console.print(str(error))
        else:
            self._console.print(f"Wrote {path}.")

    def _play_part(self) -> None:
        """A word, or a sound of it, that the learner names."""
        from voicecoach.practice.parts import read_part

        exercise = self._session.exercise
        answer = self._keys.ask(
            f"Which word, 1 to {len(exercise.sentence)}, or which sound of it, such as 2.1? "
        )
        if not answer:
            return
        try:
            word, position = read_part(answer, exercise.sentence)
        except InputError as error:
            self._console.print(str(error))
        else:
            self._listening.word(exercise, word, position, self._take)
