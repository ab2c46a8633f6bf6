"""Faces of a data set, cut out and ready to train with: one file in a folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from voicecoach.data.atomic import replacing
from voicecoach.errors import InputError
from voicecoach.image.dataset import LabelledFace
from voicecoach.image.detect import find_face
from voicecoach.image.model import EXPRESSIONS
from voicecoach.image.picture import cut, read

FILE = "faces.npz"


@dataclass(frozen=True)
class FaceFolder:
    """Faces in an order, all arrays of the same length n.

    Attributes:
        names: of the pictures.
        people, sexes: (n,) strings.
        classes: (n,) index of the expression.
        patches: (n, PATCH, PATCH) uint8.
        landmarks: (n, 68, 2) in pixels of the patches.
    """

    names: np.ndarray
    people: np.ndarray
    sexes: np.ndarray
    classes: np.ndarray
    patches: np.ndarray
    landmarks: np.ndarray

    def take(self, chosen: np.ndarray) -> "FaceFolder":
        """The faces at some indices."""
        return FaceFolder(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def join(cls, folders: Sequence["FaceFolder"]) -> "FaceFolder":
        """The faces of several folders."""
        columns = ([getattr(folder, field.name) for folder in folders] for field in fields(cls))
        return cls(*map(np.concatenate, columns))


def extract(
    faces: Sequence[LabelledFace],
    folder: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, str]:
    """Finds and cuts out every face, as at run time, and writes them to ``folder``.

    Args:
        faces: labelled pictures.
        folder: gets ``faces.npz``.
        progress: called with (done, total).

    Returns:
        Picture -> reason, for those left out.

    Raises:
        InputError: no picture could be used, or the folder cannot be written.
    """
    rows, failed = [], {}
    for done, face in enumerate(faces, start=1):
        try:
            picture = read(face.picture)
            patch = cut(picture, find_face(picture))
        except InputError as error:
            failed[face.name] = str(error)
        else:
            row = (face.name, face.person, face.sex, EXPRESSIONS.index(face.expression))
            rows.append((*row, patch.grey, patch.to_patch(face.landmarks)))
        if progress is not None:
            progress(done, len(faces))
    if not rows:
        raise InputError(f"No picture could be used: {next(iter(failed.values()), 'none given')}")
    columns = map(np.stack, zip(*rows, strict=True))
    with replacing(Path(folder) / FILE) as temporary, temporary.open("wb") as file:
        names = (field.name for field in fields(FaceFolder))
        np.savez(file, **dict(zip(names, columns, strict=True)))
    return failed


def load(folder: str | Path) -> FaceFolder:
    """Reads what ``extract`` wrote. Raises ``InputError`` where that is missing or damaged."""
    path = Path(folder) / FILE
    if not path.is_file():
        raise InputError(f"There are no faces in {folder}: run stage 3 (voicecoach features).")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return FaceFolder(*(arrays[field.name] for field in fields(FaceFolder)))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is damaged ({error}): run stage 3 again.") from error
