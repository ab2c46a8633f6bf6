import numpy as np
import torch
from numpy.testing import assert_allclose

from voicecoach.image.frame import LEFT, TOP, WIDTH, Frame, crop


def test_units_and_back(points):
    frame = Frame.of(points[None])
    units = frame.to_units(points[None])
    assert_allclose(units[0, 36:42].mean(0), [-0.5, 0], atol=1e-9)
    assert_allclose(units[0, 42:48].mean(0), [0.5, 0], atol=1e-9)
    assert_allclose(frame.to_pixels(units), points[None], atol=1e-9)


def test_units_do_not_see_turn_and_size(points):
    turned = 2.5 * points @ np.array([[0.8, 0.6], [-0.6, 0.8]]) + 11
    expected = Frame.of(points[None]).to_units(points[None])
    assert_allclose(Frame.of(turned[None]).to_units(turned[None]), expected, atol=1e-9)


def test_jitter_moves_in_eye_distances(points):
    frame = Frame.of(points[None])
    beside = frame.jitter(np.array([[0.1, 0.0]]), np.array([2.0]), np.array([np.pi / 2]))
    assert_allclose(beside.middle - frame.middle, [[8, 0]], atol=1e-9)
    assert_allclose(beside.eyes, [[0, 160]], atol=1e-9)


def test_a_crop_shows_each_point_at_its_units(points):
    point = points[48]
    patch = torch.zeros(1, 1, 256, 256)
    x, y = (int(value) for value in point)
    patch[0, 0, y, x] = 1.0
    frame = Frame.of(points[None])
    for mirrored in (False, True):
        seen = crop(patch, frame, 128, np.array([mirrored]))[0, 0]
        row, column = divmod(int(seen.argmax()), 128)
        units = frame.to_units(np.array([[[x + 0.5, y + 0.5]]]))[0, 0] * [
            -1 if mirrored else 1, 1
        ]  # fmt: skip
        expected = (units - [LEFT, TOP]) / WIDTH * 128
        assert_allclose([column + 0.5, row + 0.5], expected, atol=1.0)


def test_crops_are_standardised_and_a_flat_patch_does_no_harm(points):
    patches = torch.rand(1, 1, 256, 256) * 90
    seen = crop(patches, Frame.of(points[None]), 64)
    assert abs(float(seen.mean())) < 1e-4
    assert abs(float(seen.std()) - 1) < 1e-3
    assert torch.isfinite(crop(torch.full_like(patches, 7.0), Frame.of(points[None]), 64)).all()
