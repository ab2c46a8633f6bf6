"""Single keys, without Enter; lines where standard input is no terminal."""

import sys
from types import TracebackType

from voicecoach.cli.terminal import END, Console, Lines, Source, Terminal


class Keys:
    """The keys that are pressed between the beginning and the end of a ``with``.

    In a terminal each key counts at once and is not shown. The terminal is as before afterwards,
    also after an exception, SIGTERM or SIGHUP, and keys go on working after Ctrl-Z and ``fg``.
    Where standard input is no terminal, lines are read, and the first letter of each is the key.

    A key is a character in lower case, " " among them, or "enter", "escape", "up", "down", "left",
    "right"; "" is any other. Ctrl-D and the end of the input are "q". Ctrl-C raises
    ``KeyboardInterrupt`` as ever.
    """

    def __init__(self) -> None:
        self.interactive = sys.stdin is not None and sys.stdin.isatty()
        """Whether there is a terminal."""
        self._source: Source = Lines()
        if self.interactive:
            self._source = Console() if sys.platform == "win32" else Terminal()

    def __enter__(self) -> "Keys":
        self._source.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._source.close()

    def read(self, timeout_s: float | None = None) -> str | None:
        """The next key; None if there is none within so many seconds. Without them, waits for ever.

        On Windows the lines of a pipe are waited for in any case.
        """
        return self._source.read(timeout_s)

    def pressed(self, key: str) -> bool:
        """Whether this key was pressed since keys were read last; others are forgotten.

        Never true where there is no terminal: lines answer questions, and none is lost to this.
        """
        found: str | None = ""
        while self.interactive and found not in (None, END, key):
            found = self.read(0)
        return found == key

    def drain(self) -> None:
        """Forgets what was typed ahead; lines that are no terminal's are kept."""
        self._source.drain()

    def ask(self, prompt: str) -> str:
        """Shows a prompt and reads a whole line, with echo; "" at the end of the input."""
        return self._source.ask(prompt).strip()
