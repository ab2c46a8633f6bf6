"""Where the face is in a picture: OpenCV's cascade (Viola and Jones, 2001), which its wheel has."""

import numpy as np
from PIL import Image

from voicecoach.errors import InputError

_LONGEST = 800  # pixels; larger pictures are searched in a small copy
_SMALLEST_SHARE = 0.08  # of the shorter side
_CROP_SHARE = 0.72  # of the side of a picture that holds nothing but a face
_SQUARE = 1.15  # how much longer the longer side of such a picture may be

Box = tuple[float, float, float]


def find_face(picture: Image.Image) -> Box:
    """The box (left, top, side) in pixels of the largest face that looks at the camera.

    Without OpenCV a square picture counts as the crop of a face.

    Raises:
        InputError: there is no face, or OpenCV is needed and not installed.
    """
    try:
        import cv2
    except ImportError:
        return _as_crop(picture)
    scale = max(1.0, max(picture.size) / _LONGEST)
    small = picture.convert("L").resize([round(side / scale) for side in picture.size])
    cascade = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_alt2.xml")
    least = round(_SMALLEST_SHARE * min(small.size))
    boxes = cascade.detectMultiScale(
        cv2.equalizeHist(np.asarray(small)), 1.1, 3, minSize=(least, least)
    )
    if not len(boxes):
        raise InputError(
            "There is no face in this picture: give one in which the whole face looks straight "
            "at the camera."
        )
    left, top, side, _ = max(boxes, key=lambda box: box[2])
    return left * scale, top * scale, side * scale


def _as_crop(picture: Image.Image) -> Box:
    width, height = picture.size
    if max(width, height) > _SQUARE * min(width, height):
        raise InputError(
            "To look for the face in this picture OpenCV is needed: "
            "pip install 'voicecoach[face]', or give a square crop of the face."
        )
    side = _CROP_SHARE * min(width, height)
    return (width - side) / 2, (height - side) / 2, side
