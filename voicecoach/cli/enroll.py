"""``voicecoach enroll``: a voice from about a minute of recordings."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.enroll_report import accepted, finish, show
from voicecoach.cli.options import (
    EXIT_SOME_FAILED,
    Backend,
    Plain,
    Threads,
    load_scorer,
    output_console,
    texts_for,
    warn,
)
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.cli.keys import Keys
    from voicecoach.conversion.enrolment import Enrolment
    from voicecoach.conversion.profile import Profile

_AGREED = (
    "I am {name}, or {name} agreed: voicecoach keeps these recordings on this computer, "
    "and may speak with this voice."
)


def enroll(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose voice it is.")],
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Recordings, as with --wav.", show_default=False),
    ] = None,
    wav: Annotated[
        list[Path] | None,
        typer.Option(
            "--wav", metavar="FILE...", help="Recordings of that person.", show_default=False
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", help="What all of them say, if known.", show_default=False),
    ] = None,
    text_file: Annotated[
        Path | None,
        typer.Option(
            "--text-file",
            metavar="FILE",
            help="A line for each recording. '-' reads standard input.",
            show_default=False,
        ),
    ] = None,
    record: Annotated[
        int | None,
        typer.Option(
            "--record",
            min=1,
            metavar="N",
            help="Read N sentences into the microphone; 20 are about a minute.",
            show_default=False,
        ),
    ] = None,
    consent: Annotated[
        bool,
        typer.Option("--consent", help="Say yes to: I am NAME, or NAME agreed. For scripts."),
    ] = False,
    same_person: Annotated[
        bool,
        typer.Option(
            "--same-person",
            help="Take recordings that do not sound like the others: they are of that person too.",
        ),
    ] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete the voice and its recordings, and stop.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --delete: do not ask.")] = False,
    countdown_s: Annotated[
        float,
        typer.Option("--countdown", min=0.0, metavar="SECONDS", help="Before each recording."),
    ] = 1.0,
    microphone: Annotated[
        str | None,
        typer.Option("--microphone", help="See voicecoach devices.", show_default=False),
    ] = None,
    backend: Backend = None,
    plain: Plain = False,
    threads: Threads = None,
) -> None:
    """Make a voice of your own, or of somebody who agreed, from about a minute of speech.

    \b
    voicecoach enroll anna --record 20
    voicecoach enroll anna --wav takes/*.wav --text-file sentences.txt
    voicecoach enroll anna                 # how much there is, how much is wanted
    voicecoach enroll anna --delete

    Each recording must be good enough; with its text known, it is checked
    against that too, and one that does not sound like the others is taken for
    somebody else's. A bad one is named with the reason, the others are kept,
    and the exit code is 3. The same command goes on after an interruption.

    The recordings stay on this machine, in the folder voices/NAME of the one
    that the environment variable VOICECOACH_DATA names, or of your own data
    folder. Delete the folder, and the voice is gone.
    """
    files = _files(wav or [], more or [])
    if bool(files) + bool(record) + delete > 1:
        raise InputError("Give one of --wav, --record and --delete at a time.")
    if not files and (text is not None or text_file is not None):
        raise InputError("--text and --text-file go with --wav.")
    if yes and not delete:
        raise InputError("--yes goes with --delete.")
    if delete:
        from voicecoach.cli.voices import delete_voice

        delete_voice(name, yes)
        return
    console = output_console()
    if not files and not record:
        show(console, name)
        return
    texts: list[str | None] = [None] * len(files)
    if text is not None or text_file is not None:
        texts = [*texts_for(files, text, text_file)]

    from voicecoach.cli.keys import Keys
    from voicecoach.conversion.enrolment import Enrolment

    with ThreadPoolExecutor(1) as thread, Keys() as keys:
        profile = _open(console, keys, name, consent)
        load = partial(load_scorer, None, threads)
        if record:
            load = thread.submit(load).result  # meanwhile the first sentence is read
        enrolment = Enrolment(profile, load, same_person)
        try:
            if record:
                from voicecoach.cli.enroll_loop import read_prompts
                from voicecoach.cli.sound import Sound

                sound = Sound(microphone, backend=backend)
                read_prompts(console, keys, sound, enrolment, record, countdown_s, plain)
                failures = []
            else:
                enrolment.compare(files)
                failures = _add(console, enrolment, files, texts)
        except KeyboardInterrupt:
            if profile.clips:
                warn("What was accepted is kept: the same command goes on.")
            raise
    if profile.clips:
        finish(console, profile)
    if failures:
        warn(f"voicecoach: {len(failures)} of {len(files)} recordings were refused:")
        for failure in failures:
            warn(f"  {failure}")
        raise typer.Exit(EXIT_SOME_FAILED)


def _files(first: list[Path], more: list[Path]) -> list[Path]:
    """``--wav a b c``, ``--wav a --wav b`` and ``a b c``; their order is that of the texts."""
    if len(first) > 1 and more:
        raise InputError("Give --wav once before all recordings, or before each of them.")
    return [*first, *more]


def _open(console: "Console", keys: "Keys", name: str, agreed: bool) -> "Profile":
    """The profile, with consent. Raises ``InputError`` without."""
    from voicecoach.conversion.folders import folder_of
    from voicecoach.conversion.profile import Consent, Profile

    if folder_of(name).exists():
        return Profile.open(name)
    sentence = _AGREED.format(name=name)
    if not agreed:
        console.print(sentence, soft_wrap=True)
        if keys.ask("Type yes to agree: ").lower() not in ("y", "yes"):
            raise InputError(
                "Nothing was stored, since nobody agreed: answer yes, or give --consent."
            )
    how = "--consent" if agreed else "terminal"
    now = datetime.now().astimezone().replace(microsecond=0)
    return Profile.create(name, Consent(who=name, when=now, agreed=sentence, how=how))


def _add(
    console: "Console",
    enrolment: "Enrolment",
    files: Sequence[Path],
    texts: Sequence[str | None],
) -> list[str]:
    """Adds recordings, past bad ones; what was wrong with those."""
    failures: list[str] = []
    for file, text in zip(files, texts, strict=True):
        try:
            outcome = enrolment.add_file(file, text)
        except InputError as error:
            reason = str(error)
        else:
            if outcome.clip is not None:
                console.print(f"{file}: {accepted(outcome)}", soft_wrap=True)
                continue
            problem = next(problem for problem in outcome.problems if problem.refuses)
            reason = f"{file}: {problem.message} {problem.advice}"
        if len(files) == 1:
            raise InputError(reason)
        failures.append(reason)
    return failures
