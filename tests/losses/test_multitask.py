import math

import pytest
import torch

from voicecoach.losses.multitask import (
    frame_cross_entropy,
    grade_cross_entropy,
    masked_mse,
    parts_and_class_losses,
)


def test_masked_mse_leaves_out_what_nobody_scored():
    prediction = torch.tensor([1.0, 5.0, 3.0], requires_grad=True)
    loss = masked_mse(prediction, torch.tensor([2.0, math.nan, 3.0]))
    assert loss.item() == pytest.approx(0.5)
    loss.backward()
    assert prediction.grad.tolist() == [-1.0, 0.0, 0.0]


def test_nothing_scored_is_no_loss():
    nothing = torch.full((3,), math.nan)
    assert masked_mse(torch.randn(3), nothing) == 0
    assert grade_cross_entropy(torch.randn(3, 3), nothing) == 0


@pytest.mark.parametrize(
    ("score", "mixture"), [(0.0, [1, 0, 0]), (1.4, [0, 0.6, 0.4]), (2.0, [0, 0, 1])]
)
def test_grades_between_two_are_a_mixture(score, mixture):
    logits = torch.tensor([[0.3, -0.2, 1.0]])
    expected = -(torch.tensor(mixture) * logits[0].log_softmax(-1)).sum()
    torch.testing.assert_close(grade_cross_entropy(logits, torch.tensor([score])), expected)


def test_the_best_grades_are_the_experts_own():
    score = torch.tensor([0.8])
    own = torch.tensor([[0.2, 0.8, 1e-9]]).log()
    assert grade_cross_entropy(own, score) < grade_cross_entropy(own + torch.randn(1, 3), score)


def test_frame_cross_entropy_ignores_unknown_frames():
    logits = torch.randn(1, 4, 5)
    some = frame_cross_entropy(logits, torch.tensor([[2, -100, -100, 1]]))
    alone = frame_cross_entropy(logits[:, [0, 3]], torch.tensor([[2, 1]]))
    torch.testing.assert_close(some, alone)
    assert frame_cross_entropy(logits, torch.full((1, 4), -100)) == 0


def test_parts_and_class_are_weighed():
    said = torch.tensor([[1.0, 2.0], [3.0, 0.0]]), torch.randn(2, 3)
    parts = torch.tensor([[1.0, math.nan], [1.0, 0.0]])
    losses = parts_and_class_losses(said, parts, torch.tensor([2, -100]), class_weight=0.5)
    assert losses["parts"].item() == pytest.approx(4 / 3)
    torch.testing.assert_close(losses["classes"], -said[1][0].log_softmax(-1)[2])
    torch.testing.assert_close(losses["total"], losses["parts"] + 0.5 * losses["classes"])


def test_a_class_and_parts_per_frame_are_weighed_as_well():
    said = torch.randn(2, 4, 5), torch.randn(2, 4, 3)
    frames = torch.zeros(2, 4, 5), torch.ones(2, 4, dtype=torch.long)
    flat = [x.flatten(0, 1) for x in (*said, *frames)]
    torch.testing.assert_close(
        parts_and_class_losses(said, *frames, class_weight=2.0)["total"],
        parts_and_class_losses((flat[0], flat[1]), flat[2], flat[3], class_weight=2.0)["total"],
    )
