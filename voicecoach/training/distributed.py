"""What little of torchrun a training has to know: who am I, who writes, which items are mine."""

import atexit
import os
from collections.abc import Sequence
from typing import TypeVar

import torch

Item = TypeVar("Item")


def rank() -> int:
    """The number of this process among those that torchrun started; 0 without torchrun."""
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    """How many processes train together; 1 without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Whether this is the one process that validates, writes and prints."""
    return rank() == 0


def shard(items: Sequence[Item]) -> list[Item]:
    """The items (usually batches) of this process, equally many for each.

    All processes must take equally many steps, or the last ones would wait for ever. So the first
    items are used again where the number does not divide.
    """
    if not items:
        return []
    each = -(-len(items) // world_size())
    return [items[(rank() + i * world_size()) % len(items)] for i in range(each)]


def start(device: torch.device) -> torch.device:
    """Joins the other processes (gloo on the CPU, nccl on CUDA) and gives this one's device.

    They part when the program ends.
    """
    if world_size() == 1:
        return device
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(stop)
    return device


def barrier() -> None:
    """Waits until every process has come here."""
    if world_size() > 1:
        torch.distributed.barrier()


def stop() -> None:
    """Leaves the group of processes."""
    if world_size() > 1 and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
