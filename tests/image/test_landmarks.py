import numpy as np
from numpy.testing import assert_allclose

from voicecoach.image import landmarks


def test_a_symmetric_face_is_its_own_mirror(points):
    centred = points - [128, 0]
    assert_allclose(landmarks.mirror(centred), centred, atol=1e-9)


def test_a_mirror_swaps_left_and_right(points):
    points = points - [128, 0]
    points[48] += [-10, -5]  # the corner of the mouth on the left
    mirrored = landmarks.mirror(points)
    assert_allclose(mirrored[54], points[48] * [-1, 1])
    assert_allclose(landmarks.mirror(mirrored), points)


def test_alignment_undoes_a_turn_and_keeps_the_mouth_free(points):
    smile = points.copy()
    smile[landmarks.MOUTH] += [3.0, -4.0]
    angle = np.radians(20)
    turn = 1.3 * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    aligned = landmarks.align(smile @ turn + [40, -7], points)
    assert_allclose(aligned, smile, atol=1e-9)


def test_eye_distance(points):
    assert_allclose(landmarks.eye_distance(points), 80)
    assert_allclose(landmarks.eye_distance(3 * points[None]), [240])
