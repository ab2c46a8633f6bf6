import numpy as np
import pytest
import torch

from voicecoach import config
from voicecoach.postfilter import training
from voicecoach.postfilter.model import PostfilterModelSpec, ResidualGenerator
from voicecoach.postfilter.training import PostfilterTrainSpec, Scales, enhance, liveliness, train
from voicecoach.training import checkpoint


@pytest.fixture
def model_spec(repo) -> PostfilterModelSpec:
    spec = config.load(repo / "conf/model/postfilter_small.yaml", PostfilterModelSpec)
    return spec.model_copy(update={"widths": (8, 8), "discriminator_widths": (8, 8)})


@pytest.fixture
def spec(repo) -> PostfilterTrainSpec:
    spec = config.load(repo / "conf/train/postfilter.yaml", PostfilterTrainSpec)
    settings = {"epochs": 2, "batch_size": 4, "frames": 64, "crops": 1, "dev_every": 4}
    return spec.model_copy(update=settings)


def run(pairs, out, model_spec, spec, **options):
    return train(pairs, out, model_spec, spec, {"note": "test"}, **options)


def load(folder, model_spec) -> tuple[ResidualGenerator, Scales]:
    found = checkpoint.load(folder)
    generator = ResidualGenerator(model_spec, 6)
    checkpoint.load_weights(generator, found.tensors, folder)
    return generator.eval(), Scales(**found.statistics)


def test_pictures_and_back(pairs) -> None:
    scales = Scales.of(pairs.natural)
    picture = scales.picture(pairs.natural[0])
    assert picture.shape == (1, 6, len(pairs.natural[0]))
    np.testing.assert_allclose(scales.features(picture), pairs.natural[0], atol=1e-5)
    everything = torch.cat([scales.picture(x)[0] for x in pairs.natural], dim=1)
    torch.testing.assert_close(everything.mean(1), torch.zeros(6), atol=1e-4, rtol=0)
    torch.testing.assert_close(everything.std(1), torch.ones(6), atol=1e-3, rtol=0)


@pytest.mark.parametrize("conditional", [False, True])
def test_it_becomes_livelier(pairs, model_spec, spec, tmp_path, conditional) -> None:
    model_spec = model_spec.model_copy(update={"conditional": conditional})
    metrics = run(pairs, tmp_path, model_spec, spec)
    assert {"adversarial", "feature_matching", "square", "discriminator"} < set(metrics)
    generator, scales = load(tmp_path / "best", model_spec)
    made = [enhance(generator, scales, features) for features in pairs.made]
    before, after = liveliness(pairs.natural, pairs.made), liveliness(pairs.natural, made)
    assert after["distance"] < 0.7 * before["distance"]
    assert enhance(generator, scales, pairs.made[0], 1).shape == pairs.made[0].shape
    assert np.array_equal(made[0], enhance(generator, scales, pairs.made[0]))
    assert checkpoint.load(tmp_path / "best").config["note"] == "test"


def test_squares_only(pairs, model_spec, spec, tmp_path) -> None:
    weights = spec.weights.model_copy(
        update={"adversarial": 0.0, "feature_matching": 0.0, "square": 1.0}
    )
    spec = spec.model_copy(update={"weights": weights, "learning_rate": 3e-3, "epochs": 20})
    metrics = run(pairs, tmp_path, model_spec, spec)
    assert "discriminator" not in metrics
    generator, scales = load(tmp_path / "last", model_spec)
    made = [enhance(generator, scales, features) for features in pairs.made]
    before, after = liveliness(pairs.natural, pairs.made), liveliness(pairs.natural, made)
    assert after["error"] < before["error"]


def test_going_on_gives_what_was_never_interrupted(pairs, model_spec, spec, tmp_path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # A schedule that does not depend on how long the training is planned to be.
        patch.setattr(
            training,
            "warmup_cosine",
            lambda optimiser, *_: torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.99),
        )
        first = spec.model_copy(update={"epochs": 1})
        run(pairs, tmp_path / "a", model_spec, first)
        run(pairs, tmp_path / "a", model_spec, spec, resume=True)
        run(pairs, tmp_path / "b", model_spec, spec)
    a, b = (checkpoint.load(tmp_path / name / "last").tensors for name in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_short_utterance_is_said_again() -> None:
    picture = torch.arange(10.0).repeat(2, 3, 1)
    crop = training._crop(picture, 64, np.random.default_rng(0))
    assert crop.shape == (2, 3, 64)
    assert set(crop[0, 0].diff().tolist()) == {1.0, -9.0}
