"""The command ``voicecoach``: finds the sub-command, and turns errors into one sentence."""

import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from voicecoach.cli.options import EXIT_BAD_INPUT, EXIT_INTERRUPTED
from voicecoach.errors import InputError

COMMANDS = {
    "practice": "Learn: hear a sentence, and see how good each of your sounds was.",
    "course": "List the sentences to practise, or check a list of your own.",
    "history": "See what you practised, and whether it gets better.",
    "feedback": "Say what to change in a recording, show it, and let it be heard.",
    "score": "Score recordings of a sentence: phones, words and the whole.",
    "evaluate": "Score a whole corpus, and compare with the experts' scores.",
    "synth": "Speak a text into a file, with the reference voice or another.",
    "enroll": "Make a voice of your own, from about a minute of recordings.",
    "voices": "List the voices that there are, or delete one of your own.",
    "convert": "Make a recording native, or let it be said in another voice.",
    "enhance": "Make synthetic speech in a recording livelier.",
    "record": "Record from the microphone into a file.",
    "play": "Play a recording, or a text by the reference voice or another.",
    "devices": "List microphones and loudspeakers.",
    "doctor": "Say what works on this machine, and what to do about the rest.",
    "face": "Coach facial expressions: what to change in a photograph, as arrows.",
    "prepare": "Recipe stage 1: turn a corpus into data folders.",
    "validate": "Recipe stage 2: check the folders.",
    "features": "Recipe stage 3: compute features and statistics.",
    "train": "Recipe stage 4: train a model.",
    "infer": "Recipe stage 5: run a trained model over a set.",
    "measure": "Recipe stage 6: compare the results with the labels.",
    "compare": "Put several measurements side by side, or show their spread over seeds.",
    "probe": "Ask well-spoken recordings for what was not said, and count what is noticed.",
    "gate": "Spoil good recordings, and count which ones are refused.",
    "disturb": "Add noise, voices, a room or a codec to a data folder, to test robustness.",
    "pack": "Recipe stage 7: make the folder that is given to others.",
}
"""Every command ``NAME`` is the function of that name in ``voicecoach/cli/NAME.py``, or the
``typer.Typer`` of that name, which is a group of commands."""


class _LazyGroup(TyperGroup):
    """Imports a command's module when that command is run, so that ``--help`` stays quick."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """A stand-in with name and summary: all that ``voicecoach --help`` needs."""
        summary = COMMANDS.get(cmd_name)
        return TyperCommand(name=cmd_name, help=summary) if summary else None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _load(command.name), rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            _fail(str(error), EXIT_BAD_INPUT)
        except KeyboardInterrupt:
            _fail("Interrupted.", EXIT_INTERRUPTED)
        except BrokenPipeError:
            raise  # the reader (`| head`) has gone; typer ends quietly
        except OSError as error:
            if error.strerror is None:
                raise
            where = f" {error.filename}" if error.filename else ""
            _fail(f"Cannot read or write{where}: {error.strerror}.", EXIT_BAD_INPUT)


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"voicecoach: {sentence}", err=True)
    raise typer.Exit(code)


def _load(name: str) -> Any:
    """The real command, imported now."""
    found = getattr(import_module(f"voicecoach.cli.{name}"), name)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False)
    single.command(name)(found)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"voicecoach {version('voicecoach')}")
        raise typer.Exit()


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Says how good each sound of a recorded English sentence was, and what to change."""


def main() -> None:
    """Runs the command line.

    Exit codes: 0 all well; 2 something that was given cannot be used (one sentence on standard
    error); 3 some files of several were bad; 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal without IPA letters gets question marks instead of a traceback.
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app(prog_name="voicecoach")


if __name__ == "__main__":
    main()
