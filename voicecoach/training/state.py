"""What a training must remember between epochs, as plain tensors and JSON values."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from voicecoach.errors import InputError
from voicecoach.training import checkpoint

STATE = "state.json"
OPTIMISER = "optimiser.safetensors"
AVERAGE = "average.safetensors"


def flatten_optimiser(optimiser: Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Takes the state of an optimiser apart.

    Returns:
        The tensors, named ``<parameter number>.<key>``, and the rest (numbers, the groups) as
        values that JSON can hold.

    Raises:
        TypeError: the optimiser keeps something else, such as lists of tensors (L-BFGS does).
    """
    state = optimiser.state_dict()
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, dict[str, Any]] = {}
    for index, values in state["state"].items():
        for key, value in values.items():
            if isinstance(value, Tensor):
                tensors[f"{index}.{key}"] = value
            elif value is None or isinstance(value, bool | int | float | str):
                numbers.setdefault(str(index), {})[key] = value
            else:
                raise TypeError(f"cannot keep '{key}' of {type(optimiser).__name__}")
    return tensors, {"numbers": numbers, "groups": state["param_groups"]}


def restore_optimiser(
    optimiser: Optimizer, tensors: Mapping[str, Tensor], rest: Mapping[str, Any]
) -> None:
    """Undoes ``flatten_optimiser``; raises ``ValueError`` where the parameters are others."""
    state: dict[int, dict[str, Any]] = {
        int(index): dict(values) for index, values in rest["numbers"].items()
    }
    for name, tensor in tensors.items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = tensor
    groups = [
        {k: tuple(v) if k == "betas" else v for k, v in group.items()} for group in rest["groups"]
    ]
    optimiser.load_state_dict({"state": state, "param_groups": groups})


def write(
    folder: Path,
    progress: Mapping[str, Any],
    optimiser: Optimizer,
    scheduler: LRScheduler | None,
    average: "Average | None",
) -> None:
    """Adds to a checkpoint folder what the training needs to go on; ``read`` undoes it."""
    tensors, rest = flatten_optimiser(optimiser)
    values = {
        **progress,
        "optimiser": rest,
        "scheduler": scheduler.state_dict() if scheduler else None,
    }
    (folder / STATE).write_text(json.dumps(values), encoding="utf-8")
    checkpoint.write_tensors(tensors, folder / OPTIMISER)
    if average:
        checkpoint.write_tensors(average.tensors, folder / AVERAGE)


def read(
    folder: Path,
    optimiser: Optimizer,
    scheduler: LRScheduler | None,
    average: "Average | None",
) -> dict[str, Any]:
    """Puts the last three arguments into the state that ``write`` found them in.

    Returns:
        The progress given to ``write``.

    Raises:
        InputError: a file is missing or damaged, or belongs to another model or optimiser.
    """
    try:
        values = json.loads((folder / STATE).read_text(encoding="utf-8"))
        tensors = checkpoint.read_tensors(folder / OPTIMISER)
        restore_optimiser(optimiser, tensors, values.pop("optimiser"))
        schedule = values.pop("scheduler")
        if scheduler:
            scheduler.load_state_dict(schedule)
        if average:
            average.load(checkpoint.read_tensors(folder / AVERAGE))
    except InputError:
        raise
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise InputError(
            f"Cannot resume from {folder}, it does not fit this training: "
            f"{type(error).__name__} {error}."
        ) from error
    return values


class Average:
    """Exponential moving average of the weights of a module (Polyak averaging).

    The decay starts low, min(decay, (1 + steps) / (10 + steps)), so that the random first weights
    are soon forgotten. Tensors that are no floating-point numbers are copied.
    """

    def __init__(self, module: torch.nn.Module, decay: float) -> None:
        self.decay = decay
        self.tensors = {n: t.detach().clone() for n, t in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: torch.nn.Module, steps: int) -> None:
        """Takes in the weights after step number ``steps`` (from 1)."""
        decay = min(self.decay, (1 + steps) / (10 + steps))
        for name, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                self.tensors[name].lerp_(tensor, 1.0 - decay)
            else:
                self.tensors[name].copy_(tensor)

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes over weights averaged earlier; raises ``KeyError`` if one is missing."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])

    @contextlib.contextmanager
    def applied(self, module: torch.nn.Module) -> Iterator[None]:
        """Inside the block ``module`` has the averaged weights, after it its own again."""
        own = {n: t.detach().clone() for n, t in module.state_dict().items()}
        module.load_state_dict(self.tensors)
        try:
            yield
        finally:
            module.load_state_dict(own)
