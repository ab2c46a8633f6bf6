"""Records one take, and notices when the speaker has finished."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from voicecoach.audio.activity import SAMPLE_RATE, SpeechDetector
from voicecoach.audio.recorder import Recorder, signals_call

_BEFORE_S = 0.3  # kept of what was heard before speaking was allowed: some begin early
_NOTHING_SAID_S = 8.0
_ASK_AFTER_S, _PAUSE_AFTER_ALL_S, _PAUSE_S = 0.35, 0.4, 1.0


@dataclass(frozen=True)
class Take:
    """What was recorded.

    ``waveform`` is (n_samples,) float32 in [-1, 1] at ``sample_rate`` Hz and begins at most 0.3 s
    before speaking was allowed. ``ended_by`` is "pause" (the speaker had finished), "nothing said",
    "limit", "key", "interrupt" (Ctrl-C or a signal) or "lost" (the microphone is gone; ``lost``
    says why, as a clause). ``gaps`` counts how often sound is missing.
    """

    waveform: np.ndarray
    sample_rate: int
    ended_by: str
    lost: str | None
    gaps: int


def record_take(
    *,
    device: str | None = None,
    backend: str | None = None,
    max_duration_s: float = 28.0,
    countdown_s: float = 0.0,
    on_countdown: Callable[[float], None] | None = None,
    is_complete: Callable[[np.ndarray], bool] | None = None,
    on_block: Callable[[np.ndarray, float], None] | None = None,
    stop_requested: Callable[[], bool] | None = None,
) -> Take:
    """Records at 16 kHz until the speaker has been silent for 1 s, or for 0.4 s if all was said.

    It ends too after 8 s without any speech, and when the microphone goes away. Ctrl-C (and
    SIGTERM) raises nothing: it ends the take, and what was heard so far is returned.

    Args:
        device: as ``voicecoach devices`` lists it; None is the default one.
        backend: "portaudio", "pulse" or "alsa"; None takes the first that works.
        max_duration_s: longest waveform, in seconds.
        countdown_s: how long the speaker has to wait. The microphone is open meanwhile.
        on_countdown: called with the seconds left, twenty times a second, at last with 0.
        is_complete: asked once in a pause, with the waveform so far: was the last word said? What
            is spoken while it answers is not lost.
        on_block: called with each (n_samples,) float32, 50 ms, and the seconds since speaking was
            allowed.
        stop_requested: asked with each block, in the countdown too: is it to end now?

    Raises:
        InputError: there is no working microphone, no such device or no such backend.
    """
    with Recorder(SAMPLE_RATE, device, backend) as recorder:
        ending = _Ending(recorder, stop_requested)
        with signals_call(lambda: ending.by("interrupt")):
            before = _count_down(ending, countdown_s, on_countdown)
            listener = _Listener(before, max_duration_s, is_complete)
            for block in ending.blocks():
                reason = listener.hear(block)
                if on_block is not None:
                    on_block(block, (listener.n_heard - len(before)) / SAMPLE_RATE)
                if reason is not None and ending.reason is None:
                    ending.reason = reason
                    break
    return Take(
        waveform=listener.waveform,
        sample_rate=SAMPLE_RATE,
        ended_by=ending.reason or "lost",
        lost=recorder.lost,
        gaps=recorder.gaps,
    )


class _Ending:
    """Why a recording ends: the first reason counts, and what was said by then still comes."""

    def __init__(self, recorder: Recorder, requested: Callable[[], bool] | None) -> None:
        self.reason: str | None = None
        self._recorder = recorder
        self._requested = requested

    def by(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._recorder.stop()

    def blocks(self) -> Iterator[np.ndarray]:
        for block in self._recorder.blocks():
            if self.reason is None and self._requested is not None and self._requested():
                self.by("key")
            yield block


def _count_down(
    ending: _Ending, countdown_s: float, on_countdown: Callable[[float], None] | None
) -> np.ndarray:
    """Waits, and returns the end of what was heard meanwhile; nothing if it was broken off."""
    heard = np.zeros(0, dtype=np.float32)
    left = round(countdown_s * SAMPLE_RATE)
    blocks = ending.blocks()
    while left > 0:
        block = next(blocks, None)
        if block is None:
            return heard[:0]
        left -= len(block)
        heard = np.concatenate((heard, block))[-round(_BEFORE_S * SAMPLE_RATE) :]
        if on_countdown is not None:
            on_countdown(max(0, left) / SAMPLE_RATE)
    return heard


class _Listener:
    """What was heard, and whether the speaker has finished."""

    def __init__(
        self,
        before: np.ndarray,
        max_duration_s: float,
        is_complete: Callable[[np.ndarray], bool] | None,
    ) -> None:
        self.n_heard = 0
        self._heard: list[np.ndarray] = []
        self._n_most = round(max_duration_s * SAMPLE_RATE)
        self._is_complete = is_complete
        self._asked: tuple[float | None, bool] = (None, False)
        self._detector = SpeechDetector()
        self._add(before)

    @property
    def waveform(self) -> np.ndarray:
        return np.concatenate(self._heard)[: self._n_most]

    def hear(self, block: np.ndarray) -> str | None:
        """Takes a block; why the take is over, or None."""
        self._add(block)
        if self.n_heard >= self._n_most:
            return "limit"
        quiet_s = self._detector.quiet_s
        if not self._detector.heard:
            return "nothing said" if quiet_s >= _NOTHING_SAID_S else None
        over = quiet_s >= _PAUSE_S or (self._said_all(quiet_s) and quiet_s >= _PAUSE_AFTER_ALL_S)
        return "pause" if over else None

    def _add(self, block: np.ndarray) -> None:
        self._heard.append(block)
        self.n_heard += len(block)
        self._detector.feed(block)

    def _said_all(self, quiet_s: float) -> bool:
        if self._is_complete is None or quiet_s < _ASK_AFTER_S:
            return False
        pause = self._detector.ended_s
        if self._asked[0] != pause:
            self._asked = (pause, self._is_complete(self.waveform))
        return self._asked[1]
