"""One training loop for every task that is not a GAN. It knows no task by name."""

import contextlib
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from voicecoach.errors import InputError
from voicecoach.training import checkpoint, distributed, state
from voicecoach.training.device import choose_device, seed, to_device, use_bf16
from voicecoach.training.report import Report, read_metrics
from voicecoach.training.spec import TrainSpec

__all__ = ["TrainSpec", "Trainer", "TrainingError"]

Losses = Callable[[nn.Module, Any], Mapping[str, Tensor]]
TrainBatches = Callable[[int], Iterable[Any]]
Validate = Callable[[nn.Module, int], Mapping[str, float]]


class TrainingError(RuntimeError):
    """The training cannot go on: a loss or a gradient is no finite number."""


class Trainer:
    """Trains a model and keeps ``last`` and ``best`` checkpoints in a folder.

    Started by torchrun it shares the work among the processes: give each its own batches with
    ``distributed.shard``. Every epoch begins with a seed of its own (from seed, epoch and
    process), so a resumed training needs no old random state; ``train_batches`` must likewise
    depend on nothing but the epoch.

    Args:
        model: moved to the device of the spec.
        losses: (model, batch) -> losses, scalars; "total" is the one to lower. Means over a batch,
            not sums, make results independent of the number of processes.
        optimiser: built by the caller, with whatever groups.
        scheduler: stepped after every batch; None keeps the learning rates.
        spec: see ``TrainSpec``.
        folder: gets ``last``, ``best``, ``log.jsonl`` and ``tensorboard``.
        config: resolved specs, for the checkpoints.
        statistics: tensors for the checkpoints that are no weights.
        card: Markdown for the checkpoints; the measured values are added.

    With ``ema_decay``, validation and ``best`` use the averaged weights.
    """

    def __init__(
        self,
        model: nn.Module,
        losses: Losses,
        optimiser: Optimizer,
        scheduler: LRScheduler | None,
        spec: TrainSpec,
        folder: str | Path,
        *,
        config: Mapping[str, Any] | None = None,
        statistics: Mapping[str, Tensor] | None = None,
        card: str = "",
    ) -> None:
        self.device = distributed.start(choose_device(spec.device))
        self.model = model.to(self.device)
        self.optimiser = optimiser
        self.scheduler = scheduler
        self.spec = spec
        self.folder = Path(folder)
        self.average = state.Average(model, spec.ema_decay) if spec.ema_decay else None
        self.epoch = 0  # finished epochs
        self.steps = 0
        self.best: float | None = None
        self._checkpoint = {"values": config or {}, "statistics": statistics}
        self._card = card
        self._autocast = use_bf16(spec.precision, self.device)
        # The losses are wrapped too, so that they may call any method of the model, not only
        # forward, and gradients are still averaged over the processes.
        self._compute: nn.Module = _LossModule(self.model, losses)
        if distributed.world_size() > 1:
            self._compute = DistributedDataParallel(self._compute)

    def fit(
        self, train_batches: TrainBatches, validate: Validate | None = None, resume: bool = False
    ) -> dict[str, float]:
        """Trains up to ``spec.epochs``.

        Args:
            train_batches: epoch (from 1) -> its batches, tensors in any nesting of dicts, lists
                and tuples; a list called "names" (key or attribute) is shown when a batch fails.
            validate: (model in evaluation mode, epoch) -> metrics; called without gradients, in
                one process only.
            resume: goes on after the last finished epoch if there is one. The result is bit for
                bit that of a training never interrupted (on the same CPU and thread number).

        Returns:
            The metrics of the last finished epoch. If there was nothing left to do they come from
            ``log.jsonl``, and there are none without it.

        Raises:
            TrainingError: a loss or the gradient is not finite; names the batch.
            InputError: ``spec.metric`` is not among the metrics, or ``last`` does not fit.
        """
        metrics: dict[str, float] = {}
        if resume and (last := checkpoint.locate(self.folder / "last")):
            self._restore(last)
            metrics = read_metrics(self.folder / "log.jsonl", self.epoch)
        with Report(self.folder, distributed.is_main(), self.epoch) as report:
            try:
                while self.epoch < self.spec.epochs:
                    metrics = self._run_epoch(self.epoch + 1, train_batches, validate, report)
            except KeyboardInterrupt:
                report.say(
                    f"Stopped. {self.epoch} of {self.spec.epochs} epochs are finished: "
                    f"start again with resume to go on from {self.folder / 'last'}."
                    if self.epoch
                    else "Stopped in the first epoch: nothing is kept."
                )
                raise
        distributed.barrier()
        return metrics

    def _run_epoch(
        self, epoch: int, train_batches: TrainBatches, validate: Validate | None, report: Report
    ) -> dict[str, float]:
        started = time.monotonic()
        seed(self.spec.seed, epoch, distributed.rank())
        self.model.train()
        sums: dict[str, float] = defaultdict(float)
        count = 0
        for count, batch in enumerate(report.batches(epoch, train_batches(epoch)), start=1):
            values = self._step(batch, f"batch {count} of epoch {epoch}{_names(batch)}")
            for name, value in values.items():
                sums[name] += value
            if self.steps % self.spec.log_every == 0:
                report.step(self.steps, values)
        if not count:
            raise InputError(f"There are no training batches in epoch {epoch}.")
        train = {name: value / count for name, value in sums.items()}
        metrics = train
        if distributed.is_main():
            measured = self._validate(validate, epoch)
            metrics = {**train, **measured}
            row = {"epoch": epoch, "steps": self.steps, "seconds": time.monotonic() - started}
            rates = [group["lr"] for group in self.optimiser.param_groups]
            report.epoch({**row, "learning_rates": rates, "train": train, "validate": measured})
            self._keep(epoch, metrics)
        distributed.barrier()
        self.epoch = epoch
        return metrics

    def _step(self, batch: Any, place: str) -> dict[str, float]:
        """One update of the weights; the losses come back as numbers."""
        batch = to_device(batch, self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._autocast):
            losses = self._compute(batch)
        values = {name: float(loss.detach()) for name, loss in losses.items()}
        if wrong := [name for name, value in values.items() if not math.isfinite(value)]:
            raise TrainingError(f"The loss '{wrong[0]}' is {values[wrong[0]]} in {place}.")

        self.optimiser.zero_grad(set_to_none=True)
        losses["total"].backward()
        # With nothing to clip this only measures the norm.
        norm = clip_grad_norm_(self.model.parameters(), self.spec.gradient_clip or math.inf)
        if not math.isfinite(norm):
            raise TrainingError(f"The gradient is not finite in {place}.")

        self.optimiser.step()
        if self.scheduler:
            self.scheduler.step()
        self.steps += 1
        if self.average:
            self.average.update(self.model, self.steps)
        return values

    def _validate(self, validate: Validate | None, epoch: int) -> dict[str, float]:
        if validate is None:
            return {}
        self.model.eval()
        applied = self.average.applied(self.model) if self.average else contextlib.nullcontext()
        with torch.no_grad(), applied:
            return {name: float(value) for name, value in validate(self.model, epoch).items()}

    def _keep(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Writes ``best`` if it is, then ``last``: a training goes on from ``last`` alone."""
        if self.spec.metric not in metrics:
            raise InputError(f"There is no metric '{self.spec.metric}' among {sorted(metrics)}.")
        value = metrics[self.spec.metric]
        lines = "".join(f"- {name}: {number:.4g}\n" for name, number in metrics.items())
        card = f"{self._card}\n\n## Epoch {epoch}\n\n{lines}".lstrip()
        files = {**self._checkpoint, "card": card}
        if _is_better(value, self.best, self.spec.goal):
            self.best = value
            weights = self.average.tensors if self.average else self.model.state_dict()
            with checkpoint.replacing(self.folder / "best") as folder:
                checkpoint.write(folder, tensors=weights, **files)
        with checkpoint.replacing(self.folder / "last") as folder:
            checkpoint.write(folder, tensors=self.model.state_dict(), **files)
            progress = {"epoch": epoch, "steps": self.steps, "best": self.best}
            state.write(folder, progress, self.optimiser, self.scheduler, self.average)
            self._write_more(folder)

    def _restore(self, folder: Path) -> None:
        checkpoint.load_weights(self.model, checkpoint.load(folder).tensors, folder)
        progress = state.read(folder, self.optimiser, self.scheduler, self.average)
        self.epoch, self.steps, self.best = (progress[key] for key in ("epoch", "steps", "best"))
        self._read_more(folder)

    def _write_more(self, folder: Path) -> None:
        """Adds what a kind of training must remember beside the model to ``last``."""

    def _read_more(self, folder: Path) -> None:
        """Undoes ``_write_more``."""


class _LossModule(nn.Module):
    def __init__(self, model: nn.Module, losses: Losses) -> None:
        super().__init__()
        self.model = model
        self.losses = losses

    def forward(self, batch: Any) -> dict[str, Tensor]:
        losses = dict(self.losses(self.model, batch))
        if "total" not in losses:
            raise ValueError(f"the losses need a 'total' beside {sorted(losses)}")
        return losses


def _names(batch: Any) -> str:
    names = batch.get("names") if isinstance(batch, Mapping) else getattr(batch, "names", None)
    return f" ({', '.join(map(str, names))})" if names else ""


def _is_better(value: float, best: float | None, goal: str) -> bool:
    if math.isnan(value):  # such as a correlation of a constant
        return False
    return best is None or (value < best if goal == "min" else value > best)
