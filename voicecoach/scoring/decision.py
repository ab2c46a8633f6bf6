"""The thresholds that turn scores into decisions."""

from pydantic import Field

from voicecoach.config import Spec


class DecisionSpec(Spec):
    """Frozen in cross-validation and packed with the weights; the defaults are provisional.

    A phone is flagged where its score lies below ``flag_below`` (0-2). The phone heard is named
    where its probability, after dividing the logits by ``realised_temperature``, reaches
    ``realised_min_confidence``. A word is an omission where its phones were left out with a mean
    probability above ``omission_above``.
    """

    flag_below: float = Field(default=1.0, ge=0.0, le=2.0)
    realised_temperature: float = Field(default=1.0, gt=0.0)
    realised_min_confidence: float = Field(default=0.5, ge=0.0, le=1.0)
    omission_above: float = Field(default=0.5, ge=0.0, le=1.0)
