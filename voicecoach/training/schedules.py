"""Learning rates over time."""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def warmup_cosine(
    optimiser: Optimizer, warmup_steps: int, total_steps: int, floor: float = 0.0
) -> LambdaLR:
    """Rises linearly for ``warmup_steps``, then falls along half a cosine (SGDR, Loshchilov 2017).

    Each group of the optimiser keeps its own learning rate as the peak. Step it once a batch.

    Args:
        optimiser: its present learning rates are the peaks.
        warmup_steps: batches until the peak; 0 begins at the peak.
        total_steps: batches until the floor, warm-up included; later steps stay there.
        floor: the last learning rate as a share of the peak, 0 to 1.

    Raises:
        ValueError: the warm-up is negative or not shorter than the whole, or floor is not a share.
    """
    if not 0 <= warmup_steps < total_steps:
        raise ValueError(f"warmup_steps {warmup_steps} must be from 0 to below {total_steps}")
    if not 0.0 <= floor <= 1.0:
        raise ValueError(f"floor {floor} must be from 0 to 1")

    def share(step: int) -> float:
        if step < warmup_steps:
            return (step + 1) / (warmup_steps + 1)
        done = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
        return floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * done))

    return LambdaLR(optimiser, share)
