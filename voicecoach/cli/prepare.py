"""``voicecoach prepare``: recipe stage 1."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.task import Task, TaskOption


def prepare(
    corpus: Annotated[
        Path,
        typer.Argument(
            metavar="CORPUS", help="Folder of the corpus as downloaded.", show_default=False
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the data folders go, one per set.")
    ] = Path("data"),
    name: Annotated[
        str | None,
        typer.Option(
            "--name", help="Which corpus it is. Default: told by its files.", show_default=False
        ),
    ] = None,
    task: TaskOption = Task.score,
) -> None:
    """Turn a corpus into data folders that need nothing else.

    \b
    voicecoach prepare ../shared/data/speechocean762 --out data
    voicecoach prepare downloads/speechocean762 --name speechocean762 --out data

    Each set becomes a folder with wav.scp (absolute paths), text, utt2spk,
    spk2utt, spk2age, spk2gender, text-phone and scores.json; faces become a
    faces.csv. Sound files and pictures are not copied.
    """
    from voicecoach.cli.options import warn
    from voicecoach.data import corpora
    from voicecoach.errors import InputError

    if not corpus.is_dir():
        raise InputError(f"There is no corpus folder {corpus}: check the path.")
    module = corpora.detect(corpus) if name is None else corpora.get(name)
    for set_name, count in module.prepare(corpus, out).items():
        warn(f"{out / set_name}: {count} {'pictures' if task is Task.face else 'utterances'}")
