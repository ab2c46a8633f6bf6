"""``voicecoach gate``: how often good recordings are refused, and spoiled ones noticed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import Fold, Folds, Model, Threads

if TYPE_CHECKING:
    from voicecoach.scoring.gate import Counts


def gate(
    data: Annotated[
        Path,
        typer.Argument(
            help="Data folder of good recordings, each text what was said.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="DIR", help="Gets gate.json.", show_default=False),
    ],
    fold: Fold = None,
    folds: Folds = 5,
    noise: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Noises to mix in, a folder per class.", show_default=False
        ),
    ] = None,
    other_language: Annotated[
        Path | None,
        typer.Option(
            "--other-language",
            metavar="DIR",
            help="Recordings of speech that is not English.",
            show_default=False,
        ),
    ] = None,
    spoil_every: Annotated[
        int, typer.Option("--spoil-every", min=1, metavar="N", help="Spoil one of N, to save time.")
    ] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of texts and noises.")] = 0,
    voices: Annotated[
        bool,
        typer.Option(
            "--voices",
            help="Ask instead, as enroll does, whether clips are of one person: what compares them "
            "is fitted on four fifths of the speakers, or given by --model.",
        ),
    ] = False,
    card: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="With --voices: model card for DIR/verifier, which is then written too.",
            show_default=False,
        ),
    ] = None,
    model: Model = None,
    threads: Threads = None,
) -> None:
    """Ask whether recordings can be judged: as they are, spoiled, and with another sentence.

    \b
    voicecoach gate data/kathleen_test --out exp/gate
    voicecoach gate exp/data/train --model exp/seed0/fold2/last --fold 2 --noise noise --out exp/g2
    voicecoach gate speechocean762/train --voices --out exp/voices

    Every recording is good, so a refusal as it is is a false one; it is then spoiled in memory in
    each way, each time in another strength.
    """
    if voices:
        from voicecoach.cli.gate_voices import gate_voices

        gate_voices(data, out, model, card)
        return
    from rich.progress import Progress

    from voicecoach.cli.options import load_scorer, log_console
    from voicecoach.data import kaldi
    from voicecoach.data.atomic import make_folder, write_json
    from voicecoach.data.disturb import sound_files
    from voicecoach.data.folds import in_fold
    from voicecoach.scoring.gate import run

    utterances = in_fold(kaldi.read(data), fold, folds)
    foreign = [] if other_language is None else sound_files(other_language)
    scorer = load_scorer(model, threads)
    path = make_folder(out) / "gate.json"
    with Progress(console=log_console()) as progress:
        bar = progress.add_task("Spoiling and asking", total=None)

        def show(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        source = None if noise is None else str(noise)
        counts = run(scorer, utterances, source, foreign, spoil_every, seed, show)
    write_json(path, counts, indent=2)
    _print(counts)


def _print(counts: "Counts") -> None:
    from voicecoach.cli.options import output_console
    from voicecoach.scoring.gate import EVERYBODY, UNTOUCHED

    console = output_console()
    header = ("Recordings", "Refused", "Remarked", "Noticed", "Problems found")
    rows = [
        (name, *_shares(found), ", ".join(f"{kind} {n}" for kind, n in found["kinds"].items()))
        for name, found in counts[EVERYBODY].items()
    ]
    console.print(_table("Trial", header, rows))
    groups = [(group, *_shares(found[UNTOUCHED])[:3]) for group, found in counts.items()]
    console.print(_table("Untouched", header[:3], groups))


def _shares(found: dict) -> tuple[str, ...]:
    total = found["recordings"]
    shares = (f"{found[name] / total:.1%}" for name in ("refused", "remarked", "noticed"))
    return (str(total), *shares)


def _table(first: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in header:
        table.add_column(name, justify="left" if name == "Problems found" else "right")
    for row in rows:
        table.add_row(*row)
    return table
