"""Optimisers as tensors and JSON, and averaged weights."""

import json
from collections.abc import Callable

import pytest
import torch
from torch import nn

from voicecoach.training.state import Average, flatten_optimiser, restore_optimiser

OPTIMISERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.8, 0.95), amsgrad=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.1, momentum=0.5),
}


def step(model: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad()
    model(torch.ones(2, 3)).square().mean().backward()
    optimiser.step()


@pytest.mark.parametrize("build", OPTIMISERS.values(), ids=OPTIMISERS.keys())
def test_a_restored_optimiser_takes_the_same_steps(
    build: Callable[[list], torch.optim.Optimizer],
) -> None:
    torch.manual_seed(0)
    model, copy = nn.Linear(3, 2), nn.Linear(3, 2)
    groups = [{"params": [model.weight], "lr": 0.01}, {"params": [model.bias]}]
    optimiser = build(groups)
    step(model, optimiser)
    step(model, optimiser)

    tensors, rest = flatten_optimiser(optimiser)
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    copy.load_state_dict(model.state_dict())
    other = build([{"params": [copy.weight]}, {"params": [copy.bias]}])
    restore_optimiser(other, tensors, json.loads(json.dumps(rest)))
    assert [group["lr"] for group in other.param_groups] == [0.01, 0.1]
    for _ in range(3):
        step(model, optimiser)
        step(copy, other)
    assert torch.equal(model.weight, copy.weight)
    assert torch.equal(model.bias, copy.bias)


def test_another_number_of_parameters_is_refused() -> None:
    model = nn.Linear(3, 2)
    tensors, rest = flatten_optimiser(torch.optim.Adam(model.parameters()))
    with pytest.raises(ValueError, match="parameter group"):
        restore_optimiser(torch.optim.Adam([model.weight]), tensors, rest)


def test_a_state_that_is_no_tensor_is_refused() -> None:
    model = nn.Linear(3, 2)
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=3)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = model(torch.ones(2, 3)).square().mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    with pytest.raises(TypeError, match="LBFGS"):
        flatten_optimiser(optimiser)


def test_the_average_follows_its_formula_and_gives_the_weights_back() -> None:
    model = nn.BatchNorm1d(2)
    average = Average(model, decay=0.25)
    with torch.no_grad():
        model.weight.fill_(3.0)
        model.num_batches_tracked.fill_(5)
    average.update(model, steps=1)  # decay (1 + 1) / (10 + 1), below 0.25
    expected = 1.0 * (2 / 11) + 3.0 * (9 / 11)
    assert average.tensors["weight"].tolist() == pytest.approx([expected] * 2)
    average.update(model, steps=100)  # decay 0.25
    expected = expected * 0.25 + 3.0 * 0.75
    with pytest.raises(RuntimeError, match="inside"), average.applied(model):
        assert model.weight.tolist() == pytest.approx([expected] * 2)
        assert model.num_batches_tracked == 5
        raise RuntimeError("inside")
    assert model.weight.tolist() == [3.0, 3.0]


def test_an_average_of_another_model_is_refused() -> None:
    with pytest.raises(KeyError):
        Average(nn.Linear(2, 2), 0.9).load({"weight": torch.zeros(2, 2)})
