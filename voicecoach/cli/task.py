"""The option ``--task`` of the recipe commands, and those that only some tasks need."""

from collections.abc import Callable
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from voicecoach.errors import InputError


class Task(str, Enum):
    """What a recipe stage works for."""

    score = "score"
    face = "face"
    coach = "coach"
    synth = "synth"
    postfilter = "postfilter"
    convert = "convert"


TaskOption = Annotated[
    Task, typer.Option("--task", help="Which task's recipe the stage belongs to.")
]

FaceFeatures = Annotated[
    Path | None,
    typer.Option(
        "--features",
        metavar="FOLDER",
        help="Of stage 3: faces that the network was trained on, or what a voice made.",
        show_default=False,
    ),
]
Feedback = Annotated[
    Path | None,
    typer.Option(
        "--feedback",
        metavar="YAML",
        help="How feedback is made (not for the task score).",
        show_default=False,
    ),
]

Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        metavar="DATA",
        help="Data folder of one speaker with the same ids and texts, converted in place of the "
        "reference voice (convert only).",
        show_default=False,
    ),
]

_STAGES = {task: f"voicecoach.cli.{task.value}_stages" for task in Task if task is not Task.score}
"""Modules with a function per stage; the commands themselves hold the stages of ``score``."""


def other_stage(task: Task, stage: str) -> Callable[..., Any] | None:
    """The function of a stage where it is not the command's own; imported now."""
    module = _STAGES.get(task)
    if module is None:
        return None
    found = getattr(import_module(module), stage, None)
    if found is None:
        raise InputError(f"The task {task.value} has no stage '{stage}': its recipe skips it.")
    return found


def source_of(task: Task, source: Path | None) -> dict[str, Path]:
    """``source`` as an argument of a stage, where it is given.

    Raises:
        InputError: the task is none that converts.
    """
    if source is None:
        return {}
    if task is not Task.convert:
        raise InputError(f"--source is for --task convert, not for {task.value}: leave it out.")
    return {"source": source}
