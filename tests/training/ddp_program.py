"""A small training for test_distributed.py, to be started alone or by torchrun.

Usage: ddp_program.py FOLDER single|shared
"""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from voicecoach.training import checkpoint, distributed
from voicecoach.training.trainer import Trainer, TrainSpec


class Model(nn.Module):
    """Not trained through ``forward``: the trainer must average such gradients too."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def predict(self, x: Tensor) -> Tensor:
        return self.layer(x).tanh()


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(1)
    # Other processes begin with other weights: the trainer must make them equal.
    torch.manual_seed(distributed.rank())
    model = Model()

    def batches(epoch: int) -> list[Tensor]:
        generator = torch.Generator().manual_seed(epoch)
        found = [torch.randn(8, 4, generator=generator) for _ in range(6)]
        if how == "shared":
            return distributed.shard(found)
        return [torch.cat(found[n : n + 2]) for n in range(0, 6, 2)]

    def losses(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
        return {"total": (model.predict(x) - x.sum(dim=1, keepdim=True)).square().mean()}

    def validate(model: nn.Module, epoch: int) -> dict[str, float]:
        print(f"validated by {distributed.rank()}")
        return {"value": float(epoch)}

    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    spec = TrainSpec(epochs=2, precision="none", device="cpu", gradient_clip=0.5)
    Trainer(model, losses, optimiser, None, spec, folder / "run").fit(batches, validate)
    checkpoint.write_tensors(model.state_dict(), folder / f"{distributed.rank()}.safetensors")


if __name__ == "__main__":
    main()
