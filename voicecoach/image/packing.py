"""Makes the folder that users get from a trained network for faces."""

from pathlib import Path

from voicecoach.image.coach import FaceFeedbackSpec
from voicecoach.image.features import FaceFolder
from voicecoach.image.inference import fit_coach
from voicecoach.training import checkpoint

SUBSPACE = ("mean", "components", "variances")


def pack_coach(
    model: str | Path,
    faces: FaceFolder,
    spec: FaceFeedbackSpec,
    out: str | Path,
    card: str,
) -> float:
    """Stores weights and subspace in half precision, with how feedback is made.

    Args:
        model: folder of the trained checkpoint.
        faces: those that it was trained on, for the subspace.
        spec: how feedback is made.
        out: folder to write, replaced as a whole.
        card: Markdown of the model card.

    Returns:
        Size of the folder in MB (10^6 bytes).

    Raises:
        InputError: the checkpoint is missing or another's, or ``out`` cannot be written.
    """
    coach, stored, _ = fit_coach(model, faces, spec)
    values = {name: stored.config[name] for name in ("model", "train", "fold", "folds")}
    values["feedback"] = spec.model_dump(mode="json")
    statistics = {}
    if coach.subspace is not None:
        tensors = {name: getattr(coach.subspace, name) for name in SUBSPACE}
        statistics = checkpoint.pack(tensors, big="float16")
    weights = checkpoint.pack(stored.tensors, big="float16")
    folder = checkpoint.save_folder(out, values, weights, card, statistics)
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
