import pytest
import torch
from torch.testing import assert_close

from voicecoach.core.feedback import ClassTarget, feed_back
from voicecoach.core.subspace import Subspace
from voicecoach.errors import InputError

HOW = {"steps": 30, "step_size": 0.1, "normalise": True}


@pytest.fixture
def pictures():
    return torch.randn(4, 1, 9, 9, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def frames():
    """Frames and lengths; what lies past a recording's end is noise on purpose."""
    generator = torch.Generator().manual_seed(1)
    return torch.randn(3, 9, 5, generator=generator), torch.tensor([9, 6, 3])


def inside(lengths):
    return (torch.arange(9)[None] < lengths[:, None])[..., None]


@pytest.mark.parametrize("layer", ["input", "edges", "shapes"])
def test_the_loss_falls_and_the_class_becomes_likelier(layer, of_pictures, pictures):
    feedback = feed_back(of_pictures, pictures, ClassTarget(2), layer=layer, **HOW)
    assert feedback.losses.shape == feedback.movements.shape == (31, 4)
    assert (feedback.losses.diff(dim=0) < 0).all()
    before, after = feedback.probabilities
    assert (after[:, 2] > before[:, 2]).all()
    assert_close(feedback.movements[-1], feedback.arrows.norm(dim=1))
    assert (feedback.movements[0] == 0).all()
    assert (feedback.movements[-1] > 0).all()
    of_pictures.eval()
    again = of_pictures.run_from(layer, feedback.features_after)
    assert_close(again[0], feedback.parts_after)
    assert_close(again[1], feedback.classes_after)


def test_the_network_and_the_random_state_stay_as_they_were(of_pictures, pictures):
    of_pictures.train()
    of_pictures.stages["edges"][1].eval()
    of_pictures.parts.requires_grad_(False)
    state = {name: x.clone() for name, x in of_pictures.state_dict().items()}
    flags = [(x.requires_grad, x.grad) for x in of_pictures.parameters()]
    modes = [module.training for module in of_pictures.modules()]
    random_state = torch.get_rng_state()
    feedback = feed_back(of_pictures, pictures, ClassTarget(0), layer="input", **HOW)
    assert all(torch.equal(x, state[name]) for name, x in of_pictures.state_dict().items())
    assert [(x.requires_grad, x.grad) for x in of_pictures.parameters()] == flags
    assert [module.training for module in of_pictures.modules()] == modes
    assert torch.equal(torch.get_rng_state(), random_state)
    assert_close(feedback.parts_before, of_pictures.eval()(pictures)[0])


def test_modes_come_back_after_an_error_too(of_pictures, pictures):
    of_pictures.train()
    with pytest.raises(InputError, match="above the split"):
        feed_back(of_pictures, pictures, ClassTarget(0), layer="classes", **HOW)
    assert all(module.training for module in of_pictures.modules())


def test_gradients_never_reach_below_the_layer(of_pictures, pictures):
    seen = []
    of_pictures.stages["edges"].register_forward_hook(
        lambda module, inputs, output: seen.append(output.requires_grad)
    )
    feed_back(of_pictures, pictures, ClassTarget(0), layer="edges", **HOW)
    assert seen == [False]


def test_the_same_call_gives_the_same_answer(of_pictures, pictures):
    one, two = (
        feed_back(of_pictures.train(), pictures, ClassTarget(1), layer="edges", **HOW)
        for _ in range(2)
    )
    assert all(torch.equal(x, getattr(two, name)) for name, x in vars(one).items())


def test_it_works_where_gradients_are_switched_off(of_pictures, pictures):
    expected = feed_back(of_pictures, pictures, ClassTarget(1), layer="edges", **HOW)
    with torch.inference_mode():
        feedback = feed_back(of_pictures, pictures + 0, ClassTarget(1), layer="edges", **HOW)
    assert torch.equal(feedback.parts_after, expected.parts_after)


def test_zero_steps_change_nothing(of_pictures, pictures):
    feedback = feed_back(
        of_pictures, pictures, ClassTarget(1), layer="edges", steps=0, step_size=1.0
    )
    assert torch.equal(feedback.features_after, feedback.features_before)
    assert (feedback.arrows == 0).all()
    assert feedback.losses.shape == (1, 4)


def test_each_row_stops_at_its_own_target(of_pictures, pictures):
    target = ClassTarget(torch.tensor([0, 1, 2, 0]), 0.5)
    feedback = feed_back(of_pictures, pictures, target, layer="edges", steps=400, step_size=3.0)
    stopped = (feedback.losses == 0).int().argmax(0)
    assert len(set(stopped.tolist())) > 1
    chosen = feedback.probabilities[1].gather(1, target.index[:, None])
    assert (chosen >= 0.5).all()
    assert (chosen < 0.55).all()
    for row, step in enumerate(stopped.tolist()):
        assert (feedback.losses[:step, row] > 0).all()
        assert (feedback.losses[step:, row] == 0).all()
        assert (feedback.movements[step:, row] == feedback.movements[step, row]).all()


def test_a_row_that_is_there_already_gets_no_arrows(of_pictures, pictures):
    likely = of_pictures.eval()(pictures)[1].argmax(1)
    feedback = feed_back(of_pictures, pictures, ClassTarget(likely, 0.01), layer="edges", **HOW)
    assert (feedback.arrows == 0).all()


@pytest.mark.parametrize(
    "how", [HOW, {"steps": 30, "step_size": 1.0, "l2": 0.01, "smoothness": 0.05}]
)
def test_batch_equals_single_without_what_lies_past_the_end(how, of_frames, frames):
    inputs, lengths = frames
    target = ClassTarget(torch.tensor([0, 1, 2]), 0.6)
    together = feed_back(
        of_frames, inputs, target, lengths, mask=inside(lengths), layer="low", **how
    )
    for row, n in enumerate(lengths.tolist()):
        alone = feed_back(
            of_frames,
            inputs[row : row + 1, :n],
            ClassTarget(row, 0.6),
            lengths[row : row + 1],
            layer="low",
            **how,
        )
        assert_close(together.parts_after[row, :n], alone.parts_after[0])
        assert_close(together.features_after[row, :n], alone.features_after[0])
        assert_close(together.losses[:, row], alone.losses[:, 0])
        assert_close(together.movements[:, row], alone.movements[:, 0])


def test_nothing_changes_outside_the_mask(of_frames, frames):
    inputs, lengths = frames
    mask = inside(lengths) & (torch.arange(9) % 2 == 0)[None, :, None]
    features = of_frames.run_to("low", *frames)
    subspace = Subspace.fit(features, 3)
    feedback = feed_back(
        of_frames, inputs, ClassTarget(1), lengths, layer="low", mask=mask, subspace=subspace, **HOW
    )
    same = (feedback.features_after == feedback.features_before).all(-1)
    assert torch.equal(same, ~mask[..., 0])


def test_the_edit_stays_in_the_subspace(of_pictures, pictures):
    features = of_pictures.eval().run_to("edges", pictures)
    for axis in (1, None):
        subspace = Subspace.fit(features, 2, axis)
        feedback = feed_back(
            of_pictures, pictures, ClassTarget(1), layer="edges", subspace=subspace, **HOW
        )
        edit = feedback.features_after - feedback.features_before
        assert edit.norm() > 1
        assert_close(subspace.project(edit), edit, atol=1e-5, rtol=1e-4)
        assert (feedback.losses[-1] < feedback.losses[0]).all()


def test_steps_have_the_length_that_is_asked_for(of_pictures, pictures):
    feedback = feed_back(
        of_pictures,
        pictures,
        ClassTarget(1),
        layer="edges",
        steps=1,
        step_size=0.7,
        normalise=True,
    )
    edit = feedback.features_after - feedback.features_before
    assert_close(edit.flatten(1).norm(dim=1), torch.full((4,), 0.7))


def test_regularisers_keep_the_edit_small_and_smooth(of_frames, frames):
    inputs, lengths = frames
    mask = inside(lengths)

    def edited(**weights):
        feedback = feed_back(
            of_frames,
            inputs,
            ClassTarget(1),
            lengths,
            layer="low",
            mask=mask,
            steps=100,
            step_size=0.2,
            **weights,
        )
        return (feedback.features_after - feedback.features_before)[0]

    free = edited()
    assert edited(l2=0.5).norm() < 0.5 * free.norm()
    assert edited(l2=0.5).norm() > 0
    smooth = edited(smoothness=1.0)
    assert smooth.diff(dim=0).norm() / smooth.norm() < 0.7 * free.diff(dim=0).norm() / free.norm()


def test_a_score_is_a_target_too(of_pictures, pictures):
    # One value of the class head as the score of a regression that should become 2.
    feedback = feed_back(
        of_pictures,
        pictures,
        lambda scores: (scores[:, 0] - 2).square(),
        layer="shapes",
        steps=500,
        step_size=2.0,
        until=0.01,
    )
    assert ((feedback.classes_after[:, 0] - 2).abs() <= 0.1).all()
    assert ((feedback.classes_before[:, 0] - 2).abs() > 1).all()


def test_a_mask_of_another_shape_is_refused(of_pictures, pictures):
    with pytest.raises(InputError, match=r"mask of shape \(4, 7\) .* \(4, 4, 4, 4\)"):
        feed_back(
            of_pictures,
            pictures,
            ClassTarget(0),
            layer="edges",
            mask=torch.ones(4, 7, dtype=torch.bool),
            **HOW,
        )
