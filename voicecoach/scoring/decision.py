"""The thresholds that turn scores into decisions."""

from pydantic import Field

from voicecoach.config import Spec


class DecisionSpec(Spec):
    """Frozen in cross-validation and packed with the weights; the defaults are provisional.

    A phone is flagged where its score lies below ``flag_below`` (0-2). Before the recogniser is
    asked what was said, a phone is taken for not said with the probability that the judges give to
    the grade 0, but at least ``other_floor``; of that, ``left_out_share`` is for left out. What was
    said is named where its probability reaches ``realised_min_confidence``. A word is an
    omission where the sound is explained better without it, by ``omission_gain`` natural-log units
    for each of its phones.
    """

    flag_below: float = Field(default=1.0, ge=0.0, le=2.0)
    other_floor: float = Field(default=0.03, gt=0.0, lt=1.0)
    left_out_share: float = Field(default=0.12, gt=0.0, lt=1.0)
    realised_min_confidence: float = Field(default=0.5, ge=0.0, le=1.0)
    omission_gain: float = Field(default=5.0, ge=0.0)
