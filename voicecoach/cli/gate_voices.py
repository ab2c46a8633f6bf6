"""``voicecoach gate --voices``: whether clips of other people are noticed where a voice is made."""

from pathlib import Path

HELD_EVERY = 5
"""As in conf/train/convert.yaml: the same speakers are held out."""


def gate_voices(data: Path, out: Path, model: str | None, card: Path | None) -> None:
    """Fits a verifier on the speakers that are not held out, and measures it with the others.

    ``model``: a verifier fitted before is measured with all speakers instead. ``card``: Markdown to
    which the figures are added; ``out`` then gets the checkpoint ``verifier`` for users too.
    """
    import typer
    from rich.progress import Progress

    from voicecoach.cli.options import log_console
    from voicecoach.cli.stages import shower
    from voicecoach.conversion.verifier import Verifier
    from voicecoach.conversion.verifying import markdown, measure_clips, run
    from voicecoach.data import kaldi
    from voicecoach.data.atomic import make_folder, write_json, write_text

    given = None if model is None else Verifier.from_pretrained(model)
    path = make_folder(out)
    with Progress(console=log_console()) as progress:
        clips = measure_clips(kaldi.read(data), shower(progress, "Measuring"))
    verifier, found = run(clips, HELD_EVERY, given)
    write_json(path / "voices.json", found, indent=2)
    write_text(path / "voices.md", markdown(found))
    if card is not None:
        text = card.read_text(encoding="utf-8").rstrip()
        verifier.save(path / "verifier", f"{text}\n\n## Speakers never fitted\n\n{markdown(found)}")
    typer.echo(markdown(found))
