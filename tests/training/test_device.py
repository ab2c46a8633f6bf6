"""Devices, precision, seeds, and batches of any nesting."""

import random
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from voicecoach.errors import InputError
from voicecoach.training.device import choose_device, seed, to_device, use_bf16

META = torch.device("meta")


class Pair(NamedTuple):
    x: torch.Tensor
    name: str


@pytest.mark.parametrize(
    ("flags", "expected"), [("avx512f avx512_bf16", True), ("amx_bf16", True), ("avx2 f16c", False)]
)
def test_auto_uses_bf16_where_the_cpu_has_it(tmp_path: Path, flags: str, expected: bool) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"model name : some\nflags\t\t: fpu {flags}\n")
    assert use_bf16("auto", torch.device("cpu"), info) is expected
    assert use_bf16("bf16", torch.device("cpu"), info) is True
    assert use_bf16("none", torch.device("cpu"), info) is False


def test_without_cpuinfo_auto_stays_in_float32(tmp_path: Path) -> None:
    assert use_bf16("auto", torch.device("cpu"), tmp_path / "absent") is False


def test_chooses_the_device() -> None:
    assert choose_device("cpu").type == "cpu"
    if torch.cuda.is_available():
        assert choose_device("auto").type == choose_device("cuda").type == "cuda"
    else:
        assert choose_device("auto").type == "cpu"
        with pytest.raises(InputError, match="no CUDA device"):
            choose_device("cuda")


def test_seeds_depend_on_every_part() -> None:
    drawn = set()
    for parts in ((0, 1, 0), (0, 1, 1), (0, 2, 0), (1, 1, 0), (1, 0, 0)):
        seed(*parts)
        first = (torch.rand(1).item(), random.random())
        seed(*parts)
        assert first == (torch.rand(1).item(), random.random())
        drawn.add(first)
    assert len(drawn) == 5


def test_moves_every_tensor_and_keeps_the_nesting() -> None:
    x = torch.zeros(2)
    moved = to_device({"a": [x, (x, "text")], "b": Pair(x, "n"), "c": None, "d": 3}, META)
    assert moved["a"][0].device == moved["a"][1][0].device == moved["b"].x.device == META
    assert isinstance(moved["b"], Pair)
    assert (moved["a"][1][1], moved["b"].name, moved["c"], moved["d"]) == ("text", "n", None, 3)
