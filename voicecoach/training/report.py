"""What a training tells: a progress bar, ``log.jsonl``, and TensorBoard where it is installed."""

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Batch = TypeVar("Batch")


class Report:
    """Writes for one training; does nothing at all when ``active`` is false.

    On a terminal there is a progress bar for each epoch, elsewhere one line per epoch, both on
    stderr. ``log.jsonl`` has one JSON object per epoch.

    Args:
        folder: of the training.
        active: false in all but one of several processes.
        epochs_done: lines of ``log.jsonl`` about later epochs are dropped: an interrupted training
            that goes on does them again.
    """

    def __init__(self, folder: Path, active: bool, epochs_done: int) -> None:
        self._active = active
        self._log = folder / "log.jsonl"
        self._tensorboard: Any = None
        self._progress: Progress | None = None
        if not active:
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._drop_after(epochs_done)
        self._tensorboard = _open_tensorboard(folder)
        console = Console(stderr=True)
        if console.is_terminal:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}"),
                console=console,
            )

    def __enter__(self) -> "Report":
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()
        if self._tensorboard:
            self._tensorboard.close()

    def batches(self, epoch: int, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Passes the batches on and moves the bar."""
        if not self._progress:
            yield from batches
            return
        total = len(batches) if hasattr(batches, "__len__") else None
        task = self._progress.add_task(f"epoch {epoch}", total=total, note="")
        try:
            for batch in batches:
                yield batch
                self._progress.advance(task)
        finally:
            self._progress.remove_task(task)

    def step(self, step: int, values: Mapping[str, float]) -> None:
        """Shows the losses of one step."""
        if self._progress and self._progress.task_ids:
            self._progress.update(self._progress.task_ids[-1], note=f"loss {values['total']:.4g}")
        self._scalars("step", step, values)

    def epoch(self, row: Mapping[str, Any]) -> None:
        """Writes the line of one finished epoch."""
        if not self._active:
            return
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(_finite(row), allow_nan=False) + "\n")
        self._scalars("train", row["epoch"], row["train"])
        self._scalars("validate", row["epoch"], row["validate"])
        shown = {**{f"train {k}": v for k, v in row["train"].items()}, **row["validate"]}
        self.say(
            f"epoch {row['epoch']} ({row['seconds']:.0f} s): "
            + ", ".join(f"{name} {value:.4g}" for name, value in shown.items())
        )

    def say(self, sentence: str) -> None:
        """Prints one line on stderr."""
        if self._progress:
            self._progress.console.print(sentence, markup=False, highlight=False)
        elif self._active:
            print(sentence, file=sys.stderr, flush=True)

    def _scalars(self, group: str, step: int, values: Mapping[str, float]) -> None:
        if self._tensorboard:
            for name, value in values.items():
                self._tensorboard.add_scalar(f"{group}/{name}", value, step)

    def _drop_after(self, epochs_done: int) -> None:
        kept = [row for row in read_log(self._log) if row["epoch"] <= epochs_done]
        temporary = self._log.with_suffix(".tmp")
        temporary.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
        temporary.replace(self._log)


def read_log(path: Path) -> list[dict[str, Any]]:
    """The rows of a ``log.jsonl``; empty without it. A line cut off by a crash is left out."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows


def read_metrics(path: Path, epoch: int) -> dict[str, float]:
    """The losses and metrics of an epoch in a ``log.jsonl``; empty where it is not there."""
    for row in read_log(path):
        if row["epoch"] == epoch:
            values = {**row["train"], **row["validate"]}
            return {name: math.nan if v is None else v for name, v in values.items()}
    return {}


def _finite(value: Any) -> Any:
    """JSON has no NaN: a metric that is not defined becomes null."""
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _open_tensorboard(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:  # it comes with the train extra and is no requirement
        return None
    return SummaryWriter(str(folder / "tensorboard"))
