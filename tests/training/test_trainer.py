"""The training loop, on a model that trains in milliseconds."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from voicecoach.errors import InputError
from voicecoach.training import checkpoint
from voicecoach.training.report import read_log
from voicecoach.training.schedules import warmup_cosine
from voicecoach.training.trainer import Trainer, TrainingError, TrainSpec

BATCHES = 4
EPOCHS = 4


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def batches(epoch: int) -> list[dict[str, Any]]:
    """Sums to be learnt; the same for the same epoch."""
    generator = torch.Generator().manual_seed(epoch)
    found = []
    for n in range(BATCHES):
        x = torch.randn(8, 4, generator=generator)
        found.append({"x": x, "y": x.sum(dim=1, keepdim=True), "names": [f"u{epoch}-{n}", "v"]})
    return found


def losses(model: nn.Module, batch: dict[str, Any]) -> dict[str, Tensor]:
    error = model(batch["x"]) - batch["y"]
    return {"total": error.square().mean(), "mae": error.abs().mean()}


def validate(model: nn.Module, epoch: int) -> dict[str, float]:
    assert not model.training
    assert not torch.is_grad_enabled()
    x = torch.ones(1, 4)
    torch.rand(3)  # a validation may draw random numbers without changing the training
    return {"distance": abs(float(model(x)) - 4.0)}


def make(folder: Path, losses: Callable = losses, **settings: Any) -> Trainer:
    """A trainer with everything that has a state: dropout, Adam, a schedule, an average."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 1))
    groups = [{"params": model[:2].parameters(), "lr": 0.02}, {"params": model[3:].parameters()}]
    optimiser = torch.optim.AdamW(groups, lr=0.05)
    schedule = warmup_cosine(optimiser, 3, BATCHES * EPOCHS)
    values = {
        "epochs": EPOCHS,
        "precision": "none",
        "device": "cpu",
        "gradient_clip": 1.0,
        "ema_decay": 0.5,
        "metric": "distance",
        **settings,
    }
    spec = TrainSpec(**values)
    return Trainer(
        model, losses, optimiser, schedule, spec, folder, config={"a": 1}, card="# A model"
    )


def contents(folder: Path) -> dict[str, bytes | list]:
    """Every file of a training but TensorBoard's; the log without its times."""
    found: dict[str, bytes | list] = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "log.jsonl" and "tensorboard" not in path.parts
    }
    found["log"] = [{**row, "seconds": 0} for row in read_log(folder / "log.jsonl")]
    return found


def test_learns_and_writes_what_it_promises(tmp_path: Path) -> None:
    trainer = make(tmp_path)
    metrics = trainer.fit(batches, validate)
    log = read_log(tmp_path / "log.jsonl")
    assert [row["epoch"] for row in log] == [1, 2, 3, 4]
    assert log[-1]["validate"]["distance"] < log[0]["validate"]["distance"] / 2
    assert metrics == {**log[-1]["train"], **log[-1]["validate"]}
    assert log[-1]["steps"] == BATCHES * EPOCHS
    assert len(log[-1]["learning_rates"]) == 2
    last = checkpoint.load(tmp_path / "last")
    assert last.config == {"a": 1}
    assert last.card.startswith("# A model\n\n## Epoch 4\n")
    for name, tensor in trainer.model.state_dict().items():
        assert torch.equal(last.tensors[name], tensor)
    assert not list(tmp_path.rglob("*.tmp"))
    assert {path.suffix for path in (tmp_path / "last").iterdir()} == {
        ".json",
        ".md",
        ".safetensors",
        ".yaml",
    }


def test_best_holds_the_averaged_weights_that_were_measured(tmp_path: Path) -> None:
    trainer = make(tmp_path)
    trainer.fit(batches, validate)
    distances = [row["validate"]["distance"] for row in read_log(tmp_path / "log.jsonl")]
    best = checkpoint.load(tmp_path / "best")
    assert f"## Epoch {1 + distances.index(min(distances))}\n" in best.card
    checkpoint.load_weights(trainer.model, best.tensors, "best")
    trainer.model.eval()
    with torch.no_grad():
        assert validate(trainer.model, 0)["distance"] == min(distances)


@pytest.mark.parametrize("goal", ["min", "max"])
def test_best_goes_by_the_metric(tmp_path: Path, goal: str) -> None:
    values = [math.nan, 0.3, 0.7, 0.1]  # a first value that is none must not stay the best
    make(tmp_path, goal=goal).fit(batches, lambda _, epoch: {"distance": values[epoch - 1]})
    epoch = 4 if goal == "min" else 3
    assert f"## Epoch {epoch}\n" in checkpoint.load(tmp_path / "best").card


@pytest.mark.parametrize("ema_decay", [None, 0.5])
@pytest.mark.parametrize("precision", ["none", "bf16"])
def test_a_resumed_training_is_bit_for_bit_the_same(
    tmp_path: Path, precision: str, ema_decay: float | None
) -> None:
    settings: dict[str, Any] = {"precision": precision, "ema_decay": ema_decay}
    make(tmp_path / "whole", **settings).fit(batches, validate)
    make(tmp_path / "parts", **{**settings, "epochs": 2}).fit(batches, validate)
    torch.rand(17)  # the random state of a new process is another one
    make(tmp_path / "parts", **settings).fit(batches, validate, resume=True)
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


def interrupted(after: int) -> Callable[[nn.Module, dict], dict[str, Tensor]]:
    """Losses that Ctrl-C stops after some batches."""
    count = 0

    def compute(model: nn.Module, batch: dict[str, Any]) -> dict[str, Tensor]:
        nonlocal count
        if count == after:
            raise KeyboardInterrupt
        count += 1
        return losses(model, batch)

    return compute


def test_an_interrupted_training_goes_on_from_the_last_finished_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "whole").fit(batches, validate)
    capsys.readouterr()
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "parts", interrupted(2 * BATCHES + 2)).fit(batches, validate)
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("Stopped. 2 of 4 epochs are finished: start again with resume")
    assert str(tmp_path / "parts" / "last") in said
    make(tmp_path / "parts").fit(batches, validate, resume=True)
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


def test_an_interruption_in_the_first_epoch_keeps_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, interrupted(1)).fit(batches, validate)
    assert "nothing is kept" in capsys.readouterr().err
    assert checkpoint.locate(tmp_path / "last") is None
    make(tmp_path).fit(batches, validate, resume=True)  # resume with nothing there begins anew
    assert len(read_log(tmp_path / "log.jsonl")) == EPOCHS


def test_resuming_a_finished_training_only_tells_its_metrics(tmp_path: Path) -> None:
    metrics = make(tmp_path).fit(batches, validate)
    before = contents(tmp_path)
    assert make(tmp_path).fit(batches, validate, resume=True) == metrics
    assert contents(tmp_path) == before
    (tmp_path / "log.jsonl").unlink()
    assert make(tmp_path).fit(batches, validate, resume=True) == {}


def test_a_metric_that_is_not_defined_is_told_again(tmp_path: Path) -> None:
    def undefined(model: nn.Module, epoch: int) -> dict[str, float]:
        return {**validate(model, epoch), "pcc": math.nan}

    for resume in (False, True):
        metrics = make(tmp_path, epochs=1).fit(batches, undefined, resume=resume)
        assert math.isnan(metrics.pop("pcc"))
        assert set(metrics) == {"total", "mae", "distance"}


def test_resuming_another_model_or_a_damaged_state_is_refused(tmp_path: Path) -> None:
    make(tmp_path, epochs=1).fit(batches, validate)
    trainer = make(tmp_path)
    trainer.optimiser = torch.optim.SGD(trainer.model.parameters(), lr=0.1)
    with pytest.raises(InputError, match=r"Cannot resume from .*last"):
        trainer.fit(batches, validate, resume=True)
    (tmp_path / "last" / "state.json").write_text('{"epoch": 1')
    with pytest.raises(InputError, match=r"Cannot resume from .*last"):
        make(tmp_path).fit(batches, validate, resume=True)
    trainer = make(tmp_path)
    trainer.model[0] = nn.Linear(4, 9)
    with pytest.raises(InputError, match="does not fit the model"):
        trainer.fit(batches, validate, resume=True)


def test_a_loss_that_is_not_finite_stops_and_names_the_batch(tmp_path: Path) -> None:
    def poisoned(epoch: int) -> list[dict[str, Any]]:
        found = batches(epoch)
        if epoch == 2:
            found[2]["y"][0] = math.nan
        return found

    with pytest.raises(TrainingError, match=r"'total' is nan in batch 3 of epoch 2 \(u2-2, v\)"):
        make(tmp_path).fit(poisoned, validate)
    assert all(torch.isfinite(t).all() for t in checkpoint.load(tmp_path / "last").tensors.values())


def test_a_gradient_that_is_not_finite_stops_before_the_step(tmp_path: Path) -> None:
    def square_root(model: nn.Module, batch: dict[str, Any]) -> dict[str, Tensor]:
        return {"total": (model(batch["x"]) * 0).sum().abs().sqrt()}  # its slope at 0 is infinite

    trainer = make(tmp_path, square_root)
    before = trainer.model[0].weight.clone()
    with pytest.raises(TrainingError, match="gradient is not finite in batch 1 of epoch 1"):
        trainer.fit(batches, validate)
    assert torch.equal(trainer.model[0].weight, before)


def test_the_gradient_is_clipped_only_when_asked(tmp_path: Path) -> None:
    def moved(clip: float | None) -> float:
        model = nn.Linear(4, 1, bias=False)
        nn.init.zeros_(model.weight)
        spec = TrainSpec(epochs=1, gradient_clip=clip, precision="none", device="cpu")
        optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
        Trainer(model, losses, optimiser, None, spec, tmp_path).fit(
            lambda epoch: batches(epoch)[:1]
        )
        return float(model.weight.detach().norm())

    assert moved(0.01) == pytest.approx(0.01, rel=1e-3)
    assert moved(1e9) == moved(None) > 1.0


def test_bf16_computes_in_bf16_and_keeps_float32_weights(tmp_path: Path) -> None:
    seen = set()

    def watched(model: nn.Module, batch: dict[str, Any]) -> dict[str, Tensor]:
        seen.add(model(batch["x"]).dtype)
        return losses(model, batch)

    trainer = make(tmp_path, watched, precision="bf16", epochs=1)
    trainer.fit(batches, validate)
    assert seen == {torch.bfloat16}
    assert trainer.model[0].weight.dtype == torch.float32


@pytest.mark.parametrize(
    ("settings", "train", "message"),
    [
        ({"metric": "pcc"}, batches, r"no metric 'pcc' among \['distance', 'mae', 'total'\]"),
        ({}, lambda epoch: iter(()), "no training batches in epoch 1"),
    ],
)
def test_input_that_cannot_be_used(
    tmp_path: Path, settings: dict, train: Callable, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make(tmp_path, **settings).fit(train, validate)


def test_losses_without_a_total_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    trainer = make(tmp_path, lambda model, batch: {"mae": losses(model, batch)["mae"]})
    with pytest.raises(ValueError, match=r"need a 'total' beside \['mae'\]"):
        trainer.fit(batches)


def test_the_training_loss_is_the_metric_without_a_validation(tmp_path: Path) -> None:
    make(tmp_path, metric="total").fit(batches)
    state = json.loads((tmp_path / "last" / "state.json").read_text())
    assert state["best"] == min(row["train"]["total"] for row in read_log(tmp_path / "log.jsonl"))
