import pytest
import torch
from torch import nn

from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.errors import InputError


def test_pictures_and_frames_get_parts_and_classes(of_pictures, of_frames):
    parts, classes = of_pictures(torch.randn(2, 1, 9, 9))
    assert (parts.shape, classes.shape) == ((2, 6), (2, 3))
    parts, classes = of_frames(torch.randn(2, 7, 5), torch.tensor([7, 4]))
    assert (parts.shape, classes.shape) == ((2, 7, 4), (2, 3))


@pytest.mark.parametrize("layer", ["input", "low", "high"])
def test_running_to_a_layer_and_on_from_it_is_running_through(layer, of_frames):
    inputs, lengths = torch.randn(2, 7, 5), torch.tensor([7, 4])
    features = of_frames.run_to(layer, inputs, lengths)
    for a, b in zip(
        of_frames.run_from(layer, features, lengths), of_frames(inputs, lengths), strict=True
    ):
        assert torch.equal(a, b)


def test_what_lies_below_the_layer_is_not_run(of_pictures):
    of_pictures.stages["edges"].forward = None
    of_pictures.run_from("shapes", torch.randn(2, 8, 4, 4))


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        ("parts", "above the split"),
        ("classes.2", "above the split"),
        ("middle", 'no layer "middle"'),
    ],
)
def test_other_layers_are_refused_with_the_ones_there_are(layer, problem, of_pictures):
    for run in (of_pictures.run_to, of_pictures.run_from):
        with pytest.raises(InputError, match=f"{problem}.*: name one of input, edges, shapes"):
            run(layer, torch.randn(2, 1, 9, 9))


def test_a_stage_cannot_take_the_name_of_another_layer():
    with pytest.raises(ValueError, match="'input'"):
        MultitaskNetwork({"input": nn.Identity()}, nn.Identity(), nn.Identity())
