"""What each backend offers, and the one exception that they raise."""

import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Literal, Protocol

import numpy as np

Kind = Literal["input", "output"]
"""A microphone or a loudspeaker."""
NOUNS: dict[Kind, str] = {"input": "microphone", "output": "loudspeaker"}


class BackendError(Exception):
    """Why a backend cannot do it, as a clause without a full stop. Another one may be able to."""


@dataclass(frozen=True)
class Device:
    """A microphone or a loudspeaker, as one backend knows it.

    ``device_id`` is what the backend itself calls it and ``name`` what a person does; both are
    taken by ``--device``.
    """

    backend: str
    kind: Kind
    device_id: str
    name: str
    is_default: bool


class Source(Protocol):
    """A microphone that has been opened and puts what it hears into a queue.

    The queue gets (n_samples,) float32 in [-1, 1] at ``sample_rate``, and, should the microphone
    go away, one last text: why, as a clause.
    """

    sample_rate: float
    gaps: int
    """How often sound was lost because the machine was too busy to fetch it."""
    queue: "SimpleQueue[np.ndarray | str | None]"

    def close(self) -> None:
        """Stops. All that was heard is in the queue afterwards. May be called again."""


class Backend(Protocol):
    """A way to microphones and loudspeakers. Functions raise `BackendError`."""

    NAME: str
    """For ``--backend``."""
    TITLE: str
    """For sentences."""
    UNLISTED: bool
    """Whether it takes names with a colon that it does not list."""

    def devices(self, kind: Kind) -> list[Device]:
        """Those that can be used now, the default first."""

    def open_input(self, device_id: str | None, sample_rate: int) -> Source:
        """Opens a microphone, at ``sample_rate`` Hz if it can; None is the default one."""

    def play(
        self,
        device_id: str | None,
        waveform: np.ndarray,
        sample_rate: int,
        stop: threading.Event | None = None,
    ) -> None:
        """Plays (n_samples,) float32 in [-1, 1] and returns when it has been heard.

        A ``KeyboardInterrupt`` silences it at once, and so does ``stop`` once it is set.
        """
