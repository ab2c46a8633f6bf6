"""The option ``--task`` of the recipe commands."""

from collections.abc import Callable
from enum import Enum
from importlib import import_module
from typing import Annotated

import typer


class Task(str, Enum):
    """What a recipe stage works for."""

    score = "score"
    face = "face"


TaskOption = Annotated[
    Task, typer.Option("--task", help="Which task's recipe the stage belongs to.")
]

_STAGES = {Task.face: "voicecoach.cli.face_stages"}
"""Modules with a function per stage; the commands themselves hold the stages of ``score``."""


def other_stage(task: Task, stage: str) -> Callable[..., None] | None:
    """The function of a stage where it is not the command's own; imported now."""
    module = _STAGES.get(task)
    return module and getattr(import_module(module), stage)
