"""Learning rates over time."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.training.schedules import warmup_cosine


def rates(steps: int, *arguments: float, peaks: tuple[float, ...] = (1.0,)) -> list[list[float]]:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": peak} for peak in peaks]
    optimiser = torch.optim.SGD(groups)
    schedule = warmup_cosine(optimiser, *arguments)
    found = []
    for _ in range(steps):
        found.append([group["lr"] for group in optimiser.param_groups])
        optimiser.step()
        schedule.step()
    return found


def test_known_values() -> None:
    found = [rate for (rate,) in rates(9, 3, 7)]
    half = 0.5 * (1 + math.cos(math.pi / 4))
    assert found == pytest.approx([0.25, 0.5, 0.75, 1.0, half, 0.5, 1 - half, 0.0, 0.0])


@settings(deadline=None, max_examples=40)
@given(warmup=st.integers(0, 10), fall=st.integers(1, 20), floor=st.floats(0, 1))
def test_rises_to_the_peak_and_falls_to_the_floor(warmup: int, fall: int, floor: float) -> None:
    found = [rate for (rate,) in rates(warmup + fall + 3, warmup, warmup + fall, floor)]
    assert found[: warmup + 1] == sorted(found[: warmup + 1])
    assert found[warmup] == 1.0
    assert found[warmup:] == sorted(found[warmup:], reverse=True)
    assert found[-1] == pytest.approx(floor)
    assert all(0 <= rate <= 1 for rate in found)


def test_groups_keep_their_proportion() -> None:
    for slow, fast in rates(6, 2, 5, 0.1, peaks=(1e-4, 1e-2)):
        assert fast == pytest.approx(100 * slow)


@pytest.mark.parametrize("arguments", [(5, 5), (-1, 5), (0, 0), (1, 5, 1.5), (1, 5, -0.1)])
def test_contradictions_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be from 0"):
        rates(1, *arguments)
