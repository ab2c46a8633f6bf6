"""Where keys come from: a terminal of POSIX, the console of Windows, or lines of any input."""

import atexit
import codecs
import io
import math
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any, Protocol

END = "q"
"""The key that the end of the input is."""
_REST_S = 0.05  # by then all bytes of a key are there that sends several
_WAKE_S = 0.2  # Python may sleep over a signal that comes just before it begins to wait
_LOOK_S = 0.02  # on Windows nothing waits for a key for a limited time
_ESCAPE = "\x1b"
_ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left"}
_WINDOWS_ARROWS = {"H": "up", "P": "down", "M": "right", "K": "left"}


class Source(Protocol):
    """What `Keys` reads from; its methods are described there."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, timeout_s: float | None) -> str | None: ...

    def drain(self) -> None: ...

    def ask(self, prompt: str) -> str: ...


class Terminal:
    """A terminal in "cbreak" mode: no echo, no lines, but Ctrl-C and Ctrl-Z as usual."""

    def __init__(self) -> None:
        self._file = sys.stdin.fileno()
        self._handlers: dict[int, Any] = {}
        self._before: list[Any] | None = None  # the mode to go back to
        self._wanted: list[Any] | None = None  # the mode that it has in the foreground

    def open(self) -> None:
        import termios

        self._before, self._single = termios.tcgetattr(self._file), termios.tcgetattr(self._file)
        self._single[3] &= ~(termios.ECHO | termios.ICANON)
        self._single[6][termios.VMIN], self._single[6][termios.VTIME] = 1, 0
        atexit.register(self.close)
        with suppress(ValueError):  # only the main thread gets signals
            self._catch(signal.SIGCONT, lambda *_: self._set(self._wanted))
            self._catch(signal.SIGTSTP, self._suspend)
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) == signal.SIG_DFL:
                    self._catch(number, _leave)
        self._set(self._single)

    def close(self) -> None:
        if self._before is not None:
            self.drain()  # the shell must not get it
            self._set(self._before)
        self._before = None
        atexit.unregister(self.close)
        while self._handlers:
            signal.signal(*self._handlers.popitem())

    def read(self, timeout_s: float | None) -> str | None:
        first = self._character(timeout_s)
        return self._escaped() if first == _ESCAPE else _name(first)

    def drain(self) -> None:
        import termios

        if not self._in_background():
            with suppress(termios.error):
                termios.tcflush(self._file, termios.TCIFLUSH)

    def ask(self, prompt: str) -> str:
        self._set(self._before)
        try:
            return input(prompt)
        except EOFError:
            return ""
        finally:
            self._set(self._single)

    def _set(self, mode: list[Any] | None) -> None:
        import termios

        self._wanted = mode
        if mode is not None and not self._in_background():
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._file, termios.TCSANOW, mode)

    def _in_background(self) -> bool:
        """Then the shell has the terminal, and whoever touches it is stopped."""
        try:
            return os.tcgetpgrp(self._file) != os.getpgrp()
        except OSError:  # it is not what this process is controlled by
            return False

    def _catch(self, number: int, handler: Any) -> None:
        self._handlers[number] = signal.signal(number, handler)

    def _suspend(self, number: int, _frame: object) -> None:
        wanted = self._wanted
        self._set(self._before)
        self._wanted = wanted
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)  # here it stops, until "fg"
        signal.signal(number, self._suspend)
        self._set(wanted)

    def _character(self, timeout_s: float | None) -> str | None:
        """The next one, of one byte or several; None after that time, "" at the end."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = ""
        while not text:
            if not _wait(self._file, timeout_s):
                return decoder.decode(b"", final=True) or None
            try:
                byte = os.read(self._file, 1)  # no more: the rest may be a line for `ask`
            except OSError:  # so Linux says that the terminal is gone
                byte = b""
            if not byte:
                return ""
            text = decoder.decode(byte)
            timeout_s = _REST_S
        return text[-1]

    def _escaped(self) -> str:
        """The key that sends an escape and more; all of it is read."""
        kind = self._character(_REST_S)
        if kind is None:
            return "escape"
        if kind == _ESCAPE:
            return self._escaped()
        if kind not in ("[", "O"):
            return ""  # Alt with a letter
        final = self._character(_REST_S)
        if kind == final == "[":  # function keys of the Linux console
            self._character(_REST_S)
            return ""
        while final and not "@" <= final <= "~":
            final = self._character(_REST_S)
        return _ARROWS.get(final or "", "")


class Console:
    """The console of Windows."""

    def open(self) -> None:
        pass

    def close(self) -> None:
        self.drain()

    def read(self, timeout_s: float | None) -> str | None:
        import msvcrt

        until = None if timeout_s is None else time.monotonic() + timeout_s
        while not msvcrt.kbhit():
            if until is not None and time.monotonic() >= until:
                return None
            time.sleep(_LOOK_S)
        key = msvcrt.getwch()
        if key in "\0\xe0":
            return _WINDOWS_ARROWS.get(msvcrt.getwch(), "")
        if key == "\x03":
            raise KeyboardInterrupt
        return "escape" if key == _ESCAPE else _name(key)

    def drain(self) -> None:
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()

    def ask(self, prompt: str) -> str:
        try:
            return input(prompt)
        except EOFError:
            return ""


class Lines:
    """Lines of a file or a pipe. Each is a key: its first letter, or "enter" for an empty one."""

    def __init__(self) -> None:
        self._bytes = b""
        self._ended = sys.stdin is None
        self._file: int | None = None
        with suppress(AttributeError, io.UnsupportedOperation):  # a program's own standard input
            self._file = sys.stdin.fileno()

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, timeout_s: float | None) -> str | None:
        line = self._line(timeout_s)
        if line is None:
            return END if self._ended else None
        return _name(line.strip()[:1] or "\n")

    def drain(self) -> None:
        pass

    def ask(self, prompt: str) -> str:
        print(prompt, end="", flush=True)
        return self._line(None) or ""

    def _line(self, timeout_s: float | None) -> str | None:
        """None if there is none by then, or no more."""
        while b"\n" not in self._bytes and not self._ended:
            if self._file is None:
                data = sys.stdin.readline().encode()
            else:
                if sys.platform != "win32" and not _wait(self._file, timeout_s):
                    return None
                data = os.read(self._file, 1 << 12)
            self._bytes += data
            self._ended = not data
        if self._ended and not self._bytes:
            return None
        line, _, self._bytes = self._bytes.partition(b"\n")
        return line.decode("utf-8", "replace")


def _wait(file: int, timeout_s: float | None) -> bool:
    """Whether there is something to read by then."""
    until = math.inf if timeout_s is None else time.monotonic() + timeout_s
    while True:
        left_s = until - time.monotonic()
        if select.select([file], [], [], min(max(left_s, 0.0), _WAKE_S))[0]:
            return True
        if left_s <= 0:
            return False


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)  # as shells have it


def _name(character: str | None) -> str | None:
    """What `Keys` calls it; "" is the end of the input."""
    if character is None:
        return None
    if character in ("", "\x04", "\x1a"):  # Ctrl-D; on Windows Ctrl-Z
        return END
    if character in "\r\n":
        return "enter"
    is_letter = character.isprintable() and character != "\ufffd"
    return character.lower() if is_letter else ""
