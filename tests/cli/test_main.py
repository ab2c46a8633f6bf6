import errno
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import Result

from voicecoach.cli import main as main_module
from voicecoach.errors import InputError

Run = Callable[..., Result]
HEAVY = (
    "torch", "torchaudio", "librosa", "numpy", "pyworld", "soundfile", "sounddevice", "matplotlib",
)  # fmt: skip


def raise_from(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Makes the command "score" end with ``error``."""

    def score() -> None:
        raise error

    monkeypatch.setattr("voicecoach.cli.score.score", score)


def test_help_lists_every_command(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name in main_module.COMMANDS:
        assert f" {name} " in result.output


@pytest.mark.parametrize("name", main_module.COMMANDS)
def test_every_command_has_its_own_help(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"voicecoach {name}" in result.output or f" {name} " in result.output
    assert import_module(f"voicecoach.cli.{name}").__doc__


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from voicecoach.cli.main import app\n"
        "app(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.output.startswith("voicecoach ")


def test_unknown_command_and_no_command_are_refused(run: Run) -> None:
    assert run("scor").exit_code == 2
    assert run().exit_code == 2


def test_bad_input_is_one_sentence_and_exit_code_2(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_from(monkeypatch, InputError("a.wav is empty: record it again."))
    result = run("score")
    assert result.exit_code == 2
    assert result.stderr == "voicecoach: a.wav is empty: record it again.\n"
    assert result.stdout == ""


def test_full_disk_is_one_sentence_and_exit_code_2(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_from(monkeypatch, OSError(errno.ENOSPC, "No space left on device", "out.wav"))
    result = run("score")
    assert result.exit_code == 2
    assert result.stderr == ("voicecoach: Cannot read or write out.wav: No space left on device.\n")


def test_interrupt_is_exit_code_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_from(monkeypatch, KeyboardInterrupt())
    result = run("score")
    assert result.exit_code == 130
    assert result.stderr == "voicecoach: Interrupted.\n"


def test_a_bug_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_from(monkeypatch, ZeroDivisionError())
    assert isinstance(run("score").exception, ZeroDivisionError)


def test_reader_that_goes_away_leaves_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "voicecoach", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


def test_terminal_without_ipa_gets_no_traceback(spoken: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voicecoach", "score", str(spoken), "--text", "we call it bear"],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "COLUMNS": "80"},
    )
    assert done.returncode == 0, done.stderr
    assert b"bear" in done.stdout
