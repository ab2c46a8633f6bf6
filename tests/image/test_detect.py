import sys

import numpy as np
import pytest
from PIL import Image

from voicecoach.errors import InputError
from voicecoach.image.detect import find_face


def test_faces_are_found_where_they_are(shared_data):
    pytest.importorskip("cv2", reason="needs OpenCV: pip install 'voicecoach[face]'")
    face = Image.open(shared_data / "london-faces/images/002_neutral.jpg")
    scene = Image.new("RGB", (1200, 900), "#807060")
    scene.paste(face, (700, 400))
    left, top, side = find_face(scene)
    eyes = np.array([823, 497])  # between them
    assert np.abs((eyes - [left, top]) / side - [0.5, 0.4]).max() < 0.06


def test_no_face():
    pytest.importorskip("cv2", reason="needs OpenCV: pip install 'voicecoach[face]'")
    with pytest.raises(InputError, match="no face"):
        find_face(Image.new("RGB", (300, 200), "green"))


def test_without_opencv_a_square_is_a_face_and_all_else_says_what_to_install(monkeypatch, picture):
    monkeypatch.setitem(sys.modules, "cv2", None)
    left, top, side = find_face(picture)
    assert left + side / 2 == pytest.approx(128)
    assert top + side / 2 == pytest.approx(128)
    with pytest.raises(InputError, match=r"voicecoach\[face\]"):
        find_face(picture.crop((0, 0, 256, 150)))
