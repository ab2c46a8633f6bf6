"""The Face Research Lab London Set, cropped: people neutral and smiling, with 68 landmarks.

DeBruine and Jones, "Face Research Lab London Set" (figshare, 2017; CC BY 4.0). Here a folder with
``labels.csv`` (file, identity, sex, age, expression, x1, y1, ..., x68, y68) and ``images``.
"""

from pathlib import Path

from voicecoach.errors import InputError

LABELS = "labels.csv"
IMAGES = "images"
SET = "london_faces"


def matches(corpus: Path) -> bool:
    """Whether the folder has the labels and a folder of pictures."""
    return (corpus / LABELS).is_file() and (corpus / IMAGES).is_dir()


def prepare(corpus: str | Path, out: str | Path) -> dict[str, int]:
    """Writes ``out/london_faces/faces.csv``; the pictures are not copied.

    Returns:
        The number of pictures by set.

    Raises:
        InputError: the folder is not the corpus, or a label cannot be used.
    """
    from voicecoach.image import dataset

    corpus = Path(corpus)
    if not matches(corpus):
        raise InputError(f"{corpus} has no {LABELS} and {IMAGES}: give the folder that has both.")
    faces = dataset.read_table(corpus / LABELS, picture="file", person="identity", under=IMAGES)
    dataset.write(Path(out) / SET, faces)
    return {SET: len(faces)}
