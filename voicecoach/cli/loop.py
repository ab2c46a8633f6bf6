"""The interactive loop of ``voicecoach practice``: hear it, say it, see it, again."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.cli.keys import Keys
from voicecoach.cli.meter import Meter
from voicecoach.cli.sound import Sound
from voicecoach.errors import InputError
from voicecoach.practice import clips
from voicecoach.practice.examples import SLOW_RATE, Examples
from voicecoach.practice.session import Outcome, Session

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.practice.advice import Advice
    from voicecoach.practice.take import Take

_KEPT_RATE_HZ = 16_000  # what the scorer hears
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
    ) -> None:
        self._console = console
        self._keys = keys
        self._session = session
        self._sound = sound
        self._countdown_s = countdown_s
        self._plain = plain
        self._examples = Examples()
        self._actions: dict[str, Callable[[], None]] = {
            "enter": self._record,
            "l": self._play_whole,
            "s": self._play_slowly,
            "w": self._play_part,
            "c": self._compare,
            "f": self._read_file,
            "y": self._score_anyway,
        }
        self._forget()

    def run(self) -> None:
        """Until the last exercise is done, the learner has had enough, or Ctrl-C is pressed.

        Raises:
            KeyboardInterrupt: Ctrl-C; every take is kept by then.
            InputError: the model or the history cannot be used.
        """
        try:
            while not self._ended and self._session.advance() is not None:
                self._forget()
                self._practise()
        finally:
            self._examples.close()

    def _forget(self) -> None:
        """Nothing has been said of this exercise yet."""
        self._ended = False
        self._waveform: np.ndarray | None = None
        self._outcome: Outcome | None = None
        self._advice: list[Advice] = []

    def _practise(self) -> None:
        """One exercise, until the learner goes on or quits."""
        self._show_exercise()
        self._examples.prepare(self._session.exercise)
        if self._sound.can_play:
            self._play_whole()
        while not self._ended:
            self._show_keys()
            key = self._sound.pending_key() or self._keys.read()
            if key == "n":
                return
            if key == "q":
                self._ended = True
            elif key in self._actions:
                self._actions[key]()
            elif key and key.isdigit() and 0 < int(key) <= len(self._advice):
                self._play_advice(self._advice[int(key) - 1])

    def _show_exercise(self) -> None:
        from voicecoach.practice.course import show_focus
        from voicecoach.text.pronunciation import write_sentence_ipa

        exercise, n = self._session.exercise, len(self._session.results)
        of = f" of {self._session.most}" if self._session.most else ""
        about = [f"level {exercise.level}"] if exercise.level else []
        about += [show_focus(focus) for focus in exercise.focus]
        self._console.print()
        self._console.print(
            f"Sentence {n}{of}{' (' if about else ''}{', '.join(about)}{')' if about else ''}",
            style="dim",
        )
        self._console.print(f"  {exercise.text}", style="bold")
        self._console.print(f"  {write_sentence_ipa(exercise.sentence)}")
        best = self._session.results[-1].best_before
        if best is not None:
            self._console.print(f"Your best so far: {best:.1f} of 10.")

    def _show_keys(self) -> None:
        """What can be done now; only what makes sense."""
        speak = "again" if self._outcome else "speak"
        keys = [f"Enter {speak}"] if self._sound.can_record else []
        if self._outcome and not self._outcome.score:
            keys.append("y score it anyway")
        if self._waveform is not None and self._sound.can_play:
            keys.append("c compare")
        if self._advice and self._sound.can_play:
            last = min(len(self._advice), _MOST_NUMBERED)
            keys.append(f"{'1' if last == 1 else f'1-{last}'} hear what to change")
        if self._sound.can_play:
            keys += ["l listen", "s slowly", "w word or sound"]
        keys += ["f from a file", "n next", "q quit"]
        self._console.print(f"\n[{' | '.join(keys)}]", style="dim")

    def _record(self) -> None:
        """A take from the microphone."""
        if not self._sound.can_record:
            return self._read_file()
        meter = Meter(sys.stdout) if not self._plain else None
        try:
            take = self._take(meter)
        except InputError as error:
            self._sound.can_record = False
            self._console.print(f"Not recorded: {error}")
            self._console.print("Go on with recordings in files: press f.")
            return
        finally:
            if meter:
                meter.end()
        if take.lost is not None:
            self._console.print(f"The microphone went away ({take.lost}): the take ends there.")
        if take.gaps:
            self._console.print(f"The machine was too busy: {take.gaps} pieces are missing.")
        if take.ended_by == "nothing said":
            self._console.print(
                "Nothing was heard: is the microphone on, and the right one? "
                "'voicecoach doctor --loopback' tells."
            )
        else:
            self._attempt(take.waveform)
        if take.ended_by == "interrupt":
            raise KeyboardInterrupt

    def _take(self, meter: Meter | None) -> "Take":
        from voicecoach.practice.take import record_take

        began = False

        def count_down(left_s: float) -> None:
            if meter:
                meter.write(f"Speak in {left_s:.1f} s")

        def show(block: np.ndarray, elapsed_s: float) -> None:
            nonlocal began
            if not began:
                began = True
                if meter:
                    meter.end()
                how = ", or press Enter at the end" if self._keys.interactive else ""
                self._console.print(f"Speak now{how}.")
            if meter:
                meter.show(block, elapsed_s)

        return record_take(
            device=self._sound.microphone,
            backend=self._sound.backend,
            countdown_s=self._countdown_s,
            on_countdown=count_down,
            is_complete=self._session.is_complete,
            on_block=show,
            stop_requested=lambda: self._keys.pressed("enter"),
        )

    def _read_file(self) -> None:
        """A take from a file."""
        from voicecoach.audio.io import load
        from voicecoach.scoring.scorer import MAX_DURATION_S

        name = self._keys.ask("File with your recording: ")
        if not name:
            return
        try:
            waveform = load(name, _KEPT_RATE_HZ, max_duration_s=MAX_DURATION_S)
        except InputError as error:
            self._console.print(str(error))
            return
        self._attempt(waveform)

    def _score_anyway(self) -> None:
        if self._waveform is not None and self._outcome and not self._outcome.score:
            self._attempt(self._waveform, check=False)

    def _attempt(self, waveform: np.ndarray, check: bool = True) -> None:
        """Scores, keeps and shows a take; Ctrl-C waits until it is kept."""
        from voicecoach.audio.recorder import signals_call

        interrupts: list[bool] = []
        with signals_call(lambda: interrupts.append(True)):
            self._waveform = waveform
            try:
                self._outcome = self._session.attempt(waveform, _KEPT_RATE_HZ, check)
            except InputError as error:
                if check:
                    raise
                self._console.print(str(error))
            else:
                self._show_outcome(self._outcome)
        if interrupts:
            raise KeyboardInterrupt

    def _show_outcome(self, outcome: Outcome) -> None:
        from voicecoach.cli.report import print_problems, print_report
        from voicecoach.practice.advice import advise

        score, sentence = outcome.score, self._session.exercise.sentence
        self._console.print()
        self._advice = [] if score is None else advise(score, sentence)
        if score is not None:
            print_report(self._console, score, sentence, plain=self._plain)
        print_problems(self._console, outcome.problems, refused=score is None)
        if score is not None and outcome.best_total is not None:
            better = "better than" if score.total > outcome.best_total else "your best is still"
            self._console.print(
                f"\nThis time {score.total:.1f}: {better} {outcome.best_total:.1f}."
            )
        if outcome.not_kept is not None:
            self._console.print(f"Not kept in your history: {outcome.not_kept}")

    def _play_whole(self) -> None:
        self._play_example(1.0)

    def _play_slowly(self) -> None:
        self._play_example(SLOW_RATE)

    def _play_example(self, rate: float) -> None:
        speech = self._examples.whole(self._session.exercise, rate)
        self._play(clips.equally_loud(speech.waveform), speech.sample_rate)

    def _compare(self) -> None:
        """The learner, then the reference."""
        if self._waveform is None:
            self._console.print("Say it first: then you can compare.")
            return
        speech = self._examples.whole(self._session.exercise)
        own = self._waveform
        if self._outcome and self._outcome.score:  # without the silence around it
            words = self._outcome.score.words
            own = clips.cut_word(own, _KEPT_RATE_HZ, words[0].start_ms, words[-1].end_ms)
        start_ms, end_ms = speech.words[0][1], speech.words[-1][2]
        example = clips.cut_word(speech.waveform, speech.sample_rate, start_ms, end_ms)
        both = [self._resampled(own, speech.sample_rate), example]
        self._play(clips.in_turn(both, speech.sample_rate), speech.sample_rate)

    def _play_part(self) -> None:
        """A word, or a sound of it: the learner's and the reference's."""
        from voicecoach.practice.parts import read_part

        sentence = self._session.exercise.sentence
        answer = self._keys.ask(
            f"Which word, 1 to {len(sentence)}, or which sound of it, such as 2.1? "
        )
        if not answer:
            return
        try:
            word, position = read_part(answer, sentence)
        except InputError as error:
            self._console.print(str(error))
            return
        self._play_word(word, position)

    def _play_advice(self, advice: "Advice") -> None:
        """What one piece of advice is about."""
        from voicecoach.practice.parts import intended_word

        assert self._outcome is not None and self._outcome.score is not None
        word = intended_word(self._outcome.score, advice.word)
        if word is not None:
            self._play_word(word, advice.phone)
        elif self._waveform is not None:
            said = self._outcome.score.words[advice.word]
            piece = clips.cut_word(self._waveform, _KEPT_RATE_HZ, said.start_ms, said.end_ms)
            self._play(clips.equally_loud(piece), _KEPT_RATE_HZ)

    def _play_word(self, index: int, position: int | None) -> None:
        """A word as the learner said it and as it should be; then a sound of it, slowly."""
        from voicecoach.practice.parts import said_word

        exercise = self._session.exercise
        example, sample_rate = self._examples.word(exercise, index)
        parts = [example]
        if self._waveform is not None and self._outcome and self._outcome.score:
            said = said_word(self._outcome.score, index)
            if said.error != "omission":
                own = clips.cut_word(self._waveform, _KEPT_RATE_HZ, said.start_ms, said.end_ms)
                parts.insert(0, self._resampled(own, sample_rate))
        if position is not None:
            parts.append(self._examples.sound(exercise, index, position)[0])
        self._play(clips.in_turn(parts, sample_rate), sample_rate)

    def _resampled(self, waveform: np.ndarray, sample_rate: int) -> np.ndarray:
        from voicecoach.audio.io import resample

        return resample(waveform, _KEPT_RATE_HZ, sample_rate)

    def _play(self, waveform: np.ndarray, sample_rate: int) -> None:
        reason = self._sound.play(waveform, sample_rate, self._keys)
        if reason is not None:
            self._console.print(f"Not played: {reason}.")
