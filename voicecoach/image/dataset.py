"""Labelled pictures of faces: ``faces.csv`` of a data folder."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from voicecoach.data.atomic import write_text
from voicecoach.errors import InputError
from voicecoach.image.landmarks import N_LANDMARKS
from voicecoach.image.model import EXPRESSIONS

FILE = "faces.csv"
_COLUMNS = ("picture", "person", "sex", "age", "expression")
_POINTS = tuple(f"{axis}{i}" for i in range(1, N_LANDMARKS + 1) for axis in "xy")


@dataclass(frozen=True)
class LabelledFace:
    """A picture of a face with its landmarks.

    Attributes:
        picture: the file.
        person: who it is.
        sex, age: as the data set has them, perhaps empty.
        expression: one of ``EXPRESSIONS``.
        landmarks: (68, 2) in pixels of the picture.
    """

    picture: Path
    person: str
    sex: str
    age: str
    expression: str
    landmarks: np.ndarray

    @property
    def name(self) -> str:
        """The picture's file name without suffix."""
        return self.picture.stem


def write(folder: str | Path, faces: Sequence[LabelledFace]) -> None:
    """Writes ``folder/faces.csv`` with absolute paths. Raises ``InputError``."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_COLUMNS, *_POINTS))
    for face in faces:
        labels = (face.person, face.sex, face.age, face.expression)
        points = (f"{value:.2f}" for value in face.landmarks.ravel())
        writer.writerow((face.picture.resolve(), *labels, *points))
    write_text(Path(folder) / FILE, text.getvalue())


def read(folder: str | Path) -> list[LabelledFace]:
    """Reads ``folder/faces.csv``.

    Raises:
        InputError: it is missing, a column is missing, an expression is unknown, or a landmark is
            no number.
    """
    return read_table(Path(folder) / FILE)


def read_table(
    path: Path, picture: str = "picture", person: str = "person", under: str = ""
) -> list[LabelledFace]:
    """Reads a table like ``faces.csv``.

    Args:
        path: the CSV file.
        picture, person: what the table calls these columns.
        under: where relative pictures lie, seen from the folder of the table.

    Raises:
        InputError: as ``read``.
    """
    try:
        rows = list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"Cannot read the table of faces {path}: {error}.") from error
    needed = (picture, person, *_COLUMNS[2:], *_POINTS)
    missing = [name for name in needed if not rows or rows[0].get(name) is None]
    if missing:
        raise InputError(f"{path} has no column '{missing[0]}', or no rows: check the file.")
    faces = []
    for number, row in enumerate(rows, start=2):
        try:
            points = np.array([float(row[name]) for name in _POINTS]).reshape(-1, 2)
        except (TypeError, ValueError) as error:
            raise InputError(f"{path} line {number}: a landmark is no number.") from error
        if row["expression"] not in EXPRESSIONS:
            raise InputError(
                f"{path} line {number}: the expression '{row['expression']}' is none of "
                f"{', '.join(EXPRESSIONS)}."
            )
        where = path.parent / under / row[picture]
        who = (row[person], row["sex"], row["age"], row["expression"])
        faces.append(LabelledFace(where, *who, points))
    return faces
