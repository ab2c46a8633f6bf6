import math

import pytest
import torch

from voicecoach.losses.multitask import frame_cross_entropy, grade_cross_entropy, masked_mse


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
