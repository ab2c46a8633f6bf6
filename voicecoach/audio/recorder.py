"""Records from a microphone, block by block, and never loses what it has heard."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty
from types import TracebackType
from typing import Any

import numpy as np

from voicecoach.audio.backends.base import Backend, BackendError, Source
from voicecoach.audio.devices import first_that_works
from voicecoach.audio.io import StreamResampler

_FIRST_SOUND_S = 10.0  # a Bluetooth headset takes some seconds to change its mode
_TAIL_S = 0.25  # the most that lies in the buffers of a sound system
_GONE_S = 3.0  # without any sound, not even silence: the microphone is gone
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_MOST_CAUGHT = 2


class Recorder:
    """A microphone that is open between the beginning and the end of a ``with``.

    ::

        with Recorder(16_000) as recorder:
            for block in recorder.blocks():
                if enough(block):
                    recorder.stop()

    `blocks` may be left and called again: it goes on where it was, and nothing is missing. That
    holds after a ``KeyboardInterrupt`` too.

    Args:
        sample_rate: Hz, of the blocks; where the microphone does not give that rate, it is
            resampled.
        device: as ``voicecoach devices`` lists it; None is the default one.
        backend: "portaudio", "pulse" or "alsa"; None takes the first that works.
        block_ms: length of a block in milliseconds.
    """

    def __init__(
        self,
        sample_rate: int,
        device: str | None = None,
        backend: str | None = None,
        block_ms: float = 50.0,
    ) -> None:
        self.sample_rate = sample_rate
        self.backend: str | None = backend
        """After the microphone was opened, the backend that did it."""
        self.lost: str | None = None
        """Why it ended by itself, as a clause; None if it did not."""
        self._device = device
        self._n_block = max(1, round(sample_rate * block_ms / 1000))
        self._pending = np.zeros(0, dtype=np.float32)
        self._source: Source | None = None
        self._resampler: StreamResampler | None = None
        self._ended = False
        self._n_tail: int | None = None  # samples still to come after `stop`

    @property
    def gaps(self) -> int:
        """How often sound was lost because the machine was too busy."""
        return self._source.gaps if self._source else 0

    def __enter__(self) -> "Recorder":
        """Opens the microphone. When it returns, sound is being recorded.

        Raises:
            InputError: there is no working microphone, no such device or no such backend.
        """
        first_that_works("input", self._device, self.backend, self._open)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended = True
        if self._source is not None:
            self._source.close()

    def blocks(self) -> Iterator[np.ndarray]:
        """What the microphone hears, until `stop` or until it is gone (then `lost` says why).

        Yields:
            (n_samples,) float32 in [-1, 1] at ``sample_rate``, one channel. All are ``block_ms``
            long but the last, which may be shorter.
        """
        while True:
            while len(self._pending) >= self._n_block:
                block = self._pending[: self._n_block]
                self._pending = self._pending[self._n_block :]
                yield block
            if self._ended:
                break
            self._pending = np.concatenate((self._pending, self._next()))
        if len(self._pending):
            block, self._pending = self._pending, self._pending[:0]
            yield block

    def stop(self) -> None:
        """Ends `blocks`; may be called from another thread or a signal handler.

        What was said by now still comes, and with it the 0.25 s that it takes to arrive. A second
        call ends that too.
        """
        if self._source is not None:
            self._source.queue.put(None)  # a SimpleQueue: its put is safe in a signal handler

    def _open(self, backend: Backend, device_id: str | None) -> None:
        source = backend.open_input(device_id, self.sample_rate)
        try:
            first = source.queue.get(timeout=_FIRST_SOUND_S)
            if not isinstance(first, np.ndarray):
                raise BackendError(str(first))
        except Empty as error:
            source.close()
            raise BackendError(f"{backend.TITLE} opened it, but no sound came") from error
        except BaseException:
            source.close()
            raise
        self._source, self.backend = source, backend.NAME
        self._resampler = StreamResampler(source.sample_rate, self.sample_rate)
        self._pending = self._resampler.feed(first)

    def _next(self) -> np.ndarray:
        """The next samples, as soon as there are some; all that are left once it is over."""
        if self._source is None or self._resampler is None:
            raise RuntimeError("a Recorder must be opened by 'with' before blocks() is called")
        try:
            item = self._source.queue.get(timeout=_GONE_S)
        except Empty:
            item = "no more sound came from it"
        if item is None and self._n_tail is None:
            self._n_tail = round(_TAIL_S * self._source.sample_rate)
            return self._pending[:0]
        if isinstance(item, np.ndarray):
            if self._n_tail is None:
                return self._resampler.feed(item)
            self._n_tail -= len(item)
            if self._n_tail > 0:
                return self._resampler.feed(item)
        elif self._n_tail is None:
            self.lost = item
        self._ended = True
        self._source.close()
        rest = [item] if isinstance(item, np.ndarray) else [self._pending[:0]]
        while not self._source.queue.empty():
            item = self._source.queue.get()
            if isinstance(item, np.ndarray):
                rest.append(item)
        return self._resampler.feed(np.concatenate(rest), last=True)


@dataclass(frozen=True)
class Recording:
    """What was recorded: (n_samples,) float32 in [-1, 1], and `Recorder.lost` and ``gaps``."""

    waveform: np.ndarray
    sample_rate: int
    lost: str | None
    gaps: int


def record(
    sample_rate: int,
    max_duration_s: float | None = None,
    device: str | None = None,
    backend: str | None = None,
    on_block: Callable[[np.ndarray], bool] | None = None,
) -> Recording:
    """Records until it is long enough, ``on_block`` says so, or Ctrl-C is pressed.

    Ctrl-C (and SIGTERM) raises nothing here: it ends the recording, and what was recorded so far
    is returned. So it is when the microphone goes away.

    Args:
        sample_rate: Hz, of what is returned.
        max_duration_s: seconds; None for no limit.
        device: as ``voicecoach devices`` lists it; None is the default one.
        backend: "portaudio", "pulse" or "alsa"; None takes the first that works.
        on_block: called with each block of 50 ms, (n_samples,) float32; True ends the recording.

    Raises:
        InputError: there is no working microphone, no such device or no such backend.
    """
    with Recorder(sample_rate, device, backend) as recorder, signals_call(recorder.stop):
        return collect(recorder, max_duration_s, on_block)


def collect(
    recorder: Recorder,
    max_duration_s: float | None = None,
    on_block: Callable[[np.ndarray], bool] | None = None,
) -> Recording:
    """All blocks of a recorder that was opened, as `record` has them; catches no signals."""
    rate = recorder.sample_rate
    n_most = None if max_duration_s is None else round(max_duration_s * rate)
    heard: list[np.ndarray] = []
    n_heard = 0
    for block in recorder.blocks():
        heard.append(block)
        n_heard += len(block)
        if n_most is not None and n_heard >= n_most:
            break
        if on_block is not None and on_block(block):
            recorder.stop()
            on_block = None  # what was heard by now still comes
    waveform = np.concatenate([np.zeros(0, dtype=np.float32), *heard])[:n_most]
    return Recording(waveform, rate, recorder.lost, recorder.gaps)


@contextmanager
def signals_call(stop: Callable[[], None]) -> Iterator[None]:
    """In this block Ctrl-C calls ``stop`` and raises nothing, so that what it ends can be kept.

    SIGTERM and SIGHUP (the terminal was closed) do so too. The third signal acts as usual: there
    must be a way out. Only the main thread gets signals: in another one this does nothing.
    """
    before: dict[int, Any] = {}
    n_caught = 0

    def catch(_number: int, _frame: object) -> None:
        nonlocal n_caught
        n_caught += 1
        if n_caught == _MOST_CAUGHT:
            restore()
        stop()

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    try:
        for name in _SIGNALS:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            # What is ignored (by nohup, or in the background of a script) stays ignored.
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, catch)
    except ValueError:
        pass  # not in the main thread
    try:
        yield
    finally:
        restore()
