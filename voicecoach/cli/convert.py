"""``voicecoach convert``: a recording made native, or said in another voice."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.options import EXIT_SOME_FAILED, Threads, set_threads, texts_for, warn
from voicecoach.data.atomic import make_folder
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.conversion.converting import Conversion


def convert(
    recordings: Annotated[
        list[Path],
        typer.Argument(metavar="IN.WAV...", help="Recordings, each of one speaker."),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT.WAV|DIR",
            help="File to write: .wav or .flac, 16 kHz mono; for several recordings a folder.",
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="native|NAME",
            help="native: the same voice reads the sentence as a native does. NAME: the recording "
            "in the voice that NAME enrolled, with the sounds and the rhythm that it has.",
        ),
    ],
    text: Annotated[
        str | None,
        typer.Option("--text", help="With --to native: what is read.", show_default=False),
    ] = None,
    text_file: Annotated[
        Path | None,
        typer.Option(
            "--text-file",
            metavar="FILE",
            help="The same in a file, or a line for each recording.",
            show_default=False,
        ),
    ] = None,
    voice_of: Annotated[
        str | None,
        typer.Option(
            "--voice-of",
            metavar="NAME",
            help="Who speaks in the recordings: an enrolled voice, or reference. Default: measured "
            "from each recording, which needs some ten seconds of speech.",
            show_default=False,
        ),
    ] = None,
    rhythm: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="With --to NAME: how far to go to the pace of NAME, where that of --voice-of is "
            "known; nobody is made faster. 0: every sound stays as long as it is. Default: 1.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="The same recording and seed give the same file.")
    ] = 0,
    threads: Threads = None,
) -> None:
    """Make a learner's recording native, or let it be said in the voice of somebody who agreed.

    \b
    voicecoach convert take.wav -o better.wav --to native --text "We call it bear" --voice-of anna
    voicecoach convert example.wav -o mine.wav --to anna --voice-of reference
    voicecoach convert talks/*.wav -o mine --to anna

    What is written says in its metadata that it was converted, and whose voice
    it is. With several recordings a bad one does not stop the others: it is
    named at the end, and the exit code is 3.
    """
    texts: list[str | None] = [None] * len(recordings)
    if text is not None or text_file is not None:
        texts = [*texts_for(recordings, text, text_file)]
    set_threads(threads)
    from voicecoach.conversion.converting import Conversion

    conversion = Conversion.open(to, voice_of, seed, 1.0 if rhythm is None else rhythm)
    if conversion.needs_text and None in texts:
        raise InputError("--to native needs to know what is read: give --text or --text-file.")
    if not conversion.needs_text and None not in texts:
        raise InputError("--text and --text-file go with --to native: leave them out.")
    if conversion.needs_text and rhythm is not None:
        raise InputError("--rhythm goes with --to NAME: leave it out.")
    paths = _paths(recordings, output)
    failures = _convert(conversion, recordings, texts, paths)
    if failures:
        warn(f"voicecoach: {len(failures)} of {len(recordings)} recordings were not converted:")
        for failure in failures:
            warn(f"  {failure}")
        raise typer.Exit(EXIT_SOME_FAILED)


def _convert(
    conversion: "Conversion",
    recordings: Sequence[Path],
    texts: Sequence[str | None],
    paths: Sequence[Path],
) -> list[str]:
    """Converts all, past bad ones; what was wrong with those."""
    failures = []
    for recording, text, path in zip(recordings, texts, paths, strict=True):
        try:
            duration_s, whose = conversion.convert_file(recording, path, text)
        except InputError as error:
            if len(recordings) == 1:
                raise
            failures.append(str(error))
        else:
            warn(f"Wrote {path} ({duration_s:.1f} s, synthetic voice of {whose}).")
    return failures


def _paths(recordings: list[Path], output: Path) -> list[Path]:
    """Where each goes; refused before anything is converted."""
    if len(recordings) == 1 and not output.is_dir():
        paths = [output]
    elif output.exists() and not output.is_dir():
        raise InputError(f"{output} is a file: give a folder for {len(recordings)} recordings.")
    elif output.suffix.lower() in (".wav", ".flac"):
        raise InputError(f"{output} is the name of one file: give a folder for all recordings.")
    else:
        paths = [output / f"{recording.stem}.wav" for recording in recordings]
        if len(set(paths)) < len(paths):
            twice = next(path for path in paths if paths.count(path) > 1)
            raise InputError(f"Two recordings would both write {twice}: rename one of them.")
    own = {recording.resolve() for recording in recordings}
    for path in paths:
        if path.resolve() in own:
            raise InputError(f"{path} would replace a recording: give another name.")
    if paths[0] != output:
        make_folder(output)
    return paths
