"""What the command tests share: speech that is there on every machine, and the runner."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

TEXT = "we call it bear"


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of ``TEXT`` by the reference voice."""
    from voicecoach.audio.io import save
    from voicecoach.synthesis.reference import ReferenceVoice

    path = tmp_path_factory.mktemp("spoken") / "bear.wav"
    speech = ReferenceVoice().speak(TEXT)
    save(path, speech.waveform, speech.sample_rate)
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs ``voicecoach`` with arguments in this process; output without colour, 100 wide."""
    from voicecoach.cli.main import app

    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str | Path, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts ``voicecoach`` with arguments in a process of its own, in ``tmp_path``."""
    started = []

    def start(*arguments: str | Path, **options: Any) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "voicecoach", *map(str, arguments)],
            cwd=tmp_path,
            text=True,
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                **options,
            },
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts ``voicecoach`` with arguments in a terminal of its own, 100 wide, in ``tmp_path``."""
    pexpect = pytest.importorskip("pexpect", reason="needs a terminal that a program can use")
    started = []

    def terminal(*arguments: str | Path, env: dict[str, str] | None = None) -> Any:
        process = pexpect.spawn(
            sys.executable,
            ["-m", "voicecoach", *map(str, arguments)],
            cwd=str(tmp_path),
            # In a process of ``pytest -n`` COLUMNS is 80, and programs obey it.
            env={**os.environ, "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "100", **(env or {})},
            dimensions=(50, 100),
            encoding="utf-8",
            timeout=120,
        )
        started.append(process)
        return process

    yield terminal
    for process in started:
        process.close(force=True)


ROOF = "We saw the red roof near the river"


@pytest.fixture(scope="session")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``ROOF`` by the reference voice, with a w in "river" where r should be."""
    from voicecoach.audio.io import resample, save
    from voicecoach.practice.demo import swap
    from voicecoach.synthesis.reference import ReferenceVoice
    from voicecoach.text.transcribe import transcribe

    path = tmp_path_factory.mktemp("swapped") / "roof.wav"
    speech = ReferenceVoice().speak(swap(transcribe(ROOF), {(7, 0): "W"}))
    save(path, resample(speech.waveform, speech.sample_rate, 16_000), 16_000)
    return path
