"""``voicecoach face``: coaching of facial expressions."""

import json
from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import AsJson, Model, Threads

face = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="""Coach facial expressions from a photograph.

    \b
    voicecoach face feedback me.jpg --target smiling --out arrows.png
    """,
)


@face.callback()
def _group() -> None:
    """Keeps ``feedback`` a sub-command while there is only one."""


@face.command()
def feedback(
    image: Annotated[Path, typer.Argument(help="Photograph of a face.", show_default=False)],
    target: Annotated[str, typer.Option(help="Expression to reach: smiling or neutral.")] = (
        "smiling"
    ),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="PNG", help="Picture with arrows to write.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    model: Model = None,
    threads: Threads = None,
) -> None:
    """Show how the 68 landmarks of a face should move to reach an expression.

    \b
    voicecoach face feedback me.jpg --out arrows.png
    voicecoach face feedback me.jpg --target smiling --json > arrows.json

    With OpenCV (the extra "face") the face is looked for in the whole picture; without it the
    picture must be a square crop of the face. JSON has points and arrows in pixels of the picture
    (as its EXIF data turn it), arrows in distances between the eyes, and the probabilities of the
    expressions before and after.
    """
    from voicecoach.cli.options import set_threads
    from voicecoach.image.coach import FaceCoach
    from voicecoach.image.describe import describe, summarise
    from voicecoach.image.drawing import draw_arrows
    from voicecoach.image.picture import read

    set_threads(threads)
    picture = read(image)
    found = FaceCoach.from_pretrained(model).coach(picture, target)
    if out is not None:
        draw_arrows(picture, found.before[0], found.after[0], out)
    if as_json:
        result = {"file": str(image), "target": target, **describe(found, 0)}
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        typer.echo(summarise(found, target))
