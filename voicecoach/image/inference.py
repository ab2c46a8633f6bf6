"""Trained networks run over labelled faces that they never saw."""

from collections.abc import Sequence
from pathlib import Path

from voicecoach.errors import InputError
from voicecoach.image.baselines import input_gradient, random_edit
from voicecoach.image.coach import FaceCoach, FaceFeedbackSpec
from voicecoach.image.dataset import LabelledFace
from voicecoach.image.describe import describe
from voicecoach.image.detect import find_face
from voicecoach.image.features import FaceFolder
from voicecoach.image.model import EXPRESSIONS
from voicecoach.image.picture import Patch, cut, read
from voicecoach.image.training import FaceTrainSpec, draw_one_each, split
from voicecoach.training import checkpoint

FILE = "feedback.jsonl"
TARGET = "smiling"


def trained_faces(stored: checkpoint.Checkpoint, faces: FaceFolder) -> FaceFolder:
    """The one picture of each person that a network was trained on. Raises ``InputError`` where
    the checkpoint does not say."""
    try:
        spec = FaceTrainSpec.model_validate(stored.config["train"])
        fold, folds = stored.config["fold"], stored.config["folds"]
    except (KeyError, ValueError) as error:
        raise InputError(f"{stored.folder} does not say which faces it was trained on.") from error
    everybody, _ = split(faces, folds, fold)
    return everybody.take(draw_one_each(everybody, spec.draw_seed))


def fit_coach(
    model: str | Path, faces: FaceFolder, spec: FaceFeedbackSpec
) -> tuple[FaceCoach, checkpoint.Checkpoint, dict[str, str]]:
    """A trained network with the subspace of the faces that trained it.

    Returns:
        The coach, the checkpoint, and person -> expression of the picture that trained it.
    """
    stored = checkpoint.load(model)
    mine = trained_faces(stored, faces)
    drawn = {str(p): EXPRESSIONS[c] for p, c in zip(mine.people, mine.classes, strict=True)}
    return FaceCoach.fit(stored, mine, spec), stored, drawn


def infer(
    models: Sequence[str | Path],
    data: Sequence[LabelledFace],
    faces: FaceFolder,
    spec: FaceFeedbackSpec,
) -> tuple[list[dict], dict[str, str]]:
    """Feedback towards a smile for every picture of a person that a network never saw.

    Args:
        models: checkpoints, of all folds or a single one.
        data: labelled pictures.
        faces: those that the networks were trained on.
        spec: how feedback is made.

    Returns:
        A record per picture ("name", "network", "trained_on", landmarks and probabilities "before"
        and "after", target "loss", "spread", and ends of the arrows of "input gradient" and "random
        edit", all in pixels), and picture -> reason for those that could not be used.

    Raises:
        InputError: a checkpoint is no trained face network, or there is nothing to infer on.
    """
    patches, failed = _cut_all(data)
    records = []
    for number, model in enumerate(models):
        coach, stored, drawn = fit_coach(model, faces, spec)
        new = [face for face in data if face.person not in drawn and face.name in patches]
        if new:
            mine = [patches[face.name] for face in new]
            network = f"draw {stored.config['train']['draw_seed']}, fold {stored.config['fold']}"
            origin = {"network": network, "trained_on": drawn}
            records += _records(coach, new, mine, origin, number)
    if not records:
        raise InputError("The networks were trained on everybody in these data: give other people.")
    return records, failed


def _cut_all(data: Sequence[LabelledFace]) -> tuple[dict[str, Patch], dict[str, str]]:
    patches, failed = {}, {}
    for face in data:
        try:
            picture = read(face.picture)
            patches[face.name] = cut(picture, find_face(picture))
        except InputError as error:
            failed[face.name] = str(error)
    return patches, failed


def _records(
    coach: FaceCoach,
    faces: Sequence[LabelledFace],
    patches: Sequence[Patch],
    origin: dict,
    seed: int,
) -> list[dict]:
    feedback = coach.coach_patches(patches, TARGET)
    others = {
        "input gradient": feedback.before + input_gradient(coach, patches, TARGET),
        "random edit": feedback.before + random_edit(coach, patches, seed),
    }
    return [
        {
            "name": face.name,
            **origin,
            **describe(feedback, i),
            **{name: ends[i].round(3).tolist() for name, ends in others.items()},
        }
        for i, face in enumerate(faces)
    ]
