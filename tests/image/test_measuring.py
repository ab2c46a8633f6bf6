from pathlib import Path

import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.image.dataset import LabelledFace
from voicecoach.image.landmarks import MOUTH
from voicecoach.image.measuring import FEEDBACK, cosine, measure


@pytest.fixture
def faces(points):
    """Eight people, whose smile lifts and widens the mouth, each a little differently."""
    rng = np.random.default_rng(0)
    smile = np.zeros((68, 2))
    smile[MOUTH] = [4.0, -6.0]
    found = []
    for number in range(8):
        here = points + rng.normal(scale=1.5, size=(68, 2))
        own = smile + rng.normal(size=(68, 2))
        for expression, shape in (("neutral", here), ("smiling", here + own)):
            picture = Path(f"p{number}_{expression}.jpg")
            found.append(LabelledFace(picture, f"p{number}", "female", "20", expression, shape))
    return found


def records(faces, arrow):
    """What a network would say that finds every landmark; two networks, of four people each."""
    people = [f"p{i}" for i in range(8)]
    return [
        {
            "name": face.name,
            "network": str(int(face.person[1]) // 4),
            "trained_on": {
                p: ("neutral", "smiling")[i % 2]
                for i, p in enumerate(people)
                if i // 4 != int(face.person[1]) // 4
            },
            "before": face.landmarks.tolist(),
            "after": (face.landmarks + arrow(face)).tolist(),
            "probabilities_before": {"neutral": 0.8, "smiling": 0.2},
        }
        for face in faces
    ]


def test_true_smiles_are_told_from_others(faces):
    smiles = {f.person: f.landmarks for f in faces if f.expression == "smiling"}
    right = measure(records(faces, lambda f: smiles[f.person] - f.landmarks), faces)
    assert right["counts"] == {"pictures": 16, "people": 8, "pairs": 8}
    assert right["landmark_error"]["value"] == 0
    assert right["accuracy"]["value"] == 0.5
    assert right["length"]["smiling"]["value"] == 0
    found = right["cosine"]
    # All but the movement of the head, which is taken off the real smile only.
    assert found[FEEDBACK]["mouth"]["value"] > 0.99
    assert found["mean smile"]["mouth"]["value"] < found[FEEDBACK]["mouth"]["value"]
    assert right["gain"]["mean smile"]["mouth"]["low"] > 0
    wrong = measure(records(faces, lambda f: f.landmarks - smiles[f.person]), faces)
    assert wrong["cosine"][FEEDBACK]["mouth"]["value"] < -0.99
    none = measure(records(faces, lambda f: 0 * f.landmarks), faces)
    assert none["cosine"][FEEDBACK]["all"]["value"] == 0


def test_the_rules_never_learn_from_the_faces_they_are_for(faces):
    said = records(faces, lambda f: np.ones((68, 2)))
    before = measure(said, faces)["cosine"]["mean smile"]
    for face in faces:  # other smiles of those whom the first network is measured on
        if face.person < "p4" and face.expression == "smiling":
            face.landmarks[MOUTH] += [30.0, 30.0]
    others = measure([r for r in said if r["network"] == "0"], faces)["cosine"]["mean smile"]
    assert others["mouth"]["value"] < before["mouth"]["value"]
    for record in said:
        record["trained_on"] = {f"p{i}": "neutral" for i in range(8)}
    assert "mean smile" not in measure(said, faces)["cosine"]


def test_other_faces_are_refused(faces):
    said = records(faces, lambda f: 0 * f.landmarks)
    with pytest.raises(InputError, match="p0_neutral"):
        measure(said, faces[2:])
    with pytest.raises(InputError, match="nothing to compare"):
        measure(said[1:2], faces)


def test_cosine():
    a = np.zeros((2, 3, 2))
    a[0, 0] = [1, 1]
    b = np.ones((2, 3, 2))
    assert cosine(a, b) == pytest.approx([1 / np.sqrt(3), 0])
