"""Recording and playing through a program that is part of a sound system."""

import os
import select
import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from queue import SimpleQueue

import numpy as np

from voicecoach.audio.backends.base import BackendError

_BLOCK_S = 0.05
_ANSWER_S = 10.0  # longest time for a list of devices
_LOOK_S = 0.02  # how soon it is noticed that a sound is to stop, or Ctrl-C just before a wait
_END_S = 2.0  # a program that has not ended by then is killed
_FULL_SCALE = 32768
_WAV_HEADER_BYTES = 44


def ask(command: Sequence[str], package: str) -> str:
    """What a program that answers at once prints.

    Raises:
        BackendError: it is not there (then ``package`` is named), fails or does not answer.
    """
    check_installed(command[0], package)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=_env(), timeout=_ANSWER_S, errors="replace"
        )
    except subprocess.TimeoutExpired as error:
        raise BackendError(f"{command[0]} does not answer") from error
    if done.returncode:
        raise BackendError(_reason(command[0], done.stderr))
    return done.stdout


def check_installed(program: str, package: str) -> None:
    """Raises `BackendError`, naming the Debian package, where there is no such program."""
    if shutil.which(program) is None:
        raise BackendError(f"{program} is not installed (Debian: apt install {package})")


class PipedMicrophone:
    """A `Source`: a program that writes 16-bit mono samples to its standard output.

    Args:
        command: the program with its arguments.
        sample_rate: Hz; None if the program writes a WAV header, which says it.

    Raises:
        BackendError: the program ended before its header.
    """

    def __init__(self, command: Sequence[str], sample_rate: int | None) -> None:
        self.gaps = 0
        self.queue: SimpleQueue[np.ndarray | str | None] = SimpleQueue()
        self._closed = False
        self._program = command[0]
        # In a session of its own: Ctrl-C must not end it before all that it heard was fetched.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_env(),
            start_new_session=True,
        )
        try:
            self.sample_rate = float(sample_rate or self._rate_from_header())
        except BaseException:
            self._end()
            raise
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._process.terminate()
        self._reader.join(_END_S)
        self._process.kill()
        self._reader.join()
        self._end()

    def _rate_from_header(self) -> int:
        assert self._process.stdout is not None
        header = self._process.stdout.read(_WAV_HEADER_BYTES)
        if len(header) < _WAV_HEADER_BYTES:
            raise BackendError(self._why_it_ended())
        return struct.unpack_from("<I", header, 24)[0]

    def _read(self) -> None:
        assert self._process.stdout is not None
        size = 2 * round(self.sample_rate * _BLOCK_S)
        while data := self._process.stdout.read(size):
            samples = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
            self.queue.put(samples.astype(np.float32) / _FULL_SCALE)
        if not self._closed:
            self.queue.put(self._why_it_ended())

    def _why_it_ended(self) -> str:
        assert self._process.stderr is not None
        return _reason(self._program, self._process.stderr.read().decode(errors="replace"))

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()


def play_file(command: Sequence[str], content: bytes, stop: threading.Event | None = None) -> None:
    """Gives ``content`` to a program that plays its standard input, and waits until it ends.

    Once ``stop`` is set, the program is killed.

    Raises:
        BackendError: the program failed.
        KeyboardInterrupt: the program is killed first, so that the sound stops at once.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        process = subprocess.Popen(
            command,
            stdin=file,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_env(),
            start_new_session=True,
        )
        assert process.stderr is not None
        try:
            # Ends with the program. Popen.wait would go on for 0.25 s after Ctrl-C.
            errors = _read_until(process.stderr.fileno(), stop)
            if errors is None:
                process.kill()
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
            process.stderr.close()
    if errors is not None and process.returncode:
        raise BackendError(_reason(command[0], errors))


def _read_until(pipe: int, stop: threading.Event | None) -> str | None:
    """All that comes out of a pipe; None if ``stop`` was set before its end."""
    data = b""
    while stop is None or not stop.is_set():
        if select.select([pipe], [], [], _LOOK_S)[0]:
            piece = os.read(pipe, 1 << 16)
            if not piece:
                return data.decode(errors="replace")
            data += piece
    return None


def to_16_bit(waveform: np.ndarray) -> np.ndarray:
    """(n_samples,) float in [-1, 1] to little-endian 16-bit integers."""
    return np.clip(np.round(waveform * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")


def _env() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C"}  # their output is read


def _reason(program: str, errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    return f"{program}: {lines[-1].rstrip('.')}" if lines else f"{program} ended"
