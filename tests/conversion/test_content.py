"""The ear for phones."""

import pytest
import torch

from voicecoach.conversion import content


def examples(n_steps, seed=0):
    """Three phones, each with a spectrum of its own."""
    generator = torch.Generator().manual_seed(seed)
    means = torch.randn(3, 31, generator=torch.Generator().manual_seed(9))
    for _ in range(n_steps):
        phone = torch.randint(3, (4, 10), generator=generator).repeat_interleave(6, dim=1)
        rows = means[phone].transpose(1, 2) + 0.5 * torch.randn(4, 31, 60, generator=generator)
        yield rows, torch.ones(4, 60), phone


@pytest.fixture(scope="module")
def ear():
    torch.manual_seed(0)
    return content.learn(examples(60), 31)


def test_learns_phones_and_then_no_more(ear):
    rows, share, phone = next(examples(1, seed=1))
    heard = ear(rows, share).argmax(dim=1)
    assert (heard == phone).float().mean() > 0.9
    assert not any(weight.requires_grad for weight in ear.parameters())


def test_nothing_changed_is_zero_and_other_phones_are_far(ear):
    rows, share, _ = next(examples(1, seed=1))
    other, _, _ = next(examples(1, seed=2))
    weight = torch.ones(4, 60)
    assert content.changed(ear, rows, rows, share, weight) == pytest.approx(0.0, abs=1e-6)
    assert content.changed(ear, rows, other, share, weight) > 1.0
    assert content.changed(ear, rows, other, share, 0 * weight) == 0.0


def test_a_step_against_it_brings_the_phones_back(ear):
    rows, share, _ = next(examples(1, seed=1))
    moved = (
        rows + 0.7 * torch.randn(rows.shape, generator=torch.Generator().manual_seed(3))
    ).requires_grad_()
    weight = torch.ones(4, 60)
    before = content.changed(ear, rows, moved, share, weight)
    (gradient,) = torch.autograd.grad(before, moved)
    after = content.changed(ear, rows, moved - 5.0 * gradient / gradient.norm(), share, weight)
    assert after < 0.9 * before


def test_frames_without_a_phone_teach_nothing():
    rows, share, phone = next(examples(1))
    silent = [(rows, share, torch.full_like(phone, content.NO_PHONE))]
    ears = []
    for lessons in (silent, []):
        torch.manual_seed(0)
        ears.append(content.learn(lessons, 31))
    assert all(torch.equal(*pair) for pair in zip(*(e.parameters() for e in ears), strict=True))
