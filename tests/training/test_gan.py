"""The loop of all GANs, on one that draws numbers from a normal distribution."""

import pytest
import torch
from torch import nn

from voicecoach.errors import InputError
from voicecoach.training import checkpoint
from voicecoach.training.gan import Adversary, GANTrainer, Outputs
from voicecoach.training.spec import TrainSpec

WEIGHTS = {"adversarial": 1.0, "feature_matching": 1.0, "error": 0.1}


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(1, 16), nn.Linear(16, 1)

    def forward(self, x):
        hidden = self.first(x).relu()
        return self.second(hidden), [hidden]


class Generator(nn.Module):
    """Shifts and stretches noise."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.1))
        self.shift = nn.Parameter(torch.tensor(0.0))


def generate(model, batch) -> Outputs:
    real, noise = batch
    return Outputs(real, noise * model.scale + model.shift)


def losses(batch, outputs) -> dict[str, torch.Tensor]:
    return {"error": (outputs.real.mean() - outputs.fake.mean()).abs()}


def batches(epoch: int) -> list:
    generator = torch.Generator().manual_seed(epoch)
    pairs = [torch.randn(2, 64, 1, generator=generator) for _ in range(20)]
    return [(3.0 + 2.0 * real, noise) for real, noise in pairs]


def make(folder, epochs: int = 3, weights=WEIGHTS, adversarial: bool = True, rate=0.02):
    torch.manual_seed(0)
    generator, discriminator = Generator(), Discriminator()
    adversary = Adversary(discriminator, torch.optim.Adam(discriminator.parameters(), rate))
    spec = TrainSpec(epochs=epochs, precision="none", device="cpu")
    optimiser = torch.optim.Adam(generator.parameters(), rate)
    return GANTrainer(
        generator,
        generate,
        losses,
        weights,
        adversary if adversarial else None,
        optimiser,
        None,
        spec,
        folder,
    )


def test_it_finds_the_distribution(tmp_path) -> None:
    trainer = make(tmp_path, epochs=40)
    trainer.fit(batches)
    assert trainer.model.shift.item() == pytest.approx(3.0, abs=0.6)
    assert abs(trainer.model.scale.item()) == pytest.approx(2.0, abs=0.7)


def test_a_step_of_each_lowers_its_own_loss(tmp_path) -> None:
    """On a fixed batch, the other side held still."""
    trainer, batch = make(tmp_path, rate=1e-3), batches(1)[0]
    adversary = trainer.adversary
    outputs = generate(trainer.model, batch)
    seen = [adversary.learn(outputs)["discriminator"] for _ in range(5)]
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] < seen[0]

    def total() -> float:
        with torch.no_grad():
            return float(trainer._compute(batch)["total"])

    before = total()
    adversary.learn = lambda outputs: {}
    for _ in range(5):
        trainer._step(batch, "here")
    assert total() < before


def test_the_generator_s_step_leaves_the_discriminator_alone(tmp_path) -> None:
    trainer, batch = make(tmp_path), batches(1)[0]
    discriminator = trainer.adversary.discriminator
    trainer._compute(batch)["total"].backward()
    assert all(p.grad is None and p.requires_grad for p in discriminator.parameters())
    assert trainer.model.shift.grad is not None


def test_the_total_is_the_weighted_sum(tmp_path) -> None:
    found = make(tmp_path)._compute(batches(1)[0])
    assert set(found) == {"adversarial", "feature_matching", "error", "total"}
    expected = sum(weight * found[name] for name, weight in WEIGHTS.items())
    torch.testing.assert_close(found["total"], expected)


def test_without_an_adversary_only_the_losses_count(tmp_path) -> None:
    trainer = make(tmp_path, epochs=30, adversarial=False)
    metrics = trainer.fit(batches)
    assert set(metrics) == {"error", "total"}
    assert trainer.model.shift.item() == pytest.approx(3.0, abs=0.5)
    assert trainer.model.scale.item() == pytest.approx(0.1, abs=0.3)  # nobody asks for more
    assert not (tmp_path / "last/adversary").exists()


def test_going_on_gives_what_was_never_interrupted(tmp_path) -> None:
    make(tmp_path / "whole", 4).fit(batches)
    make(tmp_path / "parts", 2).fit(batches)
    make(tmp_path / "parts", 4).fit(batches, resume=True)
    for name in ("last", "last/adversary"):
        one, other = (checkpoint.load(tmp_path / f / name).tensors for f in ("whole", "parts"))
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_checkpoint_without_its_adversary(tmp_path) -> None:
    make(tmp_path, 1, adversarial=False).fit(batches)
    with pytest.raises(InputError, match="adversary"):
        make(tmp_path, 2).fit(batches, resume=True)
