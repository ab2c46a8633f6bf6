"""The option ``--task`` of the recipe commands."""

from enum import Enum
from typing import Annotated

import typer


class Task(str, Enum):
    """What a recipe stage works for."""

    score = "score"


TaskOption = Annotated[
    Task, typer.Option("--task", help="Which task's recipe the stage belongs to.")
]
