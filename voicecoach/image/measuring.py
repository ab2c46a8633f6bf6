"""How good the feedback on faces is: against landmarks, expressions and the real smiles."""

from collections.abc import Mapping, Sequence

import numpy as np

from voicecoach.errors import InputError
from voicecoach.image.baselines import smile_rules
from voicecoach.image.dataset import LabelledFace
from voicecoach.image.frame import Frame
from voicecoach.image.landmarks import MOUTH, N_LANDMARKS, align, eye_distance
from voicecoach.metrics.bootstrap import mean_interval

FEEDBACK = "deep feedback"
REGIONS = {"all": np.arange(N_LANDMARKS), "mouth": MOUTH}


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(batch, n, 2) arrows against arrows -> (batch,); 0 where there is no arrow."""
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.divide((a * b).sum(1), lengths, out=np.zeros(len(a)), where=lengths > 0)


def measure(
    records: Sequence[Mapping],
    faces: Sequence[LabelledFace],
    others: Sequence[LabelledFace] | None = None,
    n_draws: int = 1000,
    seed: int = 0,
) -> dict:
    """Compares what was inferred with the labels.

    Args:
        records: as ``inference.infer`` makes them.
        faces: the labelled pictures that were inferred on.
        others: people from whom the rules learn; by default those of ``faces`` that trained the
            same network, as the records say.
        n_draws: of the bootstrap over people.
        seed: of the draws.

    Returns:
        "counts", "landmark_error" (eye distances), "accuracy", "length" (mean arrow at the mouth
        in eye distances, for those who do not and who do smile, and of the real smile), "cosine"
        (by rule and region) and "gain" of deep feedback over each rule; each number with its 95 %
        interval.

    Raises:
        InputError: the records are not of these faces, or nobody has both pictures.
    """
    labels = {face.name: face for face in faces}
    unknown = [record["name"] for record in records if record["name"] not in labels]
    if unknown or not records:
        raise InputError(f"The data have no face '{(unknown or ['(none)'])[0]}': give their own.")

    def interval(values: np.ndarray, people: Sequence[str]) -> dict[str, float]:
        found = mean_interval(values, people, n_draws, seed)
        return {"value": float(np.mean(values)), "low": found.low, "high": found.high}

    people = [labels[record["name"]].person for record in records]
    true = np.stack([labels[record["name"]].landmarks for record in records])
    before, after = (np.array([record[key] for record in records]) for key in ("before", "after"))
    errors = np.linalg.norm(before - true, axis=-1).mean(1) / eye_distance(true)
    expressions = np.array([labels[record["name"]].expression for record in records])
    guesses = [max(r["probabilities_before"], key=r["probabilities_before"].get) for r in records]
    lengths = np.linalg.norm(after - before, axis=-1)[:, MOUTH].mean(1) / eye_distance(before)
    result = {
        "counts": {"pictures": len(records), "people": len(set(people))},
        "landmark_error": interval(errors, people),
        "accuracy": interval(expressions == np.array(guesses), people),
        "length": {
            name: interval(lengths[expressions == name], np.array(people)[expressions == name])
            for name in np.unique(expressions)
        },
    }
    pairs, arrows, real = compare_with_smiles(records, labels, others)
    result["counts"]["pairs"] = len(pairs)
    size = np.linalg.norm(real, axis=-1)[:, MOUTH].mean(1)
    result["length"]["real smile"] = interval(size, pairs)
    agreement = {
        name: {region: cosine(a[:, at], real[:, at]) for region, at in REGIONS.items()}
        for name, a in arrows.items()
    }
    result["cosine"] = {
        name: {region: interval(values, pairs) for region, values in regions.items()}
        for name, regions in agreement.items()
    }
    result["gain"] = {
        name: {
            region: interval(agreement[FEEDBACK][region] - values, pairs)
            for region, values in regions.items()
        }
        for name, regions in agreement.items()
        if name != FEEDBACK
    }
    return result


def compare_with_smiles(
    records: Sequence[Mapping],
    labels: Mapping[str, LabelledFace],
    others: Sequence[LabelledFace] | None,
) -> tuple[list[str], dict[str, np.ndarray], np.ndarray]:
    """People with both pictures, arrows by rule and the real smiles, (n_people, 68, 2) each in
    units of the true frame of the neutral picture. Raises ``InputError`` where there are none."""
    everybody = _by_person(labels.values())
    wanted = [r for r in records if labels[r["name"]].expression == "neutral"]
    wanted = [r for r in wanted if len(everybody[labels[r["name"]].person]) == 2]
    if not wanted:
        raise InputError("Nobody is there both neutral and smiling: nothing to compare with.")
    pairs = [labels[record["name"]].person for record in wanted]
    frame = Frame.of(np.stack([everybody[person]["neutral"] for person in pairs]))
    neutral, smiling = (
        frame.to_units(np.stack([everybody[person][name] for person in pairs]))
        for name in ("neutral", "smiling")
    )
    start = frame.to_units(np.array([record["before"] for record in wanted]))

    def in_units(ends: list) -> np.ndarray:
        return frame.to_units(np.array(ends)) - start

    arrows = {FEEDBACK: in_units([record["after"] for record in wanted])}
    for name in ("input gradient", "random edit"):
        if name in wanted[0]:
            arrows[name] = in_units([record[name] for record in wanted])
    arrows.update(_rules(wanted, pairs, neutral, everybody, others))
    return pairs, arrows, align(smiling, neutral) - neutral


def _rules(
    records: Sequence[Mapping],
    pairs: Sequence[str],
    neutral: np.ndarray,
    everybody: Mapping[str, Mapping[str, np.ndarray]],
    others: Sequence[LabelledFace] | None,
) -> dict[str, np.ndarray]:
    """``smile_rules`` for each network's faces, from the people that trained it."""
    teachers = everybody if others is None else _by_person(others)
    rules: dict[str, np.ndarray] = {}
    for network in sorted({record["network"] for record in records}):
        here = np.array([record["network"] == network for record in records])
        drawn = next(r["trained_on"] for r in records if r["network"] == network)
        names = [p for p in teachers if p in drawn and len(teachers[p]) == 2]
        if set(names) & {p for p, mine in zip(pairs, here, strict=True) if mine}:
            continue  # the rules would know these faces
        neutrals, smiles = (
            np.stack([_units(teachers[p][name]) for p in names]) for name in ("neutral", "smiling")
        )
        one_each = np.array([drawn[p] == "smiling" for p in names])
        found = smile_rules(neutral[here], neutrals, smiles, one_each)
        for name, arrows in found.items():
            rules.setdefault(name, np.zeros_like(neutral))[here] = arrows
    return rules


def _units(points: np.ndarray) -> np.ndarray:
    return Frame.of(points[None]).to_units(points[None])[0]


def _by_person(faces: Sequence[LabelledFace]) -> dict[str, dict[str, np.ndarray]]:
    """Person -> expression -> landmarks."""
    people: dict[str, dict[str, np.ndarray]] = {}
    for face in faces:
        people.setdefault(face.person, {})[face.expression] = face.landmarks
    return people
