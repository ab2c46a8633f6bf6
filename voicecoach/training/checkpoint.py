"""Checkpoint folders: everything a model needs, in files that cannot run code.

A checkpoint holds ``config.yaml`` (the resolved specs), ``model.safetensors``, sometimes
``statistics.safetensors`` (such as means of features), and ``MODEL_CARD.md``.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import ConfigDict
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from voicecoach import config
from voicecoach.errors import InputError

CONFIG = "config.yaml"
MODEL = "model.safetensors"
STATISTICS = "statistics.safetensors"
CARD = "MODEL_CARD.md"

SCALE_SUFFIX = ".scale"
BIG = 10_000  # elements; smaller matrices save too little to be worth the rounding
_INT8_MAX = 127
_FLOAT16_MAX = torch.finfo(torch.float16).max


class _ResolvedConfig(config.Spec):
    """Any keys: each task parses the parts of a checkpoint's configuration with its own specs."""

    model_config = ConfigDict(frozen=True, extra="allow")


@dataclass(frozen=True)
class Checkpoint:
    """What ``load`` found in a folder. Tensors are on the CPU; packed ones are float32 again."""

    folder: Path
    config: dict[str, Any]
    tensors: dict[str, Tensor]
    statistics: dict[str, Tensor] = field(default_factory=dict)
    card: str = ""


def save_folder(
    folder: str | Path,
    config: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    card: str = "",
    statistics: Mapping[str, Tensor] | None = None,
) -> Path:
    """Writes a checkpoint so that ``folder`` is at every moment the old one or the new one.

    Args:
        folder: where to; an older checkpoint there is replaced as a whole.
        config: resolved specs (plain values, such as ``spec.model_dump(mode="json")``).
        tensors: the weights, for instance ``model.state_dict()`` or the result of ``pack``.
        card: Markdown: data, licence, commit, metrics.
        statistics: tensors that are no weights.

    Raises:
        InputError: the folder cannot be written.
    """
    with replacing(folder) as temporary:
        write(temporary, config, tensors, card, statistics)
    return Path(folder)


def write(
    folder: Path,
    values: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    card: str = "",
    statistics: Mapping[str, Tensor] | None = None,
) -> None:
    """Writes the files of a checkpoint into an existing folder, not atomically."""
    config.dump(_ResolvedConfig.model_validate(dict(values)), folder / CONFIG)
    write_tensors(tensors, folder / MODEL)
    if statistics:
        write_tensors(statistics, folder / STATISTICS)
    (folder / CARD).write_text(card, encoding="utf-8")


@contextlib.contextmanager
def replacing(folder: str | Path) -> Iterator[Path]:
    """Gives an empty folder that takes the place of ``folder`` when the block ends well.

    When the block raises, ``folder`` stays as it was. The old folder is removed only after the
    new one has its name; ``load`` finds it under its other name if the machine stops in between.

    Raises:
        InputError: the folder cannot be written.
    """
    folder = Path(folder).absolute()
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    previous = _previous(folder)
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        if folder.exists():
            shutil.rmtree(previous, ignore_errors=True)
            folder.replace(previous)
        temporary.replace(folder)
        shutil.rmtree(previous, ignore_errors=True)
    except OSError as error:
        raise InputError(f"Cannot write the checkpoint {folder}: {error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def load(folder: str | Path) -> Checkpoint:
    """Reads a checkpoint folder; packed weights come back as float32.

    Raises:
        InputError: the folder or one of its files is missing or damaged.
    """
    found = locate(folder)
    if found is None:
        raise InputError(f"There is no checkpoint folder {folder}: check the path.")
    folder = found
    values = config.load(folder / CONFIG, _ResolvedConfig).model_dump()
    tensors = unpack(read_tensors(folder / MODEL))
    statistics = folder / STATISTICS
    card = folder / CARD
    try:
        text = card.read_text(encoding="utf-8") if card.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read the model card {card}: {error}.") from error
    return Checkpoint(
        folder, values, tensors, read_tensors(statistics) if statistics.exists() else {}, text
    )


def locate(folder: str | Path) -> Path | None:
    """The folder that the checkpoint ``folder`` can be read from, None if there is none."""
    folder = Path(folder)
    candidates = (folder, _previous(folder.absolute()))
    return next((candidate for candidate in candidates if candidate.is_dir()), None)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Reads one safetensors file onto the CPU.

    Raises:
        InputError: the file is missing or damaged.
    """
    if not path.is_file():
        raise InputError(f"The checkpoint {path.parent} has no {path.name}: copy it again.")
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{path} is damaged ({error}): copy it again.") from error


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Writes one safetensors file, not atomically; tied weights are written twice."""
    # safetensors refuses tensors that share memory, hence the clones.
    save_file({n: t.detach().cpu().clone().contiguous() for n, t in tensors.items()}, path)


def load_weights(
    module: torch.nn.Module, tensors: Mapping[str, Tensor], source: str | Path
) -> None:
    """Copies weights into ``module``, which must have the same names and shapes.

    Args:
        module: changed in place; it keeps its device and data type.
        tensors: name to tensor, as from ``load``.
        source: named in the error.

    Raises:
        InputError: a weight is missing, unknown or of another shape; nothing is changed then.
    """
    own = module.state_dict()
    for name, tensor in own.items():
        if name not in tensors:
            raise InputError(f"{source} does not fit the model: it has no weight '{name}'.")
        if tensors[name].shape != tensor.shape:
            raise InputError(
                f"{source} does not fit the model: '{name}' has shape "
                f"{tuple(tensors[name].shape)}, not {tuple(tensor.shape)}."
            )
    if unknown := sorted(set(tensors) - set(own)):
        raise InputError(f"{source} does not fit the model: it has a weight '{unknown[0]}' more.")
    module.load_state_dict(dict(tensors))


def pack(
    tensors: Mapping[str, Tensor], big: Literal["int8", "float16"] = "int8"
) -> dict[str, Tensor]:
    """Makes weights small for shipping.

    Floating-point tensors of two or more dimensions with more than ``BIG`` elements become int8
    with one float32 scale per output row (dimension 0), symmetric: weight = int8 * scale, so the
    error is at most half a scale, that is max|row| / 254. All other floating-point tensors become
    float16 (values beyond its range stay float32). Integers and booleans stay as they are.

    Args:
        tensors: name to weight, finite values.
        big: the format for the large matrices.

    Returns:
        The same names, and ``<name>.scale`` of shape (rows,) for every int8 matrix.

    Raises:
        ValueError: a value is NaN or infinite, or the name of a scale is already taken.
    """
    packed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu()
        if not tensor.is_floating_point():
            packed[name] = tensor
            continue
        tensor = tensor.float()
        if not torch.isfinite(tensor).all():
            raise ValueError(f"weight '{name}' has values that are not finite")
        if big == "int8" and tensor.ndim >= 2 and tensor.numel() > BIG:
            if name + SCALE_SUFFIX in tensors:
                raise ValueError(f"'{name + SCALE_SUFFIX}' is needed for the scale of '{name}'")
            packed[name], packed[name + SCALE_SUFFIX] = _to_int8(tensor)
        elif tensor.numel() and tensor.abs().max() > _FLOAT16_MAX:
            packed[name] = tensor
        else:
            packed[name] = tensor.half()
    return packed


def _to_int8(matrix: Tensor) -> tuple[Tensor, Tensor]:
    rows = matrix.flatten(start_dim=1)
    # The smallest normal number keeps a row of zeros (or of subnormals) from dividing by zero.
    scale = (rows.abs().amax(dim=1) / _INT8_MAX).clamp_min(torch.finfo(torch.float32).tiny)
    whole = (rows / scale[:, None]).round().clamp(-_INT8_MAX, _INT8_MAX)
    return whole.to(torch.int8).reshape(matrix.shape), scale


def unpack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Undoes ``pack`` up to its rounding: float32 weights; leaves tensors never packed alone."""
    unpacked: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        scale = tensors.get(name + SCALE_SUFFIX)
        owner = tensors.get(name.removesuffix(SCALE_SUFFIX)) if _is_scale(name) else None
        if owner is not None and owner.dtype == torch.int8:
            continue
        if tensor.dtype == torch.int8 and scale is not None:
            column = scale.float().reshape(-1, *[1] * (tensor.ndim - 1))
            unpacked[name] = tensor.float() * column
        else:
            unpacked[name] = tensor.float() if tensor.dtype == torch.float16 else tensor
    return unpacked


def _is_scale(name: str) -> bool:
    return name.endswith(SCALE_SUFFIX)
