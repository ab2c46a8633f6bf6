"""``voicecoach score``: recordings and their sentence in, scores out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import (
    EXIT_SOME_FAILED,
    Model,
    Plain,
    Threads,
    load_scorer,
    output_console,
    texts_for,
    warn,
)
from voicecoach.data.atomic import make_folder
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.scoring.results import SentenceScore


def score(
    wavs: Annotated[
        list[Path],
        typer.Argument(metavar="WAV", help="Recordings, in any format that libsndfile reads."),
    ],
    text: Annotated[
        str | None, typer.Option("--text", help="The sentence that was read.", show_default=False)
    ] = None,
    text_file: Annotated[
        Path | None,
        typer.Option(
            "--text-file",
            metavar="FILE",
            help="The sentence in a file, or a line for each recording. '-' reads standard input.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON on standard output: an object, or a list.")
    ] = False,
    textgrid: Annotated[
        Path | None,
        typer.Option(
            "--textgrid",
            metavar="FILE|DIR",
            help="Also write a TextGrid for Praat; for several recordings a folder.",
            show_default=False,
        ),
    ] = None,
    plain: Plain = False,
    model: Model = None,
    threads: Threads = None,
) -> None:
    """Scores recordings of a sentence: each phone, each word and the whole.

    With several recordings a bad one does not stop the others: it is named at the end, and the
    exit code is 3. A recording that can hardly be judged (noise, clipping, another sentence) is
    scored too, with a warning on standard error.
    """
    from voicecoach.scoring.quality import find_problems

    texts = texts_for(wavs, text, text_file)
    grids = _textgrid_paths(wavs, textgrid)
    scorer = load_scorer(model, threads)
    rate = scorer.audio.sample_rate
    several = len(wavs) > 1
    results: list[dict[str, Any]] = []
    failures: list[str] = []
    for index, (wav, sentence) in enumerate(zip(wavs, texts, strict=True)):
        try:
            waveform = scorer.waveform(wav)
            result = scorer.score(waveform, sentence, rate)
        except InputError as error:
            if not several:
                raise
            failures.append(str(error))
            results.append(_failure(wav, error))
            continue
        for problem in find_problems(waveform, rate, result):
            warn(f"{wav}: {problem.message} {problem.advice}")
        if grids:
            _write_textgrid(grids[index], result)
        if as_json:
            results.append(_success(wav, result))
        else:
            _print(result, title=str(wav) if several else None, plain=plain)
    if as_json:
        _print_json(results if several else results[0])
    if failures:
        warn(f"voicecoach: {len(failures)} of {len(wavs)} recordings could not be scored:")
        for failure in failures:
            warn(f"  {failure}")
        raise typer.Exit(EXIT_SOME_FAILED)


def _textgrid_paths(wavs: list[Path], target: Path | None) -> list[Path]:
    """Where each recording's TextGrid goes; refused before anything is scored."""
    if target is None:
        return []
    if len(wavs) == 1 and not target.is_dir():
        return [target]
    if target.exists() and not target.is_dir():
        raise InputError(
            f"{target} is a file: give a folder for the TextGrids of {len(wavs)} files."
        )
    paths = [target / f"{wav.stem}.TextGrid" for wav in wavs]
    if len(set(paths)) < len(paths):
        twice = next(path for path in paths if paths.count(path) > 1)
        raise InputError(f"Two recordings would both write {twice}: rename one of them.")
    make_folder(target)
    return paths


def _write_textgrid(path: Path, result: "SentenceScore") -> None:
    from voicecoach.data.atomic import write_text
    from voicecoach.scoring.export import to_textgrid

    write_text(path, to_textgrid(result))


def _success(wav: Path, result: "SentenceScore") -> dict[str, Any]:
    from voicecoach.scoring.export import to_json

    return to_json(result, file=str(wav))


def _failure(wav: Path, error: InputError) -> dict[str, Any]:
    from voicecoach.scoring.export import error_json

    return error_json(str(error), file=str(wav))


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def _print(result: "SentenceScore", title: str | None, plain: bool) -> None:
    from voicecoach.cli.report import print_report
    from voicecoach.text.transcribe import transcribe

    console = output_console()
    print_report(console, result, transcribe(result.text), title=title, plain=plain)
    if title:
        console.print()
