import numpy as np
import pytest
import torch

from voicecoach.synthesis import training
from voicecoach.synthesis.training import Scales, build, losses, make_batch, split
from voicecoach.training import checkpoint


def test_scales_make_mean_0_and_deviation_1(voice_folder) -> None:
    scales = Scales.of(voice_folder)
    world = (torch.from_numpy(np.array(voice_folder.world)) - scales.world_mean) / scales.world_std
    order = voice_folder.spec.order
    assert world[:, : order + 1].mean(0).abs().max() < 1e-3
    assert (world[:, : order + 1].std(0) - 1).abs().max() < 1e-3
    voiced = world[:, order + 2] > 0.5
    assert set(world[:, order + 2].unique().tolist()) == {0.0, 1.0}
    assert abs(float(world[voiced, order + 1].mean())) < 1e-3


def test_a_batch_holds_the_sentences(voice_folder) -> None:
    scales = Scales.of(voice_folder)
    batch = make_batch(voice_folder, np.array([2, 0]), scales)
    assert batch.names == ["a2", "a0"]
    for row, index in enumerate((2, 0)):
        frames, table = voice_folder.frames(index), voice_folder.sentence(index)
        n_frames = frames.stop - frames.start
        assert batch.frames[row].sum() == n_frames
        assert batch.durations[row].sum() * voice_folder.spec.frames_per_step == n_frames
        assert batch.symbols[row, : len(table)].tolist() == table[:, 0].tolist()
        world = batch.world[row, :n_frames] * scales.world_std + scales.world_mean
        np.testing.assert_allclose(world.numpy(), voice_folder.world[frames], atol=1e-3)
        assert not batch.world[row, n_frames:].any()


def test_the_loss_of_a_batch_falls(voice_folder, tiny_model_spec, train_spec) -> None:
    torch.manual_seed(0)
    batch = make_batch(voice_folder, np.arange(3), Scales.of(voice_folder))
    model = build(tiny_model_spec.model_copy(update={"dropout": 0.0}), voice_folder)
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    seen = []
    for _ in range(15):
        found = losses(model, batch, voice_folder.spec.order, train_spec.weights)
        optimiser.zero_grad()
        found["total"].backward()
        optimiser.step()
        seen.append({name: loss.item() for name, loss in found.items()})
    for name in seen[0]:
        assert seen[-1][name] < seen[0][name], name
    assert seen[-1]["total"] < 0.8 * seen[0]["total"]


def test_what_is_unvoiced_has_no_pitch_to_learn(voice_folder, tiny_model_spec, train_spec) -> None:
    torch.manual_seed(0)
    order = voice_folder.spec.order
    batch = make_batch(voice_folder, np.arange(2), Scales.of(voice_folder))
    model = build(tiny_model_spec, voice_folder).eval()
    before = losses(model, batch, order, train_spec.weights)
    unvoiced = batch.world[..., order + 2] < 0.5
    batch.world[..., order + 1][unvoiced] += 5.0
    after = losses(model, batch, order, train_spec.weights)
    assert before == after


def test_some_sentences_choose_the_best_epoch() -> None:
    trains, chooses = split(10, 4)
    assert chooses.tolist() == [3, 7]
    assert sorted([*trains, *chooses]) == list(range(10))


def test_the_same_seed_gives_the_same_voice(
    voice_folder, tiny_model_spec, train_spec, trained, tmp_path
) -> None:
    """Also when the training is interrupted and goes on."""
    first = train_spec.model_copy(update={"epochs": 1})
    # The schedule knows the whole length, so that only a training of that length can be resumed.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "warmup_cosine", lambda optimiser, *_: _whole(optimiser))
        training.train(voice_folder, tmp_path / "a", tiny_model_spec, first)
        training.train(voice_folder, tmp_path / "a", tiny_model_spec, train_spec, resume=True)
        training.train(voice_folder, tmp_path / "b", tiny_model_spec, train_spec)
    a, b = (checkpoint.load(tmp_path / name / "last").tensors for name in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert (tmp_path / "a/best/model.safetensors").is_file()


def _whole(optimiser: torch.optim.Optimizer) -> torch.optim.lr_scheduler.LRScheduler:
    return torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.99)


def test_expected_durations_keep_the_pace() -> None:
    """The best constant is the mean, not the median."""
    steps = torch.tensor([2, 2, 2, 30])
    means = torch.tensor([2.0, 9.0, 20.0]).log()
    found = [float(training._duration_loss(mean.expand(4), steps)) for mean in means]
    assert found[1] == min(found)
    exact = training._duration_loss(steps.float().log(), steps)
    assert float(exact) == pytest.approx(0.0, abs=1e-6)
    assert torch.isfinite(training._duration_loss(torch.zeros(2), torch.tensor([0, 3])))
