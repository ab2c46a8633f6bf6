"""Options that several commands share, each described once."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

EXIT_BAD_INPUT = 2
EXIT_SOME_FAILED = 3
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it

Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME|FOLDER",
        help="Checkpoint to use instead of the packaged one.",
        show_default=False,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        metavar="N",
        help="Threads of the network. Default: all cores.",
        show_default=False,
    ),
]
Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="DEVICE",
        help="Microphone or loudspeaker, or a part of its name; see 'voicecoach devices'.",
        show_default=False,
    ),
]
Backend = Annotated[
    str | None,
    typer.Option(
        "--backend",
        metavar="portaudio|pulse|alsa",
        help="Only this way to the device. Default: the first that works.",
        show_default=False,
    ),
]
Plain = Annotated[
    bool,
    typer.Option(
        "--plain", help="Sentences only, without bars and tables, for screen readers and logs."
    ),
]
VoiceName = Annotated[
    str,
    typer.Option(
        "--voice",
        metavar="NAME|FOLDER",
        help="Who speaks: reference, kathleen, a voice that you enrolled, or a folder that "
        "recipes/synth.sh trained.",
    ),
]
PostfilterName = Annotated[
    str,
    typer.Option(
        "--postfilter",
        metavar="auto|stft|parametric|filters|gv|none",
        help="How a voice is made livelier: parametric by a GAN over mel-cepstra, stft by another "
        "one over the spectrum of what that makes, filters and gv in classical ways, none not at "
        "all. auto: the first that the voice has of stft, parametric and gv.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print everything as JSON on standard output.")
]
Fold = Annotated[
    int | None,
    typer.Option(
        "--fold", min=0, help="Only the speakers of this fold of --folds.", show_default=False
    ),
]
Folds = Annotated[int, typer.Option("--folds", min=2, help="How many folds there are.")]


def set_threads(threads: int | None) -> None:
    """Limits PyTorch to ``threads`` threads; None leaves its own choice."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def output_console() -> "Console":
    """Where results go: standard output. Colour only on a terminal without ``NO_COLOR``."""
    from rich.console import Console

    return Console(highlight=False, emoji=False, markup=False)


def log_console() -> "Console":
    """Where progress and warnings go: standard error, so that ``--json`` stays clean."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, markup=False)


def speaks_unicode(console: "Console") -> bool:
    """Whether IPA, arrows and blocks can be printed."""
    return console.encoding.lower().startswith("utf")


def warn(message: str) -> None:
    """One line on standard error."""
    typer.echo(message, err=True)


def load_scorer(model: str | None, threads: int | None) -> Any:
    """The ``Scorer`` that ``--model`` and ``--threads`` ask for.

    Raises:
        InputError: there is no such checkpoint.
    """
    set_threads(threads)
    from voicecoach.scoring.scorer import Scorer

    return Scorer.from_pretrained(model)


def load_coach(model: str | None, scorer: str | None, threads: int | None) -> Any:
    """The ``Coach`` of a name or folder, with the ``Scorer`` of another; None: the packaged ones.

    Raises:
        InputError: there is no such checkpoint.
    """
    loaded = load_scorer(scorer, threads)
    from voicecoach.coaching.coach import Coach

    return Coach.from_pretrained(model, scorer=loaded)


def texts_for(wavs: Sequence[Path], text: str | None, text_file: Path | None) -> list[str]:
    """The text of each recording, from ``--text`` or ``--text-file``.

    A file with one line gives its text to every recording, one with as many lines as there are
    recordings gives each its own, and the lines for a single recording are joined. Empty lines
    do not count.

    Raises:
        InputError: neither or both options are given, the file cannot be read, or its number of
            lines fits neither.
    """
    if (text is None) == (text_file is None):
        raise InputError("Give the sentence either with --text or with --text-file.")
    if text_file is None:
        lines = [text or ""]
    else:
        lines = [line for line in read_text(text_file).splitlines() if line.strip()]
        if len(wavs) == 1:
            lines = [" ".join(lines)]
    if not any(line.strip() for line in lines):
        raise InputError(f"There is no text in {text_file or '--text'}.")
    if len(lines) not in (1, len(wavs)):
        raise InputError(
            f"{text_file} has {len(lines)} lines for {len(wavs)} recordings: write one line for "
            "all of them, or one for each."
        )
    return lines * len(wavs) if len(lines) == 1 else lines


def read_text(path: Path) -> str:
    """The contents of a UTF-8 text file; ``-`` is standard input. Raises ``InputError``."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"Cannot read the text file {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a UTF-8 text file: save it as UTF-8.") from error
    if "\0" in text:
        raise InputError(f"{path} is not a text file.")
    return re.sub(r"\r\n?", "\n", text)
