"""Keys of a real pseudo-terminal, and of what is none."""

import os
import shlex
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicecoach.cli import terminal
from voicecoach.cli.keys import Keys

PROGRAM = [sys.executable, str(Path(__file__).with_name("keys_program.py"))]
# The first process of a session that opens a terminal gets its Ctrl-C and Ctrl-Z.
_TAKE_TERMINAL = (
    "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


class Screen:
    """A pseudo-terminal with a program in it."""

    def __init__(self, command: list[str]) -> None:
        import pty

        self._ours, self._theirs = pty.openpty()
        self.before = self.mode()
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self._theirs)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *command],
            start_new_session=True,
            env=os.environ | {"PS1": "prompt> "},
            **streams,
        )
        self._shown = ""

    def mode(self) -> list:
        import termios

        return termios.tcgetattr(self._theirs)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def until(self, text: str) -> str:
        """What was shown since this was called last, up to the text."""
        while text not in self._shown:  # the test's own time limit ends this
            self._shown += os.read(self._ours, 1000).decode()
        shown, _, self._shown = self._shown.partition(text)
        return shown

    def press(self, keys: str, shown: str) -> None:
        self.type(keys)
        self.until(f"{shown!r}\r\n")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)


@pytest.fixture
def screen() -> Iterator[Screen]:
    opened = Screen(PROGRAM)
    opened.until("interactive: True")
    yield opened
    opened.close()


def echoes(mode: list) -> bool:
    import termios

    return bool(mode[3] & termios.ECHO and mode[3] & termios.ICANON)


@on_posix
def test_keys_count_at_once_and_are_not_shown(screen) -> None:
    assert echoes(screen.before)
    assert not echoes(screen.mode())
    screen.type("R")
    assert screen.until("'r'").strip() == ""
    for typed, key in [("\r", "enter"), ("\n", "enter"), (" ", " "), ("É", "é"), ("\x7f", "")]:
        screen.press(typed, key)
    screen.type("\x04")
    screen.until("end")
    assert screen.process.wait() == 0
    assert screen.mode() == screen.before


@on_posix
@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("\x1b[A", "up"),
        ("\x1bOD", "left"),
        ("\x1b[1;5C", "right"),
        ("\x1b\x1b[B", "down"),
        ("\x1b[3~", ""),  # delete
        ("\x1bOP", ""),  # F1
        ("\x1b[[A", ""),  # F1 of the Linux console
        ("\x1bq", ""),  # Alt with q
        ("\x1b", "escape"),
    ],
)
def test_keys_of_several_bytes_leave_no_stray_letters(screen, typed, key) -> None:
    screen.press(typed, key)
    screen.type("z")
    assert screen.until("'z'").strip() == ""


@on_posix
def test_a_broken_character_is_no_key(screen) -> None:
    os.write(screen._ours, b"\xc3")
    screen.until("''")
    screen.press("a", "a")


@on_posix
def test_a_line_is_asked_for_with_echo(screen) -> None:
    screen.press("s", "s")
    screen.until("name: ")
    assert echoes(screen.mode())
    screen.type("täke 1\x7f2\r")
    assert "täke 1" in screen.until("line: 'täke 2'")
    screen.press("a", "a")
    screen.type("stake q\rb")  # typed ahead
    screen.until("line: 'take q'")
    screen.until("'b'")
    assert not echoes(screen.mode())


@on_posix
def test_a_key_is_looked_for_while_something_else_happens(screen) -> None:
    screen.press("d", "d")
    screen.type("abq\rz")
    assert screen.until("pressed z").strip() == ""


@on_posix
@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("\x03", -signal.SIGINT),
        ("x", 1),
        (signal.SIGTERM, 128 + signal.SIGTERM),
        (signal.SIGHUP, 128 + signal.SIGHUP),
    ],
)
def test_the_terminal_is_as_before_whatever_happens(screen, end, code) -> None:
    if isinstance(end, str):
        screen.type(end)
    else:
        screen.process.send_signal(end)
    assert screen.process.wait() == code
    assert screen.mode() == screen.before


@on_posix
def test_ctrl_z_gives_the_terminal_back_until_fg() -> None:
    shell = Screen(["sh", "-i"])
    shell.until("prompt> ")
    shell.type(shlex.join(PROGRAM) + "\n")
    shell.until("interactive: True")
    shell.press("a", "a")
    shell.type("\x1a")
    shell.until("prompt> ")
    shell.type("stty -a\n")
    assert not shell.until("icanon").endswith("-")
    shell.until("prompt> ")
    shell.type("fg\n")
    while echoes(shell.mode()):
        pass
    shell.press("b", "b")
    shell.type("q")
    shell.until("end")
    shell.close()


def test_lines_are_keys_where_there_is_no_terminal() -> None:
    lines = "Replay\n\n  next\nsave\nmy take \nÉ\nlast"
    done = subprocess.run(PROGRAM, input=lines, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == [
        "interactive: False",
        *("'r'", "'enter'", "'n'", "'s'", "name: line: 'my take'", "'é'", "'l'", "end", ""),
    ]


@on_posix
def test_lines_that_come_slowly() -> None:
    reader, writer = os.pipe()
    with pytest.MonkeyPatch.context() as patch, os.fdopen(reader) as stdin:
        patch.setattr(sys, "stdin", stdin)
        with Keys() as keys:
            assert keys.read(0) is None
            os.write(writer, b"ne")
            assert keys.read(0.01) is None
            os.write(writer, b"xt\nreplay\n")
            assert not keys.pressed("n")  # an answer is not lost
            keys.drain()
            assert [keys.read(0), keys.read(), keys.read(0)] == ["n", "r", None]
            os.close(writer)
            assert [keys.read(), keys.read(0), keys.ask("")] == ["q", "q", ""]


def test_without_a_standard_input(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with Keys() as keys:
        assert not keys.interactive
        assert keys.read() == "q"


def test_the_console_of_windows(monkeypatch) -> None:
    typed: list[str] = []
    console = types.SimpleNamespace(kbhit=lambda: bool(typed), getwch=lambda: typed.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    source = terminal.Console()
    assert source.read(0) is None
    typed += ["\xe0", "H", "\0", ";", "\r", "A", "\x1b", "\x1a"]
    keys = [source.read(None) for _ in range(6)]
    assert keys == ["up", "", "enter", "a", "escape", "q"]
    typed += ["\x03"]
    with pytest.raises(KeyboardInterrupt):
        source.read(None)
    typed += ["a", "b"]
    source.close()
    assert not typed
