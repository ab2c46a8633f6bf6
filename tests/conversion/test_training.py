"""The network, and its training."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from voicecoach import config
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.model import (
    ConverterModel,
    ConverterModelSpec,
    SlowDiscriminator,
    smooth,
)
from voicecoach.conversion.spec import ConverterTrainSpec
from voicecoach.conversion.training import train
from voicecoach.errors import InputError

CONF = Path(__file__).parents[2] / "conf"


@pytest.fixture
def sizes():
    spec = config.load(CONF / "model/converter.yaml", ConverterModelSpec)
    return spec.model_copy(
        update={"width": 8, "voice_width": 4, "discriminator_widths": (4, 4), "dilations": (1,)}
    )


def how(name: str, **settings):
    spec = config.load(CONF / f"train/{name}.yaml", ConverterTrainSpec)
    small = {"dev_every": 5, "epochs": 1, "batch_size": 4, "frames": 32, "device": "cpu"}
    return spec.model_copy(update={**small, **settings})


@pytest.mark.parametrize("n_frames", [7, 32])
def test_begins_with_no_change_and_takes_any_length(sizes, n_frames):
    model = ConverterModel(sizes, 31, 6).eval()
    inputs = torch.randn(2, 32, n_frames), torch.rand(2, n_frames), torch.randn(2, 6)
    assert model(*inputs).abs().max() == 0
    torch.nn.init.normal_(model.last.weight)
    made = model(*inputs)
    assert made.shape == (2, 31, n_frames)
    other = model(*inputs[:2], torch.randn(2, 6))
    assert not torch.allclose(made, other)  # it hears whose voice is wanted


def test_smoothing_keeps_what_is_constant_and_takes_away_what_is_fast():
    assert smooth(torch.full((1, 3, 20), 2.0), 2.0) == pytest.approx(torch.full((1, 3, 20), 2.0))
    fast = torch.tensor([1.0, -1.0] * 20)[None, None]
    assert smooth(fast, 2.0)[..., 10:30].abs().max() < 0.01


@pytest.mark.parametrize("name", ["convert", "convert_squares", "convert_adversarial"])
def test_trains_and_converts(some_pairs, sizes, say, tmp_path, name):
    metrics = train(some_pairs, tmp_path, sizes, how(name))
    assert np.isfinite(list(metrics.values())).all()
    converter = Converter.from_pretrained(tmp_path / "best")
    own = some_pairs.voiceprints[0]
    said = say("We call it bear.")
    made = converter.personalise(said, own)
    assert len(made) == len(said)
    assert np.array_equal(made, converter.personalise(said, own))


def test_squares_come_nearer_to_the_target(some_pairs, sizes, tmp_path):
    spec = how("convert_squares", epochs=12, learning_rate=5e-3, ema_decay=None)
    train(some_pairs, tmp_path, sizes, spec)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    first, last = (json.loads(line)["train"]["square"] for line in (lines[0], lines[-1]))
    assert last < 0.9 * first


def test_the_discriminator_lowers_its_own_loss(sizes):
    torch.manual_seed(0)
    discriminator = SlowDiscriminator(sizes, 31)
    optimiser = torch.optim.Adam(discriminator.parameters(), 1e-2)
    real, fake = torch.randn(2, 4, 1, 31, 32)
    fake = fake.cumsum(-1)
    losses = []
    for _ in range(20):
        loss = (discriminator(real)[0] - 1).square().mean() + discriminator(fake)[0].square().mean()
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert losses[-1] < losses[0]


def test_too_few_speakers(some_pairs, sizes, tmp_path):
    with pytest.raises(InputError, match="too few"):
        train(some_pairs, tmp_path, sizes, how("convert", dev_every=100))
