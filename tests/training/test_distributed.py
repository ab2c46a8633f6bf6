"""Several processes on one machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.training import checkpoint, distributed
from voicecoach.training.report import read_log

PROGRAM = Path(__file__).with_name("ddp_program.py")
REPOSITORY = Path(__file__).parents[2]


@given(items=st.lists(st.integers(), max_size=30), world=st.integers(1, 5))
def test_shards_are_equally_long_and_leave_nothing_out(items: list[int], world: int) -> None:
    shards = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORLD_SIZE", str(world))
        for rank in range(world):
            patch.setenv("RANK", str(rank))
            assert distributed.is_main() == (rank == 0)
            shards.append(distributed.shard(items))
    assert len({len(shard) for shard in shards}) == 1
    together = [item for group in zip(*shards, strict=True) for item in group]
    assert together[: len(items)] == items
    assert len(together) - len(items) < world or not items


def start(*command: str) -> str:
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("RANK", "WORLD_SIZE", "LOCAL_RANK")},
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch was built without it")
def test_two_processes_train_like_one_on_the_joint_batch(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    start(str(PROGRAM), str(tmp_path / "one"), "single")
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    said = start(*torchrun, str(PROGRAM), str(tmp_path / "two"), "shared")

    alone = checkpoint.read_tensors(tmp_path / "one" / "0.safetensors")
    first = checkpoint.read_tensors(tmp_path / "two" / "0.safetensors")
    second = checkpoint.read_tensors(tmp_path / "two" / "1.safetensors")
    kept = checkpoint.load(tmp_path / "two" / "run" / "last").tensors
    for name, tensor in alone.items():
        # The mean of two means is rounded otherwise than one mean.
        torch.testing.assert_close(first[name], tensor, rtol=1e-5, atol=1e-6)
        assert torch.equal(first[name], second[name])
        assert torch.equal(first[name], kept[name])
    assert said.split("\n").count("validated by 0") == 2
    assert "validated by 1" not in said
    assert [row["steps"] for row in read_log(tmp_path / "two" / "run" / "log.jsonl")] == [3, 6]
