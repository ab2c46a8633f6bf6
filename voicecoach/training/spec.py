"""The settings of a training."""

from typing import Literal

from pydantic import Field

from voicecoach.config import Spec


class TrainSpec(Spec):
    """How long and how carefully to train. Written in ``conf/train/*.yaml``."""

    epochs: int = Field(gt=0)
    gradient_clip: float | None = Field(default=None, gt=0.0)  # largest L2 norm over all weights
    precision: Literal["auto", "none", "bf16"] = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    ema_decay: float | None = Field(default=None, gt=0.0, lt=1.0)
    metric: str = "total"  # of validation (or a training loss): what `best` is the best of
    goal: Literal["min", "max"] = "min"
    log_every: int = Field(default=50, gt=0)  # steps
    seed: int = Field(default=0, ge=0)
