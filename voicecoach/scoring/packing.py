"""Makes the folder that users get from a trained checkpoint."""

from pathlib import Path

from voicecoach import config
from voicecoach.data.scores_json import load as load_json
from voicecoach.errors import InputError
from voicecoach.metrics.report import markdown
from voicecoach.scoring.decision import DecisionSpec
from voicecoach.training import checkpoint


def pack_scorer(
    model: str | Path, out: str | Path, measured: str | Path, card: str, commit: str = ""
) -> float:
    """Stores the weights in 8 bits and freezes the decisions: the threshold of a cross-validation,
    and the defaults of ``DecisionSpec``.

    Args:
        model: folder of the trained checkpoint.
        out: folder to write, replaced as a whole.
        measured: ``metrics.json`` of the cross-validation; its
            ``detection.at_precision.threshold`` becomes ``flag_below``.
        card: Markdown of the model card; the cross-validation's tables are added to it.
        commit: of the code that trained the model, for the card.

    Returns:
        Size of the folder in MB (10^6 bytes).

    Raises:
        InputError: one of the files is missing or not what it should be.
    """
    trained = checkpoint.load(model)
    values = dict(trained.config)
    try:
        metrics = load_json(Path(measured))
        found = metrics["detection"]["at_precision"]["threshold"]
        decision = {"flag_below": round(float(found), 4)}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{measured} or {model} holds no thresholds ({error}).") from error
    values["decision"] = config.parse(decision, DecisionSpec, source=measured).model_dump()
    made_by = f"Commit {commit}. " if commit else ""
    card = (
        f"{card.rstrip()}\n\n## Cross-validation over the training speakers\n\n"
        f"{made_by}Weights as trained, before rounding.\n\n{markdown(metrics)}"
    )
    folder = checkpoint.save_folder(out, values, checkpoint.pack(trained.tensors), card)
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
