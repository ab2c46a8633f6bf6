import pytest
import torch

from voicecoach.losses.adversarial import accuracy, discriminator_loss, generator_loss


@pytest.mark.parametrize(
    ("criterion", "real", "fake"), [("least_squares", 1.0, 0.0), ("hinge", 1.0, -1.0)]
)
def test_a_perfect_discriminator_has_no_loss(criterion, real, fake) -> None:
    real, fake = torch.full((2, 3), real), torch.full((2, 3), fake)
    assert discriminator_loss(real, fake, criterion) == 0.0
    assert discriminator_loss(fake, real, criterion) > 1.0
    assert accuracy(real, fake, criterion) == 1.0
    assert accuracy(fake, real, criterion) == 0.0
    assert generator_loss(real, criterion) < generator_loss(fake, criterion)


@pytest.mark.parametrize("criterion", ["least_squares", "hinge"])
def test_both_pull_the_opinion_to_different_sides(criterion) -> None:
    opinion = torch.tensor([0.3], requires_grad=True)
    (up,) = torch.autograd.grad(generator_loss(opinion, criterion), opinion)
    loss = discriminator_loss(torch.ones(1), opinion, criterion)
    (down,) = torch.autograd.grad(loss, opinion)
    assert up < 0 < down
