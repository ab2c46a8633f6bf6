"""Microphone and loudspeaker of the interactive loop: what works, and playing that a key ends."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

import numpy as np

from voicecoach.cli.keys import Keys

_POLL_S = 0.03


@dataclass
class Sound:
    """``can_play`` and ``can_record`` are believed until it turns out that there is no device.

    Devices and ``backend`` are as `player.play` takes them.
    """

    microphone: str | None = None
    loudspeaker: str | None = None
    backend: str | None = None
    can_play: bool = True
    can_record: bool = True
    _pending: list[str] = field(default_factory=list)
    _prepared: bool = False

    def prepare(self) -> None:
        """Loads in the background what takes a third of a second, before the first sound."""
        if not self._prepared:
            self._prepared = True
            Thread(target=_load_portaudio, daemon=True).start()

    def play(self, waveform: np.ndarray, sample_rate: int, keys: Keys) -> str | None:
        """Plays to the end, or until a key is pressed; that key then is the `pending_key`.

        Args:
            waveform: (n_samples,) float in [-1, 1].
            sample_rate: Hz.
            keys: open keys.

        Returns:
            None if it was played, else why not, in one line.
        """
        from voicecoach.practice.playback import play

        if not self.can_play:
            return "there is no loudspeaker"
        stop = Event()
        with ThreadPoolExecutor(1) as thread:
            playing = thread.submit(
                play, waveform, sample_rate, self.loudspeaker, self.backend, stop
            )
            try:
                # Lines that wait in a pipe are no wish to end it.
                while keys.interactive and not playing.done() and not self._pending:
                    key = keys.read(_POLL_S)
                    if key:
                        self._pending.append(key)
                        stop.set()
                reason = playing.result()
            except BaseException:
                stop.set()
                raise
        self.can_play = reason is None
        return reason

    def pending_key(self) -> str | None:
        """The key that ended what was played, once."""
        return self._pending.pop() if self._pending else None


def _load_portaudio() -> None:
    from voicecoach.audio.backends import portaudio
    from voicecoach.audio.backends.base import BackendError

    with suppress(BackendError):
        portaudio.version()
