"""Where a training computes, in which precision, and from which random numbers."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from voicecoach.errors import InputError


def choose_device(name: str) -> torch.device:
    """The device for "auto" (CUDA where there is one), "cpu" or "cuda".

    Raises:
        InputError: "cuda" is asked for and there is none.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no CUDA device here: set device to cpu or auto.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def use_bf16(precision: str, device: torch.device, cpu_info: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether to compute in bfloat16, for "none", "bf16", or "auto": where the hardware can.

    Without its own instructions for bfloat16 a CPU emulates it, slower than float32.
    """
    if precision != "auto":
        return precision == "bf16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    flags = cpu_info.read_text(encoding="utf-8").split() if cpu_info.exists() else []
    return "avx512_bf16" in flags or "amx_bf16" in flags


def seed(*parts: int) -> None:
    """Seeds torch and ``random`` from several non-negative numbers together."""
    mixed = int(np.random.SeedSequence(parts).generate_state(1)[0])
    random.seed(mixed)
    torch.manual_seed(mixed)


def to_device(batch: Any, device: torch.device) -> Any:
    """Moves the tensors in any nesting of dicts, lists, tuples and objects with ``.to``."""
    if hasattr(batch, "to"):
        return batch.to(device)
    if isinstance(batch, Mapping):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):  # a named tuple
        return type(batch)(*(to_device(value, device) for value in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(to_device(value, device) for value in batch)
    return batch
