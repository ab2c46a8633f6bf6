import pytest
import torch

from voicecoach.losses.feature_matching import feature_matching


def test_the_mean_over_layers_of_the_mean_distance() -> None:
    real = [torch.zeros(2, 3), torch.zeros(5)]
    fake = [torch.ones(2, 3), torch.full((5,), -3.0)]
    assert feature_matching(real, fake) == pytest.approx(2.0)
    assert feature_matching(real, real) == 0.0


def test_only_the_made_one_learns() -> None:
    real, fake = torch.randn(4, requires_grad=True), torch.randn(4, requires_grad=True)
    feature_matching([real], [fake]).backward()
    assert real.grad is None
    assert fake.grad is not None
    with pytest.raises(ValueError, match="zip"):
        feature_matching([real], [fake, fake])
