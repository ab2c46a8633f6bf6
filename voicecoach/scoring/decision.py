"""The thresholds that turn scores into decisions."""

from pydantic import Field

from voicecoach.config import Spec


class DecisionSpec(Spec):
    """Frozen in cross-validation and packed with the weights; the defaults are provisional.

    A phone is flagged where its score lies below ``flag_below`` (0-2). Before anything is heard, a
    phone is taken for another with the probability ``other_share`` and for left out with
    ``left_out_share``; the phone heard is named where its probability, with the likelihoods
    flattened by ``realised_temperature``, reaches ``realised_min_confidence``. A word is an
    omission where the sound is explained better without it, by ``omission_gain`` natural-log units
    for each of its phones.
    """

    flag_below: float = Field(default=1.0, ge=0.0, le=2.0)
    other_share: float = Field(default=0.02, gt=0.0, lt=1.0)
    left_out_share: float = Field(default=0.01, gt=0.0, lt=1.0)
    realised_temperature: float = Field(default=1.0, gt=0.0)
    realised_min_confidence: float = Field(default=0.5, ge=0.0, le=1.0)
    omission_gain: float = Field(default=5.0, ge=0.0)
