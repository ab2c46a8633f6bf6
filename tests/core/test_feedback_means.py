"""The arrows mean something: on made-up people whose true way to the target is known.

A person has a trait and a state, each picture shows both through a random nonlinear map and noise.
The class is the sign of the state. The parts turn with the trait, so that every person's way from
one class to the other has a direction of its own. Each person gives one picture to training.
"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from voicecoach.core.feedback import ClassTarget, feed_back
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.core.subspace import Subspace
from voicecoach.losses.multitask import parts_and_class_losses

N_VALUES, WIDTH, TRAINED, HELD_OUT = 256, 48, 200, 200
LAYERS = ("block1", "block2", "block3", "block4")


class People:
    """(n,) traits, states and classes, (n, 256) pictures, (n, 3) parts."""

    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.inner = self.draw(2, 32)
        self.outer = self.draw(32, N_VALUES) / 32**0.5
        self.shift = self.draw(32)
        self.trait = 2 * torch.rand(TRAINED + HELD_OUT, generator=self.random) - 1
        self.classes = torch.randint(2, self.trait.shape, generator=self.random)
        self.classes[TRAINED:] = 0
        self.state = 2.0 * self.classes - 1 + 0.3 * self.draw(len(self.trait))
        both = torch.stack([self.state, self.trait], -1)
        clean = torch.tanh(both @ self.inner + self.shift) @ self.outer
        self.pictures = clean + 0.5 * self.draw(*clean.shape)

    def draw(self, *shape):
        return torch.randn(shape, generator=self.random)

    def parts(self, state):
        turn = 1.5 * self.trait
        return torch.stack([state * turn.cos(), state * turn.sin(), self.trait], -1)


def train(people, seed):
    torch.manual_seed(seed)
    widths = [N_VALUES, *[WIDTH] * len(LAYERS)]
    stages = {
        name: nn.Sequential(nn.Linear(low, high), nn.GELU())
        for name, low, high in zip(LAYERS, widths, widths[1:], strict=False)
    }
    heads = [nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, n)) for n in (3, 2)]
    network = MultitaskNetwork(stages, *heads)
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3)
    parts = people.parts(people.state)
    for _ in range(400):
        some = torch.randint(TRAINED, (64,))
        said = network(people.pictures[some])
        losses = parts_and_class_losses(said, parts[some], people.classes[some], class_weight=0.3)
        optimiser.zero_grad()
        losses["total"].backward()
        optimiser.step()
    return network


@pytest.fixture(scope="module")
def worlds():
    """Three worlds of people, each with its trained network."""
    random_state = torch.get_rng_state()
    everybody = [People(seed) for seed in range(3)]
    trained = [(people, train(people, seed)) for seed, people in enumerate(everybody)]
    torch.set_rng_state(random_state)
    return trained


def coach(people, network, layer, *, kept):
    """Feedback for the held-out people; ``kept`` to the directions of real features or free."""
    features = network.run_to(layer, people.pictures[:TRAINED])
    return feed_back(
        network,
        people.pictures[TRAINED:],
        ClassTarget(1, 0.98),
        layer=layer,
        subspace=Subspace.fit(features, 16) if kept else None,
        steps=300,
        step_size=1.0,
    )


def agreement(people, arrows):
    """Mean cosine with the true way of each held-out person to the middle of the class."""
    way = people.parts(torch.ones_like(people.state)) - people.parts(people.state)
    return F.cosine_similarity(arrows, way[TRAINED:], dim=-1).mean()


def test_arrows_point_the_persons_own_way(worlds):
    for people, network in worlds:
        feedback = coach(people, network, "block1", kept=True)
        parts, classes = people.parts(people.state)[:TRAINED], people.classes[:TRAINED]
        usual = parts[classes == 1].mean(0) - parts[classes == 0].mean(0)
        edit = feedback.features_after - feedback.features_before
        random = people.draw(*edit.shape)
        random = random * edit.norm(dim=1, keepdim=True) / random.norm(dim=1, keepdim=True)
        with torch.no_grad():
            moved = network.run_from("block1", feedback.features_before + random)[0]
        found = agreement(people, feedback.arrows)
        assert found > 0.9
        assert found > agreement(people, usual) + 0.1
        assert found > agreement(people, moved - feedback.parts_before) + 0.5


# What is not kept, at the input, is the plain input gradient.
@pytest.mark.parametrize("layer", ["input", *LAYERS])
def test_the_directions_of_real_features_keep_arrows_true(layer, worlds):
    kept, free = (
        torch.stack([agreement(p, coach(p, n, layer, kept=kept).arrows) for p, n in worlds])
        for kept in (True, False)
    )
    assert kept.mean() > free.mean() + 0.01
