import numpy as np
import pytest
import torch

from voicecoach import config
from voicecoach.errors import InputError
from voicecoach.postfilter import training
from voicecoach.postfilter.bands import BandsSpec
from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.postfilter import Postfilter, PostfilterSpec, Scales
from voicecoach.postfilter.training import PostfilterTrainSpec, liveliness, train
from voicecoach.training import checkpoint


@pytest.fixture
def model_spec(repo) -> PostfilterModelSpec:
    spec = config.load(repo / "conf/model/postfilter_small.yaml", PostfilterModelSpec)
    return spec.model_copy(
        update={
            "widths": (8, 8),
            "discriminator_widths": (8, 8),
            "context_rows": 0,
            "voiced_noise": 1.0,
            "voiced_sigma": 0.0,
        }
    )


@pytest.fixture
def spec(repo) -> PostfilterTrainSpec:
    spec = config.load(repo / "conf/train/postfilter.yaml", PostfilterTrainSpec)
    settings = {"epochs": 2, "batch_size": 4, "frames": 64, "crops": 1, "dev_every": 4}
    return spec.model_copy(update=settings)


@pytest.fixture
def run(pairs, model_spec, synth_spec):
    def run(out, spec, n_bands: int = 1, **changes):
        bands = BandsSpec(n_bands=n_bands, shared_rows=2)
        model = model_spec.model_copy(update={**changes, "bands": bands})
        what = PostfilterSpec(features=synth_spec, model=model)
        return train(pairs, out, what, spec, resume=True)

    return run


def test_pictures_and_back(pairs) -> None:
    scales = Scales.of(pairs.natural)
    picture = scales.picture(pairs.natural[0])
    assert picture.shape == (1, 6, len(pairs.natural[0]))
    np.testing.assert_allclose(scales.features(picture), pairs.natural[0], atol=1e-5)
    everything = torch.cat([scales.picture(x)[0] for x in pairs.natural], dim=1)
    torch.testing.assert_close(everything.mean(1), torch.zeros(6), atol=1e-4, rtol=0)
    torch.testing.assert_close(everything.std(1), torch.ones(6), atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("conditional", "n_bands", "view"), [(False, 1, "waves"), (True, 1, "rows"), (False, 2, "rows")]
)
def test_it_becomes_livelier(pairs, run, spec, tmp_path, conditional, n_bands, view) -> None:
    changes = {"conditional": conditional, "views": (view,), "generator_view": view}
    metrics = run(tmp_path, spec, n_bands, **changes)
    assert len(metrics) == n_bands
    assert {"adversarial", "feature_matching", "square", "discriminator"} < set(metrics[0])
    postfilter = Postfilter.from_pretrained(tmp_path / "postfilter")
    made = [postfilter.enhance(features) for features in pairs.made]
    before, after = liveliness(pairs.natural, pairs.made), liveliness(pairs.natural, made)
    assert after["distance"] < 0.7 * before["distance"]
    assert made[1].shape == pairs.made[1].shape
    assert made[1].dtype == pairs.made[1].dtype
    assert np.array_equal(made[0], postfilter.enhance(pairs.made[0]))
    assert not np.array_equal(made[0], postfilter.enhance(pairs.made[0], seed=5))
    assert not np.allclose(made[0], postfilter.base.enhance(pairs.made[0]))


def test_without_filters_only_the_networks_change_anything(pairs, run, spec, tmp_path) -> None:
    run(tmp_path, spec, 2, filtered=False, views=("rows",), generator_view="rows")
    postfilter = Postfilter.from_pretrained(tmp_path / "postfilter")
    for generator in postfilter._generators:
        for parameter in generator.parameters():
            parameter.data.zero_()
    np.testing.assert_allclose(postfilter.enhance(pairs.made[0]), pairs.made[0], atol=1e-4)


def test_squares_only(pairs, run, spec, tmp_path) -> None:
    weights = {"adversarial": 0.0, "feature_matching": 0.0, "square": 1.0}
    settings = {"learning_rate": 3e-3, "epochs": 20, "ema_decay": None, "metric": "error"}
    spec = spec.model_copy(update={**settings, "weights": spec.weights.model_copy(update=weights)})
    metrics = run(tmp_path, spec)
    assert "discriminator" not in metrics[0]
    postfilter = Postfilter.from_pretrained(tmp_path / "postfilter")
    made = [postfilter.enhance(features) for features in pairs.made]
    before, after = liveliness(pairs.natural, pairs.made), liveliness(pairs.natural, made)
    assert after["error"] < before["error"]


def test_going_on_gives_what_was_never_interrupted(run, spec, tmp_path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # A schedule that does not depend on how long the training is planned to be.
        patch.setattr(
            training,
            "warmup_cosine",
            lambda optimiser, *_: torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.99),
        )
        run(tmp_path / "a", spec.model_copy(update={"epochs": 1}))
        run(tmp_path / "a", spec)
        run(tmp_path / "b", spec)
    for name in ("band0/last", "band0/last/adversary"):
        a, b = (checkpoint.load(tmp_path / folder / name).tensors for folder in "ab")
        assert all(torch.equal(a[key], b[key]) for key in a)


def test_features_and_checkpoints_that_do_not_fit(pairs, run, spec, tmp_path) -> None:
    run(tmp_path, spec.model_copy(update={"epochs": 1}))
    postfilter = Postfilter.from_pretrained(tmp_path / "postfilter")
    with pytest.raises(ValueError, match="6"):
        postfilter.enhance(pairs.made[0][:, :5])
    with pytest.raises(InputError, match="no postfilter"):
        Postfilter.from_pretrained(tmp_path / "band0/last")
    with pytest.raises(InputError, match="no checkpoint"):
        Postfilter.from_pretrained(tmp_path / "nothing")


def test_a_short_utterance_is_said_again() -> None:
    picture = torch.arange(10.0).repeat(2, 3, 1)
    crop = training._crop(picture, 64, np.random.default_rng(0))
    assert crop.shape == (2, 3, 64)
    assert set(crop[0, 0].diff().tolist()) == {1.0, -9.0}
